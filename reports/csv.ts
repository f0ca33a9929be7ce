import { stringify } from 'csv-stringify/sync';
import { snakeCase } from '../bench/model/data-keys.ts';
import { metricNames } from '../bench/model/metric.ts';
import { printable } from '../bench/model/printable.ts';
import type { RecordedRun } from '../bench/model/recorded-run.ts';
import {
  countersSchema,
  cpuSchema,
  faultsSchema,
  type InvalidReason,
  machineSchema,
  pacingSchema,
  type Slice,
  validityRules,
} from '../bench/model/slice.ts';
import { isMeasured, type MeasuredOverhead, type Overhead } from '../bench/model/summary.ts';
import { metricValue, totalsOf } from './analysis/metric-values.ts';
import type { ReportModel } from './report-model.ts';

/** A missing value is an empty cell, never 0. */
type Cell = string | number | undefined;
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

function table<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((cell) => safe(cell(row))));
  return stringify([Object.keys(columns), ...cells]);
}

/**
 * A spreadsheet runs text that begins as a formula does, and the text is from other programs. An apostrophe
 * in front makes it plain text (OWASP, "CSV Injection"). Numbers are left as they are, negative ones too.
 */
function safe(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const text = printable(cell);
  return /^[=+\-@\t]/.test(text) ? `'${text}` : text;
}

interface SummaryRow {
  readonly runId: string;
  readonly role: 'contender' | 'twin';
  readonly overhead: Overhead;
}

/** A cell of an estimate: empty where no data that count are left. */
function estimated(cell: (overhead: MeasuredOverhead) => Cell): (row: SummaryRow) => Cell {
  return ({ overhead }) => (isMeasured(overhead) ? cell(overhead) : undefined);
}

/** Names and units of summary.json, one row an overhead. */
const summaryColumns = {
  run_id: (row) => row.runId,
  server: (row) => row.overhead.server,
  profile: (row) => row.overhead.profile,
  path: (row) => row.overhead.path,
  role: (row) => row.role,
  baseline: (row) => row.overhead.baseline,
  metric: (row) => row.overhead.metric,
  declared: (row) => String(row.overhead.declared),
  baseline_value: estimated((it) => it.baselineValue),
  contender_value: estimated((it) => it.contenderValue),
  ratio: estimated((it) => it.ratio),
  ratio_low: estimated((it) => it.ratioLow),
  ratio_high: estimated((it) => it.ratioHigh),
  confidence: estimated((it) => it.confidence),
  difference: estimated((it) => it.difference),
  difference_low: estimated((it) => it.differenceLow),
  difference_high: estimated((it) => it.differenceHigh),
  rounds: estimated((it) => it.rounds),
  p_value: estimated((it) => it.pValue),
  limit: estimated((it) => it.limit),
  verdict: (row) => row.overhead.verdict,
  reason: (row) => row.overhead.reason,
} satisfies Columns<SummaryRow>;

/** summary.csv: one row for each overhead, the twin's included (`role`). */
export function renderSummaryCsv(model: ReportModel): string {
  const { runId, overheads, twin } = model.summary;
  return table<SummaryRow>(summaryColumns, [
    ...overheads.map((overhead) => ({ runId, role: 'contender' as const, overhead })),
    ...twin.map((overhead) => ({ runId, role: 'twin' as const, overhead })),
  ]);
}

interface SliceRow {
  readonly order: number;
  readonly slice: Slice;
}

type Measurement = Exclude<Slice, { status: 'failed' }>;

/** A cell of what was measured: empty for a failed slice, which measured nothing. */
function measured(cell: (slice: Measurement) => Cell): (row: SliceRow) => Cell {
  return ({ slice }) => (slice.status === 'failed' ? undefined : cell(slice));
}

/**
 * Names and units of slices.ndjson, flattened: `cpu_server_seconds` is `server_seconds` of `cpu`. Metrics
 * that are computed from them have their own ids.
 */
const sliceColumns = {
  order: (row) => row.order,
  round: (row) => row.slice.round,
  block: (row) => row.slice.block,
  position: (row) => row.slice.position,
  cpus_exchanged: (row) => (row.slice.cpusExchanged === true ? 'true' : undefined),
  started_at: (row) => row.slice.startedAt,
  server: (row) => row.slice.server,
  path: (row) => row.slice.path,
  role: (row) => row.slice.role,
  profile: (row) => row.slice.profile,
  status: (row) => row.slice.status,
  reasons_rule: ({ slice }) =>
    reasonsOf(slice)
      .map(({ rule }) => rule)
      .join('; ') || undefined,
  reasons_message: ({ slice }) =>
    reasonsOf(slice)
      .map(({ message }) => message)
      .join('; ') || undefined,
  error_message: ({ slice }) => (slice.status === 'failed' ? slice.error.message : undefined),
  error_hint: ({ slice }) => (slice.status === 'failed' ? slice.error.hint : undefined),
  requests: measured((it) => it.requests),
  served_requests: measured((it) => it.servedRequests),
  bytes: measured((it) => it.bytes),
  wall_seconds: measured((it) => it.wallSeconds),
  turns: measured((it) => it.turns),
  ramp_seconds: measured((it) => it.rampSeconds),
  edge_seconds: measured((it) => it.edgeSeconds),
  pending_seconds: measured((it) => it.pendingSeconds),
  connections: measured((it) => it.connections),
  ...metricColumns(),
  latency_mean_us: measured((it) => it.latency?.meanUs),
  latency_p99_us: measured((it) => it.latency?.p99Us),
  latency_max_us: measured((it) => it.latency?.maxUs),
  ...partColumns('faults', faultsSchema.shape, (it) => it.faults),
  ...partColumns('cpu', cpuSchema.shape, (it) => it.cpu),
  ...partColumns('machine', machineSchema.shape, (it) => it.machine),
  ...partColumns('counters', countersSchema.shape, (it) => it.counters),
  ...partColumns('pacing', pacingSchema.shape, (it) => it.pacing),
  ...Object.fromEntries(
    validityRules.map((rule) => [`figures_${rule}`, measured(({ figures }) => figures[rule])]),
  ),
} satisfies Columns<SliceRow>;

function reasonsOf(slice: Slice): readonly InvalidReason[] {
  return slice.status === 'invalid' ? slice.reasons : [];
}

/** One column for each metric, under its id. */
function metricColumns(): Columns<SliceRow> {
  return Object.fromEntries(
    metricNames.map((name) => [name, measured((it) => metricValue(totalsOf(it), name))]),
  );
}

/** One column for each number of a part of the slice, in the order of its schema. */
function partColumns<Part extends string>(
  name: string,
  shape: Readonly<Record<Part, unknown>>,
  partOf: (slice: Measurement) => Partial<Readonly<Record<Part, Cell>>> | undefined,
): Columns<SliceRow> {
  const keys = Object.keys(shape).filter((key): key is Part => key in shape);
  return Object.fromEntries(
    keys.map((key) => [`${name}_${snakeCase(key)}`, measured((it) => partOf(it)?.[key])]),
  );
}

/** slices.csv: one row a slice in the order of measurement, invalid and failed ones with their reasons. */
export function renderSlicesCsv(recorded: RecordedRun): string {
  return table<SliceRow>(
    sliceColumns,
    recorded.slices.map((slice, index) => ({ order: index + 1, slice })),
  );
}
