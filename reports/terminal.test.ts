import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { terminalText } from '../bench/model/styled-text.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import type { ReportModel } from './report-model.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';

const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 8, blocks: 2, servers: ['nginx'], ...options }));
const model = modelOf({ invalidShare: 0.05, failedSlices: 2 });
const terminal = (of: ReportModel, width: number) => terminalText(renderTerminal(of, { width }), false);
const plain = (width: number) => terminal(model, width);
const esc = '\u001b';

test('the headline comes first, then each server and profile with its declared metric', () => {
  const lines = plain(200).split('\n');
  expect(lines[0]).toBe(model.summary.headline[0]);
  const text = plain(200);
  for (const part of [
    'nginx · latency profile · 1 connection',
    'nginx · throughput profile · 32 connections',
    'median latency',
    'CPU per request (exploratory)',
  ]) {
    expect(text).toContain(part);
  }
});

test('a difference is a percentage with its interval; none is ~ with the detectable size', () => {
  const bridge = plain(100).match(/bridge\/external\/published .*/g) ?? [];
  expect(bridge[0]).toMatch(/^bridge\/external\/published +\d+\.\d µs {2}\+\d+ % \[\d+, \d+\] +slower$/);
  const twin = plain(100).match(/host\/external \(twin\) {2,}.*/g) ?? [];
  expect(twin.length).toBeGreaterThan(0);
  for (const line of twin) expect(line).toMatch(/~ \(detectable: [\d.]+ %\) +(?:equivalent|inconclusive)$/);
});

test('no line is longer than the terminal, at any width and with any text', () => {
  const long = { ...model, summary: { ...model.summary, headline: [`bridge ${'x'.repeat(150)} costs`] } };
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 160 }), (width) => {
      const lines = terminal(long, width).split('\n');
      expect(Math.max(...lines.map((it) => it.length))).toBeLessThanOrEqual(width);
    }),
    { numRuns: 60 },
  );
});

test('at 80 columns the value, the interval and the verdict stand side by side', () => {
  expect(plain(80)).toMatch(/bridge\/external\/published .*µs .*\[.*\] +slower\n/);
});

test('a narrow terminal loses no verdict', () => {
  const count = (text: string) => [...text.matchAll(/\b(?:slower|faster|equivalent|inconclusive)$/gm)].length;
  expect(count(plain(44))).toBe(count(plain(120)));
});

test('colour changes nothing but colour', () => {
  const colored = terminalText(renderTerminal(model, { width: 90 }), true);
  expect(plain(90)).not.toContain(esc);
  expect(colored).toContain(`${esc}[31mslower${esc}[0m`);
  expect(colored.replace(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toBe(plain(90));
});

test('control characters of others do not reach the terminal', () => {
  const warnings = [{ code: 'x', message: `bad ${esc}[2J\u0007 thing`, hint: `do\r\nthis ${esc}]0;x` }];
  const text = terminal({ ...model, summary: { ...model.summary, warnings } }, 80);
  expect(text).toContain('Warning: bad \\u001b[2J\\u0007 thing');
  expect(text.includes(esc) || text.includes('\u0007')).toBe(false);
});

test('a partial run says what is missing; client-bound reads "at least"', () => {
  const partial = terminal(modelOf({ keptShare: 0.6 }), 100);
  expect(partial).toContain('This run is partial: interrupted by Ctrl-C. Recorded: ');
  const bound = terminal(modelOf({ clientBoundShare: 1 }), 100);
  expect(bound).toContain('slower, at least');
});

test('where the spread comes from, and whether rounds were steady, is told', () => {
  const text = terminal(modelOf({ rounds: 6 }), 400);
  expect(text).toMatch(/\d+ % of the spread lies between rounds, \d+ % within them\. More (rounds|blocks)/);
  expect(text).toMatch(/Steady state: .*one a round, server and profile/);
});

test('a run without a slice is told, not an error', () => {
  const empty = buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] });
  expect(terminal(empty, 80)).toContain('Path evidence');
});
