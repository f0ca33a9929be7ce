import { expect, test } from 'vitest';
import { fromDataKeys, toDataKeys } from '../bench/model/data-keys.ts';
import { sliceSchema } from '../bench/model/slice.ts';
import { isMeasured, type Overhead, overheadSchema, summarySchema } from '../bench/model/summary.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderSlicesCsv, renderSummaryCsv } from './csv.ts';
import { renderSummaryJson } from './json.ts';
import { syntheticRun } from './synthetic-run.fixture.ts';

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
  const rows = parse(renderSlicesCsv(recorded));
  expect(rows.map((row) => row['status'])).toEqual(recorded.slices.map((it) => it.status));
  expect(rows.map((row) => Number(row['order']))).toEqual(recorded.slices.map((_, index) => index + 1));
  const invalid = rows.filter((row) => row['status'] === 'invalid');
  expect(invalid.length).toBeGreaterThan(0);
  for (const row of invalid)
    expect([row['reasons_rule'], row['reasons_message']]).toEqual([
      'faults',
      '3 connection errors: the limit is 0',
    ]);
});

test('a missing value is an empty cell, never 0', () => {
  const failed = parse(renderSlicesCsv(recorded)).filter((row) => row['status'] === 'failed');
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
  const hosts = parse(renderSlicesCsv(recorded)).filter(
    (row) => row['path'] === 'host/external' && row['status'] === 'completed',
  );
  expect(new Set(hosts.map((row) => row['counters_dnat_packets']))).toEqual(new Set(['']));
});

test('values are in the units that the columns name', () => {
  const rows = parse(renderSlicesCsv(recorded));
  const index = recorded.slices.findIndex((it) => it.status === 'completed');
  const slice = recorded.slices[index];
  if (slice?.status !== 'completed') throw new Error('no completed slice to test with');
  const row = rows[index];
  expect(Number(row?.['latency_p50_us'])).toBe(slice.latency.p50Us);
  expect(Number(row?.['throughput_rps'])).toBeCloseTo(slice.servedRequests / slice.wallSeconds, 6);
  expect(Number(row?.['machine_foreign_seconds'])).toBe(slice.machine.foreignSeconds);
  const { serverSeconds = 0, proxySeconds = 0, requests } = slice.cpu;
  expect(Number(row?.['cpu_server_us'])).toBeCloseTo(((serverSeconds + proxySeconds) / requests) * 1e6, 6);
});

test('what slices.ndjson has under a name, slices.csv has under the same', () => {
  const rows = parse(renderSlicesCsv(recorded));
  const write = toDataKeys(sliceSchema);
  for (const [index, slice] of recorded.slices.slice(0, 60).entries()) {
    for (const [name, value] of leaves(write(slice))) {
      // Histograms and turns are lists of numbers: they stay in NDJSON.
      if (/^(latency_|turn_rates|reasons)/.test(name)) continue;
      expect([name, rows[index]?.[name]]).toEqual([name, String(value)]);
    }
  }
});

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
  const csv = renderSlicesCsv({
    ...recorded,
    slices: [{ ...head, status: 'failed', error: { message } }, ...rest],
  });
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
    const [row] = parse(renderSlicesCsv({ ...recorded, slices: [failed, ...rest] }));
    expect(row).toMatchObject({ error_message: `'${formula}`, error_hint: 'a=b \\u001b[2J' });
  }
  const [overhead] = model.summary.overheads.filter(isMeasured);
  if (overhead === undefined) throw new Error('no overhead to test with');
  const lower: Overhead = { ...overhead, difference: -0.5 };
  const csv = renderSummaryCsv({ ...model, summary: { ...model.summary, overheads: [lower] } });
  expect(parse(csv)[0]?.['difference']).toBe('-0.5');
});

test('summary.csv has every overhead and the twin, with full precision', () => {
  const rows = parse(renderSummaryCsv(model));
  const { overheads, twin } = model.summary;
  expect(rows).toHaveLength(overheads.length + twin.length);
  expect(rows.filter((row) => row['role'] === 'twin')).toHaveLength(twin.length);
  for (const [index, overhead] of [...overheads, ...twin].entries()) {
    const written = Object.entries(Object(toDataKeys(overheadSchema)(overhead)));
    expect(written.length).toBeGreaterThan(6);
    for (const [name, value] of written) expect(rows[index]?.[name]).toBe(String(value));
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
  expect(summarySchema.parse(read(JSON.parse(renderSummaryJson(model))))).toEqual(model.summary);
});
