import { expect, test } from 'vitest';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderMarkdown } from './markdown.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';

const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 8, blocks: 2, servers: ['nginx'], ...options }));
const model = modelOf({ invalidShare: 0.05 });
const text = renderMarkdown(model);

/** Cells of a table row, as GitHub splits it: at bars that no backslash escapes. */
const cells = (row: string) => row.split(/(?<!\\)\|/).slice(1, -1);

test('all rows of all tables have as many cells as their head', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  expect(rows.length).toBeGreaterThan(10);
  expect(new Set(rows.map((row) => cells(row).length))).toEqual(new Set([10]));
});

test('primary overheads come before the folded exploratory ones, and the twin is set apart', () => {
  const [open, folded] = text.split('<details>');
  expect(open).toMatch(/\| `bridge\/external\/published` \|.*\| \*\*slower\*\* \|/);
  expect(open).toContain('### Noise floor: the baseline against its identical twin');
  expect(open).toContain('`host/external (twin)`');
  expect(open).not.toContain('p99');
  expect(folded).toContain('p99 latency');
});

test('where no difference is shown there is no percentage but the detectable size', () => {
  const twin = text.split('\n').filter((line) => line.includes('(twin)`') && line.startsWith('|'));
  expect(twin.length).toBeGreaterThan(0);
  for (const row of twin) expect(cells(row)[6]).toMatch(/^ \\~ \(detectable: [\d.]+ %\) $/);
});

test('a partial run, left-out slices and the way to repeat it are told', () => {
  const partial = renderMarkdown(modelOf({ keptShare: 0.6, invalidShare: 0.1 }));
  expect(partial).toContain('> This run is partial: interrupted by Ctrl-C.');
  expect(partial).toContain('### Slices left out');
  expect(partial).toContain('Repeat it: `bench run --rounds 8 --seed 1`');
});

test('text from outside brings no markup, no HTML and no mention', () => {
  const evil = '<img src=x> | `code` @everyone [x](http://x) **b**\n# head';
  const poisoned = renderMarkdown({
    ...model,
    run: { ...model.run, command: 'bench `run` | cat' },
    summary: {
      ...model.summary,
      headline: [evil],
      warnings: [{ code: 'x', message: evil, hint: evil }],
      leftOut: model.summary.leftOut.map((it) => ({ ...it, example: evil })),
    },
  });
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
