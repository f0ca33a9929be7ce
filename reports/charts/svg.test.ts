import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatChangeInterval } from '../../bench/model/format.ts';
import { baselineOf, isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { type Path, pathId } from '../../bench/model/path.ts';
import { type Overhead, verdicts } from '../../bench/model/summary.ts';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { distributionCharts } from './distribution.ts';
import { overheadCharts } from './overhead.ts';
import { seriesOf } from './series.ts';
import { type Chart, drawCharts } from './svg.ts';
import { chartWidth, textSize } from './theme.ts';
import { timelineCharts } from './timeline.ts';
import { waterfallCharts } from './waterfall.ts';

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

/** How many lines of a width the drawings of overheads hold: 4.5 for inner intervals, 0.75 for the margin. */
function linesOf(svgs: readonly string[], width: string): number {
  const layer = /<g class="lines_marks"[^>]*>(.*?)<\/g>/s;
  return svgs.reduce(
    (sum, svg) => sum + (layer.exec(svg)?.[1] ?? '').split(` stroke-width="${width}"`).length - 1,
    0,
  );
}

test('the overhead charts have one interval for each declared comparison, the twins included, in per cent', async () => {
  const svgs = await draw(overheadCharts(model));
  const { overheads, twin } = model.summary;
  const shown = [...overheads, ...twin].filter((it) => it.declared);
  expect(shown).toHaveLength(9);
  expect(svgs).toHaveLength(3);
  expect(marks(svgs, 'ratios')).toBe(shown.length);
  expect(linesOf(svgs, '1.5')).toBe(3 * shown.length);
  const trusted = shown.filter(({ verdict }) => verdict !== 'untrusted');
  expect(trusted.length).toBeGreaterThan(2);
  expect(linesOf(svgs, '4.5')).toBe(trusted.length);
  expect(linesOf(svgs, '0.75')).toBe(2 * svgs.length);
  for (const svg of svgs) {
    expect(svg).toContain('>change against host mode (log scale)</text>');
    expect(svg).toContain('>±2 %</text>');
    expect(svg).toContain('>0 %</text>');
    expect(svg).toContain('>+20 %</text>');
  }
  expect(svgs[0]).toMatch(/>\+\d+ % \[\+\d+, \+\d+\]<\/text>/);
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
  expect(latency?.match(/>(bridge|mapped|host \(second copy\))<\/text>/g)).toHaveLength(3);
  expect(marks([latency ?? ''], 'ratios')).toBe(2);
  expect(latency).toContain('>do not use</text>');
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

const layers = buildReportModel(
  syntheticRun({
    seed: 5,
    rounds: 10,
    servers: ['nginx'],
    profiles: ['latency', 'steady'],
    comparisons: [
      { baseline: 'host/host', contenders: waterfallPaths.filter((path) => path !== 'host/host') },
    ],
    effects: { 'bridge/host/loopback': { latency: 2, serverCpu: 2 } },
  }),
);

test('many paths get a drawing for each baseline, with every one of them in a row, on one scale', async () => {
  const charts = overheadCharts(many);
  const svgs = await draw(charts);
  const { overheads, twin } = many.summary;
  const shown = [...overheads, ...twin].filter((it) => it.declared);
  expect(shown.length).toBeGreaterThan(40);
  expect(charts).toHaveLength(comparisons.length);
  expect(marks(svgs, 'ratios')).toBe(shown.length);
  expect(svgs.join()).toMatch(/>(slower|open) · \+\d+ % \[/);
  expect(new Set(charts.map(({ title }) => title)).size).toBe(comparisons.length);
  expect(charts.map(({ title }) => title)).toContain(
    'Median latency, one request at a time: nginx, client on the host',
  );
  const ticks = svgs.map((svg) => [...svg.matchAll(/>([+−]?\d+ %)<\/text>/g)].map((it) => it[1]).join(' '));
  expect(ticks[0]).toContain('0 %');
  expect(new Set(ticks.slice(0, comparisons.length)).size).toBe(1);
});

test('a panel of several baselines tells which rows are of which client', () => {
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
  expect(charts).toHaveLength(1);
  expect(JSON.stringify(charts[0]?.spec)).toContain('nginx, client on the host');
});

test('what may not be used is hollow, thin and says so', async () => {
  const lost = buildReportModel(
    syntheticRun({
      seed: 1,
      rounds: 8,
      servers: ['nginx'],
      twinEffect: { latency: 1.3, serverCpu: 1.3, capacity: 0.7 },
    }),
  );
  const svgs = await draw(overheadCharts(lost));
  expect(svgs.length).toBeGreaterThan(0);
  expect(linesOf(svgs, '4.5')).toBe(0);
  expect(linesOf(svgs, '1.5')).toBeGreaterThan(0);
  expect(svgs[0]).toContain('>do not use</text>');
});

test('no drawing is wider than a narrow screen keeps readable, and no row of text is wider than the drawing', async () => {
  const widest = 345;
  const charts = [
    ...[model, many].flatMap((it) => [
      ...overheadCharts(it),
      ...distributionCharts(it),
      ...timelineCharts(it),
    ]),
    ...waterfallCharts(layers),
  ];
  for (const [index, svg] of (await draw(charts)).entries()) {
    expect(Number(/viewBox="0 0 ([\d.]+)/.exec(svg)?.[1]), charts[index]?.id).toBeLessThanOrEqual(widest);
    const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map((it) => Number(it[1]));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12.5);
  }
});

test('the label and the figure of a row do not meet, whatever path they are of', () => {
  const width = (text: string) => textWidth(text, textSize, false);
  const change = formatChangeInterval({ ratio: 3.345, ratioLow: 2.234, ratioHigh: 4.456 });
  const remote = possiblePaths().filter(({ vantage }) => vantage === 'external');
  const labels = (paths: readonly Path[]) =>
    seriesOf(
      paths.map((it) => ({
        path: pathId(it),
        role: isBaseline(it) ? ('twin' as const) : ('contender' as const),
      })),
    ).map(({ label }) => width(label));
  const plain = Math.max(...labels(remote)) + width(change);
  expect(plain).toBeGreaterThan(150);
  expect(plain).toBeLessThan(chartWidth - 8);
  expect(Math.max(...labels(possiblePaths()))).toBeLessThan(chartWidth);
  for (const verdict of [...verdicts, 'not measured']) {
    expect(width(`${verdict} · ${change} (96.9 %)`)).toBeLessThan(chartWidth);
  }
});

test('a step that may be nothing is a frame of dashes, and says so', async () => {
  const charts = waterfallCharts(layers);
  const [svg = ''] = await draw(charts);
  const steps = layers.summary.steps?.filter((it) => it.metric === 'latency_p50_us') ?? [];
  const doubtful = steps.filter((it) => it.differenceLow <= 0 && it.differenceHigh >= 0).length;
  expect(doubtful).toBeGreaterThan(0);
  expect(marks([svg], 'doubtful_bars')).toBe(doubtful);
  expect(marks([svg], 'bars')).toBe(steps.length + 1 - doubtful);
  expect(charts[0]?.description).toContain('which may be nothing');
});

test('the timeline has one mark for each slice, by shape for what does not count', async () => {
  const svgs = await draw(timelineCharts(model));
  const count = (status: string) => model.timeline.filter((it) => it.status === status).length;
  expect(count('invalid')).toBeGreaterThan(0);
  expect(count('failed')).toBeGreaterThan(0);
  for (const status of ['completed', 'invalid', 'failed']) expect(marks(svgs, status)).toBe(count(status));
  expect(svgs[0]?.match(/>[1-7]<\/text>/g)).toHaveLength(7);
  const crosses = timelineCharts(model).map(({ description }) => description);
  expect(crosses.join(' ')).toMatch(/\d+ do not count: crosses in rounds? [\d, and]+\./);
  expect(svgs[0]).toContain('median latency (µs)');
  expect(svgs[2]).toContain('answered (thousand requests/s)');
});

test('the distribution has one line for each case of the latency profile, and its percentiles as ticks', async () => {
  const svgs = await draw(distributionCharts(model));
  expect(marks(svgs, 'lines')).toBe(model.distributions.length);
  for (const tick of ['50 %', '90 %', '99 %']) expect(svgs[0]).toContain(`>${tick}</text>`);
  expect(svgs[0]).toContain('latency (µs, log scale)');
  expect(svgs).toHaveLength(1);
  expect(distributionCharts(model)[0]?.description).toMatch(
    /^host: p50 [\d.]+ µs, p90 [\d.]+ µs, p99 [\d.]+ µs, .*of [\d,]+ responses\. bridge: p50 /,
  );
});

test('every path of a run of many has its line, in the panel of its client', async () => {
  const charts = distributionCharts(many);
  expect(charts).toHaveLength(comparisons.length);
  expect(marks(await draw(charts), 'lines')).toBe(many.distributions.length);
  expect(timelineCharts(many)).toHaveLength(comparisons.length);
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
  const left = (svg: string | undefined) =>
    Number(/<g [^>]*transform="translate\(([\d.]+)/.exec(svg ?? '')?.[1]);
  const charts = distributionCharts(model).slice(0, 1);
  const [narrow] = await drawCharts(charts, { textWidth: (text) => text.length * 5 });
  const [wide] = await drawCharts(charts, { textWidth: (text) => text.length * 25 });
  expect(left(wide) - left(narrow)).toBeGreaterThanOrEqual(40);
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
  expect(svgs[0]).toMatch(/nginx mapped: \w+, \+[\d.]+ µs \[/);
});

test('a drawing holds no role, no label and no empty frame of Vega’s, and tells shared looks once', async () => {
  for (const svg of await draw([...overheadCharts(model), ...timelineCharts(model)])) {
    const drawing = svg.slice(svg.indexOf('</desc>'));
    expect(/ (role|aria-[\w-]+)=/.test(drawing)).toBe(false);
    expect(/<g>|<path class="(back|fore)ground"| opacity="1"|\d\.\d{3}/.test(drawing)).toBe(false);
    expect(drawing.match(/<g\b/g)?.length).toBe(drawing.match(/<\/g>/g)?.length);
  }
  const [timeline = ''] = await draw(timelineCharts(model));
  expect(timeline.length / marks([timeline], 'completed')).toBeLessThan(300);
});

test('vega finds nothing odd in our specifications', async () => {
  const warnings: string[] = [];
  const charts = [
    ...overheadCharts(model),
    ...overheadCharts(many),
    ...distributionCharts(model),
    ...timelineCharts(model),
    ...waterfallCharts(layers),
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
