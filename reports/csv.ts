import { stringify } from 'csv-stringify/sync';
import { printable } from '../bench/model/printable.ts';
import type { RecordedRun } from '../bench/model/recorded-run.ts';
import type { Slice } from '../bench/model/slice.ts';
import type { Overhead } from '../bench/model/summary.ts';
import { littlesLawRatio } from '../bench/model/validity-rules.ts';
import type { ReportModel } from './report-model.ts';

/** A missing value is an empty cell, never 0. */
type Cell = string | number | undefined;
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

function table<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const cells = rows.map((row) => Object.values(columns).map((cell) => safe(cell(row))));
  return stringify([Object.keys(columns), ...cells]);
}

/**
 * A spreadsheet runs text that begins as a formula does, and others said the text: an apostrophe in front makes it text
 * (OWASP, "CSV Injection"). Numbers are left as they are, negative ones too.
 */
function safe(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const text = printable(cell);
  return /^[=+\-@\t]/.test(text) ? `'${text}` : text;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

interface SummaryRow {
  readonly runId: string;
  readonly role: 'contender' | 'twin';
  readonly overhead: Overhead;
}

/** `unit` is that of the values and of the absolute difference; ratios and `detectable` have none. */
const summaryColumns = {
  run_id: (row) => row.runId,
  server: (row) => row.overhead.server,
  profile: (row) => row.overhead.profile,
  path: (row) => row.overhead.path,
  role: (row) => row.role,
  baseline: (row) => row.overhead.baseline,
  metric: (row) => row.overhead.metric,
  primary: (row) => yesNo(row.overhead.primary),
  unit: (row) => row.overhead.unit,
  baseline_value: (row) => row.overhead.baselineValue,
  contender_value: (row) => row.overhead.contenderValue,
  ratio: (row) => row.overhead.ratio,
  ratio_low: (row) => row.overhead.low,
  ratio_high: (row) => row.overhead.high,
  confidence: (row) => row.overhead.confidence,
  absolute_difference: (row) => row.overhead.absoluteDifference.value,
  absolute_difference_low: (row) => row.overhead.absoluteDifference.low,
  absolute_difference_high: (row) => row.overhead.absoluteDifference.high,
  rounds: (row) => row.overhead.rounds,
  verdict: (row) => row.overhead.verdict,
  at_least: (row) => yesNo(row.overhead.atLeast),
  p_value: (row) => row.overhead.pValue,
  detectable: (row) => row.overhead.detectable,
  verdict_reason: (row) => row.overhead.verdictReason,
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

function seconds(microseconds: number | undefined): number | undefined {
  return microseconds === undefined ? undefined : microseconds / 1e6;
}

const sliceColumns = {
  order: (row) => row.order,
  round: (row) => row.slice.round,
  block: (row) => row.slice.block,
  position: (row) => row.slice.position,
  started_at: (row) => row.slice.startedAt,
  server: (row) => row.slice.server,
  path: (row) => row.slice.path,
  role: (row) => row.slice.role,
  profile: (row) => row.slice.profile,
  status: (row) => row.slice.status,
  rules: ({ slice }) =>
    slice.status === 'invalid' ? slice.reasons.map((it) => it.rule).join('; ') : undefined,
  reasons: ({ slice }) =>
    slice.status === 'invalid' ? slice.reasons.map((it) => it.message).join('; ') : undefined,
  error: ({ slice }) => (slice.status === 'failed' ? slice.error.message : undefined),
  hint: ({ slice }) => (slice.status === 'failed' ? slice.error.hint : undefined),
  requests: measured((it) => it.requests),
  bytes: measured((it) => it.bytes),
  served_requests: measured((it) => it.servedRequests),
  turns: measured((it) => it.turns ?? 1),
  wall_s: measured((it) => it.wallSeconds),
  ramp_s: measured((it) => it.rampSeconds),
  connections: measured((it) => it.connections),
  throughput_requests_per_s: measured((it) => (it.servedRequests ?? it.requests) / it.wallSeconds),
  latency_mean_s: measured((it) => seconds(it.latency?.meanUs)),
  latency_p50_s: measured((it) => seconds(it.latency?.p50Us)),
  latency_p90_s: measured((it) => seconds(it.latency?.p90Us)),
  latency_p99_s: measured((it) => seconds(it.latency?.p99Us)),
  latency_max_s: measured((it) => seconds(it.latency?.maxUs)),
  littles_law: measured(littlesLawRatio),
  agent_core_share: measured((it) => it.agentCoreShare),
  marks: measured((it) => it.marks.join('; ')),
  errors: measured((it) => it.faults.errors),
  timeouts: measured((it) => it.faults.timeouts),
  non_2xx: measured((it) => it.faults.non2xx),
  mismatches: measured((it) => it.faults.mismatches),
  lost_on_reconnect: measured((it) => it.faults.lostOnReconnect),
  cpu_window_s: measured((it) => it.cpu?.windowSeconds),
  cpu_requests: measured((it) => it.cpu?.requests),
  cpu_machine_busy_s: measured((it) => it.cpu?.machineBusySeconds),
  cpu_user_s: measured((it) => it.cpu?.userSeconds),
  cpu_system_s: measured((it) => it.cpu?.systemSeconds),
  cpu_softirq_s: measured((it) => it.cpu?.softirqSeconds),
  cpu_steal_s: measured((it) => it.cpu?.stealSeconds),
  cpu_server_s: measured((it) => it.cpu?.serverSeconds),
  cpu_agent_s: measured((it) => it.cpu?.agentSeconds),
  cpu_proxy_s: measured((it) => it.cpu?.proxySeconds),
  cpu_throttled_s: measured((it) => it.cpu?.throttledSeconds),
  memory_stall_s: measured((it) => it.cpu?.memoryStallSeconds),
  opened_connections: measured((it) => it.counters?.connections),
  dnat_packets: measured((it) => it.counters?.dnatPackets),
  bridge_packets: measured((it) => it.counters?.bridgePackets),
  link_packets: measured((it) => it.counters?.linkPackets),
} satisfies Columns<SliceRow>;

/** slices.csv: one row a slice in the order of measurement, invalid and failed ones with their reasons. */
export function renderSlicesCsv(recorded: RecordedRun): string {
  return table<SliceRow>(
    sliceColumns,
    recorded.slices.map((slice, index) => ({ order: index + 1, slice })),
  );
}
