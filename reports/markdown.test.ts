import { expect, test } from 'vitest';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderMarkdown } from './markdown.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';

const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], ...options }));
const model = modelOf({ failedSlices: 1 });
const text = renderMarkdown(model);

/** Cells of a table row, as GitHub splits it: at bars that no backslash escapes. */
const cells = (row: string) => row.split(/(?<!\\)\|/).slice(1, -1);

test('all rows of a table have as many cells as its head', () => {
  const tables = text.split('\n\n').filter((block) => block.startsWith('|'));
  expect(tables).toHaveLength(3);
  for (const table of tables) {
    const rows = table.split('\n');
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map((row) => cells(row).length)).size).toBe(1);
  }
});

test('setting, headline and the answers come first, and no other figure has a verdict', () => {
  const [open = '', ...folded] = text.split('<details>');
  expect(open).toContain('over a virtual link (no network card)');
  expect(open).toMatch(
    /\| nginx \| `bridge\/external\/published` \| median latency \| [\d.]+ µs \| \+[\d.]+ µs \\\[.*\\\], \+\d+ % \| \*\*slower\*\* \|/,
  );
  expect(open).toContain('`mapped/external/published` (the same path as `bridge/external/published`)');
  expect(open).toContain('`host/external (twin)`');
  expect(open).not.toContain('p90');
  expect(folded[0]).toContain('p90 latency');
  expect(folded[0]).not.toMatch(/slower|equivalent|untrusted/);
  expect(folded[1]).toMatch(/throughput profile \| `bridge.*\| 99 % \| \d+ % \| nginx \|/);
});

test('a capacity that the client limited is no number', () => {
  const limited = renderMarkdown(modelOf({ agentIsLimit: true }));
  const rows = limited.split('\n').filter((line) => line.includes('| capacity |'));
  expect(rows).toHaveLength(3);
  for (const row of rows) {
    expect(cells(row).slice(3)).toEqual([
      '  ',
      expect.stringMatching(/^ not measured: the load generator was the limit \(99 %, nginx's \d+ %\) $/),
      ' not measured ',
    ]);
  }
});

test('a partial run, left-out slices and the way to repeat it are told', () => {
  const partial = renderMarkdown(modelOf({ rounds: 8, keptShare: 0.6, faultyShare: 0.1 }));
  expect(partial).toContain('> This run is partial: interrupted by Ctrl-C.');
  expect(partial).toContain('### Slices left out');
  expect(partial).toContain('Repeat it: `bench run --rounds 8 --seed 1`');
});

test('what others used, and metrics that are not shown, are told', () => {
  const short = renderMarkdown(
    modelOf({ sliceSeconds: 0.02, foreign: { share: 0.04, processes: ['chrome'] } }),
  );
  expect(short).toContain("Other processes took 4 % of the machine's CPU time (the largest: chrome, 2 %).");
  expect(short).toMatch(
    /### Metrics not shown\n\n- p90 latency of nginx .*: \d+ of 1,000 responses in round/,
  );
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
  expect(renderMarkdown(empty)).toContain('## What the network mode costs');
});
