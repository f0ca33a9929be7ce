import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBadge } from 'badge-maker';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { type ExportFormat, exportFormats } from '../../bench/model/export-format.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import { readRunRecord } from '../../bench/run-folder/read-run-record.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { duckdb, needs } from '../duckdb.fixture.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { bencherMetricFormat, githubActionBenchmarkInput, readPrometheusText } from './consumers.fixture.ts';
import { readAsOtava } from './otava-csv.fixture.ts';
import { renderExport } from './render-export.ts';

const results = join(import.meta.dirname, '..', '..', 'results');
const sample = await readRunRecord(join(results, 'sample'));
const declared = sample.summary.overheads.filter((it) => it.declared);
const declaredNames = declared.map((it) => [it.server, it.profile, it.path, it.metric].join(':'));

function written(format: ExportFormat, records: readonly RunRecord[] = [sample], wish = {}) {
  return renderExport(records, format, { all: false, ...wish });
}

const extensions: Readonly<Record<ExportFormat, string>> = {
  'csv-long': 'csv',
  'csv-wide': 'csv',
  ndjson: 'ndjson',
  openmetrics: 'txt',
  bencher: 'json',
  'github-action-benchmark-smaller': 'json',
  'github-action-benchmark-bigger': 'json',
  badge: 'json',
};

test.each(Object.entries(extensions))('%s of the sample run is the golden one', async (name, extension) => {
  const format = name as ExportFormat;
  await expect(written(format).text).toMatchFileSnapshot(`${name}.golden.${extension}`);
  expect(Object.keys(extensions)).toEqual(Object.keys(exportFormats));
});

/** The same run on another night. */
function nightOf(record: RunRecord, runId: string, startedAt: string): RunRecord {
  return {
    folder: runId,
    run: { ...record.run, runId, startedAt },
    summary: { ...record.summary, runId },
  };
}

/** The run with its first declared comparison changed. */
function withFirst(record: RunRecord, change: (overhead: Overhead) => Overhead): RunRecord {
  const [first, ...rest] = record.summary.overheads;
  if (first === undefined) throw new Error('no overhead to test with');
  return { ...record, summary: { ...record.summary, overheads: [change(first), ...rest] } };
}

const untrusted = withFirst(sample, (it) => ({
  ...it,
  verdict: 'untrusted',
  reason: 'the machine was busy',
}));
const unmeasured = withFirst(sample, ({ server, profile, path, baseline, metric }) => ({
  ...{ server, profile, path, baseline, metric, declared: true },
  ...{ verdict: 'untrusted', reason: 'no data that count' },
}));
const otherNight = nightOf(sample, '20261127T021700Z-aaaa', '2026-11-27T02:17:00.000Z');

test('github-action-benchmark takes both files, and each comparison is in the one of its direction', () => {
  const smaller = githubActionBenchmarkInput.parse(
    JSON.parse(written('github-action-benchmark-smaller').text),
  );
  const bigger = githubActionBenchmarkInput.parse(JSON.parse(written('github-action-benchmark-bigger').text));
  expect(bigger.every(({ name }) => name.endsWith(':throughput_rps'))).toBe(true);
  expect(smaller.some(({ name }) => name.endsWith(':throughput_rps'))).toBe(false);
  expect([...smaller, ...bigger].map(({ name }) => name).sort()).toEqual([...declaredNames].sort());
  const [first] = smaller;
  const [overhead] = declared.filter(isMeasured);
  expect(first).toMatchObject({ value: overhead?.ratio, unit: `x ${overhead?.baseline}` });
});

test('Bencher takes the file, with the bounds on their sides of the value', () => {
  const read = bencherMetricFormat.parse(JSON.parse(written('bencher').text));
  const measures = Object.entries(read).flatMap(([benchmark, of]) =>
    Object.entries(of).map(([measure, values]) => ({ benchmark, measure, values })),
  );
  expect(measures.map(({ benchmark, measure }) => `${benchmark}:${measure}`)).toEqual(
    declaredNames.map((name) => `${name}_ratio`),
  );
  for (const { values } of measures) {
    const { value, lower_value: low, upper_value: high } = values as Record<string, number>;
    expect(low).toBeLessThanOrEqual(value ?? Number.NaN);
    expect(high).toBeGreaterThanOrEqual(value ?? Number.NaN);
  }
});

