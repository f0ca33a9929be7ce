import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseId } from '../../bench/model/case.ts';
import { decodeHistogram } from '../../bench/model/histogram.fixture.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { CompletedSlice, Slice } from '../../bench/model/slice.ts';
import { isMeasured, type MeasuredOverhead, type Summary, summarySchema } from '../../bench/model/summary.ts';
import { bridgePath, mappedPath, type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';

const small = { rounds: 10, blocks: 2, servers: ['nginx'] } as const;
const quiet = { deploymentNoise: 0.003, sliceNoise: 0.004 } as const;
const truth = { latency: 1.19, serverCpu: 1.25, agentCpu: 1.1, capacity: 0.8 } as const;

function summaryOf(options: SyntheticOptions): Summary {
  return summarySchema.parse(buildReportModel(syntheticRun(options)).summary);
}

type Wanted = Partial<Pick<MeasuredOverhead, 'path' | 'profile' | 'metric' | 'declared'>>;

function overheadOf({ overheads }: Summary, { path, profile, metric, declared }: Wanted): MeasuredOverhead {
  const found = overheads.find(
    (it) =>
      (path ?? it.path) === it.path &&
      (profile ?? it.profile) === it.profile &&
      (metric ?? it.metric) === it.metric &&
      (declared ?? it.declared) === it.declared,
  );
  if (found === undefined || !isMeasured(found)) throw new Error('no such overhead');
  return found;
}

const ordinary = syntheticRun({
  ...small,
  ...quiet,
  seed: 2,
  effects: { [bridgePath]: truth, [mappedPath]: {} },
});

describe('a run whose truth is known: bridge costs, mapped does not', () => {
  const { summary, timeline, distributions } = buildReportModel(ordinary);

  test('the summary follows its schema, and nothing is warned of', () => {
    expect(() => summarySchema.parse(summary)).not.toThrow();
    expect(summary.warnings).toEqual([]);
    expect(summary.overheads.filter(isMeasured).every(({ rounds }) => rounds === 10)).toBe(true);
  });

  test.each([
    ['latency', 'latency_p50_us', 1.19, 'slower'],
    ['latency', 'latency_p90_us', 1.19, undefined],
    ['latency', 'cpu_server_us', 1.25, undefined],
    ['steady', 'cpu_server_us', 1.25, 'slower'],
    ['steady', 'cpu_agent_us', 1.1, undefined],
    // 44 µs × 1.25 and 18 µs × 1.1 over 62 µs.
    ['steady', 'cpu_total_us', (44 * 1.25 + 18 * 1.1) / 62, undefined],
    ['throughput', 'throughput_rps', 0.8, 'slower'],
  ] as const)('bridge under the %s profile: %s', (profile, metric, expected, verdict) => {
    const overhead = overheadOf(summary, { path: bridgePath, profile, metric });
    expect(overhead.ratioLow).toBeLessThan(expected);
    expect(overhead.ratioHigh).toBeGreaterThan(expected);
    expect(overhead.ratioHigh - overhead.ratioLow).toBeLessThan(0.05);
    expect(overhead.verdict).toBe(verdict);
    expect(overhead.confidence).toBeCloseTo(1 - 2 * 0.0244140625, 12);
  });

  test('mapped is equivalent on what each profile declares', () => {
    const declared = summary.overheads.filter((it) => it.path === mappedPath && it.declared);
    expect(declared.map(({ profile, verdict }) => [profile, verdict])).toEqual([
      ['latency', 'equivalent'],
      ['steady', 'equivalent'],
      ['throughput', 'equivalent'],
    ]);
  });

  test('ratio, difference and printed values are one answer on every row', () => {
    for (const row of [...summary.overheads, ...summary.twin].filter(isMeasured)) {
      expect(row.contenderValue / row.baselineValue).toBeCloseTo(row.ratio, 12);
      expect(row.contenderValue - row.baselineValue).toBeCloseTo(row.difference, 6);
      expect(row.baselineValue * (row.ratioLow - 1)).toBeCloseTo(row.differenceLow, 6);
      expect(row.baselineValue * (row.ratioHigh - 1)).toBeCloseTo(row.differenceHigh, 6);
    }
  });

  test('the twin is not shown different on what its profile declares', () => {
    const declared = summary.twin.filter((it) => it.declared);
    expect(declared.map(({ profile }) => profile)).toEqual(['latency', 'steady', 'throughput']);
    for (const { verdict } of declared) expect(['equivalent', 'open']).toContain(verdict);
  });

  test('the steady rates, the blocks and the foreign share are in it', () => {
    expect(summary.rates).toEqual({ nginx: 9_000 });
    expect(summary.blocks.map(({ measured, disturbed }) => [measured, disturbed])).toEqual([
      [20, 0],
      [20, 0],
      [20, 0],
    ]);
    expect(summary.foreign?.share).toBeCloseTo(0.005, 9);
  });

  test('every slice is on the timeline with its declared metric', () => {
    expect(timeline.map(({ order }) => order)).toEqual(ordinary.slices.map((_, index) => index + 1));
    expect(new Set(timeline.map((it) => `${it.case.profile} ${it.metric}`))).toEqual(
      new Set(['latency latency_p50_us', 'steady cpu_server_us', 'throughput throughput_rps']),
    );
  });

  test('every case of the latency profile has its distribution, over all of its latencies', () => {
    const latency = summary.cases.filter(({ profile }) => profile === 'latency');
    expect(distributions.map((it) => caseId(it.case))).toEqual(latency.map(caseId));
    for (const { case: subject, points, responses } of distributions) {
      expect(responses).toBe(latenciesOf(ordinary, caseId(subject)));
      expect(points[0]?.quantile).toBe(0.5);
      const times = points.map(({ microseconds }) => microseconds);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  test('the order of the lines does not matter to the figures', () => {
    const shuffled = { ...ordinary, slices: ordinary.slices.toReversed() };
    expect(buildReportModel(shuffled).summary.overheads).toEqual(summary.overheads);
  });

  test('a slower machine, by one factor for all, changes no ratio and no verdict', () => {
    const slower = ordinary.slices.map((it) =>
      it.status === 'completed' ? { ...it, wallSeconds: it.wallSeconds * 3 } : it,
    );
    const scaled = buildReportModel({ ...ordinary, slices: slower }).summary;
    for (const path of [bridgePath, mappedPath]) {
      const wanted = { path, metric: 'throughput_rps' } as const;
      const [before, after] = [overheadOf(summary, wanted), overheadOf(scaled, wanted)];
      expect(after.ratio).toBeCloseTo(before.ratio, 12);
      expect(after.baselineValue).toBeCloseTo(before.baselineValue / 3, 6);
      expect(after.verdict).toBe(before.verdict);
    }
  });
});

describe('verdicts that are withheld', () => {
  test('where the load agent was the limit, the capacity has none, and CPU a request says what it costs', () => {
    const summary = summaryOf({ ...small, ...quiet, seed: 12, agentIsLimit: true });
    const capacity = overheadOf(summary, { path: bridgePath, metric: 'throughput_rps' });
    expect(capacity.verdict).toBeUndefined();
    expect(capacity).toMatchObject({
      limit: 'agent',
      reason: 'not measured: the load generator was the limit',
    });
    expect(overheadOf(summary, { path: bridgePath, profile: 'steady', declared: true }).verdict).toBe(
      'slower',
    );
    const nginx = summary.cases.find(({ profile, role }) => profile === 'throughput' && role === 'baseline');
    expect(nginx).toMatchObject({ limit: 'agent', agentBusy: expect.closeTo(0.99, 9) });
  });

  test.each([
    [1, 0],
    [3, 0.75],
    [5, 0.9375],
  ])('%i rounds conclude nothing: the interval has its true level', (rounds, confidence) => {
    const summary = summaryOf({ ...small, rounds, seed: 15 });
    for (const overhead of summary.overheads.filter(isMeasured)) {
      expect(overhead).toMatchObject({ rounds, confidence });
      expect(overhead.ratioLow).toBeLessThanOrEqual(overhead.ratio);
      expect(overhead.ratioHigh).toBeGreaterThanOrEqual(overhead.ratio);
      if (!overhead.declared) continue;
      expect(overhead.verdict).toBe('open');
      expect(overhead.reason).toMatch(/^needs at least 6 rounds for a 95 % interval/);
    }
    expect(codes(summary)).toEqual(expect.arrayContaining(['too-few-rounds', 'twin-blind']));
  });

  test('a disturbed tenth of the run is left out, and the verdicts stand', () => {
    const disturbed = [1, 2].map((round) => ({ round, block: 1, foreign: 0.4 }));
    const options = { ...small, ...quiet, seed: 16 };
    const [whole, without] = [summaryOf(options), summaryOf({ ...options, disturbed })];
    for (const { path, profile, verdict } of whole.overheads.filter(({ declared }) => declared)) {
      const other = overheadOf(without, { path, profile, declared: true });
      expect(other).toMatchObject({ verdict, rounds: 10 });
    }
    expect(without.blocks.map(({ disturbed: left }) => left)).toEqual([2, 2, 2]);
  });

  test('contradicted evidence takes that deployment’s rounds out, and no other’s', () => {
    const summary = summaryOf({ ...small, seed: 17, contradicted: true });
    expect(overheadOf(summary, { path: mappedPath, declared: true }).rounds).toBe(9);
    expect(overheadOf(summary, { path: bridgePath, declared: true }).rounds).toBe(10);
    const taken = summary.leftOut.filter(({ rule }) => rule === 'path_evidence');
    expect(taken.map((it) => [it.case.path, it.slices])).toEqual(Array(3).fill([mappedPath, 2]));
    expect(summary.evidence.contradicted).toBe(1);
  });
});

describe('whatever the folder holds, the summary is valid', () => {
  test('nothing was measured', () => {
    const empty: RecordedRun = {
      ...ordinary,
      run: { ...ordinary.run, state: 'partial' },
      slices: [],
      evidence: [],
    };
    const { summary, distributions, timeline } = buildReportModel(empty);
    const { overheads } = summarySchema.parse(summary);
    expect(overheads.map(({ declared, verdict, reason }) => [declared, verdict, reason])).toEqual(
      Array(6).fill([true, 'untrusted', 'nothing of it counts']),
    );
    expect([distributions, timeline]).toEqual([[], []]);
    expect(codes(summary)).toEqual(expect.arrayContaining(['partial-run', 'unmeasured-case', 'no-twin']));
  });

  test('any slices missing, faulty, disturbed or failed, any CPU figure absent: no error, and no figure that is none', () => {
    const fates = fc.constantFrom(...['kept', 'kept', 'missing', ...Object.keys(meets)]);
    fc.assert(
      fc.property(
        fc.array(fates, { minLength: ordinary.slices.length, maxLength: ordinary.slices.length }),
        fc.integer({ min: 0, max: 8 }),
        (chosen, lastRound) => {
          const slices = ordinary.slices.flatMap((slice, index): readonly Slice[] =>
            slice.status === 'completed' && slice.round <= lastRound ? meet(slice, chosen[index]) : [],
          );
          const { summary } = buildReportModel({ ...ordinary, slices });
          summarySchema.parse(summary);
          expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
          expect(summary.headline.join()).not.toMatch(/NaN|Infinity|undefined/);
          expect(summary.warnings.map(({ message }) => message).join()).not.toMatch(/NaN|Infinity|undefined/);
        },
      ),
      { seed: 7, numRuns: 25 },
    );
  });
});

const meets: Readonly<Record<string, (slice: CompletedSlice) => Slice>> = {
  faulty: (slice) => ({
    ...slice,
    status: 'invalid',
    reasons: [{ rule: 'littles_law', message: '1.3 is above 1.02' }],
  }),
  disturbed: (slice) => ({
    ...slice,
    status: 'invalid',
    reasons: [{ rule: 'foreign_cpu', message: 'others used 30 %' }],
  }),
  failed: ({ server, path, role, profile, round, block, position, startedAt }) => ({
    ...{ server, path, role, profile, round, block, position, startedAt },
    status: 'failed',
    error: { message: 'the engine went away' },
  }),
  'without CPU': (slice) => {
    const { serverSeconds: _, serverCpuBusySeconds: __, ...cpu } = slice.cpu;
    const { foreignSeconds: ___, ...machine } = slice.machine;
    return { ...slice, cpu, machine };
  },
};

function meet(slice: CompletedSlice, fate = 'kept'): readonly Slice[] {
  return fate === 'missing' ? [] : [meets[fate]?.(slice) ?? slice];
}

/** Latencies in the histograms of a case's completed slices, by the library's own decoder. */
function latenciesOf(run: RecordedRun, id: string): number {
  return run.slices.reduce(
    (sum, slice) =>
      slice.status === 'completed' && caseId(slice) === id
        ? sum + decodeHistogram(slice.latency).totalCount
        : sum,
    0,
  );
}

function codes(summary: Summary): readonly string[] {
  return summary.warnings.map(({ code }) => code);
}
