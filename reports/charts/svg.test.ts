import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatChangeInterval } from '../../bench/model/format.ts';
import { baselineOf, isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { pathId } from '../../bench/model/path.ts';
import { type Overhead, verdicts } from '../../bench/model/summary.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { twinLabel } from '../words/overhead-words.ts';
import { distributionCharts } from './distribution.ts';
import { overheadCharts } from './overhead.ts';
import { columns } from './overhead-table-spec.ts';
import { type Chart, drawCharts } from './svg.ts';
import { timelineCharts } from './timeline.ts';

const model = buildReportModel(
  syntheticRun({ seed: 11, rounds: 7, blocks: 2, servers: ['nginx'], faultyShare: 0.04, failedSlices: 3 }),
);
const textWidth = textWidthOf(await readReportFont(fileURLToPath(new URL('../fonts/', import.meta.url))));
const draw = (charts: readonly Chart[]) => drawCharts(charts, { textWidth });

/** How many marks of a named layer the drawings hold. */
function marks(svgs: readonly string[], layer: string): number {
  return svgs
    .flatMap((svg) => [
      ...svg.matchAll(new RegExp(`<g class="[^"]*\\b${layer}_marks"[^>]*(?<!/)>(.*?)</g>`, 'gs')),
    ])
    .reduce((sum, group) => sum + [...(group[1] ?? '').matchAll(/<(?:path|text|line)\b/g)].length, 0);
}

test('the overhead charts have one interval for each declared comparison, the twins included, in per cent', async () => {
  const svgs = await draw(overheadCharts(model));
  const { overheads, twin } = model.summary;
  const shown = [...overheads, ...twin].filter((it) => it.declared);
  expect(shown).toHaveLength(9);
  expect(svgs).toHaveLength(3);
  expect(marks(svgs, 'ratios')).toBe(shown.length);
  expect(marks(svgs, 'intervals')).toBe(shown.length);
  expect(marks(svgs, 'labels')).toBe(shown.length);
  for (const svg of svgs) {
    expect(svg).toContain('>change against the baseline (log scale)</text>');
    expect(svg).toContain('>0 %</text>');
    expect(svg).toContain('>+20 %</text>');
  }
  expect(svgs[0]).toMatch(/>(slower|open|untrusted) · \+\d+ % \[\+\d+, \+\d+\]<\/text>/);
});

test('what was not measured has a row without a mark, and a question without any mark has no chart', async () => {
  const limited = buildReportModel(
    syntheticRun({ seed: 1, rounds: 8, blocks: 1, servers: ['nginx'], agentIsLimit: true }),
  );
  expect(overheadCharts(limited).map(({ id }) => id)).toEqual([
    'overhead-latency-latency_p50_us',
    'overhead-steady-cpu_server_us',
  ]);
  const { summary } = limited;
  const one = summary.overheads.find((it) => it.metric === 'latency_p50_us');
  if (one === undefined) throw new Error('no overhead to test with');
  const { server, profile, path, baseline, metric } = one;
  const lost: Overhead = {
    ...{ server, profile, path, baseline, metric },
    ...{ declared: true, verdict: 'untrusted', reason: 'nothing is left' },
  };
  const overheads = summary.overheads.map((it) => (it === one ? lost : it));
  const [latency] = await draw(overheadCharts({ ...limited, summary: { ...summary, overheads } }));
  expect([marks([latency ?? ''], 'labels'), marks([latency ?? ''], 'ratios')]).toEqual([3, 2]);
  expect(latency).toContain('>untrusted</text>');
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
  const shown = [...overheads, ...twin].filter((it) => it.declared);
  expect(shown.length).toBeGreaterThan(40);
  expect(charts).toHaveLength(comparisons.length);
  expect(charts.every((it) => it.wide)).toBe(true);
  for (const layer of ['ratios', 'labels', 'verdicts', 'values']) {
    expect(marks(svgs, layer)).toBe(shown.length);
  }
  for (const { baseline } of comparisons) {
    expect(charts.filter((it) => it.title.endsWith(`: nginx against ${baseline}`))).toHaveLength(1);
  }
  const ticks = svgs.map((svg) => [...svg.matchAll(/>([+−]?\d+ %)<\/text>/g)].map((it) => it[1]).join(' '));
  expect(ticks[0]).toContain('0 %');
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
  const words = [...verdicts, 'not measured'];
  expect(Math.max(...words.map(width))).toBeLessThan(columns.verdict.right - columns.verdict.left);
  const change = `${formatChangeInterval(2.345, 1.234, 3.456)} (96.9 %)`;
  expect(width(change)).toBeLessThan(columns.change.right - columns.change.left);
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
  expect(svgs[2]).toContain('answered (thousand requests/s)');
});

test('the distribution has one line for each case of the latency profile, and its percentiles as ticks', async () => {
  const svgs = await draw(distributionCharts(model));
  const lines = svgs.reduce((sum, svg) => sum + [...svg.matchAll(/line_\d+_marks/g)].length, 0);
  expect(lines).toBe(model.distributions.length);
  for (const tick of ['50 %', '90 %', '99 %']) expect(svgs[0]).toContain(`>${tick}</text>`);
  expect(svgs[0]).toContain('latency (µs, log scale)');
  expect(svgs).toHaveLength(1);
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
  expect(svgs[0]).toMatch(/nginx mapped\/external\/published: \w+, \+[\d.]+ µs \[/);
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
