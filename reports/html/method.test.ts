import { expect, test } from 'vitest';
import { type ProfileName, profileNames } from '../../bench/model/profile.ts';
import type { Service } from '../../bench/model/service.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { type Formula, formulas } from '../words/formulas.ts';
import { servicePlan } from '../words/service-plan.fixture.ts';
import { escapeHtml } from './markup.ts';
import { methodSection } from './method.ts';

function methodOf(profiles: readonly ProfileName[]): string {
  const run = syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'], profiles });
  return methodSection(buildReportModel(run)).markup;
}

const itemOf = ({ formula, words }: Formula) =>
  `<dt><code>${escapeHtml(formula)}</code></dt><dd>${escapeHtml(words)}`;

test('the report has every formula, in the words of the method', () => {
  const markup = methodOf(profileNames);
  for (const formula of Object.values(formulas)) expect(markup).toContain(itemOf(formula));
});

test('formulas of a load that the run does not have are left out', () => {
  const markup = methodOf(['latency']);
  expect(markup).not.toContain(itemOf(formulas.connection));
  expect(markup).toContain(itemOf(formulas.throughput));
});

test.each([
  [0.5, 'the connections of each round bear load for up to 0.5 s before its first slice, unrecorded'],
  [0, 'none'],
])('the report tells what a warm-up of %s s is', (warmupSeconds, words) => {
  const run = syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'], profiles: ['latency'] });
  const warmed = { ...run, run: { ...run.run, plan: { ...run.run.plan, warmupSeconds } } };
  const { markup } = methodSection(buildReportModel(warmed));
  expect(markup.replace(/<[^>]+>/g, ' ')).toMatch(new RegExp(`Warm-up\\s+${words}\\s`));
});

test('the report tells where a service comes from, and what is different there', () => {
  const model = buildReportModel(syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'] }));
  const { run } = model;
  const factsOf = (service: Partial<Service>) => {
    const plan = { ...run.plan, ...servicePlan, service: { ...servicePlan.service, ...service } };
    const { markup } = methodSection({ ...model, run: { ...run, plan } });
    return [...markup.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map(([, name, value]) => [
      name,
      value,
    ]);
  };
  const differences = ['db: no port is published', 'web is without restart'];
  const variables = ['DATABASE_URL'];
  const compose = { file: 'compose.yaml', service: 'web', variables, others: ['db', 'cache'], differences };
  expect(factsOf({ compose })).toEqual(
    expect.arrayContaining([
      ['Compose', 'web of compose.yaml'],
      ['Started with it', 'db, cache'],
      ['Not as docker compose up', 'db: no port is published; web is without restart'],
      ['Environment', 'DATABASE_URL, LOG_LEVEL=warn, API_KEY'],
    ]),
  );
  expect(factsOf({ copy: { container: 'web', variables, differences: ['without its name'] } })).toEqual(
    expect.arrayContaining([
      ['Copy of', 'the container web, which got no load'],
      ['Not as the container', 'without its name'],
    ]),
  );
});

test("the report tells how the user's service was started, and what it was asked", () => {
  const model = buildReportModel(syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'] }));
  const { run } = model;
  const environment = { ...run.environment, serviceImage: 'sha256:0123' };
  const { markup } = methodSection({
    ...model,
    run: { ...run, environment, plan: { ...run.plan, ...servicePlan } },
  });
  const facts = [...markup.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  expect(facts).toEqual(
    expect.arrayContaining([
      ['Service', 'app, image my/app:1.2 (sha256:0123)'],
      ['Port', '8080, told by PORT'],
      ['Command', 'node server.js'],
      ['Environment', 'LOG_LEVEL=warn, API_KEY'],
      ['Mounts', './site at /srv/site, read-only'],
      ['Request', 'GET /items?q=1, accept: application/json'],
    ]),
  );
  expect(facts.map(([name]) => name)).not.toContain('Body');
});
