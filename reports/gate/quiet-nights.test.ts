import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { expect, test } from 'vitest';
import type { GateCheck, GateConfig } from '../../bench/model/gate.ts';
import { isMeasured, type MeasuredOverhead } from '../../bench/model/summary.ts';
import { intervalOf } from '../across/log-overhead.ts';
import { recordOf } from '../across/recorded-runs.fixture.ts';
import { measuredRun } from '../across/simulated-runs.fixture.ts';
import { normalDeviate } from '../statistics/normal-deviate.fixture.ts';
import { bridgePath } from '../synthetic-run.fixture.ts';
import { place } from './asserted.fixture.ts';
import { assertedOf, checkOf } from './check.ts';
import { confirmed, isToConfirm } from './confirm.ts';
import { type KnownRun, knownRun } from './judging.ts';
import { assertTellable } from './tellable.ts';

/*
 * Nights with a known truth. The figures are those of real runs on a machine with two CPUs: standard errors of 10 rounds as
 * in results/sample, and a spread between runs as in results/calibration (of overheads at most 1.2 % in agree.json; of
 * twins at most 0.6 % in repeat.json).
 */
const rounds = 10;
const between = 0.012;
const errors: Readonly<Record<string, number>> = {
  latency_p50_us: 0.02,
  cpu_server_us: 0.008,
  throughput_rps: 0.01,
};
const truths: Readonly<Record<string, number>> = {
  latency_p50_us: Math.log(1.19),
  cpu_server_us: Math.log(1.31),
  throughput_rps: Math.log(0.72),
};

const limited = [
  { metric: 'latency_p50_us', overhead: 0.3, regression: 0.08 },
  { metric: 'cpu_server_us', profile: 'steady', overhead: 0.4, regression: 0.04 },
  { metric: 'throughput_rps', overhead: 0.35, regression: 0.04 },
] as const;
/** @param slack is added to each limit of a regression. */
const configWith = (slack: number): GateConfig => ({
  assertions: limited.map(({ overhead, regression, ...selected }) => ({
    ...{ ...selected, path: '*', level: 'error', place },
    limits: [
      { kind: 'maxOverhead', value: overhead },
      { kind: 'maxRegression', value: regression + slack },
    ],
  })),
  accepted: [],
});
const config = configWith(0);

const template = knownRun(recordOf(1, { servers: ['nginx'] }));

/** What the machine does in one night, by comparison, on the log scale: drawn anew each night. */
type Weather = ReadonlyMap<string, number>;

const keyOf = ({ path, metric, profile }: MeasuredOverhead) => `${path} ${metric} ${profile}`;

function weatherOf(rng: RandomGenerator): Weather {
  const overheads = template.summary.overheads.filter(isMeasured);
  return new Map(overheads.map((it) => [keyOf(it), between * normalDeviate(rng)]));
}

/** A run of a night. A second run in the same night has the same weather, and its own errors. */
function runOf(night: number, weather: Weather, rng: RandomGenerator, slowdown = 0): KnownRun {
  const overheads = template.summary.overheads.filter(isMeasured).map((it): MeasuredOverhead => {
    const { [it.metric]: se = 0.02 } = errors;
    const { [it.metric]: truth = 0.2 } = truths;
    const y = truth + (weather.get(keyOf(it)) ?? 0) + (it.path === bridgePath ? slowdown : 0);
    return { ...it, ...intervalOf(measuredRun(rng, { y, se, rounds }), 0.95), confidence: 0.95, rounds };
  });
  const runId = `2026${String(night).padStart(4, '0')}T020000Z-aaaa`;
  return {
    ...template,
    run: { ...template.run, runId },
    summary: { ...template.summary, runId, overheads },
  };
}

/** All checks of a night, without and with a second measurement of what fails. */
function nightOf(config: GateConfig, earlier: readonly KnownRun[], record: KnownRun, again: () => KnownRun) {
  const judging = { record, earlier, accepted: [] };
  const asserted = assertedOf(config, record);
  for (const it of asserted) assertTellable(it, judging);
  const judged = asserted.map((it) => ({ asserted: it, check: checkOf(it, judging) }));
  const second = judged.some(isToConfirm) ? again() : undefined;
  const after = judged.map(
    (it): GateCheck => (second !== undefined && isToConfirm(it) ? confirmed(it, judging, second) : it.check),
  );
  return { first: judged.map(({ check }) => check), after };
}

const isFailed = ({ outcome }: GateCheck) => outcome === 'failed';

/**
 * Quiet nights one after another, each judged by so many before it. The first has none before it: its limits are chosen
 * by what it can tell. Returns what failed, at first and in the end.
 */
function quietNights(nights: number, before: number, seed: number, by = config) {
  const rng = xoroshiro128plus(seed);
  const history = [runOf(0, weatherOf(rng), rng)];
  const failed = { first: 0, after: 0 };
  for (let night = 1; night <= nights; night++) {
    const weather = weatherOf(rng);
    const record = runOf(night, weather, rng);
    const again = () => runOf(night, weather, rng);
    const { first, after } = nightOf(by, history.slice(-before), record, again);
    failed.first += first.filter(isFailed).length;
    failed.after += after.filter(isFailed).length;
    history.push(record);
  }
  return failed;
}

test.each([1, 2, 3])(
  'in 300 quiet nights, judged by the ten nights before, no limit is refused and nothing fails after a second measurement: seed %i',
  (seed) => {
    expect(quietNights(300, 10, seed).after).toBe(0);
  },
);

// One night does not tell how much nights differ. If that night was off, a second measurement tonight does not show it.
test('judged by the night before alone, a check fails in at most one of 100 quiet nights, and in none with limits of five times the spread', () => {
  const failed = (by: GateConfig) =>
    [1, 2, 3, 4, 5].reduce((sum, seed) => sum + quietNights(300, 1, seed, by).after, 0);
  expect(failed(config)).toBeLessThanOrEqual((5 * 300) / 100);
  expect(failed(configWith(5 * between - 0.04))).toBe(0);
});

test('a path that is slowed by a quarter fails on that night, and no other does', () => {
  const rng = xoroshiro128plus(3);
  const trials = 60;
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const quiet = Array.from({ length: 10 }, (_, night) => runOf(night + 1, weatherOf(rng), rng));
    const weather = weatherOf(rng);
    const slowed = () => runOf(11, weather, rng, Math.log(1.25));
    const { after } = nightOf(config, quiet, slowed(), slowed);
    const failed = after.filter(isFailed);
    expect(failed.filter(({ path }) => path !== bridgePath)).toEqual([]);
    if (failed.some(({ metric, kind }) => metric === 'latency_p50_us' && kind === 'maxRegression')) found++;
  }
  expect(found).toBeGreaterThanOrEqual(0.95 * trials);
});
