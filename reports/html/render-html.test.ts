import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { pathId } from '../../bench/model/path.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import type { ReportModel } from '../report-model.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { renderHtml } from './render-html.ts';

const fontsDirectory = fileURLToPath(new URL('../fonts/', import.meta.url));
const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 7, blocks: 2, servers: ['nginx'], ...options }));
/** A page is long: a failure should not print it. */
const holds = (text: string, part: string) => expect(text.includes(part), part).toBe(true);
const render = (model: ReportModel) => renderHtml(model, { fontsDirectory });

const model = modelOf({ invalidShare: 0.05, failedSlices: 2 });
const page = await render(model);
/** The page without the embedded font, the style and the inlined data: what a reader sees. */
const visible = (text: string) =>
  text.replace(/<style>.*?<\/style>/s, '').replace(/<script type="application\/json".*?<\/script>/s, '');

test('the page loads nothing, runs nothing and says so', () => {
  holds(page, "default-src 'none'");
  expect(/<(?:link|iframe|img|object|embed|base)\b/.test(page)).toBe(false);
  expect(/\b(?:src|href)="(?!#)/.test(page)).toBe(false);
  expect([...page.matchAll(/url\(([^)]{0,40})/g)].every((it) => /^(?:data:font|#)/.test(it[1] ?? ''))).toBe(
    true,
  );
  expect([...page.matchAll(/<script\b[^>]*>/g)].map((it) => it[0])).toEqual([
    '<script type="application/json" id="report-model">',
  ]);
  expect(/\son\w+="/.test(page)).toBe(false);
  expect(page.length).toBeLessThan(1.5e6);
});

test('the order is: verdict, warnings, chart, table, control, distribution, slices, cases, evidence, method', () => {
  const landmarks = [
    'class="headline"',
    'class="notice"',
    'id="overhead"',
    'id="overhead-latency-latency-p50-title"',
    'Overheads on the metrics that were declared',
    'Noise floor',
    'id="latency"',
    'id="slices"',
    'id="cases"',
    'Left out',
    'id="evidence"',
    'id="environment"',
    'id="method"',
    'How to read a verdict',
    'Repeat this run',
    'id="report-model"',
  ];
  const found = landmarks.map((it) => page.indexOf(it));
  expect(found.every((it) => it >= 0)).toBe(true);
  expect([...found].sort((a, b) => a - b)).toEqual(found);
  for (const sentence of model.summary.headline) {
    holds(visible(page).replaceAll('\u00a0', ' ').replaceAll('&#39;', "'"), sentence);
  }
});

test('every overhead is in a table with value, ratio, interval and verdict in words', () => {
  const rows = [...page.matchAll(/<span class="verdict (\w+)">([^<]+)<\/span>(?=<small|<\/td)/g)];
  expect(rows).toHaveLength(model.summary.overheads.length + model.summary.twin.length);
  const slower = model.summary.overheads.filter((it) => it.verdict === 'slower');
  expect(slower.length).toBeGreaterThan(0);
  expect(rows.filter((it) => it[2]?.startsWith('slower'))).toHaveLength(slower.length);
});

test('every "no difference" stands with what could have been detected', () => {
  const none = [...page.matchAll(/<small>no difference shown<\/small>(<small>detectable: [^<]+)?/g)];
  expect(none.length).toBeGreaterThan(0);
  expect(none.filter((it) => it[1] === undefined)).toEqual([]);
});

test('a client-bound run reads "at least"', async () => {
  const bound = await render(modelOf({ clientBoundShare: 1 }));
  holds(bound, '>slower, at least</span>');
});

test('a partial run says first what is missing and why', async () => {
  const partial = await render(modelOf({ keptShare: 0.6 }));
  const banner = partial.indexOf('This run is partial: interrupted by Ctrl-C.');
  expect(banner).toBeGreaterThan(0);
  expect(banner).toBeLessThan(partial.indexOf('id="overhead"'));
  expect(/Recorded: \d+ of 112 planned slices, in 5 of 7 rounds/.test(partial)).toBe(true);
  expect(page.includes('This run is partial')).toBe(false);
});

test('too few rounds: the interval is not called one of the plan', async () => {
  const few = await render(modelOf({ rounds: 3 }));
  holds(few, 'only a 75 % interval');
});

test('a run without any slice is a page, not an error', async () => {
  const empty = await render(
    buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] }),
  );
  holds(empty, 'Nothing to draw');
  holds(empty, 'id="environment"');
});

test('text from outside is escaped everywhere, and cannot break out of the inlined data', async () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror="alert(2)">'&\u2028\u2029`;
  const [first, ...evidence] = model.evidence;
  if (first === undefined) throw new Error('no evidence to test with');
  const poisoned: ReportModel = {
    ...model,
    run: { ...model.run, command: evil, stateReason: evil },
    evidence: [
      {
        ...first,
        url: evil,
        raw: { [evil]: evil },
        findings: [{ claim: evil, expected: evil, observed: evil, holds: false }],
      },
      ...evidence,
    ],
    summary: {
      ...model.summary,
      state: 'partial',
      headline: [evil],
      warnings: [{ code: evil, message: evil, hint: evil }],
      leftOut: model.summary.leftOut.map((it) => ({ ...it, rule: evil, example: evil })),
      overheads: model.summary.overheads.map((it) => ({ ...it, verdictReason: evil })),
      environment: {
        ...model.summary.environment,
        cpuModel: evil,
        kernel: evil,
        firewall: evil,
        image: evil,
        serverVersions: { [evil]: evil },
        sysctls: { [evil]: evil },
      },
    },
  };
  const html = await render(poisoned);
  expect(html.includes('<img')).toBe(false);
  expect(html.includes('<script>')).toBe(false);
  expect([...html.matchAll(/<\/script/g)]).toHaveLength(1);
  expect([...html.matchAll(/&lt;\/script&gt;/g)].length).toBeGreaterThan(15);
  const inlined = /id="report-model">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  expect(/[<\u2028\u2029]/.test(inlined)).toBe(false);
  expect(JSON.parse(inlined)).toEqual(JSON.parse(JSON.stringify(poisoned)));
});

