import { expect, test } from 'vitest';
import { buildReportModel } from '../../../reports/analysis/build-report-model.ts';
import { bridgePath, type SyntheticOptions, syntheticRun } from '../../../reports/synthetic-run.fixture.ts';
import type { Collected } from '../../collect/collect.ts';
import { Failure } from '../../model/failure.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { exitCodeOf } from './run-exit-code.ts';

const complete: Collected = { state: 'complete', failedSlices: 0, slicesSeconds: 1 };

/** How `bench run` ends with such a run. */
function ended(options: Partial<SyntheticOptions>, collected: Partial<Collected> = {}) {
  const recorded = syntheticRun({ seed: 1, rounds: 3, blocks: 2, servers: ['nginx'], ...options });
  const { summary } = buildReportModel(recorded);
  const { outside, told } = tellingOutside();
  const exitCode = exitCodeOf('/results/run', { ...complete, ...collected }, summary, outside);
  return { exitCode, stderr: told.stderr, summary };
}

const notAll = 'bench: some cases could not be measured\n';
const latency = { server: 'nginx', profile: 'latency' } as const;

test('a run in which everything counts ends with 0 and without a word', () => {
  expect(ended({})).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a machine that was disturbed all the time is no failure of a case: 0, though nothing has a figure', () => {
  const { exitCode, stderr, summary } = ended({ foreign: { share: 0.5 } });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(summary.cases.map(({ rounds, missedRounds }) => [rounds, missedRounds])).toEqual(
    summary.cases.map(() => [0, 0]),
  );
  expect(summary.warnings.map(({ code }) => code)).toContain('disturbed-blocks');
});

test('nor is one that was disturbed only while one group of cases had its turns', () => {
  const { exitCode, summary } = ended({ disturbed: [{ ...latency, foreign: 0.4 }] });
  expect(exitCode).toBe(0);
  expect(summary.cases.filter(({ rounds }) => rounds === 0)).toHaveLength(4);
});

test('faults that left a case rounds enough are told, and end with 0', () => {
  const { exitCode, summary } = ended({ faulty: [{ ...latency, path: bridgePath, round: 2 }] });
  expect(exitCode).toBe(0);
  expect(summary.cases.find(({ missedRounds }) => missedRounds > 0)).toMatchObject({
    ...{ ...latency, path: bridgePath, rounds: 2, missedRounds: 1 },
  });
});

test('a case without any figure for faults of its own ends with 4, and says which and why', () => {
  const { exitCode, stderr } = ended({ faulty: [{ ...latency, path: bridgePath }] });
  expect(exitCode).toBe(4);
  expect(stderr).toContain(
    `3 rounds without a figure by the rule faults (nginx ${bridgePath} latency: 3 of 3), e.g. 3 connection errors`,
  );
  expect(stderr.endsWith(notAll)).toBe(true);
});

test('so does one of which the machine took some rounds and its own faults the others', () => {
  const faulty = [1, 2].map((round) => ({ ...latency, path: bridgePath, round }));
  const disturbed = [{ ...latency, round: 3, foreign: 0.4 }];
  expect(ended({ faulty, disturbed }).exitCode).toBe(4);
  // A fault while the machine was disturbed says nothing about the case.
  const all = [1, 2, 3].map((round) => ({ ...latency, round, foreign: 0.4 }));
  expect(ended({ faulty, disturbed: all }).exitCode).toBe(0);
});

test('slices that failed end with 4, whatever else counts', () => {
  const { exitCode, stderr } = ended({ failedSlices: 1 }, { failedSlices: 1 });
  expect(exitCode).toBe(4);
  expect(stderr).toContain('the load agent went away');
  expect(stderr.endsWith(notAll)).toBe(true);
});

test('a run that was stopped ends with its reason, before anything about its cases', () => {
  const faulty = [{ ...latency, path: bridgePath }];
  expect(ended({ faulty }, { state: 'partial' })).toMatchObject({ exitCode: 130, stderr: '' });
  const failure = new Failure('partial', 'the load agent went away', { hint: 'Run it again.' });
  const { exitCode, stderr } = ended({ faulty }, { state: 'partial', failure });
  expect(exitCode).toBe(5);
  expect(stderr).toContain('bench: the run ended early: the load agent went away\n  Run it again.\n');
});
