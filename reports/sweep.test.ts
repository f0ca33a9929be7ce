import { expect, test } from 'vitest';
import { buildReportModel } from './analysis/build-report-model.ts';
import { sweepCharts } from './charts/sweep.ts';
import { renderSweepCsv } from './csv/sweep-csv.ts';
import { renderHtml } from './html/render-html.ts';
import { renderMarkdown } from './markdown.ts';
import { sweepTables, sweepTitle } from './sweep-table.ts';
import { bridgePath, type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';
import { noteWords } from './words/note-words.ts';

/* A server that works on four requests at the same time; on a bridge it answers 80 % of the requests. */
const small = { seed: 3, rounds: 7, servers: ['nginx'], profiles: ['latency'], blocks: 1 } as const;
const sweep = [1, 2, 4, 8, 16];
const fontsDirectory = new URL('fonts', import.meta.url).pathname;

function modelOf(options: Partial<SyntheticOptions> = {}) {
  return buildReportModel(syntheticRun({ ...small, sweep, ...options }));
}

function stepsOf(path: string, role: string, model = modelOf()) {
  return (model.summary.sweep ?? []).filter((it) => it.path === path && it.role === role);
}

test('each path has its rate and latency at every number of connections, over all rounds', () => {
  const host = stepsOf('host/external', 'baseline');
  expect(host.map(({ connections }) => connections)).toEqual(sweep);
  for (const step of host) {
    expect(step.rounds).toBe(7);
    expect(step.lowestRequestsPerSecond).toBeLessThan(step.requestsPerSecond);
    expect(step.highestRequestsPerSecond).toBeGreaterThan(step.requestsPerSecond);
    expect(step).not.toHaveProperty('rateChange');
  }
  const rates = host.map(({ requestsPerSecond }) => requestsPerSecond / 22_500);
  const expected = [0.25, 0.5, 1, 1, 1];
  for (const [index, rate] of rates.entries()) expect(rate).toBeCloseTo(expected[index] ?? Number.NaN, 1);
  expect((host[4]?.latencyP50Us ?? 0) / (host[3]?.latencyP50Us ?? 1)).toBeCloseTo(2, 1);
});

test('a bridge that serves a fifth less is found at each step, and the second copy of host mode is not slower', () => {
  for (const { rateChange, latencyChange } of stepsOf(bridgePath, 'contender')) {
    expect(rateChange?.ratioLow).toBeLessThan(0.81);
    expect(rateChange?.ratioHigh).toBeGreaterThan(0.79);
    expect(rateChange?.ratioHigh).toBeLessThan(0.9);
    expect(latencyChange?.ratioLow).toBeGreaterThan(1.1);
    expect(rateChange?.rounds).toBe(7);
  }
  for (const { rateChange } of stepsOf('host/external', 'twin')) {
    expect(rateChange?.ratioLow).toBeLessThan(1.01);
    expect(rateChange?.ratioHigh).toBeGreaterThan(0.99);
  }
});

test('the limit is none where the server waits, and the server where it does not', () => {
  const limits = stepsOf('host/external', 'baseline').map(({ limit }) => limit);
  expect(limits).toEqual(['none', 'none', 'server', 'server', 'server']);
});

test('a step without figures is left out of its round, and the note names the first', () => {
  const run = syntheticRun({ ...small, sweep });
  const evidence = run.evidence.map((it) =>
    it.role !== 'contender' || it.round > 2
      ? it
      : { ...it, sweep: [...(it.sweep ?? []).slice(0, 4), { connections: 16, problem: '3 timeouts' }] },
  );
  const model = buildReportModel({ ...run, evidence });
  expect(stepsOf(bridgePath, 'contender', model).map(({ rounds }) => rounds)).toEqual([7, 7, 7, 7, 5]);
  const tables = sweepTables(model);
  expect(tables.at(-1)?.note).toContain(
    `Steps that do not count: 4, the first 16 connections to nginx on ${bridgePath} in round 1: 3 timeouts.`,
  );
  const bridge = tables.at(-1)?.groups.find(({ title }) => title === 'nginx, bridge');
  expect(bridge?.rows.at(-1)?.cells[2]).toMatch(/^−\d.* %, no 95 % interval$/);
});

test('figures of a step that breaks a rule are recorded and do not count; a sweep without any says why', () => {
  const run = syntheticRun({ ...small, sweep });
  const spoilt = run.evidence.map((it) => ({
    ...it,
    sweep: (it.sweep ?? []).map((step) => ({ ...step, problem: 'others used 40 % of the machine' })),
  }));
  const model = buildReportModel({ ...run, evidence: spoilt });
  expect(model.summary.sweep).toBeUndefined();
  expect(sweepTables(model)).toEqual([]);
  expect(noteWords(model)).toContain(
    `The sweep of connections has no figures. Steps that do not count: 140, the first 1 connection to nginx on host/external in round 1: others used 40 % of the machine.`,
  );
  expect(noteWords(modelOf()).join(' ')).not.toContain('has no figures');
});

test('a round whose path is contradicted has no part in the sweep of that path', () => {
  const model = modelOf({ contradicted: true });
  expect(stepsOf('mapped/external/published', 'contender', model)[0]?.rounds).toBe(6);
  expect(stepsOf('host/external', 'baseline', model)[0]?.rounds).toBe(7);
});

test('the first table says where the capacity of each path ends, and what a client waits there', () => {
  const [capacity] = sweepTables(modelOf());
  const rows = capacity?.groups[0]?.rows.map(({ name, cells: [, from, , limit] }) => [name, from, limit]);
  expect(rows).toEqual([
    ['host', '4 connections', 'nginx'],
    ['second copy of host mode', '4 connections', 'nginx'],
    ['bridge', '4 connections', 'nginx'],
    ['mapped', '4 connections', 'nginx'],
  ]);
  const [growing] = sweepTables(modelOf({ sweep: [1, 2] }));
  expect(growing?.groups[0]?.rows[0]?.cells[1]).toBe('2 connections or more');
});

test('every report shows a sweep, and none has the section where there was none', async () => {
  const reports = async (model: ReturnType<typeof modelOf>) => [
    renderTerminal(model, { width: 100, all: true })
      .map(({ text }) => text)
      .join(''),
    renderMarkdown(model),
    await renderHtml(model, { fontsDirectory }),
  ];
  for (const report of await reports(modelOf())) {
    expect(report).toContain(sweepTitle);
    expect(report).toMatch(/−(20|19)\.\d % \\?\[/);
  }
  const plain = buildReportModel(syntheticRun(small));
  expect(plain.summary.sweep).toBeUndefined();
  for (const report of await reports(plain)) {
    expect(report).not.toContain(sweepTitle);
    expect(report).not.toContain('sweep.csv');
  }
});

test('two drawings show each server: rate and latency over the connections, a line for each path', () => {
  const charts = sweepCharts(modelOf({ servers: ['nginx', 'apache'] }));
  expect(charts.map(({ title }) => title)).toEqual([
    'nginx: rate by connections',
    'nginx: median latency by connections',
    'Apache: rate by connections',
    'Apache: median latency by connections',
  ]);
  const words = charts[0]?.description ?? '';
  for (const label of ['host:', 'host (second copy):', 'bridge:', 'mapped:']) expect(words).toContain(label);
  expect(words).toMatch(/bridge: 1 connection 4,\d+ requests\/s, 2 connections /);
});

test('sweep.csv has a row for each step, and nothing where there is nothing to compare with', () => {
  const [head = '', ...rows] = renderSweepCsv(modelOf()).trim().split('\n');
  expect(rows).toHaveLength(4 * sweep.length);
  const names = head.split(',');
  const cell = (row: string, name: string) => row.split(',')[names.indexOf(name)];
  const [host = '', twin = ''] = [rows[0], rows[sweep.length]];
  expect([cell(host, 'connections'), cell(host, 'rounds'), cell(host, 'rate_ratio')]).toEqual(['1', '7', '']);
  expect(cell(twin, 'path')).toBe('host/external@twin');
  expect(Number(cell(twin, 'rate_ratio_low'))).toBeLessThan(1.01);
});
