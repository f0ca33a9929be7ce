import { expect, test } from 'vitest';
import { fontsDirectory } from '../browser/samples.fixture.ts';
import { bridgePath, mappedPath, usualEffect } from '../synthetic-run.fixture.ts';
import { renderCompareHtml } from './compare-html.ts';
import { renderCompareMarkdown } from './compare-markdown.ts';
import { compareRuns } from './compare-runs.ts';
import { renderCompareTerminal } from './compare-terminal.ts';
import { comparisonFinding, notComparedWords } from './comparison-words.ts';
import { recordOf } from './recorded-runs.fixture.ts';

const page = (document: ReturnType<typeof compareRuns>) => renderCompareHtml(document, { fontsDirectory });

test('the page runs no script and loads nothing', async () => {
  const text = await page(compareRuns([recordOf(1), recordOf(2)]));
  expect(text).not.toMatch(/<script|<link|<img|\ssrc=|url\((?!data:|#)/);
  expect(text).toContain("default-src 'none'");
  expect(text.match(/<svg class="chart"/g)).toHaveLength(3);
});

/** A path that costs 10 % more in the second run. */
const worse = { effects: { [bridgePath]: { ...usualEffect, latency: 1.3 } } };

test('drawings say the figures of the table, and in words what their colour says', async () => {
  const text = await page(compareRuns([recordOf(1), recordOf(2, worse)]));
  const cells = [...text.matchAll(/<td class="number" data-label="[AB]"><div>([^<]+)<\/div>/g)].map(
    ([, cell = '']) => cell,
  );
  const drawn = [...text.matchAll(/<text[^>]*>([+−][^<]*\]|[+−][^<]*costs more)<\/text>/g)].map(
    ([, value = '']) => value,
  );
  const worseOnes = drawn.filter((value) => value.endsWith(', costs more'));
  expect(worseOnes).toHaveLength(2);
  const figures = drawn.map((value) => value.replace(', costs more', ''));
  expect(figures).toHaveLength(24);
  expect(cells).toEqual(expect.arrayContaining(figures));
});

test('marks are explained beside the tables that have them', async () => {
  const legend = '! costs more than it did';
  const before = (text: string, heading: string) => text.slice(0, text.indexOf(heading));
  const [two, three] = [
    [recordOf(1), recordOf(2, worse)],
    [recordOf(1), recordOf(2, worse), recordOf(3)],
  ].map(compareRuns);
  if (two === undefined || three === undefined) throw new Error('no document');
  const [pageOfTwo, pageOfThree] = [await page(two), await page(three)];
  const further = '<h2 id="further">';
  expect(before(pageOfTwo, further)).toContain(legend);
  expect(before(pageOfThree, further)).not.toContain(legend);
  expect(pageOfThree).toContain(legend);
  const folded = 'Main results: each run';
  const markdown = renderCompareMarkdown(three);
  expect(markdown).toContain('costs more than it did');
  expect(before(markdown, folded).split('Overhead: the path over its baseline')[0]).not.toContain(
    'costs more than it did',
  );
});

test('what a foreign run folder says is text, in every output', async () => {
  const hostile = '<script>alert(1)</script>\u001b[31m`|@team';
  const document = compareRuns([recordOf(1), recordOf(2, { environment: { kernel: hostile } })]);
  const text = await page(document);
  expect(text).not.toContain('<script>');
  expect(text).toContain('&lt;script&gt;');
  const markdown = renderCompareMarkdown(document);
  expect(markdown).toContain('`` B: <script>alert(1)</script>\\u001b[31m`\\|@team ``');
  expect(markdown).not.toContain('\u001b');
  const terminal = renderCompareTerminal(document, { width: 80 });
  expect(terminal.map((it) => it.text).join('')).not.toContain('\u001b');
});

test('runs of two machines differ in many facts: the first are told, and how many more there are', async () => {
  const sysctls = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`net.example.${n}`, '1']));
  const document = compareRuns([
    recordOf(1),
    recordOf(2, { environment: { sysctls, cpuModel: 'Other CPU' } }),
  ]);
  const shown = (all: boolean) =>
    renderCompareTerminal(document, { width: 80, all })
      .map((it) => it.text)
      .join('');
  expect(shown(false)).toContain('A: Synthetic CPU');
  expect(shown(false)).toContain('and 10 more: --all');
  expect(shown(false)).not.toContain('net.example.19');
  expect(shown(true)).toContain('net.example.19');
  expect(await page(document)).toContain('<summary>The 22 facts that differ</summary>');
});

/** Three runs whose main results have these spreads between runs, and p of there being none; all others have none. */
function withSpreads(spreads: readonly { readonly between: number; readonly pSame: number }[]) {
  const document = compareRuns([recordOf(1), recordOf(2), recordOf(3)]);
  const declared = document.comparisons.filter((it) => it.declared);
  return {
    ...document,
    comparisons: declared.map(({ across, ...it }, index) => ({
      ...it,
      ...(across === undefined
        ? {}
        : { across: { ...across, between: 0, betweenShare: 0, pSame: 1, ...spreads[index] } }),
    })),
  };
}

test('a spread between runs is told by the largest that is shown, as an estimate', () => {
  const [shown, larger] = [
    { between: 0.02, pSame: 1e-6 },
    { between: 0.09, pSame: 0.2 },
  ];
  expect(comparisonFinding(withSpreads([shown, larger]))).toMatch(
    / Runs differ beyond their own intervals in 1 of 12 main results; the spread between them is estimated at up to ±2\.0 %\.$/,
  );
  expect(comparisonFinding(withSpreads([larger]))).toMatch(
    / It is not shown that runs differ beyond their own intervals; the spread between them is estimated at up to ±9\.0 %\.$/,
  );
  expect(comparisonFinding(withSpreads([]))).toMatch(
    / It is not shown that runs differ beyond their own intervals\.$/,
  );
});

test('where nothing can be used, the finding is not that nothing changed', () => {
  const disturbed = recordOf(1, { foreign: { share: 0.2, processes: ['chrome'] } });
  expect(comparisonFinding(compareRuns([disturbed, recordOf(2)]))).toBe(
    'No change from A to B can be told: of 12 main results, 12 are not to be used.',
  );
  expect(comparisonFinding(compareRuns([recordOf(1), recordOf(2)]))).toMatch(
    /^No change from A to B is shown: /,
  );
});

test('what only one run has is told by path and load, and by metric where others of them are compared', () => {
  const [one, other] = [recordOf(1), recordOf(2)];
  const overheads = other.summary.overheads.filter(
    (it) =>
      !(it.path === mappedPath && it.profile === 'steady') &&
      !(it.path === bridgePath && it.server === 'nginx' && it.metric === 'latency_p90_us'),
  );
  const text = notComparedWords(compareRuns([one, { ...other, summary: { ...other.summary, overheads } }]));
  expect(text).toEqual([
    'Only A has it: nginx, mapped, equal rate; Apache, mapped, equal rate; nginx, bridge, one request at a time, p90 latency.',
  ]);
});

test('with ten runs, no line of the terminal is longer than it', () => {
  const document = compareRuns(Array.from({ length: 10 }, (_, index) => recordOf(index + 1)));
  for (const width of [40, 80, 120]) {
    const text = renderCompareTerminal(document, { width, all: true })
      .map((it) => it.text)
      .join('');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(text).toMatch(/\bJ\b/);
  }
});
