import { describe, expect, test } from 'vitest';
import { isMeasured, type MeasuredOverhead } from '../../bench/model/summary.ts';
import { latencyOfCounts } from '../encoded-latency.fixture.ts';
import { bridgePath, type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';
import { declaredPrecisions } from './declared-precision.ts';

const options = { seed: 1, rounds: 8, blocks: 2, servers: ['nginx'], profiles: ['paced'] } as const;

function summaryOf(more: Partial<SyntheticOptions> = {}) {
  return buildReportModel(syntheticRun({ ...options, ...more })).summary;
}

function bridge({ overheads }: ReturnType<typeof summaryOf>): readonly MeasuredOverhead[] {
  return overheads.filter((it) => it.path === bridgePath).filter(isMeasured);
}

test('p99 is declared and gets the verdict; p90 and the median stand beside it; p99.9 was not asked for', () => {
  const summary = summaryOf();
  expect(bridge(summary).map(({ metric, declared, verdict }) => ({ metric, declared, verdict }))).toEqual([
    { metric: 'latency_p99_us', declared: true, verdict: 'slower' },
    { metric: 'latency_p90_us', declared: false, verdict: undefined },
    { metric: 'latency_p50_us', declared: false, verdict: undefined },
  ]);
  expect(summary.notShown).toEqual([]);
  expect(summary.warnings).toEqual([]);
  // The truth of a synthetic run is a factor on all latencies.
  for (const { ratioLow, ratioHigh } of bridge(summary)) {
    expect(ratioLow).toBeLessThan(1.19);
    expect(ratioHigh).toBeGreaterThan(1.19);
  }
});

test('what a case is made of is told beside it, and its load agent, which never rests, is no limit', () => {
  for (const { open, values, agentBusy, limit, cpu } of summaryOf({ lagShare: 0.05 }).cases) {
    const p99 = values.latency_p99_us ?? Number.NaN;
    expect((open?.serviceTime.p99Us ?? 0) / p99).toBeCloseTo(0.9, 1);
    expect((open?.sendLag.p99Us ?? 0) / p99).toBeCloseTo(0.05, 2);
    expect({ agentBusy, limit, agentUs: cpu?.agentUs }).toEqual({ limit: 'none' });
  }
});

describe('a quantile at which the load agent was late by a tenth of it', () => {
  const late = summaryOf({ lagShare: 0.12 });

  test('is not measured: it has no verdict, takes no part in the correction, and no case has it', () => {
    const [declared, ...others] = bridge(late);
    expect(others).toEqual([]);
    expect(declared?.verdict).toBeUndefined();
    expect(declared?.reason).toMatch(
      /^not measured: the load generator's own lag is [\d.]+ µs at p99, of [\d.]+ µs$/,
    );
    for (const { values } of late.cases) expect(values).toEqual({});
    expect(declaredPrecisions(syntheticRun({ ...options, lagShare: 0.12 }))).toEqual([]);
  });

  test('is told with the reason: each other metric, and a warning that says what to do', () => {
    expect(late.notShown.map(({ metric, why }) => `${metric}: ${why.replace(/[\d.]+ µs/g, '…')}`)).toEqual(
      [1, 2].flatMap(() => [
        "p90 latency: the load generator's own lag is … at p90, of …",
        "median latency: the load generator's own lag is … at p50, of …",
      ]),
    );
    expect(late.warnings).toMatchObject([
      { code: 'client-lag', hint: expect.stringContaining('--paced-rate') },
    ]);
    expect(late.headline[0]).toMatch(/p99 latency was not measured: the load generator's own lag is/);
  });

  test('is measured just below', () => {
    expect(bridge(summaryOf({ lagShare: 0.08 }))[0]?.verdict).toBe('slower');
  });
});

describe('a quantile of which the gaps of the machine are more than a tenth', () => {
  test('is told as the machine’s, and keeps its verdict', () => {
    const summary = summaryOf({ gapsUs: [40, 60] });
    expect(summary.warnings).toMatchObject([
      {
        code: 'machine-tail',
        message: expect.stringMatching(
          /^Quantiles that are partly the machine's: nginx host\/external paced p99 of [\d.]+ µs; .*40\.0 µs at p99/,
        ),
      },
    ]);
    expect(bridge(summary)[0]?.verdict).toBe('slower');
    expect(summary.jitter).toMatchObject({ p99Us: 40, p999Us: 60 });
  });

  test('is one that is shown: gaps at p99.9 do not touch p99', () => {
    expect(summaryOf({ gapsUs: [1, 5_000] }).warnings).toEqual([]);
  });
});

test('p99.9 is the main result where the plan asks for it', () => {
  const recorded = syntheticRun(options);
  const { plan } = recorded.run;
  const profiles = plan.profiles.map((it) => ({ ...it, declaredMetric: 'latency_p999_us' as const }));
  // Ten times the counts of each slice: as many responses as p99.9 needs.
  const many = latencyOfCounts(
    Array.from({ length: 1_000 }, (_, index) => ({ ns: 50_000 + 100 * index, count: 60 })),
  );
  const slices = recorded.slices.map((slice) =>
    slice.status === 'completed'
      ? {
          ...slice,
          requests: 60_000,
          latency: many,
          serviceTime: many,
          sendLag: latencyOfCounts([{ ns: 900, count: 60_000 }]),
        }
      : slice,
  );
  const run = { ...recorded.run, plan: { ...plan, profiles } };
  const { summary } = buildReportModel({ ...recorded, run, slices });
  expect(bridge(summary).map(({ metric, declared }) => [metric, declared])).toEqual([
    ['latency_p999_us', true],
    ['latency_p99_us', false],
    ['latency_p90_us', false],
    ['latency_p50_us', false],
  ]);
  const few = buildReportModel({ ...recorded, run }).summary;
  expect(few.overheads.find((it) => it.declared)).toMatchObject({
    metric: 'latency_p999_us',
    verdict: 'untrusted',
    reason: expect.stringMatching(/^[\d,]+ of 50,000 responses in round 1$/),
  });
});
