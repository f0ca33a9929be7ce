import { expect, test } from 'vitest';
import type { Run } from '../../bench/model/run.ts';
import { terminalText } from '../../bench/model/styled-text.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { renderMarkdown } from '../markdown.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { renderTerminal } from '../terminal.ts';
import { roundsOf, stopWords } from './stop-words.ts';

const recorded = syntheticRun({ seed: 1, rounds: 8, blocks: 2, servers: ['nginx'] });

/** The run as one whose looks were planned. */
function stopped(stop: NonNullable<Run['stop']>): Run {
  const plan: Run['plan'] = {
    ...recorded.run.plan,
    rounds: 400,
    confidence: 0.975,
    stopping: { seconds: 60, precision: { halfWidth: 0.02, looks: [8, 9, 400], coverage: 0.95 } },
  };
  return { ...recorded.run, plan, stop };
}

test('a run of a fixed number of rounds has nothing to say about how it stopped', () => {
  expect(stopWords(recorded.run)).toBeUndefined();
  expect(roundsOf(recorded.run)).toBe(8);
});

test('whether the precision was reached is said, with the level of the intervals', () => {
  expect(stopWords(stopped({ by: 'precision', rounds: 9, look: 2, halfWidth: 0.0187 }))).toBe(
    'Precision reached: ±1.9 %, ±2 % was wanted, after 9 rounds (look 2). ' +
      'The intervals are at 97.5 %, so that they hold with at least 95 % although they were looked at before.',
  );
  expect(stopWords(stopped({ by: 'time', rounds: 11, halfWidth: 0.031 }))).toContain(
    'Precision not reached: ±3.1 % when last looked at, ±2 % was wanted; the time was up after 11 rounds.',
  );
  expect(stopWords(stopped({ by: 'time', rounds: 3 }))).toContain('no interval yet');
});

test('a run that only had a time says when it was up', () => {
  const run = stopped({ by: 'time', rounds: 8 });
  expect(stopWords({ ...run, plan: { ...run.plan, stopping: { seconds: 60 } } })).toBe(
    'Stopped after 8 rounds: the time was up.',
  );
});

test('terminal and Markdown tell it', () => {
  const run = stopped({ by: 'precision', rounds: 8, look: 1, halfWidth: 0.0187 });
  const model = buildReportModel({ ...recorded, run });
  const terminal = terminalText(renderTerminal(model, { width: 100 }), false);
  expect(terminal).toContain('Precision reached: ±1.9 %');
  expect(terminal).toMatch(/8 rounds\. Brackets: 97\.5 %\s+confidence\s+interval\./);
  expect(renderMarkdown(model)).toContain('Precision reached: ±1.9 %');
});
