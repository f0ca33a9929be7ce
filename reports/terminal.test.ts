import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { terminalText } from '../bench/model/styled-text.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { firstScreenOf } from './first-screen/first-screen.ts';
import type { ReportModel } from './report-model.ts';
import { kindsOfRun } from './run-kinds.fixture.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';

const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], ...options }));

const models = {
  modes: modelOf(kindsOfRun.modes),
  waterfall: modelOf(kindsOfRun.waterfall),
  paths: modelOf(kindsOfRun.paths),
  paced: modelOf({ profiles: ['latency', 'paced'], gapsUs: [1.4, 38] }),
};
const terminal = (of: ReportModel, width: number, all = false) =>
  terminalText(renderTerminal(of, { width, all }), false);
const esc = '\u001b';
const golden = (name: string) => join(import.meta.dirname, 'terminal', 'golden', `${name}.txt`);

test.each([
  ['modes', 80, false],
  ['modes', 40, false],
  ['modes', 100, true],
  ['waterfall', 80, false],
  ['paths', 100, false],
  ['paths', 80, false],
  ['paths', 40, false],
  ['paced', 80, false],
  ['paced', 100, true],
] as const)('a run of %s at %i columns, all: %s', async (kind, width, all) => {
  const text = terminal(models[kind], width, all);
  await expect(text).toMatchFileSnapshot(golden(`${kind}-${width}${all ? '-all' : ''}`));
});

test('the order is that of the first screen', () => {
  for (const kind of ['modes', 'waterfall', 'paths'] as const) {
    const model = models[kind];
    const { finding, measured, meaning = '', trust } = firstScreenOf(model);
    const text = terminal(model, 1000);
    const table = {
      modes: 'nginx, host',
      waterfall: 'what each layer adds',
      paths: 'change against host mode',
    }[kind];
    const [first] = trust;
    const places = [finding, measured, table, meaning, first?.title ?? '?', '--all.'].map((it) =>
      text.indexOf(it),
    );
    expect(places[0]).toBe(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    for (const { title, text: words } of trust) expect(text).toContain(`${title} ${words}`);
  }
});

describe('the default plan takes at most 40 lines of 80 columns, with the line that says where the report is', () => {
  const both = { servers: ['nginx', 'apache'], rounds: 12 } as const;
  test.each<[string, Partial<SyntheticOptions>]>([
    ['all is shown', {}],
    ['the load generator was the limit', { agentIsLimit: true }],
    ['nothing is shown', { effects: { 'bridge/external/published': {}, 'mapped/external/published': {} } }],
    [
      'shown, its size open',
      { effects: { 'bridge/external/published': { latency: 1.02, serverCpu: 1.02, capacity: 0.98 } } },
    ],
    ['two identical servers differ', { twinEffect: { latency: 1.06, serverCpu: 1.06, capacity: 0.9 } }],
    ['the machine is busy', { foreign: { share: 0.3, processes: ['chrome', 'node'] } }],
    ['slices have faults', { faultyShare: 0.1, failedSlices: 3 }],
    ['too few rounds', { rounds: 3 }],
    ['interrupted', { keptShare: 0.6 }],
    ['a path is contradicted', { contradicted: true }],
  ])('%s', (_, options) => {
    const lines = terminal(modelOf({ ...both, ...options }), 80)
      .split('\n')
      .slice(0, -1);
    // The command adds an empty line and the report's path.
    expect(lines.length + 2, lines.join('\n')).toBeLessThanOrEqual(40);
  });
});

test('each mode has its three answers: absolute and per cent in the first line, the interval below', () => {
  const lines = terminal(models.modes, 80).split('\n');
  const at = lines.findIndex((line) => line.startsWith('  bridge '));
  const change = String.raw`! [+−][\d.,]+(?: µs|/s), [+−]\d+ %`;
  expect(lines[at]).toMatch(new RegExp(`^ {2}bridge +${change} +${change} +${change}$`));
  expect(lines[at + 1]).toMatch(/^ +\[[^\]]+\] +\[[^\]]+\] +\[[^\]]+\]$/);
  expect(lines[at - 1]).toMatch(/^nginx, host +[\d.]+ µs +[\d.]+ µs +[\d,]+\/s$/);
  expect(lines).toContain('! a cost is shown');
  expect(lines).toContain('mapped: its packets take the same path as those of bridge.');
});

