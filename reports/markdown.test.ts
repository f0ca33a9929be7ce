import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { profileNames } from '../bench/model/profile.ts';
import { ownServers } from '../bench/model/server.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { firstScreenOf } from './first-screen/first-screen.ts';
import { renderMarkdown } from './markdown.ts';
import { allPaths, kindsOfRun } from './run-kinds.fixture.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';

const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], ...options }));
const model = modelOf({ failedSlices: 1 });
const text = renderMarkdown(model);

/** Cells of a table row, as GitHub splits it: at bars that no backslash escapes. */
const cells = (row: string) => row.split(/(?<!\\)\|/).slice(1, -1);

const kinds = {
  modes: modelOf(kindsOfRun.modes),
  waterfall: modelOf(kindsOfRun.waterfall),
  paths: modelOf(kindsOfRun.paths),
  paced: modelOf({ profiles: ['paced'], gapsUs: [1.4, 38] }),
};

test.each(['modes', 'waterfall', 'paths', 'paced'] as const)('summary.md of a run of %s', async (kind) => {
  const file = join(import.meta.dirname, 'markdown', 'golden', `${kind}.md`);
  const told = renderMarkdown(kinds[kind]);
  // The details of all paths are as those of the others, and long.
  await expect(kind === 'paths' ? told.split('<details>')[0] : told).toMatchFileSnapshot(file);
});

test('all rows of a table have as many cells as its head', () => {
  for (const of of [model, ...Object.values(kinds)]) {
    const tables = renderMarkdown(of).match(/(?:^\|.*\n)+/gm) ?? [];
    expect(tables.length).toBeGreaterThanOrEqual(3);
    for (const table of tables) {
      const rows = table.trimEnd().split('\n');
      expect(rows.length).toBeGreaterThan(2);
      expect(new Set(rows.map((row) => cells(row).length)).size).toBe(1);
    }
  }
});

test('the order is that of the first screen, and all else is folded', () => {
  const { finding, measured, trust } = firstScreenOf(model);
  const [open = '', ...details] = text.split('<details>');
  const places = [finding, measured, '| bridge |', trust[0]?.title ?? '?', 'Repeat it'].map((it) =>
    open.indexOf(it),
  );
  expect(places[0]).toBe(3);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(open).not.toContain('p90');
  expect(details.find((it) => it.includes('p90 latency'))).not.toMatch(/slower|equivalent|untrusted/);
  expect(details.length).toBeGreaterThan(4);
  expect(text.match(/<\/details>/g)).toHaveLength(details.length);
});

test('one row a mode: three answers and their verdicts, narrow enough for GitHub', () => {
  const rows =
    text
      .split('<details>')[0]
      ?.split('\n')
      .filter((it) => it.startsWith('|')) ?? [];
  expect(rows[0]).toBe('|  | one request | CPU a request | capacity | verdict |');
  expect(rows[2]).toMatch(/^\| \*\*nginx, host\*\* \| [\d.]+ µs \| [\d.]+ µs \| [\d,]+\/s \| {2}\|$/);
  const answer = String.raw`\*\*[+−][\d.,]+(?: µs|/s)\*\*<br>\\\[[^|]*\\\]<br>[+−]\d+ %`;
  expect(rows.slice(3)).toEqual(
    ['bridge', 'mapped'].map((mode) =>
      expect.stringMatching(
        new RegExp(`^\\| ${mode} \\| ${answer} \\| ${answer} \\| ${answer} \\| ! ! ! \\|$`),
      ),
    ),
  );
  for (const row of rows) {
    // A line of a cell ends at its break.
    const widths = cells(row).map((it) =>
      Math.max(
        ...it
          .replaceAll(/[\\*]/g, '')
          .trim()
          .split('<br>')
          .map((line) => line.length),
      ),
    );
    expect(widths.reduce((sum, it) => sum + it, 0)).toBeLessThanOrEqual(90);
  }
});

