import { expect, test } from 'vitest';
import { caseId } from '../../bench/model/case.ts';
import { fromDataKeys, toDataKeys } from '../../bench/model/data-keys.ts';
import { sliceSchema } from '../../bench/model/slice.ts';
import { isMeasured, type Overhead, overheadSchema, summarySchema } from '../../bench/model/summary.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { namedQuantiles } from '../analysis/pool-quantiles.ts';
import { asWritten } from '../as-written.fixture.ts';
import { renderSummaryJson } from '../json.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { renderCasesCsv } from './cases-csv.ts';
import { renderSlicesCsv } from './slices-csv.ts';
import { renderSummaryCsv } from './summary-csv.ts';

const recorded = syntheticRun({
  seed: 1,
  rounds: 7,
  blocks: 2,
  servers: ['nginx'],
  faultyShare: 0.1,
  failedSlices: 3,
});
const model = buildReportModel(recorded);

/** A reader of RFC 4180 of its own, so that the writer is not tested with itself. */
function parse(csv: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === '\n') rows.push([]);
  }
  const [head = [], ...body] = rows.filter((row) => row.length > 1);
  return body.map((row) => Object.fromEntries(head.map((name, column) => [name, row[column] ?? ''])));
}

test('slices.csv has one row a slice, in order, with its status and reasons', () => {
  const rows = parse(renderSlicesCsv(recorded, model));
  expect(rows.map((row) => row['status'])).toEqual(recorded.slices.map((it) => it.status));
  expect(rows.map((row) => Number(row['slice_no']))).toEqual(recorded.slices.map((_, index) => index + 1));
  const invalid = rows.filter((row) => row['status'] === 'invalid');
  expect(invalid.length).toBeGreaterThan(0);
  for (const row of invalid)
    expect([row['reasons_rule'], row['reasons_message']]).toEqual([
      'faults',
      '3 connection errors: the limit is 0',
    ]);
});

test('a missing value is an empty cell, never 0', () => {
  const failed = parse(renderSlicesCsv(recorded, model)).filter((row) => row['status'] === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  for (const row of failed) {
    expect(row['error_message']).toBe('the load agent went away');
    for (const name of [
      'requests',
      'latency_p50_us',
      'throughput_rps',
      'faults_errors',
      'cpu_softirq_seconds',
    ]) {
      expect(row[name]).toBe('');
    }
  }
  const hosts = parse(renderSlicesCsv(recorded, model)).filter(
    (row) => row['path'] === 'host/external' && row['status'] === 'completed',
  );
  expect(new Set(hosts.map((row) => row['counters_dnat_packets']))).toEqual(new Set(['']));
});

test('values are in the units that the columns name', () => {
  const rows = parse(renderSlicesCsv(recorded, model));
  const index = recorded.slices.findIndex((it) => it.status === 'completed');
  const slice = recorded.slices[index];
  if (slice?.status !== 'completed') throw new Error('no completed slice to test with');
  const row = rows[index];
  expect(Number(row?.['latency_p50_us'])).toBe(slice.latency.p50Us);
  expect(Number(row?.['throughput_rps'])).toBe(asWritten(slice.servedRequests / slice.wallSeconds));
  expect(Number(row?.['machine_foreign_seconds'])).toBe(asWritten(slice.machine.foreignSeconds));
  const { serverSeconds = 0, proxySeconds = 0, requests } = slice.cpu;
  expect(Number(row?.['cpu_server_us'])).toBe(asWritten(((serverSeconds + proxySeconds) / requests) * 1e6));
});

test('what slices.ndjson has under a name, slices.csv has under the same', () => {
  const rows = parse(renderSlicesCsv(recorded, model));
  const write = toDataKeys(sliceSchema);
  for (const [index, slice] of recorded.slices.slice(0, 60).entries()) {
    for (const [name, value] of leaves(write(slice))) {
      // Histograms and turns are lists of numbers: they stay in NDJSON.
      if (/^(latency_|turn_rates|reasons)/.test(name)) continue;
      const expected = name === 'path' ? pathText(slice) : String(value);
      expect([name, rows[index]?.[name]]).toEqual([name, expected]);
    }
  }
});

/** A path as CSV files have it. */
function pathText({ path, role }: { readonly path: string; readonly role: string }): string {
  return role === 'twin' ? `${path}@twin` : path;
}

/** A document's numbers and words under one name each: `cpu_server_seconds` is `server_seconds` of `cpu`. */
function leaves(value: unknown, prefix = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[prefix, value]];
  return Object.entries(value).flatMap(([key, it]) => leaves(it, prefix === '' ? key : `${prefix}_${key}`));
}

