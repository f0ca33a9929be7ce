import { Failure } from '../../bench/model/failure.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { ContainerState, CreatedContainer, Engine } from '../engine/engine.ts';
import type { Teardown } from '../teardown.ts';

/** Starts a program of ours and keeps its streams. Its container goes when its stdin ends, or by `remove`. */
export async function startAttached(
  engine: Engine,
  spec: Parameters<Engine['create']>[0],
  owned: Teardown,
): Promise<CreatedContainer & { readonly channel: Channel }> {
  const container = await engine.create(spec);
  owned.defer(async () => container.detach());
  owned.defer(() => engine.remove(container.id));
  const { channel } = container;
  if (channel === undefined) throw new Error(`${spec.name} has no attached streams`);
  await container.start();
  return { ...container, channel };
}

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
export type Started = Pick<CreatedContainer, 'id'> & Partial<Pick<CreatedContainer, 'stderrTail'>>;

/** A program that ended says so with its last words: the engine's record, or what was read while it was attached. */
export async function endedFailure(
  engine: Engine,
  container: Started,
  name: string,
  state: ContainerState | undefined,
): Promise<Failure> {
  const lines = (await engine.lastLines(container.id, 8)) || container.stderrTail?.();
  const code = state === undefined ? '' : ` with code ${state.exitCode}`;
  return new Failure('casesFailed', `${name} exited${code} before it answered`, {
    hint: `Its last lines:\n${lines || '(none)'}`,
  });
}

/** What a program of ours wrote before it went says more than that it went. */
export function withLastWords(error: unknown, container: CreatedContainer): unknown {
  const words = container.stderrTail().trim();
  if (!(error instanceof Failure) || words === '') return error;
  return new Failure(error.kind, error.message, { hint: `Its last lines:\n${words}`, cause: error });
}
