import { Failure, messageOf } from '../bench/model/failure.ts';
import { present } from '../bench/model/present.ts';
import type { Engine } from './engine/engine.ts';
import { bootstrappedBase } from './image/base.ts';
import { unfinishedImages } from './image/lab-image.ts';
import { imageLabel } from './labels.ts';
import type { Found } from './leftovers.ts';

/** What became of all that was found, by the names that a user knows. */
export interface Cleaned {
  readonly removed: readonly string[];
  /** What is in use, or may be. */
  readonly kept: readonly string[];
  /** Those of `kept` of which bench cannot tell whether their run lives. */
  readonly unjudged: readonly Unjudged[];
  readonly failed: readonly Unremoved[];
}

interface Unjudged {
  readonly name: string;
  readonly runId?: string;
  /** Why it cannot. */
  readonly reason: string;
}

interface Unremoved {
  readonly name: string;
  readonly reason: string;
  readonly hint?: string;
}

interface CleaningOptions {
  /** Nothing is removed: `removed` then lists what would be. */
  readonly dryRun: boolean;
  /** Id of a run. What it made is removed even where its process lives. */
  readonly force?: string;
}

/** A clean-up in several steps, of which none keeps the others from being tried. */
export interface Cleaning {
  /**
   * Looks for things and removes those whose maker has gone.
   * @param where it looks, in words, should that fail.
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
        // One after another: a network goes when its containers have gone.
        for (const found of await look()) await handle(found);
      } catch (error) {
        fail(where, error);
      }
    },
  };
}

/** Root may be allowed what the system refuses to this user. */
function needsRoot(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return code === 'EACCES' || code === 'EPERM' ? 'Run: sudo npx bench clean' : undefined;
}

/** The label that images had before it got a name of bench's own. */
const earlierImageLabel = 'bench.lab';
const ownTag = /^bench-(lab:[0-9a-f]{16}|lock:empty)$/;

/**
 * The images of every version of bench, and the base that it bootstrapped. Not among them: a base from the registry,
 * and an image that the user built on a lab image. That one inherits the label and has another tag than the label says.
 * An image that containers use is kept.
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
