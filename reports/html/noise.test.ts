import { expect, test } from 'vitest';
import type { Service } from '../../bench/model/service.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { servicePlan } from '../words/service-plan.fixture.ts';
import { noiseSection } from './noise.ts';

const model = buildReportModel(syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'] }));
const noiseOf = (service?: Service) => {
  const plan = { ...model.run.plan, ...(service === undefined ? {} : { service }) };
  return noiseSection({ ...model, run: { ...model.run, plan } }).markup;
};

test('a second copy that cannot run beside the first is told, and only that', () => {
  const { portVariable: _, ...fixed } = servicePlan.service;
  const told = 'app has one port in host mode, so its second copy runs in a part of each round to itself.';
  expect(noiseOf(fixed)).toContain(told);
  expect(noiseOf(servicePlan.service)).not.toContain('one port in host mode');
  expect(noiseOf()).not.toContain('one port in host mode');
});