test('a wide terminal has the interval on the line of its figure', () => {
  expect(terminal(models.modes, 140)).toMatch(/^ {2}bridge +! \+[\d.]+ µs, \+\d+ % \[\+[\d.]+, \+[\d.]+\] /m);
});

test('the noise check is a mark, and a row only where all is asked for or nothing else was compared', () => {
  expect(terminal(models.modes, 100)).not.toContain('  second copy of host mode');
  expect(terminal(models.modes, 160, true)).toMatch(/^ {2}second copy of host mode/m);
  const alone = modelOf({ comparisons: [{ baseline: 'host/external', contenders: [] }] });
  expect(terminal(alone, 160)).toMatch(/^ {2}second copy of host mode/m);
});

test('a capacity that the client limited is no number', () => {
  const text = terminal(modelOf({ agentIsLimit: true }), 100);
  expect(text.match(/^ {2}(?:bridge|mapped) .* – not measured$/gm)).toHaveLength(2);
  expect(text).toContain('! Capacity not measured for nginx:');
  // Host mode's rate is none either.
  expect(text).toMatch(/^nginx, host +[\d.]+ µs +[\d.]+ µs$/m);
});

test('where nothing that counts is left, no row has a number, and the rule is told once', () => {
  const text = terminal(modelOf({ foreign: { share: 0.31, processes: ['chrome'] } }), 200);
  expect(text.match(/^ {2}\w+ +× do not use +× do not use +× do not use$/gm)).toHaveLength(2);
  expect(text.match(/Do not use/g)).toHaveLength(2);
  expect(text).toMatch(
    /^! Do not use 6 of 6 main results: other processes took 31 % of this machine \(chrome, 16 %\)/m,
  );
});

test('the run of all paths is a matrix where it fits, and loses nothing where it does not', () => {
  const wide = terminal(models.paths, 100);
  const percents = (text: string) =>
    [...text.matchAll(/[+−]?\d+(?:\.\d)? % ?/g)].map(([it]) => it.trim()).sort();
  const results = models.paths.summary.overheads.filter((it) => it.declared).length;
  const marks = (text: string) => [...text.matchAll(/[!?=](?= [+−\d])|(?<=%) [!?=](?: |$)/gm)].length;
  expect(wide).toMatch(/^ +host +native +bridge +user-bridge +mapped +macvlan +none$/m);
  expect(marks(wide)).toBe(results);
  for (const width of [80, 40]) {
    const narrow = terminal(models.paths, width);
    expect(narrow).not.toMatch(/^ +host +native/m);
    expect(marks(narrow)).toBe(results);
    for (const percent of new Set(percents(wide))) expect(narrow).toContain(percent);
    expect(narrow.match(/\[[+−]?[\d.]+, [+−]?[\d.]+\]/g)?.length).toBeGreaterThanOrEqual(results);
  }
  expect(terminal(models.paths, 100, true)).toContain(terminal(models.paths, 100).split('\n\n')[1]);
});

test('a narrow terminal loses no figure', () => {
  const figures = (text: string) =>
    [
      ...text.replaceAll(/\s+/g, ' ').matchAll(/[!?=] [+−]?[\d.,]+(?: µs|\/s), [+−]?[\d.]+ % \[[^\]]+\]/g),
    ].map(([it]) => it);
  expect(figures(terminal(models.modes, 40))).toHaveLength(12);
  expect(figures(terminal(models.modes, 40))).toEqual(figures(terminal(models.modes, 140)));
});

