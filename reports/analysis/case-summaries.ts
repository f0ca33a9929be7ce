import { type MetricName, metric } from '../../bench/model/metric.ts';
import { present } from '../../bench/model/present.ts';
import { profileMetrics } from '../../bench/model/profile.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { asValues, median } from '../statistics/location.ts';
import { busyOf } from './limit.ts';
import { metricValue } from './metric-values.ts';
import { fewestBeyond } from './pool-quantiles.ts';
import type { Quantiles } from './quantiles.ts';
import type { CaseFigures } from './round-figures.ts';
import { clientsOwn } from './send-lag.ts';

/** The results of one case by itself, from the rounds in which it has a figure. */
export function caseSummary(figures: CaseFigures): CaseSummary {
  const { recorded, rounds, missed } = figures;
  const { server: serverBusy, agent: agentBusy, limit } = busyOf(figures);
  const cpu = cpuSplit(figures);
  const open = openSummary(figures);
  return {
    ...recorded.case,
    slices: { ...recorded.counts },
    rounds: rounds.length,
    missedRounds: missed.filter(({ rule }) => rule !== 'disturbed').length,
    requests: rounds.reduce((sum, { responses }) => sum + responses, 0),
    values: Object.fromEntries(
      profileMetrics[recorded.case.profile].flatMap((name) => {
        const value = caseValue(figures, name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    ...present({ cpu, open, serverBusy, agentBusy, limit }),
  };
}

/**
 * What the latencies of an open load are made of. p99.9 is shown where 100 responses are slower, as in the
 * distributions.
 */
function openSummary({ open, distribution }: CaseFigures): CaseSummary['open'] {
  if (open === undefined) return undefined;
  const far = (distribution?.responses ?? 0) * 0.001 >= fewestBeyond;
  const shown = ({ p999Us, ...near }: Quantiles) => ({ ...near, ...(far ? { p999Us } : {}) });
  return { serviceTime: shown(open.serviceTime), sendLag: shown(open.sendLag) };
}

/**
 * Median over rounds; `undefined` if any round holds too few responses for the metric, or if it is the load
 * generator's own.
 */
function caseValue(figures: CaseFigures, name: MetricName): number | undefined {
  const { rounds } = figures;
  if (clientsOwn([figures], name) !== undefined) return undefined;
  if (rounds.some(({ responses }) => responses < metric(name).minResponses)) return undefined;
  const values = asValues(rounds.flatMap((round) => metricValue(round, name) ?? []));
  return values && median(values);
}

/**
 * CPU time of a request by component (server, docker-proxy, agent, softirq), from the totals of all rounds.
 */
function cpuSplit({ rounds, open }: CaseFigures): CaseSummary['cpu'] {
  const requests = rounds.reduce((sum, { load }) => sum + load.responses, 0);
  if (requests === 0) return undefined;
  const perRequest = (part: (load: (typeof rounds)[number]['load']) => number | undefined) => {
    const total = rounds.reduce((sum, { load }) => sum + (part(load) ?? Number.NaN), 0);
    return Number.isNaN(total) ? undefined : (total / requests) * 1e6;
  };
  const serverUs = perRequest(({ serverSeconds }) => serverSeconds);
  const proxyUs = perRequest(({ proxySeconds }) => proxySeconds);
  const softirqUs = perRequest(({ softirqSeconds }) => softirqSeconds);
  return {
    ...present({ serverUs }),
    ...(proxyUs === undefined || proxyUs === 0 ? {} : { proxyUs }),
    ...(open === undefined ? { agentUs: perRequest(({ agentSeconds }) => agentSeconds) ?? 0 } : {}),
    ...present({ softirqUs }),
  };
}