test('it can be read without sight: language, headings in order, scoped and captioned tables, unique ids', () => {
  holds(page, '<html lang="en">');
  const levels = [...visible(page).matchAll(/<h(\d)/g)].map((it) => Number(it[1]));
  expect(levels[0]).toBe(1);
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (const [index, level] of levels.entries())
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  expect([...page.matchAll(/<table>\s*<caption>/g)]).toHaveLength([...page.matchAll(/<table/g)].length);
  expect(/<th(?![^>]*\bscope=)[ >]/.test(page)).toBe(false);
  const ids = [...visible(page).matchAll(/\sid="([^"]+)"/g)].map((it) => it[1]);
  expect(new Set(ids).size).toBe(ids.length);
  const referred = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap((it) => (it[1] ?? '').split(' '));
  expect(referred.filter((id) => !ids.includes(id))).toEqual([]);
});

test('many findings are folded away after the first, and all of them are there', async () => {
  const headline = Array.from({ length: 30 }, (_, index) => `Finding number ${index}.`);
  const long = await render({ ...model, summary: { ...model.summary, headline } });
  expect([...long.matchAll(/<p class="headline">/g)]).toHaveLength(5);
  holds(long, '25 more findings');
  for (const sentence of headline) holds(visible(long), sentence);
  expect(visible(page).includes('more findings')).toBe(false);
});

test('wide charts scroll on a narrow screen, and need no legend', async () => {
  const contenders = possiblePaths()
    .filter((it) => ['host', 'inside'].includes(it.vantage) && it.family === undefined && !isBaseline(it))
    .map(pathId);
  const wide = await render(
    modelOf({ profiles: ['latency'], comparisons: [{ baseline: 'host/host', contenders }] }),
  );
  const overhead = /aria-labelledby="overhead">(.*?)<table>/s.exec(wide)?.[1] ?? '';
  expect(overhead.includes('class="legend"')).toBe(false);
  holds(
    overhead,
    '<div class="scroll" role="region" aria-label="Median latency, latency profile, 1 connection: nginx against host/host" tabindex="0"><svg class="chart wide"',
  );
});

test('the same model gives the same page', async () => {
  expect((await render(model)) === page).toBe(true);
});

test('the environment tells what runs the machine and how its kernel counts, and what was not read', async () => {
  const { summary } = model;
  const told = {
    ...summary.environment,
    hypervisor: 'KVM',
    irqTimeAccounting: true,
    timerHz: 250,
    mitigations: { spectre_v2: 'Mitigation: Retpolines' },
    pinning: { kind: 'disjoint', serverCpus: '0', agentCpus: '1', proxiesRoam: 'not permitted' },
  } as const;
  const full = await render({ ...model, summary: { ...summary, environment: told } });
  holds(full, '<dt>Hypervisor</dt><dd>KVM</dd>');
  holds(full, '<dt>Timer</dt><dd>250 Hz</dd>');
  holds(full, '<dt>Time of interrupts</dt><dd>kept apart: in no process’s CPU time</dd>');
  holds(full, '<dt><code>spectre_v2</code></dt><dd>Mitigation: Retpolines</dd>');
  holds(full, 'load agent on CPU 1; docker-proxy on any CPU: not permitted');
  holds(page, '<dt>Hypervisor</dt><dd>not read</dd>');
  holds(page, '<dt>Time of interrupts</dt><dd>not read</dd>');
});
