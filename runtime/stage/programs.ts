import { Failure } from '../../bench/model/failure.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { ContainerSpec, ContainerState, CreatedContainer, Engine } from '../engine/engine.ts';
import { runLabel } from '../labels.ts';
import type { Teardown } from '../teardown.ts';

/**
 * Creates a container that `undo` removes, even if the engine's answer or the streams are lost: the container
 * may exist all the same. It is then found by its name and its labels.
 */
export function createOwned(
  engine: Engine,
  spec: ContainerSpec,
): { readonly created: Promise<CreatedContainer>; readonly undo: () => Promise<void> } {
  const created = engine.create(spec);
  created.catch(() => undefined); // the caller sees the error when it awaits this promise
  const undo = async () => {
    const container = await created.catch(() => undefined);
    container?.detach();
    if (container !== undefined) await engine.remove(container.id);
    else await removeUnheard(engine, spec);
  };
  return { created, undo };
}

/**
 * Removes a container that was requested but never reported. A container of that name from another run is
 * left alone.
 */
async function removeUnheard(engine: Engine, { name, labels }: ContainerSpec): Promise<void> {
  const ofRun = await engine.containers(`${runLabel}=${labels[runLabel]}`);
  const made = ofRun.find((it) => it.name === name);
  if (made !== undefined) await engine.remove(made.id);
}

export type AttachedContainer = CreatedContainer & { readonly channel: Channel };

/**
 * Starts a program of ours and keeps its streams. Its container is removed when its stdin ends, or by
 * `remove`.
 */
export async function startAttached(
  engine: Engine,
  spec: ContainerSpec,
  owned: Teardown,
): Promise<AttachedContainer> {
  const { created, undo } = createOwned(engine, spec);
  owned.defer(undo);
  const container = await created;
  const { channel } = container;
  if (channel === undefined) throw new Error(`${spec.name} has no attached streams`);
  await container.start();
  return { ...container, channel };
}

/** The last lines of a program that an error shows: a stack trace of Node hides its message behind ten. */
export const lastLinesShown = 20;

/** Pid of a container's first process, or a `Failure` with its last words when it has ended. */
export async function pidOf(engine: Engine, container: Started, name: string): Promise<number> {
  return (await runningState(engine, container, name)).pid;
}

/** The state of a container that runs, or a `Failure` with its last words when it has ended. */
export async function runningState(
  engine: Engine,
  container: Started,
  name: string,
): Promise<ContainerState> {
  const state = await engine.inspect(container.id);
  if (state?.running === true) return state;
  throw await endedFailure(engine, container, name, state);
}

/** A container, with what it wrote while it was attached. */
type Started = Pick<CreatedContainer, 'id'> & Partial<Pick<CreatedContainer, 'stderrTail'>>;

/**
 * The failure of a program that ended, with its last words: from the engine's record, or as read while
 * attached.
 */
export async function endedFailure(
  engine: Engine,
  container: Started,
  name: string,
  state: ContainerState | undefined,
): Promise<Failure> {
  const lines = (await engine.lastLines(container.id, lastLinesShown)) || container.stderrTail?.();
  const code = state === undefined ? '' : ` with code ${state.exitCode}`;
  return new Failure('casesFailed', `${name} exited${code} before it answered`, {
    hint: `Its last lines:\n${lines || '(none)'}`,
  });
}

/** Adds a program's last words to an error: they say more than the fact that it ended. */
export function withLastWords(error: unknown, container: CreatedContainer): unknown {
  const words = container.stderrTail().trim();
  if (!(error instanceof Failure) || words === '') return error;
  return new Failure(error.kind, error.message, { hint: `Its last lines:\n${words}`, cause: error });
}
