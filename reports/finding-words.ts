import { assertNever } from '../bench/model/assert-never.ts';
import { type MetricName, metric } from '../bench/model/metric.ts';
import { mostRounds } from '../bench/model/plan.ts';
import type { ServerName } from '../bench/model/server.ts';
import {
  type CaseSummary,
  isMeasured,
  type MeasuredOverhead,
  type Overhead,
} from '../bench/model/summary.ts';
import { isSizeShown, roundsToTell } from './analysis/verdict.ts';
import {
  formatChangeBounds,
  formatChangeInterval,
  formatDifference,
  formatPercent,
  formatPercentInterval,
  formatValueInterval,
} from './format.ts';

export const serverNames = { nginx: 'nginx', apache: 'Apache' } as const satisfies Record<ServerName, string>;

/** What a declared comparison needs besides its numbers to be said. */
export interface Saying {
  readonly overhead: Overhead;
  /** Why it is not to be used, in a few words. */
  readonly distrust?: string | undefined;
  /** Both sides, for how busy their CPUs were. */
  readonly cases: readonly (CaseSummary | undefined)[];
}

/**
 * One declared comparison in one or a few sentences that a decision maker cannot misread. Only what is shown is said as an
 * effect; what is open says the range that is still possible and what would close it.
 */
export function findingWords({ overhead, distrust, cases }: Saying): string {
  const { metric: name, verdict, reason } = overhead;
  const subject = `${serverNames[overhead.server]}'s ${metric(name).label.replace(/^server's /, '')}`;
  if (verdict === 'untrusted' || !isMeasured(overhead)) {
    return `${subject}: do not use: ${distrust ?? reason ?? 'nothing of it counts'}.`;
  }
  switch (verdict) {
    case 'slower':
    case 'faster':
      return isSizeShown(overhead, metric(name).margin)
        ? `${effect(overhead, false)}.`
        : `${effect(overhead, true)}. ${sizeOpen(overhead)}`;
    case 'equivalent':
      return `${subject} differs by less than ${formatPercent(metric(name).margin)} ${formatChangeBounds(overhead.ratioLow - 1, overhead.ratioHigh - 1)}.`;
    case 'open':
      return `${subject}: ${openWords(overhead)}.`;
    case undefined:
      return `${subject} was not measured: ${limitWords(overhead, cases)}.`;
    default:
      return assertNever(verdict);
  }
}

/** A figure without a verdict: `nginx's CPU: +6.0 µs a request [+5.6, +6.8], +22 %`. */
export function figureWords(overhead: MeasuredOverhead): string {
  const { metric: name, difference, differenceLow, differenceHigh, ratio } = overhead;
  const amount = formatDifference(difference, differenceLow, differenceHigh, metric(name).unit);
  const server = serverNames[overhead.server];
  const change = `${ratio >= 1 ? '+' : '−'}${formatPercent(Math.abs(ratio - 1))}`;
  if (name === 'cpu_server_us')
    return `${server}'s CPU: ${amount.replace(' µs', ' µs a request')}, ${change}.`;
  return `${server}'s ${metric(name).label}: ${amount}, ${change}.`;
}

/** @param about the size is not shown to be beyond the margin. */
function effect(overhead: MeasuredOverhead, about: boolean): string {
  const { metric: name, ratio, ratioLow, ratioHigh, difference, differenceLow, differenceHigh } = overhead;
  const server = serverNames[overhead.server];
  const more = ratio > 1;
  const nearly = about ? 'about ' : '';
  const share = more
    ? formatPercentInterval(ratio - 1, ratioLow - 1, ratioHigh - 1)
    : formatPercentInterval(1 - ratio, 1 - ratioHigh, 1 - ratioLow);
  if (name === 'throughput_rps') {
    return more
      ? `gives ${server} ${nearly}${share} more capacity`
      : `costs ${server} ${nearly}${share} of its capacity`;
  }
  const amount = more
    ? formatValueInterval(difference, differenceLow, differenceHigh, 'us')
    : formatValueInterval(-difference, -differenceHigh, -differenceLow, 'us');
  const change = formatChangeInterval(ratio - 1, ratioLow - 1, ratioHigh - 1);
  if (name === 'latency_p50_us' || name === 'latency_p90_us') {
    const latency = `${server}'s ${metric(name).label}`;
    return more
      ? `adds ${nearly}${amount} to ${latency} (${change})`
      : `takes ${nearly}${amount} off ${latency} (${change})`;
  }
  return more
    ? `costs ${server} ${nearly}${amount} more CPU a request (${change})`
    : `saves ${server} ${nearly}${amount} of CPU a request (${change})`;
}

const shownParts = {
  throughput_rps: { more: 'gained', less: 'lost' },
  latency_p50_us: { more: 'added', less: 'taken off' },
  latency_p90_us: { more: 'added', less: 'taken off' },
  cpu_server_us: { more: 'spent', less: 'saved' },
  cpu_agent_us: { more: 'spent', less: 'saved' },
  cpu_total_us: { more: 'spent', less: 'saved' },
} as const satisfies Record<MetricName, { readonly more: string; readonly less: string }>;

function sizeOpen({ metric: name, ratio }: MeasuredOverhead): string {
  const { more, less } = shownParts[name];
  return (
    `That some is ${ratio > 1 ? more : less} is shown; ` +
    `that it is more than ${formatPercent(metric(name).margin)} is not.`
  );
}

/** `between 8 % less and 1 % more; about 30 rounds would tell 2 %`. */
function openWords(overhead: MeasuredOverhead): string {
  const { ratioLow, ratioHigh, metric: name } = overhead;
  const { margin } = metric(name);
  const range = `between ${sideWords(ratioLow)} and ${sideWords(ratioHigh)}`;
  const rounds = roundsToTell(overhead, margin);
  if (rounds === undefined) {
    return `${range}; more than ${mostRounds} rounds would be needed to tell ${formatPercent(margin)}`;
  }
  // The interval is narrow enough, and it is the number of comparisons that leaves it open.
  const wanted = Math.max(rounds, overhead.rounds + 1);
  return `${range}; about ${wanted} rounds would tell ${formatPercent(margin)}`;
}

function sideWords(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.0005) return 'the same';
  return `${formatPercent(Math.abs(ratio - 1))} ${ratio < 1 ? 'less' : 'more'}`;
}

/** `the load agent was the limit (99 % of its CPU, nginx's 79 %)`. */
function limitWords({ limit, server }: MeasuredOverhead, cases: Saying['cases']): string {
  const name = serverNames[server];
  const found = cases.find((it) => it?.limit === limit) ?? cases[0];
  const { agentBusy, serverBusy } = found ?? {};
  const shares =
    agentBusy === undefined || serverBusy === undefined
      ? ''
      : ` (${formatPercent(agentBusy)} of its CPU, ${name}'s ${formatPercent(serverBusy)})`;
  if (limit === 'agent') return `the load agent was the limit${shares}`;
  if (limit === 'none' && agentBusy !== undefined && serverBusy !== undefined) {
    return `no CPU was busy all the time (the load agent's ${formatPercent(agentBusy)}, ${name}'s ${formatPercent(serverBusy)})`;
  }
  return 'nothing tells whose CPU was the limit';
}
