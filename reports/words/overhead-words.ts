import {
  formatDifference,
  formatPercent,
  formatPercentChange,
  formatSignedValue,
} from '../../bench/model/format.ts';
import { metric, metrics } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { type LoadProfile, rampSecondsOf, sliceSecondsOf } from '../../bench/model/profile.ts';
import { spokenName } from '../../bench/model/server.ts';
import {
  isMeasured,
  lacksVerdict,
  type MeasuredOverhead,
  type Overhead,
  reachesLevel,
  type Summary,
  type Verdict,
} from '../../bench/model/summary.ts';
import { bulkWords } from './subject-words.ts';

/** The words that every renderer uses for one overhead. */

/** The text of a declared comparison in its column of verdicts. */
type VerdictWord = Verdict | 'not measured';

/** `undefined` for a figure that was not declared: it has an estimate and an interval, and no verdict. */
export function verdictWord(overhead: Overhead): VerdictWord | undefined {
  return lacksVerdict(overhead) ? 'not measured' : overhead.verdict;
}

/**
 * The absolute difference first, and the change second: `+6.1 µs [+5.5, +6.8], +12 %`. An interval that does
 * not reach the plan's level, for too few rounds, is not shown.
 * @param level the plan's.
 */
export function changeWords(overhead: MeasuredOverhead, level: number): string {
  const { metric: name, ratio, difference, differenceLow, differenceHigh } = overhead;
  const { unit } = metric(name);
  const change = formatPercentChange(ratio);
  if (shortLevelWords(overhead, level) !== undefined) {
    return `${formatSignedValue(difference, unit)}, ${change}, no ${formatPercent(level)} interval`;
  }
  return `${formatDifference(difference, differenceLow, differenceHigh, unit)}, ${change}`;
}

/**
 * Why a comparison has no numbers: nothing of it counts, or the client limited the capacity. `undefined` where the
 * numbers are shown.
 */
export function whyNoNumbers(overhead: Overhead, cases: Summary['cases']): string | undefined {
  if (!isMeasured(overhead)) return overhead.reason;
  if (verdictWord(overhead) !== 'not measured') return undefined;
  if (overhead.metric !== 'throughput_rps') return overhead.reason?.replace(/^not measured: /, '');
  return limitInShort(overhead, cases);
}

/** `the load generator was the limit (99 %, nginx's 79 %)`. */
function limitInShort({ server, profile, path, baseline, limit }: MeasuredOverhead, cases: Summary['cases']) {
  const sides = cases.filter(
    (it) => it.server === server && it.profile === profile && (it.path === path || it.path === baseline),
  );
  const { agentBusy, serverBusy } = sides.find((it) => it.limit === limit) ?? {};
  const known = agentBusy !== undefined && serverBusy !== undefined;
  const [agent, own] = known ? [formatPercent(agentBusy), formatPercent(serverBusy)] : [];
  switch (limit) {
    case 'agent':
      return `the load generator was the limit${known ? ` (${agent}, ${spokenName(server)}'s ${own})` : ''}`;
    case 'none':
      return `no CPU was busy all the time${known ? ` (load generator ${agent}, ${spokenName(server)} ${own})` : ''}`;
    default:
      return 'nothing tells whose CPU was the limit';
  }
}

/**
 * The level that an interval reaches if too few rounds keep it below the plan's level: `75 %`. `undefined`
 * where it reaches the plan's level.
 */
export function shortLevelWords(overhead: MeasuredOverhead, level: number): string | undefined {
  return reachesLevel(overhead, level) ? undefined : formatPercent(overhead.confidence);
}

/** Short enough for a column: `CPU a request`. */
export function questionWords({ metric: name }: Pick<Overhead, 'metric'>): string {
  if (name === 'cpu_server_us') return 'CPU a request';
  return name === 'cpu_server_us_mb' ? 'CPU a MB' : metrics[name].label;
}

export function metricLabel(overhead: Overhead): string {
  return metrics[overhead.metric].label;
}

export function twinLabel(path: PathId): string {
  return `${path} (twin)`;
}

/**
 * `8 rounds`, or `3 to 8 rounds` where some comparison of the run has fewer pairs. Rounds that were only
 * planned are ignored.
 */
export function roundsWords({ overheads, twin }: Pick<Summary, 'overheads' | 'twin'>): string {
  const rounds = [...overheads, ...twin].flatMap((it) => (isMeasured(it) ? [it.rounds] : []));
  if (rounds.length === 0) return 'no rounds';
  const [fewest, most] = [Math.min(...rounds), Math.max(...rounds)];
  const range = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `${range} ${most === 1 ? 'round' : 'rounds'}`;
}

/**
 * Number of slices that do not count. The sum of `leftOut` can be larger, because a slice that broke two
 * rules is in it twice.
 */
export function leftOutCount({ cases }: Pick<Summary, 'cases'>): number {
  return cases.reduce((sum, { slices }) => sum + slices.invalid + slices.failed, 0);
}

/** `1 connection`, `32 connections at an equal rate`, `32 connections, downloads of 1 MiB`. */
export function connectionWords({ connections, load, bulk }: LoadProfile): string {
  const count = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  if (load === 'churn') return `${count} at a time, each for one request`;
  if (bulk !== undefined) return `${count}, ${bulkWords(bulk)}`;
  if (load === 'open') return `${count}, arrivals at an equal rate`;
  return load === 'paced' ? `${count} at an equal rate` : count;
}

/** How long slices measure, e.g. "0.18 s (steady: 0.36 s)". Those of an open load are as long as its quantile needs. */
export function sliceLengths(plan: Plan): string {
  const needs = plan.profiles
    .filter(({ load }) => load === 'open')
    .map(({ name, declaredMetric }) => ({
      name,
      words: `as long as ${metrics[declaredMetric].label} needs`,
    }));
  const others = plan.profiles.filter(({ load }) => load !== 'open');
  if (others.length === 0) return needs.map(({ words }) => words).join(', ');
  return lengths(
    { ...plan, profiles: others },
    plan.sliceSeconds,
    sliceSecondsOf,
    needs.map(({ name, words }) => `${name}: ${words}`),
  );
}

/** How long the load before a slice lasts, e.g. "0.02 s (throughput: 0.08 s)". */
export function rampLengths(plan: Plan): string {
  return lengths(plan, plan.rampSeconds, rampSecondsOf);
}

function lengths(
  plan: Plan,
  usual: number,
  secondsOf: (plan: Plan, profile: LoadProfile) => number,
  further: readonly string[] = [],
): string {
  const others = plan.profiles
    .map((profile) => ({ name: profile.name, seconds: Number(secondsOf(plan, profile).toPrecision(4)) }))
    .filter(({ seconds }) => seconds !== usual)
    .map(({ name, seconds }) => `${name}: ${seconds} s`)
    .concat(further);
  return `${usual} s${others.length === 0 ? '' : ` (${others.join(', ')})`}`;
}
