import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { baselineOf, isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { pathId } from '../../bench/model/path.ts';
import { verdicts } from '../../bench/model/summary.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { formatRatioInterval } from '../format.ts';
import { twinLabel } from '../overhead-words.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { distributionCharts } from './distribution.ts';
import { overheadCharts } from './overhead.ts';
import { columns } from './overhead-table-spec.ts';
import { type Chart, drawCharts } from './svg.ts';
import { timelineCharts } from './timeline.ts';

const model = buildReportModel(
  syntheticRun({ seed: 11, rounds: 7, blocks: 2, servers: ['nginx'], invalidShare: 0.08, failedSlices: 3 }),
);
const textWidth = textWidthOf(await readReportFont(fileURLToPath(new URL('../fonts/', import.meta.url))));
const draw = (charts: readonly Chart[]) => drawCharts(charts, { textWidth });

/** How many marks of a named layer the drawings hold. */
function marks(svgs: readonly string[], layer: string): number {
  return svgs
    .flatMap((svg) => [...svg.matchAll(new RegExp(`<g class="[^"]*\\b${layer}_marks"[^>]*>(.*?)</g>`, 'gs'))])
    .reduce((sum, group) => sum + [...(group[1] ?? '').matchAll(/<(?:path|text|line)\b/g)].length, 0);
}

test('the overhead chart has one interval for each primary overhead, each CPU overhead and each twin', async () => {
  const svgs = await draw(overheadCharts(model));
  const { overheads, twin } = model.summary;
  const shown = [...overheads, ...twin].filter((it) => it.primary || it.metric === 'cpu-per-request');
  expect(shown.length).toBeGreaterThan(6);
  expect(marks(svgs, 'ratios')).toBe(shown.length);
  expect(marks(svgs, 'intervals')).toBe(shown.length);
  expect(marks(svgs, 'labels')).toBe(shown.length);
  expect(svgs.map((svg) => /ratio to the baseline \(log scale\)/.test(svg))).toEqual(svgs.map(() => true));
  expect(svgs.join('')).toContain('>1.0</text>');
});

/** As many cases as `--plan paths` measures, and their overheads in one table for each baseline. */
const comparisons = possiblePaths()
  .filter(isBaseline)
  .map(pathId)
  .map((baseline) => ({
    baseline,
    contenders: possiblePaths()
      .filter((it) => pathId(baselineOf(it)) === baseline && !isBaseline(it))
      .map(pathId),
  }));
const many = buildReportModel(
  syntheticRun({ seed: 3, rounds: 6, blocks: 2, servers: ['nginx'], profiles: ['latency'], comparisons }),
);

test('many paths get a wide table for each baseline, with every one of them in a row, on one scale', async () => {
  const charts = overheadCharts(many);
  const svgs = await draw(charts);
  const { overheads, twin } = many.summary;
  const shown = [...overheads, ...twin].filter((it) => it.primary || it.metric === 'cpu-per-request');
  expect(shown.length).toBeGreaterThan(80);
  expect(charts).toHaveLength(2 * comparisons.length);
  expect(charts.every((it) => it.wide)).toBe(true);
  for (const layer of ['ratios', 'labels', 'verdicts', 'values']) {
    expect(marks(svgs, layer)).toBe(shown.length);
  }
  for (const { baseline } of comparisons) {
    expect(charts.filter((it) => it.title.endsWith(`: nginx against ${baseline}`))).toHaveLength(2);
  }
  const ticks = svgs.map((svg) => [...svg.matchAll(/>(\d\.\d+)<\/text>/g)].map((it) => it[1]).join(' '));
  expect(ticks[0]).toContain('1.0');
  expect(new Set(ticks.slice(0, comparisons.length)).size).toBe(1);
});

test('a panel of several baselines tells which rows are against which', () => {
  const charts = overheadCharts(
    buildReportModel(
      syntheticRun({
        seed: 3,
        rounds: 3,
        blocks: 1,
        servers: ['nginx'],
        profiles: ['latency'],
        comparisons: [
          { baseline: 'host/external', contenders: ['bridge/external/published'] },
          { baseline: 'host/host', contenders: ['bridge/host/container'] },
        ],
      }),
    ),
  );
  expect(charts.some((it) => it.wide)).toBe(false);
  expect(JSON.stringify(charts[0]?.spec)).toContain('nginx, against host/host');
});

test('no text of a table reaches the next column, whatever path and verdict it tells', () => {
  const width = (text: string) => textWidth(text, 12, false);
  const paths = possiblePaths().map((it) => (isBaseline(it) ? twinLabel(pathId(it)) : pathId(it)));
  const longest = Math.max(...paths.map(width));
  expect(longest).toBeGreaterThan(150);
  expect(longest).toBeLessThan(columns.label.right - columns.label.left);
  const words = [...verdicts, 'slower, at least', 'faster, at least'];
  expect(Math.max(...words.map(width))).toBeLessThan(columns.verdict.right - columns.verdict.left);
  const interval = `${formatRatioInterval(12.345, 11.234, 13.456)} (96.88 %)`;
  expect(width(interval)).toBeLessThan(columns.interval.right - columns.interval.left);
  const lefts = Object.values(columns).map((it) => it.left);
  const rights = Object.values(columns).map((it) => it.right);
  for (const [index, right] of rights.slice(0, -1).entries()) expect(lefts[index + 1]).toBeGreaterThan(right);
});

test('the timeline has one mark for each slice, by shape for what does not count', async () => {
  const svgs = await draw(timelineCharts(model));
  const count = (status: string) => model.timeline.filter((it) => it.status === status).length;
  expect(count('invalid')).toBeGreaterThan(0);
  expect(count('failed')).toBeGreaterThan(0);
  for (const status of ['completed', 'invalid', 'failed']) expect(marks(svgs, status)).toBe(count(status));
  expect(marks(svgs, 'rounds')).toBe(7 * svgs.length);
  expect(svgs[0]).toContain('median latency (µs)');
  expect(svgs[1]).toContain('throughput (thousand requests/s)');
});

test('the distribution has one line for each case and its percentiles as ticks', async () => {
  const svgs = await draw(distributionCharts(model));
  const lines = svgs.reduce((sum, svg) => sum + [...svg.matchAll(/line_\d+_marks/g)].length, 0);
  expect(lines).toBe(model.distributions.length);
  for (const tick of ['50 %', '90 %', '99 %']) expect(svgs[0]).toContain(`>${tick}</text>`);
  expect(svgs[0]).toContain('latency (µs, log scale)');
});

test('the same model gives the same drawing, whatever was drawn before', async () => {
  const charts = () => [...overheadCharts(model), ...distributionCharts(model), ...timelineCharts(model)];
  const first = await draw(charts());
  await draw(timelineCharts(model));
  expect(await draw(charts())).toEqual(first);
});

test('drawings at the same time do not disturb each other', async () => {
  const charts = overheadCharts(model);
  const [alone] = await Promise.all([draw(charts)]);
  const both = await Promise.all([
    draw(charts),
    drawCharts(charts, { textWidth: (text) => text.length * 40 }),
    draw(charts),
  ]);
  expect(both[0]).toEqual(alone);
  expect(both[2]).toEqual(alone);
});

test('margins are as wide as the labels in the given font', async () => {
  const width = (svg: string | undefined) => Number(/viewBox="0 0 ([\d.]+)/.exec(svg ?? '')?.[1]);
  const charts = distributionCharts(model).slice(0, 1);
  const [narrow] = await drawCharts(charts, { textWidth: (text) => text.length * 5 });
  const [wide] = await drawCharts(charts, { textWidth: (text) => text.length * 25 });
  expect(width(wide) - width(narrow)).toBeGreaterThanOrEqual(40);
});

test('vega keeps its own text widths for everybody else', async () => {
  // biome-ignore lint/style/noRestrictedImports: what is tested is that drawing leaves vega as it was.
  const vega = await import('vega');
  const before = Reflect.get(vega, 'textMetrics').width;
  await draw(overheadCharts(model));
  expect(Reflect.get(vega, 'textMetrics').width).toBe(before);
});

test('a drawing is one image with a title and the finding, and its ids are its own', async () => {
  const charts = [
    ...overheadCharts(model),
    ...overheadCharts(many),
    ...distributionCharts(model),
    ...timelineCharts(model),
  ];
  const svgs = await draw(charts);
  const ids = svgs.flatMap((svg) => [...svg.matchAll(/ id="([^"]+)"/g)].map((it) => it[1]));
  expect(new Set(ids).size).toBe(ids.length);
  for (const [index, svg] of svgs.entries()) {
    const id = charts[index]?.id;
    expect(svg).toContain(`role="img" aria-labelledby="${id}-title ${id}-desc"`);
    expect(svg).toMatch(/<title id="[^"]+">[^<]+<\/title><desc id="[^"]+">[^<]+<\/desc>/);
  }
  expect(svgs[0]).toContain('nginx bridge/external/published: slower, ratio 1.');
});

test('vega finds nothing odd in our specifications', async () => {
  const warnings: string[] = [];
  const charts = [
    ...overheadCharts(model),
    ...overheadCharts(many),
    ...distributionCharts(model),
    ...timelineCharts(model),
  ];
  await drawCharts(charts, { textWidth, onWarning: (message) => warnings.push(message) });
  expect(warnings).toEqual([]);
});

test('titles and findings are escaped', async () => {
  const [chart] = timelineCharts(model);
  if (chart === undefined) throw new Error('no chart to test');
  const [svg] = await draw([{ ...chart, title: '<script>&', description: 'a < b' }]);
  expect(svg).toContain('&lt;script&gt;&amp;</title>');
  expect(svg).toContain('a &lt; b</desc>');
});

test('a run without a slice has no charts', () => {
  const empty = buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] });
  expect([...overheadCharts(empty), ...distributionCharts(empty), ...timelineCharts(empty)]).toEqual([]);
});
