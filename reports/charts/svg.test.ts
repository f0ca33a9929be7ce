import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { distributionCharts } from './distribution.ts';
import { overheadCharts } from './overhead.ts';
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
  const charts = [...overheadCharts(model), ...distributionCharts(model), ...timelineCharts(model)];
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
  const charts = [...overheadCharts(model), ...distributionCharts(model), ...timelineCharts(model)];
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
