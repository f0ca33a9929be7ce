import { formatNumber, formatPercent, formatValue } from '../../bench/model/format.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Summary } from '../../bench/model/summary.ts';

/** From here on the load generator's CPU was busy all the time. */
const saturated = 0.9;

/**
 * How many requests the load generator could send, beside what the servers answered at most; `undefined` where it was
 * not measured, or where a server answered more: the machine was disturbed then.
 */
export function ceilingWords({
  agentCeiling,
  cases,
}: Pick<Summary, 'agentCeiling' | 'cases'>): string | undefined {
  if (agentCeiling === undefined) return undefined;
  const { requestsPerSecond, connections, agentBusy } = agentCeiling;
  const all = cases.flatMap((it) => it.values.throughput_rps ?? []);
  if (all.some((answered) => answered > requestsPerSecond)) return undefined;
  const servers = [...new Set(cases.map(({ server }) => server))];
  const times = servers.flatMap((server) => {
    const answered = cases.flatMap((it) => (it.server === server ? (it.values.throughput_rps ?? []) : []));
    if (answered.length === 0) return [];
    return [
      `${formatNumber(requestsPerSecond / Math.max(...answered), 1)} times what ${spokenName(server)} answered at most`,
    ];
  });
  const least = agentBusy >= saturated ? '' : 'at least ';
  const why =
    agentBusy >= saturated
      ? ''
      : ` Its CPU was ${formatPercent(agentBusy)} busy meanwhile: the empty server was the limit.`;
  return (
    `The load generator itself reaches ${least}${formatValue(requestsPerSecond, 'rps')} here, ` +
    `with ${connections} connections to a server that does nothing, in its own network stack` +
    `${times.length === 0 ? '' : `: ${times.join(', ')}`}.${why}`
  );
}