test('text with commas, quotes and line feeds survives', () => {
  const [first, ...rest] = recorded.slices;
  if (first === undefined) throw new Error('no slice to test with');
  const { server, path, role, profile, round, block, position, startedAt } = first;
  const head = { server, path, role, profile, round, block, position, startedAt };
  const message = 'no answer, "reset"\nby peer';
  const csv = renderSlicesCsv(
    { ...recorded, slices: [{ ...head, status: 'failed', error: { message } }, ...rest] },
    model,
  );
  expect(parse(csv)[0]?.['error_message']).toBe(message);
  expect(parse(csv)).toHaveLength(recorded.slices.length);
});

test('text that a spreadsheet would run, or a terminal obey, is made text; numbers are not touched', () => {
  const [first, ...rest] = recorded.slices;
  if (first === undefined) throw new Error('no slice to test with');
  const { server, path, role, profile, round, block, position, startedAt } = first;
  const head = { server, path, role, profile, round, block, position, startedAt };
  for (const formula of ['=HYPERLINK("http://x")', '+1', '-1+cmd', '@SUM(A1)', '\t=1']) {
    const failed = { ...head, status: 'failed', error: { message: formula, hint: 'a=b \u001b[2J' } } as const;
    const [row] = parse(renderSlicesCsv({ ...recorded, slices: [failed, ...rest] }, model));
    expect(row).toMatchObject({ error_message: `'${formula}`, error_hint: 'a=b \\u001b[2J' });
  }
  const [overhead] = model.summary.overheads.filter(isMeasured);
  if (overhead === undefined) throw new Error('no overhead to test with');
  const lower: Overhead = { ...overhead, difference: -0.5 };
  const csv = renderSummaryCsv({ ...model, summary: { ...model.summary, overheads: [lower] } });
  expect(parse(csv)[0]?.['difference']).toBe('-0.5');
});

test('summary.csv has every overhead and the twin, as summary.json has them', () => {
  const rows = parse(renderSummaryCsv(model));
  const { overheads, twin } = model.summary;
  expect(rows).toHaveLength(overheads.length + twin.length);
  expect(rows.filter((row) => row['role'] === 'twin')).toHaveLength(twin.length);
  for (const [index, overhead] of [...overheads, ...twin].entries()) {
    const written = Object.entries(Object(toDataKeys(overheadSchema)(overhead)));
    expect(written.length).toBeGreaterThan(6);
    const role = index < overheads.length ? 'contender' : 'twin';
    for (const [name, value] of written) {
      const expected = name === 'path' ? pathText({ path: overhead.path, role }) : String(value);
      // SQL has the word limit for itself.
      expect(rows[index]?.[name === 'limit' ? 'limited_by' : name]).toBe(expected);
    }
  }
  expect(Object.keys(rows[0] ?? {}).slice(0, 3)).toEqual(['run_id', 'server', 'profile']);
});

test('a comparison of which nothing is left has no number, also not 0', () => {
  const lost = syntheticRun({ seed: 1, rounds: 6, blocks: 1, servers: ['nginx'], foreign: { share: 0.5 } });
  const rows = parse(renderSummaryCsv(buildReportModel(lost)));
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    expect(row).toMatchObject({ verdict: 'untrusted', ratio: '', difference: '', baseline_value: '' });
    expect(row['reason']).toContain('other processes took 50 %');
  }
});

test('summary.json is the summary that its schema describes', () => {
  const read = fromDataKeys(summarySchema);
  const summary = summarySchema.parse(read(JSON.parse(renderSummaryJson(model))));
  expect(summary).toEqual(asWritten(model.summary));
});

const tables = {
  'summary.csv': renderSummaryCsv(model),
  'cases.csv': renderCasesCsv(model),
  'slices.csv': renderSlicesCsv(recorded, model),
};

test.each(Object.entries(tables))(
  '%s: whoever groups by path does not mix the twin with its baseline',
  (_, csv) => {
    const roles = new Map<string, Set<string>>();
    const rows = parse(csv);
    for (const { path = '', role = '' } of rows) roles.set(path, new Set([...(roles.get(path) ?? []), role]));
    expect([...roles.values()].filter((it) => it.size > 1)).toEqual([]);
    expect([...(roles.get('host/external@twin') ?? [])]).toEqual(['twin']);
    const parts = ({ run_id, mode, vantage, address, ip_version }: Record<string, string>) => ({
      ...{ run_id, mode, vantage, address, ip_version },
    });
    const common = { run_id: recorded.run.runId, vantage: 'external', ip_version: '4' };
    const of = (path: string) => parts(rows.find((row) => row['path'] === path) ?? {});
    expect(of('host/external@twin')).toEqual({ ...common, mode: 'host', address: '' });
    expect(of('bridge/external/published')).toEqual({ ...common, mode: 'bridge', address: 'published' });
  },
);

