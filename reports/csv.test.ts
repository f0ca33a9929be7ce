import { expect, test } from 'vitest';
import { type Overhead, summarySchema } from '../bench/model/summary.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderSlicesCsv, renderSummaryCsv } from './csv.ts';
import { renderSummaryJson } from './json.ts';
import { syntheticRun } from './synthetic-run.fixture.ts';

const recorded = syntheticRun({
  seed: 1,
  rounds: 7,
  blocks: 2,
  servers: ['nginx'],
  invalidShare: 0.1,
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
    expect([row['rules'], row['reasons']]).toEqual(['faults', '3 connection errors']);
});

test('a missing value is an empty cell, never 0', () => {
  const failed = parse(renderSlicesCsv(recorded)).filter((row) => row['status'] === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  for (const row of failed) {
    expect(row['error']).toBe('the load agent went away');
    for (const name of [
      'requests',
      'latency_p50_s',
      'throughput_requests_per_s',
      'errors',
      'cpu_softirq_s',
    ]) {
      expect(row[name]).toBe('');
    }
  }
  const hosts = parse(renderSlicesCsv(recorded)).filter(
    (row) => row['path'] === 'host/external' && row['status'] === 'completed',
  );
  expect(new Set(hosts.map((row) => row['dnat_packets']))).toEqual(new Set(['']));
});

test('values are in the base units that the columns name', () => {
  const rows = parse(renderSlicesCsv(recorded));
  const index = recorded.slices.findIndex((it) => it.status === 'completed');
  const slice = recorded.slices[index];
  if (slice?.status !== 'completed') throw new Error('no completed slice to test with');
  const row = rows[index];
  expect(Number(row?.['latency_p50_s'])).toBeCloseTo(slice.latency.p50Us / 1e6, 12);
  expect(Number(row?.['throughput_requests_per_s'])).toBeCloseTo(slice.requests / slice.wallSeconds, 6);
  expect(Number(row?.['cpu_machine_busy_s'])).toBe(slice.cpu?.machineBusySeconds);
});

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
  expect(parse(csv)[0]?.['error']).toBe(message);
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
    expect(row).toMatchObject({ error: `'${formula}`, hint: 'a=b \\u001b[2J' });
  }
  const lower = { ...model.summary.overheads[0], detectable: -0.5 } as Overhead;
  const csv = renderSummaryCsv({ ...model, summary: { ...model.summary, overheads: [lower] } });
  expect(parse(csv)[0]?.['detectable']).toBe('-0.5');
});

test('summary.csv has every overhead and the twin, with full precision', () => {
  const rows = parse(renderSummaryCsv(model));
  const { overheads, twin } = model.summary;
  expect(rows).toHaveLength(overheads.length + twin.length);
  expect(rows.filter((row) => row['role'] === 'twin')).toHaveLength(twin.length);
  expect(Number(rows[0]?.['ratio'])).toBe(overheads[0]?.ratio);
  expect(rows[0]?.['unit']).toBe(overheads[0]?.unit);
});

test('summary.json is the summary that its schema describes', () => {
  expect(summarySchema.parse(JSON.parse(renderSummaryJson(model)))).toEqual(model.summary);
});
