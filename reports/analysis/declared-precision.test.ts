import { expect, test } from 'vitest';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { isMeasured } from '../../bench/model/summary.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';
import { declaredPrecisions, widestDeclared } from './declared-precision.ts';

const run = (options: Partial<SyntheticOptions> = {}) =>
  syntheticRun({ seed: 3, rounds: 8, blocks: 2, servers: ['nginx'], ...options });

test('a look sees the intervals that the report gives, of each contender on its declared metric', () => {
  const recorded = run();
  const { overheads } = buildReportModel(recorded).summary;
  const declared = overheads.filter(isMeasured).filter((it) => it.declared);
  expect(declaredPrecisions(recorded)).toEqual(
    declared.map(({ server, profile, path, rounds, ratioLow, ratioHigh }) => ({
      server,
      profile,
      path,
      rounds,
      halfWidth: expect.closeTo((ratioHigh - ratioLow) / (2 * Math.sqrt(ratioLow * ratioHigh)), 9),
    })),
  );
  expect(declared).toHaveLength(6);
});

test('a capacity that the load agent limits is not waited for', () => {
  const profiles = declaredPrecisions(run({ agentIsLimit: true })).map(({ profile }) => profile);
  expect(profiles).toEqual(['latency', 'latency', 'steady', 'steady']);
});

test('a corrected level widens them', () => {
  const recorded = run();
  const corrected: RecordedRun = {
    ...recorded,
    run: { ...recorded.run, plan: { ...recorded.run.plan, confidence: 0.975 } },
  };
  const [plain, wider] = [recorded, corrected].map(
    (it) => widestDeclared(declaredPrecisions(it)) ?? Number.NaN,
  );
  expect(wider).toBeGreaterThan(plain ?? Number.NaN);
});

test('with too few rounds there is no width, and so none that could stop a run', () => {
  const early = declaredPrecisions(run({ rounds: 5 }));
  expect(early.map(({ rounds }) => rounds)).toEqual(early.map(() => 5));
  expect(widestDeclared(early)).toBeUndefined();
  expect(widestDeclared([])).toBeUndefined();
});

test('where nothing is compared with a baseline, its twin is', () => {
  const recorded = run({ profiles: ['latency'] });
  const alone = recorded.run.plan.comparisons.map(({ baseline }) => ({ baseline, contenders: [] }));
  const precisions = declaredPrecisions({
    ...recorded,
    run: { ...recorded.run, plan: { ...recorded.run.plan, comparisons: alone } },
  });
  expect(precisions).toHaveLength(1);
  expect(precisions[0]).toMatchObject({ profile: 'latency', path: 'host/external', rounds: 8 });
});

test('the widest one decides', () => {
  const of = (halfWidth: number) => ({
    server: 'nginx',
    profile: 'latency',
    path: 'a',
    rounds: 8,
    halfWidth,
  });
  expect(widestDeclared([of(0.01), of(0.03), of(0.02)])).toBe(0.03);
});
