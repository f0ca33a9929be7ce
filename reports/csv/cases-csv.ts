import { caseId } from '../../bench/model/case.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import { type CaseSummary, caseSummarySchema } from '../../bench/model/summary.ts';
import { fewestBeyond } from '../analysis/pool-quantiles.ts';
import type { Distribution, ReportModel } from '../report-model.ts';
import { type Cell, type Column, type Columns, csvTable, saysOf } from './csv-table.ts';
import { metricSays, pathColumns, runColumn } from './shared-columns.ts';

interface CaseRow {
  readonly runId: string;
  readonly summary: CaseSummary;
  readonly counted: number;
  readonly recorded: number;
  readonly p99Us: number | undefined;
}

const { shape } = caseSummarySchema;
type Plain = { [K in keyof CaseSummary]-?: CaseSummary[K] extends Cell ? K : never }[keyof CaseSummary];

function told(key: Plain): Column<CaseRow> {
  return { says: saysOf(shape[key]), of: ({ summary }) => summary[key] };
}

/** Names and units of `cases` in summary.json, flattened. */
export const caseColumns: Columns<CaseRow> = {
  ...runColumn<CaseRow>(({ runId }) => runId),
  server: told('server'),
  profile: told('profile'),
  ...pathColumns<CaseRow>(({ summary }) => summary),
  rounds: told('rounds'),
  missed_rounds: told('missedRounds'),
  slices_counted: { says: 'Slices that its figures rest on.', of: ({ counted }) => counted },
  slices_discarded: {
    says: 'All others: invalid or failed, or completed in a block or round that does not count.',
    of: ({ counted, recorded }) => recorded - counted,
  },
  requests: told('requests'),
  latency_p50_us: ofMetric('latency_p50_us'),
  latency_p90_us: ofMetric('latency_p90_us'),
  latency_p99_us: {
    says: `Latency that 99 % of the requests took at most, over all rounds that count together. Of the latency and paced profiles; empty where fewer than ${fewestBeyond} requests took longer.`,
    of: ({ p99Us }) => p99Us,
  },
  latency_p999_us: { ...ofMetric('latency_p999_us'), ifAny: true },
  service_time_p99_us: ofOpen(
    'serviceTime',
    'p99 of the time from the actual send of a request to its answer.',
  ),
  send_lag_p99_us: ofOpen('sendLag', "p99 of the load agent's own lateness in sending a request."),
  cpu_server_us: ofMetric('cpu_server_us'),
  cpu_agent_us: ofMetric('cpu_agent_us'),
  cpu_total_us: ofMetric('cpu_total_us'),
  throughput_rps: ofMetric('throughput_rps'),
  connection_p50_us: { ...ofMetric('connection_p50_us'), ifAny: true },
  connect_p50_us: { ...ofMetric('connect_p50_us'), ifAny: true },
  handshake_p50_us: { ...ofMetric('handshake_p50_us'), ifAny: true },
  first_byte_p50_us: { ...ofMetric('first_byte_p50_us'), ifAny: true },
  cpu_server_us_mb: { ...ofMetric('cpu_server_us_mb'), ifAny: true },
  cpu_agent_us_mb: { ...ofMetric('cpu_agent_us_mb'), ifAny: true },
  cpu_total_us_mb: { ...ofMetric('cpu_total_us_mb'), ifAny: true },
  transfer_mb_s: { ...ofMetric('transfer_mb_s'), ifAny: true },
  cpu_split_server_us: ofSplit('serverUs', 'CPU time of a request that the server alone used.'),
  cpu_split_proxy_us: ofSplit('proxyUs', 'CPU time of a request that docker-proxy used.'),
  cpu_split_agent_us: ofSplit('agentUs', 'CPU time of a request that the load agent used.'),
  cpu_split_softirq_us: ofSplit(
    'softirqUs',
    'CPU time of a request in softirq, by ticks: an estimate of the network processing that is in the others.',
  ),
  server_busy: { ...told('serverBusy'), ifAny: true },
  agent_busy: { ...told('agentBusy'), ifAny: true },
  limited_by: told('limit'),
};

/** A median over rounds, as in the report. A profile shows its own metrics only. */
function ofMetric(name: MetricName): Column<CaseRow> {
  return {
    says: `${metricSays[name]} Median over the rounds. Empty where the profile does not show it, or a round has too few responses.`,
    of: ({ summary }) => summary.values[name],
  };
}

/** Over all rounds that count together. */
function ofOpen(part: keyof NonNullable<CaseSummary['open']>, says: string): Column<CaseRow> {
  return {
    says: `${says} Of the paced profile only.`,
    of: ({ summary }) => summary.open?.[part].p99Us,
    ifAny: true,
  };
}

/** From the totals of all rounds: the parts add up. */
function ofSplit(part: keyof NonNullable<CaseSummary['cpu']>, says: string): Column<CaseRow> {
  return { says, of: ({ summary }) => summary.cpu?.[part], ifAny: true };
}

/** `undefined` where too few requests took longer. */
function p99Of({ points }: Distribution): number | undefined {
  return points.find(({ quantile }) => quantile === 0.99)?.microseconds;
}

/** cases.csv: one row for each server on each path under each profile, the twin's included. */
export function renderCasesCsv({ summary, timeline, distributions }: ReportModel): string {
  const p99s = new Map(distributions.map((it) => [caseId(it.case), p99Of(it)]));
  const counts = new Map<string, { counted: number; recorded: number }>();
  for (const point of timeline) {
    const id = caseId(point.case);
    const { counted, recorded } = counts.get(id) ?? { counted: 0, recorded: 0 };
    counts.set(id, { counted: counted + (point.counted === true ? 1 : 0), recorded: recorded + 1 });
  }
  return csvTable(
    caseColumns,
    summary.cases.map((it): CaseRow => {
      const { counted, recorded } = counts.get(caseId(it)) ?? { counted: 0, recorded: 0 };
      return { runId: summary.runId, summary: it, counted, recorded, p99Us: p99s.get(caseId(it)) };
    }),
  );
}
