import { describe, expect, test } from 'vitest';
import { type MetricName, marginOf } from '../../bench/model/metric.ts';
import type { Estimate } from './estimate.ts';
import { type Circumstances, isSizeShown, judge, roundsToTell } from './verdict.ts';

/** An estimate of ten rounds with these 95 % and 90 % intervals of the ratio. */
function estimate(
  metric: MetricName,
  [low, high]: readonly [number, number],
  [from, to] = [low + (high - low) / 4, high - (high - low) / 4],
): Estimate {
  const level = { confidence: 0.951, reachesLevel: true };
  return {
    metric,
    margin: marginOf({ metric }),
    rounds: Array.from({ length: 10 }, () => round),
    logRatios: [0],
    ratio: (low + high) / 2,
    interval: { low, high, ...level },
    equivalenceInterval: { low: from, high: to, ...level },
    pNoDifference: 0.01,
    baselineValue: 1,
  };
}
const side = {
  ...{ round: 1, blocks: [1], responses: 1, servedRequests: 1, wallSeconds: 1 },
  load: { responses: 1, seconds: 1, proxySeconds: 0, agentSeconds: 1 },
};
const round = {
  ...{ round: 1, baseline: side, contender: side },
  ...{ baselineValue: 1, contenderValue: 1, logRatio: 0 },
};

function circumstances(changes: Partial<Circumstances> & { readonly p?: number } = {}): Circumstances {
  const { p = 0.01, ...rest } = changes;
  const correction = { comparisons: 4, pNoDifference: p };
  return { confidence: 0.95, correction, distrust: undefined, limit: 'server', ...rest };
}

describe('the side of 1 decides, in the direction of the metric', () => {
  test.each([
    ['throughput_rps', [0.82, 0.86], 'slower'],
    ['throughput_rps', [1.05, 1.08], 'faster'],
    ['latency_p50_us', [1.14, 1.22], 'slower'],
    ['latency_p50_us', [0.9, 0.97], 'faster'],
    ['cpu_server_us', [1.2, 1.3], 'slower'],
    ['cpu_server_us', [1.002, 1.3], 'slower'],
  ] as const)('%s %j is %s', (metric, interval, verdict) => {
    expect(judge(estimate(metric, interval), circumstances())).toEqual({
      verdict,
      reason: expect.stringMatching(
        /^the 95 % interval, .*, excludes 1, p = 0\.010 by Holm's method over 4 main results$/,
      ),
    });
  });
});

test('equivalent: the 90 % interval lies inside the margin', () => {
  expect(judge(estimate('throughput_rps', [0.99, 1.008], [0.992, 1.006]), circumstances({ p: 1 }))).toEqual({
    verdict: 'equivalent',
    reason: 'the 90 % interval, 0.992 to 1.006, lies inside ±2 %',
  });
});

test('it wins where the 95 % interval leaves the margin and the 90 % interval does not', () => {
  expect(judge(estimate('throughput_rps', [0.979, 1.01], [0.981, 1.008]), circumstances({ p: 0.4 }))).toEqual(
    { verdict: 'equivalent', reason: 'the 90 % interval, 0.981 to 1.008, lies inside ±2 %' },
  );
});

test('it wins over a difference that is shown, which its reason tells', () => {
  expect(judge(estimate('latency_p50_us', [1.004, 1.014]), circumstances())).toEqual({
    verdict: 'equivalent',
    reason: 'the 90 % interval, 1.0065 to 1.0115, lies inside ±2 %; a smaller difference is there',
  });
});

test('the margin is the metric’s own: p90 latency has five per cent', () => {
  expect(judge(estimate('latency_p90_us', [0.96, 1.045]), circumstances({ p: 1 })).verdict).toBe(
    'equivalent',
  );
  expect(judge(estimate('latency_p50_us', [0.96, 1.045]), circumstances({ p: 1 })).verdict).toBe('open');
});

