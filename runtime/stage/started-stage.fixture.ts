import { onTestFinished } from 'vitest';
import type { Failure } from '../../bench/model/failure.ts';
import type { DeployOutcome, Stage } from '../../bench/model/stage.ts';
import type { FakeProgram } from '../engine/engine.fake.ts';
import { type FakeParts, fakeParts, orderFor, type PartsScript } from './parts.fake.ts';
import { startStage } from './start-stage.ts';

export const threeModes = [
  orderFor('host/external', { hostPort: 20001 }),
  orderFor('bridge/external/published', { hostPort: 20002 }),
  orderFor('mapped/external/published', { hostPort: 20003 }),
];

export async function started(script: PartsScript = {}): Promise<FakeParts & { readonly stage: Stage }> {
  const parts = fakeParts(script);
  const stage = await startStage(parts.options);
  onTestFinished(async () => {
    await stage[Symbol.asyncDispose]();
  });
  return { ...parts, stage: stage };
}

export function only(outcomes: readonly DeployOutcome[]): DeployOutcome {
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length !== 1) throw new Error(`${outcomes.length} outcomes, not one`);
  return outcome;
}

export function errorOf(outcome: DeployOutcome | undefined): Failure {
  if (outcome === undefined || outcome.ok) throw new Error('a failed deployment was expected');
  return outcome.error;
}

export async function rejection(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('a rejection was expected');
    },
    (error: unknown) => error,
  );
}

/** Says its last lines and ends with code 3. */
export function endingProgram(
  lines: readonly string[],
  when: Promise<unknown> = Promise.resolve(),
): FakeProgram {
  return async ({ say }) => {
    await when;
    for (const line of lines) say(line);
    return 3;
  };
}

export function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** Claims of a deployment that did not hold. */
export function broken(outcome: DeployOutcome | undefined): readonly string[] {
  if (outcome?.ok !== true) throw outcome?.error ?? new Error('not deployed');
  return outcome.deployed.findings.flatMap(({ holds, claim }) => (holds ? [] : [claim]));
}
