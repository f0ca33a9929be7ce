import type * as z from 'zod';
import { snakeCase } from '../../bench/model/data-keys.ts';
import { type Latency, latencySchema } from '../../bench/model/latency.ts';
import { type MetricName, metricNames } from '../../bench/model/metric.ts';
import { profileMetrics } from '../../bench/model/profile.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import {
  countersSchema,
  cpuSchema,
  faultsSchema,
  type InvalidReason,
  type Measured,
  machineSchema,
  pacingSchema,
  type Slice,
  type SliceHead,
  sliceSchema,
  validityRules,
} from '../../bench/model/slice.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { metricValue, totalsOf } from '../analysis/metric-values.ts';
import type { ReportModel } from '../report-model.ts';
import { type Cell, type Column, type Columns, csvTable, saysOf } from './csv-table.ts';
import { metricSays, pathColumns, runColumn } from './shared-columns.ts';

interface SliceRow {
  readonly runId: string;
  /** 1, 2, 3 … in the order of measurement. */
  readonly number: number;
  readonly slice: Slice;
  readonly counted: boolean;
}

type Measurement = Exclude<Slice, { status: 'failed' }>;

/** The schema of a slice that has every field. */
const { shape } = sliceSchema.options[1];

function ofHead(key: Exclude<keyof SliceHead, 'cpusExchanged'>): Column<SliceRow> {
  return { says: saysOf(shape[key]), of: ({ slice }) => slice[key] };
}

/** A cell of what was measured: empty for a failed slice, which measured nothing. */
function measured(cell: (slice: Measurement) => Cell): (row: SliceRow) => Cell {
  return ({ slice }) => (slice.status === 'failed' ? undefined : cell(slice));
}

type Plain = { [K in keyof Measured]-?: Measured[K] extends Cell ? K : never }[keyof Measured];

function ofWindow(key: Plain): Column<SliceRow> {
  return { says: saysOf(shape[key]), of: measured((it) => it[key]) };
}

function ofLatency(key: Exclude<keyof Latency, 'histogram'>): Column<SliceRow> {
  return { says: saysOf(latencySchema.shape[key]), of: measured((it) => it.latency?.[key]) };
}

/**
 * Names and units of slices.ndjson, flattened: `cpu_server_seconds` is `server_seconds` of `cpu`. Metrics
 * that are computed from them have their own ids.
 */
export const sliceColumns: Columns<SliceRow> = {
  ...runColumn<SliceRow>(({ runId }) => runId),
  slice_no: { says: 'Its place in the run: 1, 2, 3 …', of: ({ number }) => number },
  server: ofHead('server'),
  profile: ofHead('profile'),
  ...pathColumns<SliceRow>(({ slice }) => slice),
  round: ofHead('round'),
  block: ofHead('block'),
  position: ofHead('position'),
  cpus_exchanged: {
    says: "Whether servers and load agents ran on each other's CPUs.",
    of: ({ slice }) => slice.cpusExchanged === true,
  },
  started_at: ofHead('startedAt'),
  status: { says: saysOf(shape.status), of: ({ slice }) => slice.status },
  counted: {
    says:
      'Whether any result rests on it. A slice that is completed does not count where another one spoils its block, or its ' +
      'round for the case.',
    of: ({ counted }) => counted,
  },
  reasons_rule: ofReasons('The rules that it broke, with "; " between.', ({ rule }) => rule),
  reasons_message: ofReasons('The same with figures and limits.', ({ message }) => message),
  error_message: ofError('Of a failed slice: what happened.', ({ message }) => message),
  error_hint: ofError('Of a failed slice: what to do about it.', ({ hint }) => hint),
  requests: ofWindow('requests'),
  served_requests: ofWindow('servedRequests'),
  bytes: ofWindow('bytes'),
  wall_seconds: ofWindow('wallSeconds'),
  turns: { ...ofWindow('turns'), ifAny: true },
  ramp_seconds: ofWindow('rampSeconds'),
  edge_seconds: ofWindow('edgeSeconds'),
  pending_seconds: ofWindow('pendingSeconds'),
  connections: ofWindow('connections'),
  reconnects: { ...ofWindow('reconnects'), ifAny: true },
  resent: { ...ofWindow('resent'), ifAny: true },
  ...metricColumns(),
  latency_mean_us: ofLatency('meanUs'),
  latency_p99_us: ofLatency('p99Us'),
  latency_p999_us: { ...ofLatency('p999Us'), ifAny: true },
  latency_max_us: ofLatency('maxUs'),
  ...timeColumns('service_time', (it) => it.serviceTime),
  ...timeColumns('send_lag', (it) => it.sendLag),
  ...partColumns('faults', faultsSchema.shape, (it) => it.faults),
  ...partColumns('cpu', cpuSchema.shape, (it) => it.cpu),
  ...partColumns('machine', machineSchema.shape, (it) => it.machine),
  ...partColumns('counters', countersSchema.shape, (it) => it.counters),
  ...partColumns('pacing', pacingSchema.shape, (it) => it.pacing),
  ...ruleColumns(),
};

