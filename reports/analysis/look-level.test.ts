import { expect, test } from 'vitest';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Run } from '../../bench/model/run.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';
import { atItsLook, levelAfter } from './look-level.ts';

const recorded = syntheticRun({ seed: 2, rounds: 10, blocks: 2, servers: ['nginx'] });
const planned = (precision: NonNullable<NonNullable<Run['plan']['stopping']>['precision']>): RecordedRun => ({
  ...recorded,
  run: {
    ...recorded.run,
    plan: { ...recorded.run.plan, confidence: 0.975, stopping: { seconds: 600, precision } },
  },
});
const precision = { halfWidth: 0.01, looks: [8, 10, 12], levels: [0.975, 0.97, 0.96], coverage: 0.95 };

test('the level is that of the last look that was reached, also where the run ended between two', () => {
  const { plan } = planned(precision).run;
  expect([8, 9, 10, 11, 12, 40].map((rounds) => levelAfter(plan, rounds))).toEqual([
    0.975, 0.975, 0.97, 0.97, 0.96, 0.96,
  ]);
  expect(levelAfter(plan, 3)).toBe(0.975);
});

test('without planned looks, and in folders without their levels, it is what the plan says', () => {
  const { levels: _, ...older } = precision;
  expect(levelAfter(planned(older).run.plan, 12)).toBe(0.975);
  expect(levelAfter(recorded.run.plan, 12)).toBe(0.95);
  expect(atItsLook(recorded)).toBe(recorded);
});

test('the report of a run gives the intervals of its look, by the rounds that were measured', () => {
  const { run, summary } = buildReportModel(planned(precision));
  expect(run.plan.confidence).toBe(0.97);
  const at = buildReportModel({
    ...recorded,
    run: { ...recorded.run, plan: { ...recorded.run.plan, confidence: 0.97 } },
  });
  expect(summary.overheads.length).toBeGreaterThan(0);
  expect(summary.overheads).toEqual(at.summary.overheads);
  const interrupted = planned(precision);
  const early = { ...interrupted, slices: interrupted.slices.filter(({ round }) => round <= 9) };
  expect(buildReportModel(early).run.plan.confidence).toBe(0.975);
});