test("Prometheus' text format: a reader sees every figure that the run relies on, with its labels", () => {
  const families = readPrometheusText(written('openmetrics').text);
  expect(families.map(({ type }) => type)).toEqual(families.map(() => 'GAUGE'));
  const byName = new Map(families.map((it) => [it.name, it.metrics]));
  const contenders = (byName.get('bench_overhead_ratio') ?? []).filter(
    (it) => it.labels?.['role'] === 'contender',
  );
  expect(contenders).toHaveLength(sample.summary.overheads.filter(isMeasured).length);
  expect(contenders[0]).toEqual({
    value: '1.19466056',
    labels: {
      ...{ server: 'nginx', profile: 'latency', path: 'bridge/external/published', role: 'contender' },
      ...{ baseline: 'host/external', metric: 'latency_p50_us', declared: 'true' },
    },
  });
  const absolutes = byName.get('bench_absolute') ?? [];
  expect(absolutes.length).toBeGreaterThan(20);
  expect(absolutes.every((it) => /^[0-9a-f]{12}$/.test(it.labels?.['fingerprint'] ?? ''))).toBe(true);
  expect(byName.get('bench_run_start_time_seconds')).toEqual([
    { value: String(Date.parse(sample.run.startedAt) / 1_000) },
  ]);
});

const python = '/usr/bin/python3';
const strictReader = [
  'import sys',
  'from prometheus_client.openmetrics.parser import text_string_to_metric_families as read',
  'print(sum(len(family.samples) for family in read(sys.stdin.read())))',
].join('\n');

test.for([
  { nights: 1, records: [sample] },
  { nights: 2, records: [sample, otherNight] },
])(
  "OpenMetrics: Prometheus' own strict reader takes the file of $nights nights",
  async ({ records }, context) => {
    await needs(context, python, '-c', 'import prometheus_client.openmetrics.parser');
    const { text } = written('openmetrics', records);
    expect(await readBy(strictReader, text)).toBe(
      `${text.split('\n').filter((line) => /^bench_/.test(line)).length}\n`,
    );
  },
);

async function readBy(program: string, text: string): Promise<string> {
  const asked = promisify(execFile)(python, ['-c', program]);
  asked.child.stdin?.end(text);
  return (await asked).stdout;
}

test('OpenMetrics: several runs are told apart by their times, and the samples of a series stand together', () => {
  // The reader of the text format keeps one sample a series.
  const lines = written('openmetrics', [sample, otherNight]).text.split('\n');
  const [first = '', second = ''] = lines.filter((line) => line.startsWith('bench_overhead_ratio{'));
  const [series, , time] = first.split(' ');
  expect(second.split(' ')[0]).toBe(series);
  expect([time, second.split(' ')[2]].map(Number)).toEqual(
    [otherNight, sample].map(({ run }) => Date.parse(run.startedAt) / 1_000),
  );
});

test('OpenMetrics: quotes, backslashes and line feeds in a label are read back as they were', () => {
  const odd = 'a"b\\c\nd';
  const record = withFirst(sample, (it) => ({ ...it, path: odd }));
  const families = readPrometheusText(written('openmetrics', [record]).text);
  const paths = families
    .find(({ name }) => name === 'bench_overhead_ratio')
    ?.metrics.map((it) => it.labels?.['path']);
  expect(paths?.[0]).toBe(odd);
});

test('Apache Otava reads the wide file: one row a run, oldest first', () => {
  const { text, notes } = written('csv-wide', [sample, otherNight]);
  const { time, data } = readAsOtava(text, declaredNames);
  expect(time).toEqual([otherNight, sample].map(({ run }) => Date.parse(run.startedAt) / 1_000));
  expect(data).toEqual(declared.filter(isMeasured).map(({ ratio }) => [ratio, ratio]));
  expect(notes).toEqual([]);
});

test('the wide file of the three committed runs is the golden one, which Apache Otava reads', async () => {
  const folders = ['1', '2', '3'].map((name) => join(results, 'compare', name));
  const { text } = written('csv-wide', await Promise.all(folders.map(readRunRecord)));
  await expect(text).toMatchFileSnapshot('csv-wide-of-three.golden.csv');
  const [head = ''] = text.split('\n');
  const names = head.split(',').slice(3);
  const { time, data } = readAsOtava(text, names);
  expect(time).toEqual([...time].sort((a, b) => a - b));
  expect(data.map((column) => column.length)).toEqual(names.map(() => folders.length));
});