test('no line is longer than the terminal, at any width, with any text and any run', () => {
  const { modes } = models;
  const { environment } = modes.run;
  const long = {
    ...modes,
    run: { ...modes.run, environment: { ...environment, cpuModel: 'x'.repeat(300) } },
  };
  const limited = modelOf({ agentIsLimit: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 40, max: 160 }),
      fc.boolean(),
      fc.constantFrom(long, limited, models.waterfall, models.paths),
      (width, all, of) => {
        const lines = terminal(of, width, all).split('\n');
        expect(Math.max(...lines.map((it) => it.length))).toBeLessThanOrEqual(width);
        expect(lines.filter((it) => it !== it.trimEnd())).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test('a number stays on the line of its unit, and an interval is not broken', () => {
  for (let width = 40; width <= 110; width++) {
    for (const line of terminal(models.modes, width).split('\n')) {
      expect(line).not.toMatch(/^ *(?:%|µs)/);
      expect(line.split('[').length).toBe(line.split(']').length);
    }
  }
});

test('colour changes nothing but colour', () => {
  const colored = terminalText(renderTerminal(models.modes, { width: 90 }), true);
  expect(terminal(models.modes, 90)).not.toContain(esc);
  expect(colored).toContain(`${esc}[31m! +`);
  expect(colored.replace(new RegExp(`${esc}\\[\\d+m`, 'g'), '')).toBe(terminal(models.modes, 90));
});

test('control characters of others do not reach the terminal', () => {
  const { modes } = models;
  const warnings = [{ code: 'x', message: `bad ${esc}[2J\u0007 thing`, hint: `do\r\nthis ${esc}]0;x` }];
  const text = terminal({ ...modes, summary: { ...modes.summary, warnings } }, 80, true);
  expect(text).toContain('bad \\u001b[2J\\u0007 thing');
  expect(text.includes(esc) || text.includes('\u0007')).toBe(false);
});

test('a partial run says what is missing', () => {
  const partial = terminal(modelOf({ keptShare: 0.6 }), 100);
  expect(partial).toContain('This run is partial: interrupted by Ctrl-C. Recorded: ');
});

test('what changes no verdict is told only where all is asked for', () => {
  const disturbed = [{ round: 2, block: 1, foreign: 0.5 }];
  const model = modelOf({ disturbed, sliceSeconds: 0.02, foreign: { share: 0.03 } });
  const details = [
    /^Other figures: estimate and interval, no verdict$/m,
    /Blocks discarded .*: 1 of 20/,
    /Other processes took [\d.]+ % of the machine's CPU time/,
    /^Discarded slices\n\d+ of \d+ slices: .*\(allowed: at most 10(?:\.0)? %, furthest beyond: 50 %\)/m,
    /^CPU time of a request in µs/m,
    /^nginx, one request at a time, bridge: p90 latency, \d+ of 1,000 responses/m,
    /^All warnings$/m,
  ];
  for (const detail of details) {
    expect(terminal(model, 400)).not.toMatch(detail);
    expect(terminal(model, 400, true)).toMatch(detail);
  }
});

test('every warning is told in full where all is asked for, and counted where it is not', () => {
  const warnings = Array.from({ length: 9 }, (_, index) => ({
    code: 'x',
    message: `case ${index}.`,
    hint: 'Do.',
  }));
  const model = { ...models.modes, summary: { ...models.modes.summary, warnings } };
  expect(terminal(model, 100)).toContain('All figures and notes and 9 warnings in full: --all.');
  expect(terminal(model, 100, true).match(/^case \d\.$/gm)).toHaveLength(9);
});

test('a reader meets no word of the code', () => {
  for (const model of [models.modes, models.waterfall, models.paths, modelOf({ agentIsLimit: true })]) {
    expect(terminal(model, 1000, true)).not.toMatch(/contender|\btwins?\b|load agent|declared|left out/);
    expect(terminal(model, 1000)).not.toMatch(
      /contender|\btwin\b|load agent|declared|left out|external|neighbor|published\b(?! port)/,
    );
  }
});

test('a run without a slice is told, not an error', () => {
  const empty = buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] });
  expect(terminal(empty, 80, true)).toContain('do not use');
});
