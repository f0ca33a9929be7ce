import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { labelsOf } from '../labels.ts';
import { thisProcess } from '../owner.ts';
import { Teardown } from '../teardown.ts';
import type { ContainerSpec, CreatedContainer, Engine } from './engine.ts';

/** Programs that the suite runs: in the lab image, or as the fake plays them. */
export const contractCommands = {
  idle: ['sleep', 'infinity'],
  /** Writes three lines and exits with 3. */
  failing: ['sh', '-c', 'echo first; echo second; echo "cannot serve" >&2; exit 3'],
  /** Gives back what it is sent, and ends when its input does. Greets on stderr. */
  echoing: ['sh', '-c', 'echo ready >&2; exec cat'],
} as const;

export interface ContractedEngine {
  readonly engine: Engine;
  /** An image that runs the commands. */
  readonly image: string;
  dispose(): Promise<void>;
}

/** Opens the engine that is held to the contract. */
export type OpenContracted = () => Promise<ContractedEngine>;

/** A workshop for one test, that is cleared when it ends. */
export async function workshopOf(open: OpenContracted) {
  const opened = await open();
  const { engine, image } = opened;
  const things = new Teardown();
  things.defer(() => opened.dispose());
  onTestFinished(() => things[Symbol.asyncDispose]());
  const runId = `contract-${randomBytes(4).toString('hex')}`;
  const labels = labelsOf(runId, await thisProcess());
  const specOf = (suffix: string, changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
    name: `bench-${runId}-${suffix}`,
    image,
    command: contractCommands.idle,
    labels,
    attachment: { kind: 'none' },
    ...changes,
  });
  const create = async (suffix: string, changes: Partial<ContainerSpec> = {}): Promise<CreatedContainer> => {
    const container = await engine.create(specOf(suffix, changes));
    things.defer(() => engine.remove(container.id));
    return container;
  };
  return { engine, image, runId, specOf, create, things };
}

export async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof Failure)) throw new Error('a Failure was expected', { cause: error });
  return error;
}
