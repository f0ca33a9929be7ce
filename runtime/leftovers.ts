import { present } from '../bench/model/present.ts';
import type { Engine } from './engine/engine.ts';
import { lockName } from './engine-lock.ts';
import { ownerLabel, runLabel, runOf, stateOfMaker } from './labels.ts';
import type { OwnerState } from './owner.ts';

/** A thing of bench's, as it was found. */
export interface Found {
  /** Its name in messages, e.g. "network bench-k3f9-user-bridge". */
  readonly name: string;
  /** The run that it was made for, if any. */
  readonly runId?: string;
  /** Whether its maker lives. */
  readonly maker: OwnerState;
  /** Removes it. Returns false, and removes nothing, if something else uses it. */
  remove(): Promise<boolean>;
}

/**
 * All things that runs made on an engine, including those of runs that live. Containers come first, because
 * volumes and networks wait for them.
 */
export async function foundOn(engine: Engine): Promise<readonly Found[]> {
  const containers = (await engine.containers(runLabel)).filter(
    (it) => runOf(it) !== undefined || it.name === lockName,
  );
  const networks = (await engine.networks(runLabel)).filter((it) => runOf(it) !== undefined);
  const volumes = (await engine.volumes(runLabel)).filter((it) => runOf(it) !== undefined);
  return Promise.all([
    ...containers.map((it) => found(it, it.name, () => engine.remove(it.id))),
    ...volumes.map((it) => found(it, `volume ${it.name}`, () => engine.removeVolume(it.name))),
    ...networks.map((it) => found(it, `network ${it.name}`, () => engine.removeNetwork(it.id))),
  ]);
}

async function found(
  { labels }: { readonly labels: Readonly<Record<string, string>> },
  name: string,
  remove: () => Promise<void>,
): Promise<Found> {
  const runId = labels[runLabel];
  return {
    name,
    ...present({ runId }),
    maker: await stateOfMaker(labels[ownerLabel]),
    remove: () => remove().then(() => true),
  };
}

/**
 * One line that says what ended runs left on an engine, and how to remove it.
 * @returns undefined where nothing was left.
 */
export async function leftoversIn(engine: Engine): Promise<string | undefined> {
  const all = await foundOn(engine);
  const gone = all.filter(({ maker }) => maker === 'gone');
  if (gone.length === 0) return undefined;
  const runs = [...new Set(gone.flatMap(({ runId }) => runId ?? []))];
  const [objects, them, are] = gone.length === 1 ? ['object', 'it', 'is'] : ['objects', 'them', 'are'];
  return `${gone.length} ${objects} of ended runs (${runs.join(', ')}) ${are} left on this engine: remove ${them} with: bench clean`;
}