test('a capacity that the client limited is no number', () => {
  const limited = renderMarkdown(modelOf({ agentIsLimit: true }));
  expect(limited.match(/^\| (?:bridge|mapped) \|.*\| not measured \| ! ! – \|$/gm)).toHaveLength(2);
  expect(limited).toMatch(/full load, bridge: not measured, .* \(99 %, nginx's \d+ %\)/);
});

test('the run of all paths is a matrix, its absolute figures are folded', () => {
  const [open = '', ...details] = renderMarkdown(kinds.paths).split('<details>');
  expect(open).toContain('|  | host | native | bridge | user-bridge | mapped | macvlan | none |');
  expect(open).toMatch(/^\| &emsp;by loopback \|/m);
  expect(details.find((it) => it.includes('<summary>Main results: absolute change'))).toMatch(
    /^\| bridge, by loopback \| \*\*\+/m,
  );
});

test('the waterfall comes first in its run', () => {
  const told = renderMarkdown(kinds.waterfall);
  expect(told.indexOf('What each layer adds')).toBeLessThan(told.indexOf('| one request |'));
  expect(told).toMatch(/^\| by published port on loopback, docker-proxy \| [\d.]+ µs \| [+−][\d.]+ µs \\\[/m);
});

test('a partial run, discarded slices and the way to repeat it are told', () => {
  const partial = renderMarkdown(modelOf({ rounds: 8, keptShare: 0.6, faultyShare: 0.1 }));
  expect(partial).toContain('> This run is partial: interrupted by Ctrl-C.');
  expect(partial).toMatch(/<summary>Discarded slices<\/summary>\n\n- \d+ of \d+ slices: /);
  expect(partial).toContain('Repeat it: `bench run --rounds 8 --seed 1`');
});

test('what keeps results from being used is open, every other warning is folded', () => {
  const busy = renderMarkdown(modelOf({ foreign: { share: 0.31, processes: ['chrome'] } }));
  const [open = '', ...details] = busy.split('<details>');
  expect(open).toMatch(/^> \[!WARNING\]\n> - Do not use 6 of 6 main results: other processes took 31 %/m);
  expect(details.join('')).toMatch(/<summary>Warnings in full<\/summary>\n\n- /);
  expect(text.split('<details>')[0]).not.toContain('[!WARNING]');
});

test('what others used, and metrics that are not shown, are told', () => {
  const short = renderMarkdown(
    modelOf({ sliceSeconds: 0.02, foreign: { share: 0.04, processes: ['chrome'] } }),
  );
  expect(short).toContain("Other processes took 4 % of the machine's CPU time (the largest: chrome, 2 %).");
  expect(short).toMatch(
    /<summary>Not shown, and why<\/summary>\n\n- nginx, one request at a time, bridge: p90 latency, \d+ of 1,000 responses in round/,
  );
});

test('a reader meets no word of the code', () => {
  const others = [
    modelOf({ agentIsLimit: true }),
    modelOf({ twinEffect: { latency: 1.06 } }),
    modelOf({ rounds: 3 }),
  ];
  for (const of of [...Object.values(kinds), ...others]) {
    expect(renderMarkdown(of)).not.toMatch(/contender|\btwins?\b|load agent|declared|left out/);
  }
});

test('text from outside brings no markup, no HTML and no mention', () => {
  const evil = '<img src=x> | `code` @everyone [x](http://x) **b**\n# head';
  const poisoned = renderMarkdown({
    ...model,
    run: {
      ...model.run,
      command: 'bench `run` | cat',
      environment: { ...model.run.environment, cpuModel: evil, kernel: evil },
    },
    summary: {
      ...model.summary,
      headline: [evil],
      warnings: [{ code: 'x', message: evil, hint: evil }],
      leftOut: model.summary.leftOut.map((it) => ({ ...it, example: evil })),
      foreign: { share: 0.1, processes: [{ name: evil, share: 0.1 }] },
    },
  });
  expect(model.summary.leftOut.length).toBeGreaterThan(0);
  expect(poisoned).not.toContain('<img');
  expect(poisoned).not.toContain('@everyone');
  expect(poisoned).not.toMatch(/^# head/m);
  expect(poisoned).not.toContain('[x](');
  expect(poisoned).toContain('`` bench `run` \\| cat ``');
});

test('a run without a slice is told, not an error', () => {
  const empty = buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] });
  expect(renderMarkdown(empty)).toContain('× × ×');
});

test('a comment of GitHub holds any plan, and what does not fit is named with its file', () => {
  const everything = buildReportModel(
    syntheticRun({
      seed: 3,
      rounds: 2,
      blocks: 1,
      comparisons: allPaths,
      faultyShare: 0.2,
      sliceSeconds: 0.02,
    }),
  );
  const limit = 60_000;
  const largest = renderMarkdown(everything);
  expect(largest.length).toBeLessThanOrEqual(limit);
  expect(largest.length).toBeGreaterThan(limit - 2_000);
  expect(largest).toMatch(
    /_Other figures: estimate and interval, no verdict: \d+ of \d+ lines do not fit here\. .*summary\.csv/,
  );
  expect(largest.match(/<details>/g)?.length).toBe(largest.match(/<\/details>/g)?.length);

  const paths = allPaths.flatMap(({ baseline, contenders }) =>
    contenders.map((contender) => ({ baseline, contender })),
  );
  fc.assert(
    fc.property(
      fc.subarray([...ownServers], { minLength: 1 }),
      fc.subarray([...profileNames], { minLength: 1 }),
      fc.subarray(paths, { minLength: 1 }),
      fc.integer({ min: 0, max: 5_000 }),
      (servers, profiles, chosen, repeated) => {
        const baselines = [...new Set(chosen.map(({ baseline }) => baseline))];
        const comparisons = baselines.map((baseline) => ({
          baseline,
          contenders: chosen.filter((it) => it.baseline === baseline).map(({ contender }) => contender),
        }));
        const any = buildReportModel(
          syntheticRun({
            seed: 1,
            rounds: 1,
            blocks: 1,
            sliceSeconds: 0.02,
            servers,
            profiles,
            comparisons,
            faultyShare: 0.5,
          }),
        );
        const warnings = Array.from({ length: repeated }, (_, index) => ({
          code: 'x',
          message: `case ${index}`,
          hint: 'Do.',
        }));
        const told = renderMarkdown({ ...any, summary: { ...any.summary, warnings } });
        expect(told.length).toBeLessThan(limit + 1);
        expect(told).toContain('Repeat it: ');
      },
    ),
    { numRuns: 12 },
  );
});
