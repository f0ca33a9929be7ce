import { type Swept, sweptSchema } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { type Cell, type Column, type Columns, csvTable, saysOf } from './csv-table.ts';
import { pathColumns, runColumn } from './shared-columns.ts';

interface SweepRow {
  readonly runId: string;
  readonly swept: Swept;
}

const { shape } = sweptSchema;
type Plain = { [K in keyof Swept]-?: Swept[K] extends Cell ? K : never }[keyof Swept];

function told(key: Plain): Column<SweepRow> {
  return { says: saysOf(shape[key]), of: ({ swept }) => swept[key] };
}

/** Names and units of `sweep` in summary.json, flattened. */
export const sweepColumns: Columns<SweepRow> = {
  ...runColumn<SweepRow>(({ runId }) => runId),
  server: told('server'),
  ...pathColumns<SweepRow>(({ swept }) => swept),
  baseline: told('baseline'),
  connections: told('connections'),
  rounds: told('rounds'),
  requests_per_second: told('requestsPerSecond'),
  lowest_requests_per_second: told('lowestRequestsPerSecond'),
  highest_requests_per_second: told('highestRequestsPerSecond'),
  latency_p50_us: told('latencyP50Us'),
  lowest_latency_p50_us: told('lowestLatencyP50Us'),
  highest_latency_p50_us: told('highestLatencyP50Us'),
  ...changeColumns('rate', 'rateChange'),
  ...changeColumns('latency', 'latencyChange'),
  server_busy: { ...told('serverBusy'), ifAny: true },
  agent_busy: { ...told('agentBusy'), ifAny: true },
  limited_by: told('limit'),
};

/** A change against the baseline with as many connections; empty for the baseline itself. */
function changeColumns(name: string, key: 'rateChange' | 'latencyChange'): Columns<SweepRow> {
  const what = key === 'rateChange' ? 'Requests a second' : 'Median latency';
  const column = (part: keyof NonNullable<Swept['rateChange']>, says: string): Column<SweepRow> => ({
    says: `${what} over that of the baseline with as many connections: ${says}. Empty for the baseline.`,
    of: ({ swept }) => swept[key]?.[part],
    unit: part === 'confidence' ? 'share of 1' : part === 'rounds' ? '' : 'ratio',
  });
  return {
    [`${name}_ratio`]: column('ratio', 'estimate'),
    [`${name}_ratio_low`]: column('ratioLow', 'lower bound of the interval'),
    [`${name}_ratio_high`]: column('ratioHigh', 'upper bound of the interval'),
    [`${name}_confidence`]: column('confidence', 'level that the interval reaches'),
    [`${name}_paired_rounds`]: column('rounds', 'rounds that the interval rests on'),
  };
}

/** sweep.csv: one row for each number of connections on each path, the twin's included. */
export function renderSweepCsv({ summary: { runId, sweep = [] } }: ReportModel): string {
  return csvTable(
    sweepColumns,
    sweep.map((swept): SweepRow => ({ runId, swept })),
  );
}