describe('open', () => {
  test('neither a difference nor equivalence', () => {
    expect(judge(estimate('latency_p50_us', [0.97, 1.04]), circumstances({ p: 0.6 }))).toEqual({
      verdict: 'open',
      reason: 'the 95 % interval, 0.970 to 1.040, includes 1 and reaches beyond ±2 %',
    });
  });

  test("a difference that Holm's correction takes back is not said to include 1", () => {
    expect(judge(estimate('latency_p50_us', [1.01, 1.09]), circumstances({ p: 0.12 }))).toEqual({
      verdict: 'open',
      reason:
        'the 95 % interval, 1.010 to 1.090, excludes 1, but that may be chance, ' +
        "p = 0.120 by Holm's method over 4 main results",
    });
  });

  test('too few rounds for an interval, whatever the figures', () => {
    const few = {
      ...estimate('throughput_rps', [0.5, 0.51]),
      interval: { low: 0.5, high: 0.51, confidence: 0.9375, reachesLevel: false },
      rounds: [round, round, round, round, round],
    };
    expect(judge(few, circumstances())).toEqual({
      verdict: 'open',
      reason:
        'needs at least 6 rounds for a 95 % interval: with 5, the widest exact interval, 0.500 to 0.510, reaches 93.8 %',
    });
  });
});

describe('a capacity that is none', () => {
  test.each([
    ['agent', 'not measured: the load generator was the limit'],
    ['none', 'not measured: no CPU was busy all the time'],
    [undefined, 'not measured: nothing tells whose CPU was the limit'],
  ] as const)('the limit is %s: no verdict', (limit, reason) => {
    expect(judge(estimate('throughput_rps', [0.82, 0.86]), circumstances({ limit }))).toEqual({ reason });
    expect(judge(estimate('throughput_rps', [0.999, 1.001]), circumstances({ limit }))).toEqual({ reason });
  });

  test('docker-proxy at its limit is the server’s side', () => {
    const limit = 'proxy' as const;
    expect(judge(estimate('throughput_rps', [0.82, 0.86]), circumstances({ limit })).verdict).toBe('slower');
  });

  test('other metrics have their verdict whoever was the limit', () => {
    const limit = 'agent' as const;
    expect(judge(estimate('cpu_server_us', [1.2, 1.3]), circumstances({ limit })).verdict).toBe('slower');
  });
});

test('a failed control takes any verdict back, also where a capacity was not measured', () => {
  const distrust = { brief: 'the twins differed', reason: 'the twin differs by much' };
  const untrusted = { verdict: 'untrusted', reason: 'the twin differs by much' };
  expect(judge(estimate('latency_p50_us', [0.8, 0.9]), circumstances({ distrust }))).toEqual(untrusted);
  expect(judge(estimate('throughput_rps', [0.8, 0.9]), circumstances({ distrust, limit: 'agent' }))).toEqual(
    untrusted,
  );
});

test('of a single comparison no correction is spoken of', () => {
  const correction = { comparisons: 1, pNoDifference: 0.03 };
  expect(judge(estimate('latency_p50_us', [1.1, 1.2]), circumstances({ correction })).reason).toBe(
    'the 95 % interval, 1.100 to 1.200, excludes 1',
  );
});

test('p of exactly α shows a difference, though 1 − 0.95 is not 0.05 to the last digit', () => {
  expect(judge(estimate('latency_p50_us', [1.1, 1.2]), circumstances({ p: 0.05 })).verdict).toBe('slower');
});

test('the size of a difference is shown where the near end of the interval is beyond the margin', () => {
  expect(isSizeShown({ ratioLow: 1.021, ratioHigh: 1.2 }, 0.02)).toBe(true);
  expect(isSizeShown({ ratioLow: 1.019, ratioHigh: 1.2 }, 0.02)).toBe(false);
  expect(isSizeShown({ ratioLow: 0.7, ratioHigh: 0.97 }, 0.02)).toBe(true);
  expect(isSizeShown({ ratioLow: 0.7, ratioHigh: 0.99 }, 0.02)).toBe(false);
});

test('an interval that is twice as wide as the margin needs four times as many rounds, and no run has more than 400', () => {
  expect(roundsToTell({ ratioLow: 0.96, ratioHigh: 1.04, rounds: 12 }, 0.02)).toBe(48);
  expect(roundsToTell({ ratioLow: 0.99, ratioHigh: 1.01, rounds: 12 }, 0.02)).toBe(12);
  expect(roundsToTell({ ratioLow: 0.8, ratioHigh: 1.2, rounds: 12 }, 0.02)).toBeUndefined();
});
