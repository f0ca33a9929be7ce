import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { type FakeStageOptions, fakeStage } from './stage.fake.ts';
import { surveyService } from './survey-service.ts';

const app = { image: 'app', port: '8080', mode: ['bridge'] };

async function surveyed(options: Partial<FakeStageOptions>, flags: Record<string, unknown> = app) {
  const plan = resolvePlan({ flags, env: {} }, () => 0);
  const stage = fakeStage({ seed: 1, medianSeconds: () => 1e-4, ...options });
  const result = await surveyService(plan, stage).then(
    (warnings) => warnings.map(({ code }) => code),
    (error: unknown) => error,
  );
  return { result, journal: stage.journal };
}

test('the service is started once, in host mode, asked, and removed', async () => {
  expect(await surveyed({})).toEqual({ result: [], journal: ['deploy 1', 'clear'] });
});

test('what is unusual about it is told; a line for each request is counted', async () => {
  const { result } = await surveyed({ survey: { endedAfter: [1000] }, linesLogged: 1000 });
  expect(result).toEqual(['service-ends-connections', 'service-logs-requests']);
  expect((await surveyed({ linesLogged: 12 })).result).toEqual([]);
});

test('a service that cannot be measured ends the run before it begins, and is removed', async () => {
  const { result, journal } = await surveyed({ survey: { statuses: { 429: 1100 } } });
  expect(result).toMatchObject({ kind: 'unfit', message: expect.stringContaining('429') });
  expect(journal).toEqual(['deploy 1', 'clear']);
});

test('a service that does not start is told as it is', async () => {
  const ended = new Failure('casesFailed', 'app exited with code 1');
  const { result, journal } = await surveyed({ refuse: () => ended });
  expect(result).toBe(ended);
  expect(journal).toEqual(['deploy 1', 'clear']);
});

test("bench's own servers are not surveyed", async () => {
  expect(await surveyed({}, { server: 'nginx' })).toEqual({ result: [], journal: [] });
});