test('a run without one of the comparisons has no row in the wide file, and is named', () => {
  const broken = nightOf(untrusted, '20261126T021700Z-bbbb', '2026-11-26T02:17:00.000Z');
  const { text, notes } = written('csv-wide', [broken, sample]);
  expect(readAsOtava(text, declaredNames).time).toHaveLength(1);
  expect(notes).toEqual([`20261126T021700Z-bbbb is left out: it has no trusted ${declaredNames[0]}`]);
});

test('what the newest run cannot tell takes its own row from the wide file, and no column from the nights before', () => {
  const tonight = nightOf(untrusted, '20261129T021700Z-cccc', '2026-11-29T02:17:00.000Z');
  const { text, notes } = written('csv-wide', [sample, tonight]);
  expect(readAsOtava(text, declaredNames).time).toHaveLength(1);
  expect(text).toContain(sample.run.runId);
  expect(notes).toEqual([`20261129T021700Z-cccc is left out: it has no trusted ${declaredNames[0]}`]);
});

test('a comparison that no run can tell has no column in the wide file, and is named', () => {
  const { text, notes } = written('csv-wide', [untrusted]);
  expect(readAsOtava(text, declaredNames.slice(1)).time).toHaveLength(1);
  expect(notes).toEqual([`${declaredNames[0]} has no column: no run has a trusted one`]);
});

async function inDuckdb(context: TestContext, file: string, text: string, ...queries: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-formats-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, file), text);
  return duckdb(context, directory, ...queries);
}

test.for([
  { format: 'ndjson', file: 'figures.ndjson' },
  { format: 'csv-long', file: 'figures.csv' },
] as const)(
  'DuckDB turns $format into Parquet, with a type for every column',
  async ({ format, file }, context) => {
    const { text, figures } = written(format, [sample, otherNight]);
    const [, columns = [], [count] = [], [first] = []] = await inDuckdb(
      context,
      file,
      text,
      `COPY (SELECT * FROM '${file}') TO 'figures.parquet'`,
      "DESCRIBE SELECT * FROM 'figures.parquet'",
      "SELECT count(*)::INT AS n, count(DISTINCT run_id)::INT AS runs FROM 'figures.parquet'",
      "SELECT figure, value FROM 'figures.parquet' WHERE declared AND quantity = 'ratio' AND role = 'contender' LIMIT 1",
    );
    expect(count).toEqual({ n: figures, runs: 2 });
    expect(first).toEqual({ figure: declaredNames[0], value: 1.19466056 });
    const types = new Map(columns.map((it) => [it['column_name'], it['column_type']]));
    expect([types.get('value'), types.get('declared'), types.get('rounds')]).toEqual([
      'DOUBLE',
      'BOOLEAN',
      'BIGINT',
    ]);
    expect([...types.values()].filter((type) => /JSON|STRUCT|\[\]/.test(String(type)))).toEqual([]);
  },
);

test('every line of ndjson has every key', () => {
  const lines = written('ndjson', [sample, unmeasured])
    .text.trimEnd()
    .split('\n')
    .map((it) => JSON.parse(it));
  expect(new Set(lines.map((line) => Object.keys(line).join())).size).toBe(1);
  expect(lines.filter((line) => line.quantity === 'ratio' && line.value === null)).toMatchObject([
    { figure: declaredNames[0], verdict: 'untrusted', low: null, rounds: null },
  ]);
});

test("shields.io's own badge maker draws the badge", () => {
  const { schemaVersion, ...badge } = JSON.parse(written('badge').text);
  expect(schemaVersion).toBe(1);
  const svg = makeBadge(badge);
  expect(svg).toContain('nginx median latency, bridge/external/published');
  expect(svg).toContain('+19 %');
  const none = JSON.parse(written('badge', [untrusted], { figure: declaredNames[0] }).text);
  expect(none).toEqual({ schemaVersion: 1, label: 'network cost', message: 'untrusted', color: 'lightgrey' });
});

test.each([
  ['untrusted', untrusted],
  ['without data', unmeasured],
  // The load agent was the limit, or its own lag hides the figure.
  ['without a verdict', withFirst(sample, ({ verdict: _, ...it }) => it as Overhead)],
])('a declared comparison that is %s reaches no tool that raises alerts', (_, record) => {
  const [name = ''] = declaredNames;
  for (const [format, { holds }] of Object.entries(exportFormats)) {
    if (holds !== 'declared' || format === 'badge') continue;
    const benchmark = format === 'bencher' ? name.slice(0, name.lastIndexOf(':')) : name;
    if (format !== 'github-action-benchmark-bigger') {
      expect(written(format as ExportFormat).text).toContain(
        `"${benchmark}"`.replaceAll('"', format === 'csv-wide' ? '' : '"'),
      );
    }
    expect(written(format as ExportFormat, [record]).text).not.toContain(benchmark);
  }
});

