import { expect, test } from 'vitest';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { ceilingWords } from './ceiling-words.ts';

const { summary } = buildReportModel(
  syntheticRun({ seed: 2, rounds: 6, blocks: 1, profiles: ['throughput'] }),
);

test('the ceiling of the load generator stands beside the most that each server answered', () => {
  const agentCeiling = { requestsPerSecond: 45_000, connections: 32, agentBusy: 0.98 };
  expect(ceilingWords({ ...summary, agentCeiling })).toMatch(
    /^The load generator itself reaches 45,000 requests\/s here, with 32 connections to a server that does nothing, in its own network stack: 2\.\d times what nginx answered at most, [23]\.\d times what Apache answered at most\.$/,
  );
});

test('a ceiling below what a server answered was disturbed, and is not told', () => {
  const agentCeiling = { requestsPerSecond: 2_000, connections: 32, agentBusy: 0.1 };
  expect(ceilingWords({ ...summary, agentCeiling })).toBeUndefined();
});

test('where the empty server was the limit, the ceiling is higher', () => {
  const agentCeiling = { requestsPerSecond: 45_000, connections: 32, agentBusy: 0.7 };
  const words = ceilingWords({ cases: [], agentCeiling });
  expect(words).toBe(
    'The load generator itself reaches at least 45,000 requests/s here, with 32 connections to a server that does nothing, in its own network stack. Its CPU was 70 % busy meanwhile: the empty server was the limit.',
  );
});

test('a run that did not measure it says nothing of it', () => {
  expect(ceilingWords(summary)).toBeUndefined();
});
