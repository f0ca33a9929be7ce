import { Failure } from '../bench/model/failure.ts';
import type { Engine } from './engine/engine.ts';
import { lockImage, lockImageArchive } from './image/lock-image.ts';
import { labelsOf, ownerLabel, runLabel, stateOfMaker } from './labels.ts';
import { type Owner, ownerOf } from './owner.ts';

/**
 * Name of the container that marks a measurement under way. It never starts. An engine gives a name to one container at
 * a time, atomically and for all of its clients.
 */
export const lockName = 'bench-lock';
const sinceLabel = 'io.github.container-network-bench.since';

/** bench gives up after removing this many dead holders in a row: something else makes them. */
const mostHolders = 10;

/** A command that wants to measure on an engine. */
export interface Applicant {
  readonly runId: string;
  readonly owner: Owner;
  /** UTC, e.g. 2026-11-20T09:32:20Z. */
  readonly since: string;
}

/** An engine that this process alone measures on. */
interface HeldEngine {
  readonly held: true;
  /** Releases the engine. */
  letGo(): Promise<void>;
}

/** Another measurement that holds the engine. */
export interface Holder {
  readonly held: false;
  readonly runId: string;
  /** e.g. "bench run 20261120T093220Z-k3f9 (pid 4242, since 2026-11-20T09:32:20Z)". */
  readonly words: string;
  /** True if its process is known to live; false if this process cannot tell. */
  readonly judged: boolean;
}

/**
 * Takes an engine for one measurement, or reports its holder:
 *
 *   claim the name ─ free ──→ held
 *        ↑          └ taken → its owner has gone? remove that very container and claim again : report it
 *
 * A dead holder is removed by its id. A command that finds it late therefore cannot remove another command's
 * claim.
 * @throws {Failure} unfit: something that is not bench's has the name.
 */
export async function takeEngine(engine: Engine, applicant: Applicant): Promise<HeldEngine | Holder> {
  if (!(await engine.imageExists(lockImage))) await engine.loadImage(lockImageArchive(), lockImage);
  const own = { ...labelsOf(applicant.runId, applicant.owner), [sinceLabel]: applicant.since };
  try {
    for (let attempt = 0; attempt < mostHolders; attempt++) {
      if (await engine.claim({ name: lockName, image: lockImage, labels: own })) {
        return { held: true, letGo: () => letGo(engine, applicant) };
      }
      const holder = await holderOf(engine);
      if (holder === undefined) continue; // the holder has released the engine meanwhile
      const { labels } = holder;
      const maker = await stateOfMaker(labels[ownerLabel]);
      if (maker !== 'gone') {
        const runId = labels[runLabel] ?? '';
        return { held: false, runId, words: wordsOf(labels), judged: maker === 'alive' };
      }
      await engine.remove(holder.id);
    }
  } catch (error) {
    // The engine may have made the container although its answer was lost.
    await letGo(engine, applicant).catch(() => undefined);
    throw error;
  }
  throw new Failure(
    'unfit',
    `bench removed the container ${lockName} ${mostHolders} times, and each time it was created again`,
    {
      hint: `See which program creates it: docker inspect ${lockName}`,
    },
  );
}

/** The measurement under way on an engine, in words; undefined where there is none. */
export async function whoMeasures(engine: Engine): Promise<string | undefined> {
  const holder = (await engine.containers(runLabel)).find(({ name }) => name === lockName);
  if (holder === undefined || (await stateOfMaker(holder.labels[ownerLabel])) === 'gone') return undefined;
  return wordsOf(holder.labels);
}

async function holderOf(engine: Engine) {
  const holder = (await engine.containers()).find(({ name }) => name === lockName);
  if (holder === undefined || holder.labels[runLabel] !== undefined) return holder;
  throw new Failure('unfit', `bench did not create the container ${lockName}`, {
    hint: `bench needs this name to lock the engine for one measurement. Rename your container: docker rename ${lockName} OTHER`,
  });
}

/** Removes this applicant's lock, and no other. */
async function letGo(engine: Engine, { runId }: Applicant): Promise<void> {
  const ofRun = await engine.containers(`${runLabel}=${runId}`);
  const mine = ofRun.find(({ name }) => name === lockName);
  if (mine !== undefined) await engine.remove(mine.id);
}

function wordsOf(labels: Readonly<Record<string, string>>): string {
  const pid = ownerOf(labels[ownerLabel] ?? '')?.pid ?? 'unknown';
  return `bench run ${labels[runLabel]} (pid ${pid}, since ${labels[sinceLabel] ?? 'unknown'})`;
}