test('what makes a main result untrusted keeps all figures of that server, profile and path from tools without verdicts', () => {
  const ofPath = { server: 'nginx', profile: 'latency', path: 'bridge/external/published' };
  const of = (record: RunRecord) =>
    readPrometheusText(written('openmetrics', [record]).text)
      .flatMap(({ metrics }) => metrics)
      .filter(({ labels }) => Object.entries(ofPath).every(([key, value]) => labels?.[key] === value));
  expect(new Set(of(sample).map(({ labels }) => labels?.['metric'])).size).toBeGreaterThan(2);
  expect(of(untrusted)).toEqual([]);
  const names = JSON.parse(written('github-action-benchmark-smaller', [untrusted], { all: true }).text).map(
    ({ name }: { name: string }) => name,
  );
  expect(names.filter((name: string) => name.startsWith('nginx:latency:bridge/'))).toEqual([]);
  expect(names.some((name: string) => name.startsWith('nginx:latency:mapped/'))).toBe(true);
});

test('a baseline by itself is exported unless all that is compared with it is untrusted', () => {
  const busy = (paths: readonly string[]): RunRecord => ({
    ...sample,
    summary: {
      ...sample.summary,
      overheads: sample.summary.overheads.map((it) =>
        it.declared && it.server === 'nginx' && it.profile === 'latency' && paths.includes(it.path)
          ? { ...it, verdict: 'untrusted', reason: 'the machine was busy' }
          : it,
      ),
    },
  });
  const baseline = 'bench_absolute{server="nginx",profile="latency",path="host/external",role="baseline"';
  const [bridge, mapped] = ['bridge/external/published', 'mapped/external/published'];
  expect(written('openmetrics', [busy([bridge])]).text).toContain(baseline);
  expect(written('openmetrics', [busy([bridge, mapped])]).text).not.toContain(baseline);
});

test('OpenMetrics has no overhead of a declared comparison without a verdict: it was not measured', () => {
  const limited = withFirst(sample, ({ verdict: _, ...it }) => it as Overhead);
  const first =
    'path="bridge/external/published",role="contender",baseline="host/external",metric="latency_p50_us"';
  const line = new RegExp(`^bench_overhead_(ratio|difference).*server="nginx".*${first}`, 'm');
  expect(written('openmetrics').text).toMatch(line);
  expect(written('openmetrics', [limited]).text).not.toMatch(line);
});

test('no format that feeds alerts has an absolute figure or the twin', () => {
  const record: RunRecord = { ...sample, summary: { ...sample.summary, overheads: [] } };
  expect(written('csv-wide', [record], { all: true }).text).toBe(
    `time,run_id,fingerprint\n${sample.run.startedAt},${sample.run.runId},${/[0-9a-f]{12}/.exec(written('csv-long').text)?.[0]}\n`,
  );
  expect(JSON.parse(written('bencher', [record], { all: true }).text)).toEqual({});
  for (const format of ['github-action-benchmark-smaller', 'github-action-benchmark-bigger'] as const) {
    expect(JSON.parse(written(format, [record], { all: true }).text)).toEqual([]);
  }
});

test('--all adds the comparisons that were not declared, and a text picks figures by name', () => {
  const all = JSON.parse(written('github-action-benchmark-smaller', [sample], { all: true }).text);
  expect(all.length).toBeGreaterThan(declared.length * 2);
  const picked = JSON.parse(
    written('github-action-benchmark-smaller', [sample], { figure: 'apache:latency' }).text,
  );
  expect(picked.map((it: { name: string }) => it.name)).toEqual([
    'apache:latency:bridge/external/published:latency_p50_us',
    'apache:latency:mapped/external/published:latency_p50_us',
  ]);
});

test('a run with bodies, connections and the twin has a figure of every kind', () => {
  const recorded = syntheticRun({ seed: 1, rounds: 6, blocks: 1 });
  const record = { folder: '', run: recorded.run, summary: buildReportModel(recorded).summary };
  const lines = written('ndjson', [record])
    .text.trimEnd()
    .split('\n')
    .map((it) => JSON.parse(it));
  expect(new Set(lines.map((it) => `${it.role} ${it.quantity}`))).toEqual(
    new Set([
      'contender ratio',
      'contender difference',
      'twin ratio',
      'twin difference',
      'baseline absolute',
      'twin absolute',
      'contender absolute',
    ]),
  );
});