function ofReasons(says: string, part: (reason: InvalidReason) => string): Column<SliceRow> {
  const of = ({ slice }: SliceRow) =>
    slice.status === 'invalid' ? slice.reasons.map(part).join('; ') : undefined;
  return { says, of, ifAny: true };
}

function ofError(
  says: string,
  part: (error: Extract<Slice, { status: 'failed' }>['error']) => Cell,
): Column<SliceRow> {
  return {
    says,
    of: ({ slice }) => (slice.status === 'failed' ? part(slice.error) : undefined),
    ifAny: true,
  };
}

/** Metrics of the default plan have their columns in every file. */
function isUsual(name: MetricName): boolean {
  return (['latency', 'steady', 'throughput'] as const).some((profile) =>
    profileMetrics[profile].some((it) => it === name),
  );
}

/** One column for each metric, under its id. Every slice has p99, and it has its place among the latencies. */
function metricColumns(): Columns<SliceRow> {
  return Object.fromEntries(
    metricNames
      .filter((name) => name !== 'latency_p99_us' && name !== 'latency_p999_us')
      .map((name): [string, Column<SliceRow>] => [
        name,
        {
          says: metricSays[name],
          of: measured((it) => metricValue(totalsOf(it), name)),
          ...(isUsual(name) ? {} : { ifAny: true as const }),
        },
      ]),
  );
}

/** Quantiles of what the latencies of the paced profile are made of. */
function timeColumns(
  name: 'service_time' | 'send_lag',
  timesOf: (slice: Measurement) => Latency | undefined,
): Columns<SliceRow> {
  const says = saysOf(shape[name === 'send_lag' ? 'sendLag' : 'serviceTime']);
  const column = (key: 'p50Us' | 'p99Us' | 'p999Us', quantile: string): Column<SliceRow> => ({
    says: `${quantile}: ${says}`,
    of: measured((it) => timesOf(it)?.[key]),
    ifAny: true,
  });
  return {
    [`${name}_p50_us`]: column('p50Us', 'p50'),
    [`${name}_p99_us`]: column('p99Us', 'p99'),
    [`${name}_p999_us`]: column('p999Us', 'p99.9'),
  };
}

/** One column for each number of a part of the slice, in the order of its schema. */
function partColumns<Part extends string>(
  name: string,
  parts: Readonly<Record<Part, z.core.$ZodType>>,
  partOf: (slice: Measurement) => Partial<Readonly<Record<Part, Cell>>> | undefined,
): Columns<SliceRow> {
  const keys = Object.keys(parts).filter((key): key is Part => key in parts);
  return Object.fromEntries(
    keys.map((key): [string, Column<SliceRow>] => [
      `${name}_${snakeCase(key)}`,
      { says: saysOf(parts[key]), of: measured((it) => partOf(it)?.[key]), ifAny: true },
    ]),
  );
}

/** One column for each rule: the figure that it looked at. */
function ruleColumns(): Columns<SliceRow> {
  return Object.fromEntries(
    validityRules.map((rule): [string, Column<SliceRow>] => {
      const { looksAt, limit, unit } = rules[rule];
      return [
        `figures_${rule}`,
        {
          says: `What the rule ${rule} looked at: ${looksAt}. It must be ${limit}.`,
          unit: unit === 'count' ? '' : unit,
          of: measured(({ figures }) => figures[rule]),
          ifAny: true,
        },
      ];
    }),
  );
}

/** slices.csv: one row a slice in the order of measurement, invalid and failed ones with their reasons. */
export function renderSlicesCsv({ run, slices }: RecordedRun, { timeline }: ReportModel): string {
  return csvTable(
    sliceColumns,
    slices.map((slice, index): SliceRow => {
      const counted = timeline[index]?.counted === true;
      return { runId: run.runId, number: index + 1, slice, counted };
    }),
  );
}
