import type { Case } from '../../bench/model/case.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Overhead, SliceStart } from '../../bench/model/summary.ts';

/**
 * Names the twin by its baseline's path. A path that is compared with two baselines also names the baseline.
 */
export function overheadName(
  overhead: Pick<Overhead, 'server' | 'profile' | 'path' | 'baseline' | 'metric'>,
  role: 'contender' | 'twin',
  plan: Plan,
): string {
  const { server, profile, path, metric: name } = overhead;
  return [server, profile, role === 'twin' ? `${path}@twin` : pathName(overhead, plan), name].join(':');
}

export function pathName(
  { path, baseline }: Pick<SliceStart, 'path' | 'baseline'>,
  { comparisons }: Plan,
): string {
  const times = comparisons.filter(({ contenders }) => contenders.includes(path)).length;
  return times > 1 ? `${path}@${baseline}` : path;
}

/** `nginx:latency:host/external@twin`: a case in the name of a figure. */
export function caseName({ server, profile, path, role }: Case): string {
  return [server, profile, role === 'twin' ? `${path}@twin` : path].join(':');
}

/** `nginx under the latency profile (1 connection)`. */
export function loadWords(server: string, profile: string, { profiles }: Plan): string {
  const connections = profiles.find((it) => it.name === profile)?.connections;
  const load = connections === undefined ? '' : ` (${connections} connection${connections === 1 ? '' : 's'})`;
  return `${server} under the ${profile} profile${load}`;
}

export function caseWords({ path, role }: Pick<Case, 'path' | 'role'>): string {
  return role === 'twin' ? `the twin of ${path}` : path;
}

/** `median latency of nginx under the latency profile (1 connection)`. */
export function metricOf(name: MetricName, server: string, profile: string, plan: Plan): string {
  return `${metric(name).label} of ${loadWords(server, profile, plan)}`;
}

export function against(path: PathId | string, baseline: PathId): string {
  return `${path} against ${baseline}`;
}
