import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import type { Overhead } from '../model/summary.ts';
import { installationOf } from '../process-outside.ts';
import { delayDocument, delayDocumentSchema, delayRun } from './delay-tally.ts';
import { type Repeated, repeatDocumentSchema, repeatedOf, tally } from './repeat-tally.ts';

const twin: Overhead = {
  server: 'nginx',
  profile: 'throughput',
  path: 'host/external',
  baseline: 'host/external',
  metric: 'throughput',
  unit: 'requests/s',
  primary: true,
  baselineValue: 100,
  contenderValue: 100,
  ratio: 1,
  low: 0.99,
  high: 1.01,
  confidence: 0.96875,
  absoluteDifference: { value: 0, low: -1, high: 1 },
  rounds: 6,
  verdict: 'equivalent',
  verdictReason: '',
  atLeast: false,
};
const summary = (...twins: Overhead[]) => ({ runId: '20261120T093220Z-k3f9', twin: twins });
const took = { seconds: 60, runs: 2 };

/** What a hundred comparisons come to, of which some alarm and some miss. */
function hundred(alarms: number, missed: number) {
  const [good] = repeatedOf(summary(twin));
  if (good === undefined) throw new Error('no comparison');
  const all = Array.from({ length: 100 }, (_, index): Repeated => {
    const verdict = index < alarms ? 'slower' : 'no alarm';
    return { ...good, verdict, coversOne: index >= missed };
  });
  return tally(all, 0.95, took);
}

test('only the declared metric counts, judged by its interval and margin whatever else the run decided', () => {
  const repeated = repeatedOf(
    summary(
      { ...twin, verdict: 'untrusted' },
      { ...twin, low: 0.9, high: 0.97, verdict: 'untrusted' },
      { ...twin, low: 1.001, high: 1.01 },
      { ...twin, metric: 'latency-p50', low: 1.03, high: 1.05 },
      { ...twin, primary: false, low: 2, high: 3 },
    ),
  );
  expect(repeated.map(({ verdict, coversOne }) => [verdict, coversOne])).toEqual([
    ['no alarm', true],
    ['slower', false],
    ['no alarm', false],
    ['slower', false],
  ]);
});

test('the method holds with 5 alarms and 92 covering intervals of 100, and not with one more or less', () => {
  expect(hundred(5, 8)).toMatchObject({ holds: true, mostAlarms: 5, leastCovered: 92, covered: 92 });
  expect(hundred(6, 8).holds).toBe(false);
  expect(hundred(5, 9).holds).toBe(false);
});

test('a comparison without an interval at the level is not counted, and said', () => {
  const repeated = repeatedOf(summary(twin, { ...twin, confidence: 0.9375, rounds: 5 }));
  expect(tally(repeated, 0.95, took)).toMatchObject({ comparisons: 1, withoutInterval: 1, ...took });
});

test('a delay is recovered if its interval holds what the wait truly took', () => {
  const delayed: Overhead = {
    ...twin,
    metric: 'latency-p50',
    unit: 's',
    baselineValue: 60e-6,
    absoluteDifference: { value: 50.4e-6, low: 49.9e-6, high: 51.2e-6 },
  };
  const known = { delaySeconds: 50e-6, truths: [49e-6, 50.02e-6, 50.9e-6] };
  const covered = delayRun(summary(delayed), known);
  expect(covered).toMatchObject({ covered: true, baselineSeconds: 60e-6, truthSeconds: 50.02e-6 });
  const missed = delayRun(summary(delayed), { ...known, truths: [49e-6] });
  expect(missed.covered).toBe(false);
  const nine = [missed, ...Array.from({ length: 9 }, () => covered)];
  expect(delayDocument(nine, 60)).toMatchObject({ covered: 9, leastCovered: 9, holds: true });
  expect(delayDocument([missed, ...nine.slice(0, 9)], 60).holds).toBe(false);
});

test('a server that did not say how long it held its requests is an error and no miss', () => {
  const known = { delaySeconds: 50e-6, truths: [50e-6, Number.NaN] };
  expect(() => delayRun(summary({ ...twin, metric: 'latency-p50', unit: 's' }), known)).toThrow(
    /did not say/,
  );
});

test('a run without a median latency of its twin is an error and no miss', () => {
  expect(() => delayRun(summary(), { delaySeconds: 1, truths: [1] })).toThrow(/no median latency/);
});

test.each([
  ['calibrate-repeat-output', repeatDocumentSchema],
  ['calibrate-delay-output', delayDocumentSchema],
])('the published schema %s is the one in the code', async (name, schema) => {
  const published = join(installationOf(import.meta.dirname), 'results', 'schema', `${name}.schema.json`);
  await expect(`${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`).toMatchFileSnapshot(published);
});
