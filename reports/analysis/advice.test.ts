import { expect, test } from 'vitest';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { adviceOf } from './advice.ts';
import { analyse } from './analyse.ts';

const small = { seed: 3, rounds: 8, blocks: 2, servers: ['nginx'], profiles: ['latency'] } as const;

function advice(options: Partial<SyntheticOptions>): string | undefined {
  return adviceOf(analyse(syntheticRun({ ...small, ...options })).groups);
}

test('of a noisy run it says how wide the widest declared interval is, and about how many rounds would narrow it', () => {
  expect(advice({ deploymentNoise: 0.03 })).toMatch(
    /^The widest interval of a main result is that of nginx's median latency on (bridge|mapped)\/external\/published: ±\d\.\d %\. About \d+ rounds narrow it to ±2 %; this run had 8\.$/,
  );
});

test('it does not ask for more rounds than a run can have', () => {
  expect(advice({ deploymentNoise: 0.3 })).toContain('More than 400 rounds narrow it to ±2 %');
});

test('where every interval is as narrow as its margin there is nothing to advise', () => {
  expect(advice({ deploymentNoise: 0.002, sliceNoise: 0.002 })).toBeUndefined();
});

test('more rounds help neither a capacity that was not measured nor figures that cannot be trusted', () => {
  const noisy = { deploymentNoise: 0.03 };
  expect(advice({ ...noisy, profiles: ['throughput'], agentIsLimit: true })).toBeUndefined();
  expect(advice({ ...noisy, foreign: { share: 0.3 } })).toBeUndefined();
  expect(advice({ ...noisy, faulty: [{ round: 1 }, { round: 2 }] })).toBeUndefined();
});
