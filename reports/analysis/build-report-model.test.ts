import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { caseId } from '../../bench/model/case.ts';
import { decodeHistogram } from '../../bench/model/histogram.fixture.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { CompletedSlice, Slice } from '../../bench/model/slice.ts';
import { type Overhead, type Summary, summarySchema } from '../../bench/model/summary.ts';
import { bridgePath, mappedPath, type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';

const small = { rounds: 8, blocks: 2, servers: ['nginx'] } as const;
const same = { slowdown: 1, cpu: 1 } as const;

function summaryOf(options: SyntheticOptions): Summary {
  return summarySchema.parse(buildReportModel(syntheticRun(options)).summary);
}

function overheadOf(summary: Summary, wanted: Partial<Overhead>): Overhead {
  const found = summary.overheads.find((it) =>
    Object.entries(wanted).every(([key, value]) => it[key as keyof Overhead] === value),
  );
  if (found === undefined) throw new Error(`no overhead ${JSON.stringify(wanted)}`);
  return found;
}

const ordinary = syntheticRun({
  ...small,
  seed: 11,
  effects: { [bridgePath]: { slowdown: 1.19, cpu: 1.25 }, [mappedPath]: same },
  deploymentNoise: 0.003,
  sliceNoise: 0.004,
});

describe('a run whose truth is known: bridge 19 % slower, mapped the same', () => {
  const { summary, timeline, distributions } = buildReportModel(ordinary);

  test('the summary follows its schema', () => {
    expect(() => summarySchema.parse(summary)).not.toThrow();
    expect(summary.overheads.every((it) => it.rounds === 8)).toBe(true);
  });

  test.each([
    ['throughput', 'throughput', 1 / 1.19, 'slower'],
    ['latency', 'latency-p50', 1.19, 'slower'],
    ['latency', 'latency-mean', 1.19, 'slower'],
    ['throughput', 'cpu-per-request', 1.25, 'slower'],
    ['throughput', 'latency-p99', 1.19, 'slower'],
  ] as const)('bridge under the %s profile: %s', (profile, metric, truth, verdict) => {
    const overhead = overheadOf(summary, { path: bridgePath, profile, metric });
    expect(overhead.low).toBeLessThan(truth);
    expect(overhead.high).toBeGreaterThan(truth);
    expect(overhead.high - overhead.low).toBeLessThan(0.05);
    expect(overhead.verdict).toBe(verdict);
    expect(overhead.confidence).toBeCloseTo(0.9609375, 12);
  });

  test('the absolute difference is in the unit of the values', () => {
    const latency = overheadOf(summary, { path: bridgePath, profile: 'latency', metric: 'latency-p50' });
    expect(latency.unit).toBe('s');
    expect(latency.absoluteDifference.low).toBeLessThan(0.19 * 62e-6 * 1.05);
    expect(latency.absoluteDifference.high).toBeGreaterThan(0.19 * 62e-6 * 0.95);
    expect(latency.absoluteDifference.value).toBeCloseTo(latency.contenderValue - latency.baselineValue, 6);
  });

  test('mapped is shown equivalent, with what the run could have shown', () => {
    const overhead = overheadOf(summary, { path: mappedPath, profile: 'throughput', metric: 'throughput' });
    expect(overhead.verdict).toBe('equivalent');
    expect(overhead.detectable).toBeGreaterThan(0.001);
    expect(overhead.detectable).toBeLessThan(0.03);
  });

  test('the twin is not shown different, on any of its primary metrics', () => {
    const primaries = summary.twin.filter(({ primary }) => primary);
    expect(primaries.map(({ profile }) => profile)).toEqual(['latency', 'throughput']);
    expect(primaries.every(({ verdict }) => verdict === 'equivalent' || verdict === 'inconclusive')).toBe(
      true,
    );
    expect(summary.warnings).toEqual([]);
  });

  test('one primary metric a contender and profile; the others say that they are exploratory', () => {
    const primaries = summary.overheads.filter(({ primary }) => primary);
    expect(primaries.map(({ path, metric }) => `${path} ${metric}`)).toEqual([
      `${bridgePath} latency-p50`,
      `${mappedPath} latency-p50`,
      `${bridgePath} throughput`,
      `${mappedPath} throughput`,
    ]);
  });

  test('headlines say the verdicts, effects only where they are shown, the largest first', () => {
    expect(summary.headline).toHaveLength(2);
    expect(summary.headline[0]).toBe(
      'From a remote client, bridge mode costs nginx 15.7 % [14.7, 16.6] of its throughput and adds 11.5 µs [11.0, 12.2] to the median.',
    );
    expect(summary.headline[1]).toBe(
      "From a remote client, mapped mode is shown equivalent within ±2 % in nginx's throughput and is shown equivalent within ±2 % in the median latency.",
    );
  });

  test('every slice is on the timeline, and every case has its distribution', () => {
    expect(timeline.map(({ order }) => order)).toEqual(ordinary.slices.map((_, index) => index + 1));
    expect(distributions.map((it) => caseId(it.case))).toEqual(summary.cases.map(caseId));
    for (const { case: subject, points, responses } of distributions) {
      expect(responses).toBe(latenciesOf(ordinary, caseId(subject)));
      expect(points[0]?.quantile).toBe(0.5);
      const seconds = points.map((it) => it.seconds);
      expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
      expect((1 - (points.at(-1)?.quantile ?? 1)) * responses).toBeGreaterThanOrEqual(100);
    }
  });

  test('the order of the lines does not matter to the figures', () => {
    const shuffled = { ...ordinary, slices: ordinary.slices.toReversed() };
    expect(buildReportModel(shuffled).summary.overheads).toEqual(summary.overheads);
  });

  test('a slower machine, by one factor for all, changes no ratio and no verdict', () => {
    const scaled = buildReportModel({
      ...ordinary,
      slices: ordinary.slices.map((it) =>
        it.status === 'completed' ? { ...it, wallSeconds: it.wallSeconds * 3 } : it,
      ),
    }).summary;
    for (const [index, before] of summary.overheads.entries()) {
      if (before.metric !== 'throughput') continue;
      expect(scaled.overheads[index]?.ratio).toBeCloseTo(before.ratio, 12);
      expect(scaled.overheads[index]?.baselineValue).toBeCloseTo(before.baselineValue / 3, 6);
      expect(scaled.overheads[index]?.verdict).toBe(before.verdict);
    }
  });
});

describe('verdicts that are withheld', () => {
  test('a twin that differs makes the profile untrusted, with the reason', () => {
    const summary = summaryOf({ ...small, seed: 12, twinEffect: { slowdown: 1.15, cpu: 1 } });
    expect(new Set(summary.overheads.map(({ verdict }) => verdict))).toEqual(new Set(['untrusted']));
    expect(summary.overheads[0]?.verdictReason).toMatch(
      /^the twin, a second identical deployment of host\/external, differs from it: ratio 1\.1\d\d \[.*\], p = 0\.016 after Holm's correction over 2 twins$/,
    );
    expect(codes(summary)).toContain('twin-differs');
    expect(summary.headline[0]).toContain('has no trusted verdict');
    expect(summary.headline.join()).not.toMatch(/costs|adds/);
  });

  test('more than 20 % invalid slices make the profile untrusted', () => {
    const summary = summaryOf({ ...small, seed: 13, invalidShare: 0.4 });
    expect(summary.overheads.every(({ verdict }) => verdict === 'untrusted')).toBe(true);
    expect(summary.overheads[0]?.verdictReason).toMatch(/^\d+ % of the slices do not count, more than 20 %$/);
    expect(summary.leftOut.every(({ rule }) => rule === 'faults')).toBe(true);
    const left = summary.leftOut.reduce((sum, { slices }) => sum + slices, 0);
    expect(left).toBe(summary.cases.reduce((sum, { slices }) => sum + slices.invalid, 0));
  });

  test('a few invalid slices are left out, counted and warned of, and the rest is used', () => {
    const summary = summaryOf({ ...small, blocks: 3, seed: 14, invalidShare: 0.06, failedSlices: 1 });
    expect(overheadOf(summary, { path: bridgePath, metric: 'throughput', primary: true }).verdict).toBe(
      'slower',
    );
    expect(codes(summary)).toEqual(expect.arrayContaining(['invalid-slices', 'failed-slices']));
    expect(summary.leftOut.filter(({ rule }) => rule === 'failed')).toHaveLength(1);
  });

  test('a slice in a hundred that does not count is listed, and is no reason to warn', () => {
    const summary = summaryOf({ ...small, blocks: 12, seed: 16, invalidShare: 0.01 });
    expect(summary.leftOut.length).toBeGreaterThan(0);
    expect(codes(summary)).not.toContain('invalid-slices');
  });

  test.each([
    [1, 0],
    [3, 0.75],
    [5, 0.9375],
  ])('%i rounds conclude nothing: the interval has its true level', (rounds, confidence) => {
    const summary = summaryOf({ ...small, rounds, seed: 15 });
    for (const overhead of summary.overheads) {
      expect(overhead).toMatchObject({ verdict: 'inconclusive', rounds, confidence });
      expect(overhead.verdictReason).toMatch(/^needs at least 6 rounds for a 95 % interval/);
      expect(overhead.detectable).toBeUndefined();
      expect(overhead.low).toBeLessThanOrEqual(overhead.ratio);
      expect(overhead.high).toBeGreaterThanOrEqual(overhead.ratio);
    }
    expect(codes(summary)).toEqual(expect.arrayContaining(['too-few-rounds', 'twin-blind']));
    expect(summary.headline[0]).toMatch(
      /shows nothing yet about nginx's throughput \(it needs at least 7 rounds\)/,
    );
  });

  test('without a twin there is no control, and nothing is said to be detectable', () => {
    const summary = summaryOf({ ...small, seed: 16, twin: false });
    expect(summary.twin).toEqual([]);
    expect(summary.overheads.every(({ detectable }) => detectable === undefined)).toBe(true);
    expect(codes(summary)).toContain('no-twin');
    expect(summary.cases.some(({ role }) => role === 'twin')).toBe(false);
  });

  test('contradicted evidence takes the slices of that deployment and round out, naming both sides', () => {
    const summary = summaryOf({ ...small, seed: 17, contradicted: true });
    const taken = summary.leftOut.filter(({ rule }) => rule === 'path-evidence');
    expect(taken.map((it) => [it.case.path, it.slices])).toEqual([
      [mappedPath, 2],
      [mappedPath, 2],
    ]);
    expect(taken[0]?.example).toContain('expected 33 packets, observed 0 packets');
    expect(overheadOf(summary, { path: mappedPath, metric: 'throughput', primary: true }).rounds).toBe(7);
    expect(summary.evidence.contradicted).toBe(1);
    expect(codes(summary)).toContain('evidence-contradicted');
  });
});

describe('a client at its limit', () => {
  const busy = (...roles: readonly string[]): Summary =>
    buildReportModel({
      ...ordinary,
      slices: ordinary.slices.map((it) =>
        it.status === 'completed' && roles.includes(it.role) ? { ...it, marks: ['client-bound'] } : it,
      ),
    }).summary;
  const bridgeThroughput = { path: bridgePath, metric: 'throughput', primary: true } as const;

  test('hides the rest of the cost if the faster side was bound: at least', () => {
    const summary = busy('baseline');
    expect(overheadOf(summary, bridgeThroughput)).toMatchObject({ atLeast: true, verdict: 'slower' });
    expect(summary.headline[0]).toMatch(/bridge mode costs nginx at least 15\.7 %/);
    expect(codes(summary)).toContain('client-bound');
  });

  test('says nothing of the kind if only the slower side was', () => {
    const overhead = overheadOf(busy('contender'), bridgeThroughput);
    expect(overhead.atLeast).toBe(false);
    expect(overhead.verdictReason).toMatch(
      /only the slower side was client-bound, so the servers may differ by less$/,
    );
  });

  test('cannot show throughput equivalent, but CPU per request', () => {
    const summary = busy('baseline', 'contender');
    expect(overheadOf(summary, { ...bridgeThroughput, path: mappedPath })).toMatchObject({
      verdict: 'inconclusive',
      atLeast: false,
    });
    expect(overheadOf(summary, { path: mappedPath, metric: 'cpu-per-request' }).verdict).toBe('equivalent');
    expect(summary.headline[1]).toContain(
      "shows no difference in nginx's throughput, but the client was the limit",
    );
  });
});

describe('whatever the folder holds, the summary is valid', () => {
  test('nothing was measured', () => {
    const empty = {
      ...ordinary,
      run: { ...ordinary.run, state: 'partial' as const },
      slices: [],
      evidence: [],
    };
    const { summary, distributions, timeline } = buildReportModel(empty);
    expect(summarySchema.parse(summary).overheads).toEqual([]);
    expect([distributions, timeline]).toEqual([[], []]);
    expect(codes(summary)).toEqual(expect.arrayContaining(['partial-run', 'unmeasured-case', 'no-twin']));
    expect(summary.headline[0]).toBe(
      'From a remote client, bridge mode has no completed pair of slices of nginx under the throughput and latency profiles.',
    );
  });

  test('a partial run says of how many rounds it is', () => {
    const summary = summaryOf({ ...small, seed: 18, keptShare: 0.55 });
    expect(summary.warnings[0]).toMatchObject({
      code: 'partial-run',
      message: 'The run is partial (interrupted by Ctrl-C): slices of 5 of 8 planned rounds are in it.',
    });
  });

  test("the folder's own warnings come first", () => {
    const warning = { code: 'truncated-line', message: 'the last line is cut off', hint: 'nothing to do' };
    const { summary } = buildReportModel({ ...ordinary, warnings: [warning] });
    expect(summary.warnings[0]).toEqual(warning);
  });

  test('any slices missing, invalid or failed, any CPU figure absent: no error, and no figure that is none', () => {
    const fates = fc.constantFrom('kept', 'kept', 'missing', 'invalid', 'failed', 'without CPU');
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

function meet(slice: CompletedSlice, fate: string | undefined): readonly Slice[] {
  const { server, path, role, profile, round, block, position, startedAt } = slice;
  if (fate === 'missing') return [];
  if (fate === 'invalid') {
    return [
      { ...slice, status: 'invalid', reasons: [{ rule: 'littles-law', message: '1.3 is above 1.02' }] },
    ];
  }
  if (fate === 'failed') {
    const head = { server, path, role, profile, round, block, position, startedAt };
    return [{ ...head, status: 'failed', error: { message: 'the engine went away' } }];
  }
  const { cpu, ...rest } = slice;
  return [fate === 'without CPU' || cpu === undefined ? rest : slice];
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
