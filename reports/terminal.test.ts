import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { terminalText } from '../bench/model/styled-text.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import type { ReportModel } from './report-model.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';

const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], ...options }));
const model = modelOf({ failedSlices: 1 });
const terminal = (of: ReportModel, width: number) => terminalText(renderTerminal(of, { width }), false);
const plain = (width: number) => terminal(model, width);
const esc = '\u001b';
const verdictAtEnd = /\b(?:slower|faster|equivalent|open|untrusted)$/gm;

test('the setting comes first, then the headline, then the answers', () => {
  const lines = plain(200).split('\n');
  expect(lines[0]).toBe(
    'nginx, from a client on this machine, over a virtual link (no network card); bodies of 1,024 bytes, keep-alive connections.',
  );
  const headline = plain(400).indexOf(model.summary.headline[0] ?? '?');
  expect(headline).toBeGreaterThan(0);
  expect(plain(400).indexOf('nginx, against host/external')).toBeGreaterThan(headline);
});

test('each path answers the three questions in their order, absolute first, each with its verdict', () => {
  const lines = plain(100).split('\n');
  const at = lines.indexOf('  bridge/external/published');
  expect(lines.slice(at + 1, at + 4).map((line) => line.trim())).toEqual([
    expect.stringMatching(
      /^median latency +[\d.]+ µs {2}\+[\d.]+ µs \[\+[\d.]+, \+[\d.]+\], \+\d+ % +slower$/,
    ),
    expect.stringMatching(
      /^CPU a request +[\d.]+ µs {2}\+[\d.]+ µs \[\+[\d.]+, \+[\d.]+\], \+\d+ % +slower$/,
    ),
    expect.stringMatching(
      /^capacity +[\d,]+ requests\/s {2}−[\d,]+ requests\/s \[−[\d,]+, −[\d,]+\], −\d+ % +slower$/,
    ),
  ]);
  expect(lines).toContain('  mapped/external/published  the same path as bridge/external/published');
  expect(lines).toContain('  host/external (twin)  a second, identical deployment: the noise check');
});

test('a run with one question has a line for each path', () => {
  const text = terminal(modelOf({ profiles: ['latency'] }), 100);
  expect(text).toContain('nginx, median latency, against host/external\n');
  expect(text).toMatch(/^ {2}bridge\/external\/published +[\d.]+ µs {2}\+.* % +slower$/m);
  expect(text).toMatch(/^ {2}host\/external \(twin\) +[\d.]+ µs .* % +(equivalent|open)$/m);
});

test('a capacity that the client limited is no number', () => {
  const text = terminal(modelOf({ agentIsLimit: true }), 100);
  const rows = text.split('\n').filter((line) => line.startsWith('    capacity'));
  expect(rows).toHaveLength(3);
  for (const row of rows) {
    expect(row).toMatch(
      /^ +capacity +not measured: the load generator was the limit \(99 %, nginx's \d+ %\)$/,
    );
  }
});

test('where nothing that counts is left, no row has a number', () => {
  const text = terminal(modelOf({ foreign: { share: 0.31, processes: ['chrome'] } }), 200);
  const rows = text.split('\n').filter((line) => /^ {4}(median latency|CPU a request|capacity)/.test(line));
  expect(rows).toHaveLength(9);
  for (const row of rows) expect(row).toMatch(/^ {4}[\w ]+ {2}untrusted, no figure$/);
  expect(text).toContain('do not use: other processes took 31 % of this machine (chrome, 16 %)');
});

test('a row of the default plan fits 100 columns', () => {
  const both = terminal(modelOf({ servers: ['nginx', 'apache'], agentIsLimit: true }), 100);
  expect(Math.max(...both.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(both).toMatch(/^ +baseline {2}difference, change +verdict$/m);
});

test('no line is longer than the terminal, at any width and with any text', () => {
  const long = { ...model, summary: { ...model.summary, headline: [`bridge ${'x'.repeat(150)} costs`] } };
  const limited = modelOf({ agentIsLimit: true });
  fc.assert(
    fc.property(fc.integer({ min: 40, max: 160 }), fc.constantFrom(long, limited), (width, of) => {
      const lines = terminal(of, width).split('\n');
      expect(Math.max(...lines.map((it) => it.length))).toBeLessThanOrEqual(width);
    }),
    { numRuns: 60 },
  );
});

test('at 80 columns the difference and the verdict stand side by side', () => {
  expect(plain(80)).toMatch(/^ {4}median latency .*µs \[.*\], \+\d+ % +slower$/m);
});

test('a narrow terminal loses no verdict', () => {
  const count = (text: string) => [...text.matchAll(verdictAtEnd)].length;
  expect(count(plain(120))).toBe(9);
  expect(count(plain(44))).toBe(9);
});

test('a number stays on the line of its unit', () => {
  for (let width = 60; width <= 110; width++) expect(plain(width)).not.toMatch(/^ *(?:%|µs)/m);
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

test('a partial run says what is missing', () => {
  const partial = terminal(modelOf({ keptShare: 0.6 }), 100);
  expect(partial).toContain('This run is partial: interrupted by Ctrl-C. Recorded: ');
});

test('what was left out, what others used, how slices begin and what is not shown are told', () => {
  const disturbed = [{ round: 2, block: 1, foreign: 0.5 }];
  const text = terminal(modelOf({ disturbed, sliceSeconds: 0.02, foreign: { share: 0.03 } }), 400);
  expect(text).toContain('nginx steady against host/external: 1 of 20');
  expect(text).toMatch(/Other processes took [\d.]+ % of the machine's CPU time/);
  expect(text).toMatch(/Slices begin as they go on: .*\(4 comparisons tested\)/);
  expect(text).toMatch(
    /Not shown: p90 latency of nginx bridge\/external\/published, latency profile: \d+ of 1,000 /,
  );
});

test('warnings of one kind are told by example', () => {
  const warnings = Array.from({ length: 9 }, (_, index) => ({
    code: 'x',
    message: `case ${index}.`,
    hint: 'Do.',
  }));
  const text = terminal({ ...model, summary: { ...model.summary, warnings } }, 100);
  expect(text.match(/^Warning: case/gm)).toHaveLength(3);
  expect(text).toContain('Warning: 6 more of this kind; the report has them.\n  Do.\n');
});

test('a run without a slice is told, not an error', () => {
  const empty = buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] });
  expect(terminal(empty, 80)).toContain('Path evidence');
});