test.each(Object.entries({ ...tables, 'summary.json': renderSummaryJson(model) }))(
  '%s: a number with a fraction has at most 9 significant digits',
  (_, text) => {
    const numbers = [...text.matchAll(/(?<=[\n,:[ ]-?)\d+\.\d+(e[+-]\d+)?(?=[\n,\]} ])/g)].map(([it]) => it);
    expect(numbers.length).toBeGreaterThan(30);
    const digits = (it: string) => it.replace(/e.*/, '').replace('.', '').replace(/^0+/, '').length;
    expect(numbers.filter((it) => digits(it) > 9)).toEqual([]);
  },
);

test('a column that machine, engine or plan have no value for is left out; all others are in every file', () => {
  const whole = syntheticRun({ seed: 1, rounds: 6, blocks: 1, servers: ['nginx'] });
  const [row = {}] = parse(renderSlicesCsv(whole, buildReportModel(whole)));
  for (const name of ['reasons_rule', 'error_message', 'cpu_proxy_seconds'])
    expect(row).not.toHaveProperty(name);
  for (const name of ['address', 'status', 'counted', 'latency_p99_us']) expect(row).toHaveProperty(name);
  const [withFaults] = parse(tables['slices.csv']);
  expect(withFaults).toHaveProperty('error_message');
});

test('of a service that ends its connections, slices.csv has how often they were opened and requests sent again', () => {
  const slices = recorded.slices.map((slice, index) =>
    slice.status !== 'completed'
      ? slice
      : { ...slice, ...(index % 2 === 0 ? { reconnects: 2, resent: 1 } : {}) },
  );
  const rows = parse(renderSlicesCsv({ ...recorded, slices }, model));
  const written = (name: string) => rows.map((row) => row[name]);
  const held = (key: 'reconnects' | 'resent') =>
    slices.map((slice) => (slice.status === 'failed' ? '' : String(slice[key] ?? '')));
  expect(written('reconnects')).toEqual(held('reconnects'));
  expect(written('resent')).toEqual(held('resent'));
  expect(new Set(written('reconnects'))).toEqual(new Set(['', '2']));
  for (const name of ['reconnects', 'resent'])
    expect(tables['slices.csv'].split('\n')[0]).not.toContain(name);
});

test('what is true or false is written so', () => {
  const values = (csv: string, name: string) => new Set(parse(csv).map((row) => row[name]));
  expect(values(tables['summary.csv'], 'declared')).toEqual(new Set(['true', 'false']));
  expect(values(tables['slices.csv'], 'counted')).toEqual(new Set(['true', 'false']));
  expect(values(tables['slices.csv'], 'cpus_exchanged')).toEqual(new Set(['false']));
});

test('slices.csv says which slices count: no case has one in a round in which a slice of it has a fault', () => {
  const rows = parse(tables['slices.csv']);
  const roundOf = ({ server, profile, path, round }: Record<string, string>) =>
    [server, profile, path, round].join(' ');
  const spoilt = new Set(rows.filter(({ status }) => status !== 'completed').map(roundOf));
  const beside = rows.filter((row) => row['status'] === 'completed' && spoilt.has(roundOf(row)));
  expect(beside.length).toBeGreaterThan(0);
  for (const row of rows) expect(row['counted']).toBe(String(!spoilt.has(roundOf(row))));
  const clean = syntheticRun({ seed: 1, rounds: 6, blocks: 1, servers: ['nginx'] });
  const all = parse(renderSlicesCsv(clean, buildReportModel(clean)));
  expect(all.filter(({ counted }) => counted !== 'true')).toEqual([]);
});

test('cases.csv has one row a case, with its quantiles and the slices that count', () => {
  const rows = parse(tables['cases.csv']);
  const slices = parse(tables['slices.csv']);
  expect(rows).toHaveLength(model.summary.cases.length);
  expect(namedQuantiles).toContain(0.99);
  const shown = rows.filter((row) => row['latency_p99_us'] !== '');
  expect(new Set(shown.map(({ profile }) => profile))).toEqual(new Set(['latency']));
  for (const [index, summary] of model.summary.cases.entries()) {
    const row = rows[index] ?? {};
    const own = slices.filter((it) => ['server', 'path', 'profile'].every((name) => it[name] === row[name]));
    const counted = own.filter((it) => it['counted'] === 'true').length;
    expect(own.length).toBeGreaterThan(0);
    expect([row['slices_counted'], row['slices_discarded']]).toEqual(
      [counted, own.length - counted].map(String),
    );
    const points = model.distributions.find((it) => caseId(it.case) === caseId(summary))?.points ?? [];
    const p99 = points.find(({ quantile }) => quantile === 0.99)?.microseconds;
    const text = (value: number | undefined) => (value === undefined ? '' : String(asWritten(value)));
    expect(row['latency_p99_us']).toBe(text(p99));
    expect(row['latency_p50_us']).toBe(text(summary.values.latency_p50_us));
    expect(row['cpu_split_agent_us']).toBe(text(summary.cpu?.agentUs));
    expect(row['limited_by']).toBe(summary.limit ?? '');
  }
});
