import { Failure, messageOf } from '../bench/model/failure.ts';
import { present } from '../bench/model/present.ts';
import type { Engine } from './engine/engine.ts';
import { bootstrappedBase } from './image/base.ts';
import { unfinishedImages } from './image/lab-image.ts';
import { imageLabel } from './labels.ts';
import type { Found } from './leftovers.ts';

/** The result of a clean-up: the things that were found, under the names that a user knows. */
export interface Cleaned {
  readonly removed: readonly string[];
  /** Things that are in use or may be in use. */
  readonly kept: readonly string[];
  /** The part of `kept` for which bench cannot tell whether the run lives. */
  readonly unjudged: readonly Unjudged[];
  readonly failed: readonly Unremoved[];
}

interface Unjudged {
  readonly name: string;
  readonly runId?: string;
  /** The reason why bench cannot tell. */
  readonly reason: string;
}

interface Unremoved {
  readonly name: string;
  readonly reason: string;
  readonly hint?: string;
}

interface CleaningOptions {
  /** True: nothing is removed, and `removed` lists what would be removed. */
  readonly dryRun: boolean;
  /** Id of a run. Its things are removed even if its process lives. */
  readonly force?: string;
}

/** A clean-up in several steps. A step that fails does not stop the others. */
export interface Cleaning {
  /**
   * Looks for things and removes those whose maker has gone.
   * @param where the place that is searched, in words, for the message if the search fails.
   */
  step(where: string, look: () => Promise<readonly Found[]>): Promise<void>;
  readonly cleaned: Cleaned;
}

export function cleaning({ dryRun, force }: CleaningOptions): Cleaning {
  const removed: string[] = [];
  const kept: string[] = [];
  const unjudged: Unjudged[] = [];
  const failed: Unremoved[] = [];
  const fail = (name: string, error: unknown) => {
    const hint = error instanceof Failure ? error.hint : needsRoot(error);
    failed.push({ name, reason: messageOf(error), ...present({ hint }) });
  };

  async function handle({ name, runId, maker, remove }: Found): Promise<void> {
    const named = force !== undefined && runId === force;
    if (!named && maker !== 'gone') {
      kept.push(name);
      if (maker !== 'alive') unjudged.push({ name, ...(runId && { runId }), reason: maker.unknown });
      return;
    }
    try {
      (dryRun || (await remove()) ? removed : kept).push(name);
    } catch (error) {
      fail(name, error);
    }
  }

  return {
    cleaned: { removed, kept, unjudged, failed },
    async step(where, look) {
      try {
        // One after another: a network can be removed only after its containers.
        for (const found of await look()) await handle(found);
      } catch (error) {
        fail(where, error);
      }
    },
  };
}

/** The hint to run as root, which may be allowed what the system refuses to this user. */
function needsRoot(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === 'EACCES' || code === 'EPERM' ? 'Run: sudo npx bench clean' : undefined;
}

/** The earlier image label, from before it got a name in bench's own namespace. */
const earlierImageLabel = 'bench.lab';
const ownTag = /^bench-(lab:[0-9a-f]{16}|lock:empty)$/;

/**
 * The images of every version of bench, and the base that bench bootstrapped. A base from the registry is not
 * included. An image that the user built on a lab image is not included either: it inherits the label, but
 * its tag differs from the label. An image that containers use is kept.
 */
export async function ownImages(engine: Engine): Promise<readonly Found[]> {
  const tags = new Set<string>();
  for (const label of [imageLabel, earlierImageLabel]) {
    for (const { tag, labels } of await engine.images(label))
      if (labels[label] === tag && ownTag.test(tag)) tags.add(tag);
  }
  for (const id of await unfinishedImages(engine)) tags.add(id);
  if (await engine.imageExists(bootstrappedBase)) tags.add(bootstrappedBase);
  return [...tags].map((tag) => ({ name: tag, maker: 'gone', remove: () => engine.removeImage(tag) }));
}
