import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { IndexedRun } from '../../bench/model/indexed-run.ts';
import { drawCharts } from '../charts/svg.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { historyOf } from './history.ts';
import { nightlyRuns } from './nightly-runs.fixture.ts';
import { trendChart } from './trend-chart.ts';

/* 24 nights of nginx in bridge mode: a step on the 16th, an untrusted night on the 8th, a new kernel from the 22nd on. */

const textWidth = textWidthOf(await readReportFont(fileURLToPath(new URL('../fonts/', import.meta.url))));

async function drawn(runs: readonly IndexedRun[], size: 'narrow' | 'wide', which = 0): Promise<string> {
  const found = historyOf(runs).subjects.find(
    ({ subject }) => subject.path.startsWith('bridge') && subject.declared,
  );
  const series = found?.series[which];
  if (found === undefined || series === undefined) throw new Error('no such series');
  const [svg = ''] = await drawCharts([trendChart('t', found.subject, series, size)], { textWidth });
  return svg;
}

/** The marks of a layer. */
function marksOf(svg: string, layer: string): readonly string[] {
  const groups = [...svg.matchAll(new RegExp(`<g class="${layer}_marks"[^>]*>(.*?)</g>`, 'gs'))];
  return groups.flatMap(([, group = '']) => group.match(/<(?:path|line)\b[^>]*>/g) ?? []);
}

const nights = nightlyRuns();

test('the band of intervals ends at a change and at a night that is left out, which is hollow', async () => {
  const svg = await drawn(nights, 'wide');
  expect(marksOf(svg, 'intervals')).toHaveLength(3);
  expect(marksOf(svg, 'estimates')).toHaveLength(20);
  expect(marksOf(svg, 'left_out')).toHaveLength(1);
  expect(marksOf(svg, 'levels')).toHaveLength(2);
  expect(marksOf(svg, 'changes')).toHaveLength(1);
});

test('a single run has an interval to see: its band is as wide as its room', async () => {
  const svg = await drawn(nights.slice(0, 1), 'narrow');
  const [band = ''] = marksOf(svg, 'intervals');
  const across = [...band.matchAll(/[MLHVZ,\s]?(-?\d+(?:\.\d+)?),/g)].map(([, x = '']) => Number(x));
  expect(Math.max(...across) - Math.min(...across)).toBeGreaterThan(200);
});

test('of many nights, estimates are a line at each level, not across a change, with all outliers and no more points than room', async () => {
  const [base] = nights;
  if (base === undefined) throw new Error('no run');
  const many = Array.from({ length: 1000 }, (_, night): IndexedRun => {
    const startedAt = new Date(Date.UTC(2026, 0, 1 + night, 2)).toISOString();
    const own = nights[night === 333 ? 16 : night < 500 ? night % 5 : 16 + (night % 5)] ?? base;
    const { environment, fingerprint } = base;
    return { ...own, environment, fingerprint, startedAt, runId: `${startedAt.slice(0, 10)}-${night}` };
  });
  const svg = await drawn(many, 'narrow');
  expect(marksOf(svg, 'changes')).toHaveLength(1);
  const lines = marksOf(svg, 'estimates');
  expect(lines).toHaveLength(2);
  const heights = lines.map((line) => [...line.matchAll(/,(-?[\d.]+)/g)].map(([, y = '']) => Number(y)));
  for (const ys of heights) {
    expect(ys.length).toBeGreaterThan(100);
    expect(ys.length).toBeLessThan(160);
  }
  // Night 333 is at the level of the other half.
  const [before = [], after = []] = heights;
  expect(before.filter((y) => y <= Math.max(...after))).toHaveLength(1);
});

test.each([
  ['narrow', ['2026-01-01', '2026-01-21']],
  ['wide', ['2026-01-01', '2026-01-16', '2026-01-21']],
] as const)(
  'the dates of the first and the last run, and of a change where there is room, are below the %s axis, and no two touch',
  async (size, expected) => {
    const svg = await drawn(nights, size);
    const dates = [...svg.matchAll(/<text[^>]*translate\(([\d.]+),[^>]*>(\d{4}-\d\d-\d\d)<\/text>/g)].map(
      ([, x = '', text = '']) => ({ x: Number(x), text }),
    );
    const texts = dates.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining([...expected]));
    const sorted = dates.toSorted((a, b) => a.x - b.x);
    for (const [index, { x, text }] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next !== undefined) expect(next.x - x).toBeGreaterThan(textWidth(text, 12.5, false) + 4);
    }
  },
);

test('of many nights, a few between two that are left out have a band as well', async () => {
  const [base] = nights;
  if (base === undefined) throw new Error('no run');
  const many = Array.from({ length: 400 }, (_, night): IndexedRun => {
    const startedAt = new Date(Date.UTC(2026, 0, 1 + night, 2)).toISOString();
    // The eighth night is untrusted.
    const own = nights[night % 3 === 0 ? 7 : night % 5] ?? base;
    const { environment, fingerprint } = base;
    return { ...own, environment, fingerprint, startedAt, runId: `${startedAt.slice(0, 10)}-${night}` };
  });
  const bands = marksOf(await drawn(many, 'narrow'), 'intervals');
  expect(bands).toHaveLength(133);
  for (const band of bands) {
    const across = [...band.matchAll(/[ML](-?[\d.]+),/g)].map(([, x = '']) => Number(x));
    expect(Math.max(...across) - Math.min(...across)).toBeGreaterThan(0);
  }
});
