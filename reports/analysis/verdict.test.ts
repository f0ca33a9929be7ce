import { describe, expect, test } from 'vitest';
import type { MetricName } from '../../bench/model/metric.ts';
import type { Estimate } from './estimate.ts';
import { type Circumstances, judge, roundsToShow } from './verdict.ts';

const plain: Circumstances = { confidence: 0.95, clientHides: false };

/** An estimate with the given 95 % interval; the 90 % one lies a quarter of the way further in. */
function estimate(metric: MetricName, low: number, high: number, rounds = 10): Estimate {
  const quarter = (high - low) / 4;
  const level = { confidence: 0.951, reachesLevel: true };
  return {
    metric,
    paired: { rounds: [], logRatios: [0], differences: [0], baselineValue: 1, contenderValue: 1 },
    rounds,
    ratio: (low + high) / 2,
    interval: { low, high, ...level },
    equivalenceInterval: { low: low + quarter, high: high - quarter, ...level },
    absolute: { value: 0, low: 0, high: 0 },
    pNoDifference: 0.01,
    pWithinMargin: 0.01,
  };
}

function corrected(pNoDifference: number, pWithinMargin: number): Circumstances {
  return { ...plain, correction: { comparisons: 2, of: 'contenders', pNoDifference, pWithinMargin } };
}

describe('the side of the margin decides, in the direction of the metric', () => {
  test.each([
    ['throughput', 0.82, 0.86, 'slower'],
    ['throughput', 1.05, 1.08, 'faster'],
    ['latency-p50', 1.14, 1.22, 'slower'],
    ['latency-p50', 0.9, 0.97, 'faster'],
    ['cpu-per-request', 1.2, 1.3, 'slower'],
    ['cpu-per-request', 1.02, 1.3, 'inconclusive'],
    ['latency-p99', 1.05, 1.3, 'inconclusive'],
    ['throughput', 0.995, 1.004, 'equivalent'],
    ['latency-p99', 0.95, 1.08, 'equivalent'],
    ['latency-p50', 0.96, 1.03, 'inconclusive'],
  ] as const)('%s %f to %f is %s', (metric, low, high, verdict) => {
    expect(judge(estimate(metric, low, high), plain).verdict).toBe(verdict);
  });
});

describe('reasons in words', () => {
  const reason = (it: Estimate, circumstances = plain) => judge(it, circumstances).verdictReason;

  test('beyond the margin', () => {
    expect(reason(estimate('throughput', 0.825, 0.86))).toBe(
      'the 95 % interval, 0.825 to 0.860, lies wholly beyond the ±2 % that do not matter (exploratory)',
    );
    expect(reason(estimate('throughput', 0.825, 0.86), corrected(0.004, 0.008))).toBe(
      'the 95 % interval, 0.825 to 0.860, lies wholly beyond the ±2 % that do not matter, ' +
        "also after Holm's correction over 2 contenders (p = 0.008)",
    );
  });

  test('equivalent, and equivalent with a difference that is too small to matter', () => {
    expect(reason(estimate('throughput', 0.992, 1.008))).toBe(
      'the 90 % interval, 0.9960 to 1.0040, lies inside ±2 %',
    );
    expect(reason(estimate('throughput', 1.004, 1.016))).toMatch(/a difference smaller than that is there/);
  });

  test('a difference that may not matter is told from none', () => {
    expect(judge(estimate('latency-p50', 1.004, 1.031), plain)).toEqual({
      verdict: 'inconclusive',
      cause: { kind: 'within-margin' },
      verdictReason:
        'the 95 % interval, 1.004 to 1.031, excludes 1, so there is a difference, but it reaches into the ±2 % that do not matter',
    });
    expect(judge(estimate('latency-p50', 0.97, 1.04), plain)).toEqual({
      verdict: 'inconclusive',
      cause: { kind: 'nothing-shown' },
      verdictReason:
        'the 95 % interval, 0.970 to 1.040, includes 1 and reaches beyond ±2 %: neither a difference nor equivalence is shown',
    });
  });

  test('a failed control takes any verdict back', () => {
    const distrust = { brief: 'the twin differed', reason: 'the twin differs by much' };
    expect(judge(estimate('throughput', 0.8, 0.9), { ...plain, distrust })).toEqual({
      verdict: 'untrusted',
      verdictReason: 'the twin differs by much',
    });
  });
});

describe("Holm's correction", () => {
  test('takes slower and faster back where the corrected p of "within the margin" is too large', () => {
    expect(judge(estimate('throughput', 0.82, 0.86), corrected(0.01, 0.06))).toMatchObject({
      verdict: 'inconclusive',
      cause: { kind: 'correction' },
    });
  });

  test('is not spoken of where there is only one comparison', () => {
    const single = { comparisons: 1, of: 'contenders', pNoDifference: 0.03, pWithinMargin: 0.03 };
    expect(judge(estimate('throughput', 0.82, 0.86), { ...plain, correction: single }).verdictReason).toBe(
      'the 95 % interval, 0.820 to 0.860, lies wholly beyond the ±2 % that do not matter',
    );
  });

  test('takes a difference back too', () => {
    expect(judge(estimate('throughput', 0.97, 0.99), corrected(0.07, 0.9))).toMatchObject({
      cause: { kind: 'correction' },
      verdictReason: expect.stringContaining('even a difference is not shown (p = 0.070)'),
    });
    expect(judge(estimate('throughput', 0.97, 0.99), corrected(0.04, 0.9))).toMatchObject({
      cause: { kind: 'within-margin' },
    });
  });

  test('with too few rounds for any p to pass, more rounds are asked for', () => {
    expect(judge(estimate('throughput', 0.82, 0.86, 6), corrected(0.0625, 0.0625))).toMatchObject({
      verdict: 'inconclusive',
      cause: { kind: 'too-few-rounds', needed: 7 },
      verdictReason: expect.stringContaining('2 contenders corrected together need at least 7 rounds'),
    });
    expect(roundsToShow(plain)).toBe(6);
    expect(roundsToShow(corrected(1, 1))).toBe(7);
  });
});

test('below six rounds nothing is concluded, whatever the figures', () => {
  const few = {
    ...estimate('throughput', 0.5, 0.51, 5),
    interval: { low: 0.5, high: 0.51, confidence: 0.9375, reachesLevel: false },
  };
  expect(judge(few, plain)).toEqual({
    verdict: 'inconclusive',
    cause: { kind: 'too-few-rounds', needed: 6 },
    verdictReason:
      'needs at least 6 rounds for a 95 % interval: with 5, the widest exact interval, 0.500 to 0.510, reaches 93.8 %',
  });
});

test('equal numbers from a saturated client are not called equivalent, and a shown difference stands', () => {
  const busy = { ...plain, clientHides: true };
  expect(judge(estimate('throughput', 0.992, 1.008), busy)).toMatchObject({
    verdict: 'inconclusive',
    cause: { kind: 'client-limit' },
    verdictReason: expect.stringContaining('the client was the limit in most slices'),
  });
  expect(judge(estimate('throughput', 0.97, 1.04), busy)).toMatchObject({ cause: { kind: 'client-limit' } });
  expect(judge(estimate('throughput', 0.82, 0.86), busy).verdict).toBe('slower');
});
