import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Made } from '../../model/calibration.ts';
import { dataFileSchema } from '../../model/data-keys.ts';
import type { MeasuredOverhead, Overhead } from '../../model/summary.ts';
import { installationOf } from '../../process-outside.ts';
import { agreeDocumentSchema } from './agreement.ts';
import { cpuDocument, cpuDocumentSchema, doseRun, rulesRun } from './cpu-tally.ts';
import { delayDocument, delayDocumentSchema, delayRun } from './delay-tally.ts';
import { type Repeated, repeatDocumentSchema, repeatedOf, tally } from './repeat-tally.ts';

const twin: MeasuredOverhead = {
  server: 'nginx',
  profile: 'throughput',
  path: 'host/external',
  baseline: 'host/external',
  metric: 'throughput_rps',
  declared: true,
  baselineValue: 100,
  contenderValue: 100,
  ratio: 1,
  ratioLow: 0.99,
  ratioHigh: 1.01,
  confidence: 0.96875,
  difference: 0,
  differenceLow: -1,
  differenceHigh: 1,
  rounds: 6,
  pValue: 1,
};
const latency = { ...twin, profile: 'latency', metric: 'latency_p50_us' } as const;
const { server, profile, path, baseline, metric, declared } = twin;
const nothingLeft: Overhead = {
  ...{ server, profile, path, baseline, metric, declared },
  verdict: 'untrusted',
  reason: 'no round counts',
};
const summary = (...twins: Overhead[]) => ({ runId: '20261120T093220Z-k3f9', twin: twins });
const made: Made = {
  at: '2026-11-28T12:00:00.000Z',
  machine: { cpuModel: 'Example CPU', cpuCount: 2, kernel: '6.1.0', stack: 'machine' },
};
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

test('only declared comparisons that have figures count, judged by interval and margin whatever else the run decided', () => {
  const repeated = repeatedOf(
    summary(
      { ...twin, verdict: 'untrusted', reason: 'others used the machine' },
      { ...twin, ratioLow: 0.9, ratioHigh: 0.97, verdict: 'untrusted' },
      // Wholly on one side of 1: inside the margin of 2 % no alarm, and one where it reaches beyond it.
      { ...twin, ratioLow: 1.001, ratioHigh: 1.01 },
      { ...twin, ratioLow: 1.001, ratioHigh: 1.03 },
      { ...latency, ratioLow: 1.001, ratioHigh: 1.03 },
      { ...latency, ratioLow: 0.97, ratioHigh: 0.99 },
      { ...twin, ratioLow: 0.9, ratioHigh: 1.1 },
      { ...twin, declared: false, ratioLow: 2, ratioHigh: 3 },
      nothingLeft,
    ),
  );
  expect(repeated.map(({ verdict, coversOne }) => [verdict, coversOne])).toEqual([
    ['no alarm', true],
    ['slower', false],
    ['no alarm', false],
    ['faster', false],
    ['slower', false],
    ['faster', false],
    ['no alarm', true],
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
    ...latency,
    baselineValue: 60,
    ...{ difference: 50.4, differenceLow: 49.9, differenceHigh: 51.2 },
  };
  const known = { delayUs: 50, truths: [49, 50.02, 50.9] };
  const covered = delayRun(summary(delayed), known);
  expect(covered).toEqual({
    runId: '20261120T093220Z-k3f9',
    ...{ delayUs: 50, truthUs: 50.02, baselineUs: 60, covered: true },
    ...{ difference: 50.4, differenceLow: 49.9, differenceHigh: 51.2 },
  });
  const missed = delayRun(summary(delayed), { ...known, truths: [49] });
  expect(missed.covered).toBe(false);
  const nine = [missed, ...Array.from({ length: 9 }, () => covered)];
  expect(delayDocument(nine, 60, made)).toMatchObject({ made, covered: 9, leastCovered: 9, holds: true });
  expect(delayDocument([missed, ...nine.slice(0, 9)], 60, made).holds).toBe(false);
});

test('a server that did not say how long it held its requests is an error and no miss', () => {
  const known = { delayUs: 50, truths: [50, Number.NaN] };
  expect(() => delayRun(summary(latency), known)).toThrow(/did not say/);
});

test.each([
  ['of its twin', []],
  ['that counts', [{ ...nothingLeft, metric: 'latency_p50_us' as const }]],
])('a run without a median latency %s is an error and no miss', (_, twins: readonly Overhead[]) => {
  expect(() => delayRun(summary(...twins), { delayUs: 1, truths: [1] })).toThrow(/no median latency/);
});

const steady = { ...twin, profile: 'steady', metric: 'cpu_server_us', baselineValue: 44 } as const;
const inBridge: MeasuredOverhead = {
  ...steady,
  path: 'bridge/host/published',
  metric: 'cpu_total_us',
  declared: false,
};

test('a dose of CPU time is recovered within a tenth of it', () => {
  const burned = (difference: number) =>
    doseRun(summary({ ...steady, difference, differenceLow: 49, differenceHigh: 56 }), 50);
  expect(burned(54.9)).toEqual({
    runId: '20261120T093220Z-k3f9',
    ...{ doseUs: 50, baselineUs: 44, recovered: true },
    ...{ difference: 54.9, differenceLow: 49, differenceHigh: 56 },
  });
  expect([45.1, 44.9, 55.1].map((it) => burned(it).recovered)).toEqual([true, false, false]);
  for (const twins of [[], [latency], [{ ...nothingLeft, metric: 'cpu_server_us' as const }]]) {
    expect(() => doseRun(summary(...twins), 50)).toThrow(/no CPU a request of its twin/);
  }
});

test('the CPU time is accounted for with nine of ten doses recovered, and rules that cost more the more there are', () => {
  const { runId } = summary();
  const cost = (rules: number, difference: number) =>
    rulesRun({ runId, overheads: [{ ...inBridge, difference }] }, inBridge.path, rules);
  const dose = (recovered: boolean) => ({ ...doseRun(summary(steady), 50), recovered });
  const nine = [dose(false), ...Array.from({ length: 9 }, () => dose(true))];
  const took = { seconds: 60, made };
  // In whatever order they were measured.
  const rising = [cost(1_000, 9), cost(0, 6), cost(100, 6.5)];
  expect(cpuDocument(nine, rising, took)).toMatchObject({
    ...{ recovered: 9, leastRecovered: 9, rulesRise: true, holds: true, ...took },
    rules: [{ rules: 0 }, { rules: 100 }, { rules: 1_000, difference: 9 }],
  });
  expect(cpuDocument([dose(false), ...nine.slice(0, 9)], rising, took).holds).toBe(false);
  const flat = cpuDocument(nine, [cost(0, 6), cost(100, 6)], took);
  expect(flat).toMatchObject({ rulesRise: false, holds: false });
  expect(() => rulesRun({ runId, overheads: [] }, inBridge.path, 0)).toThrow(
    /no CPU a request of bridge\/host\/published/,
  );
});

test.each([
  ['calibrate-repeat-output', repeatDocumentSchema],
  ['calibrate-delay-output', delayDocumentSchema],
  ['calibrate-cpu-output', cpuDocumentSchema],
  ['agree-output', agreeDocumentSchema],
])('the published schema %s is the one in the code', async (name, schema) => {
  const published = join(installationOf(import.meta.dirname), 'results', 'schema', `${name}.schema.json`);
  await expect(`${JSON.stringify(dataFileSchema(schema), null, 2)}\n`).toMatchFileSnapshot(published);
});
