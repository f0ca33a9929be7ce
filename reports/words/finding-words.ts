import { assertNever } from '../../bench/model/assert-never.ts';
import {
  formatChangeBounds,
  formatChangeInterval,
  formatPercent,
  formatPercentChange,
  formatPercentInterval,
  formatValueInterval,
} from '../../bench/model/format.ts';
import { type Metric, marginOf, metric } from '../../bench/model/metric.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { spokenName } from '../../bench/model/server.ts';
import {
  type CaseSummary,
  isMeasured,
  type MeasuredOverhead,
  type Overhead,
} from '../../bench/model/summary.ts';
import { isSizeShown, roundsToTell } from '../analysis/verdict.ts';

/** The data that a sentence about a declared comparison needs besides the comparison's numbers. */
export interface Saying {
  readonly overhead: Overhead;
  /** Why the comparison may not be used, in a few words. */
  readonly distrust?: string | undefined;
  /** The 1 − 2α interval of the ratio, which decides equivalence. */
  readonly equivalence?: { readonly low: number; readonly high: number; readonly confidence: number };
  /** False where the rounds are too few for any interval of the plan's level. */
  readonly reachesLevel?: boolean;
  /** Rounds with which a difference can be shown, among all declared comparisons of the run. */
  readonly roundsNeeded?: number;
  /** Both sides, which say how busy their CPUs were. */
  readonly cases: readonly (CaseSummary | undefined)[];
}

/**
 * The declared comparisons of one contender in sentences that a decision maker cannot misread, in the given
 * order. Comparisons that cannot be trusted for the same reason share a sentence.
 */
export function findingsWords(sayings: readonly Saying[]): readonly string[] {
  const causes = new Map<string, Overhead[]>();
  for (const saying of sayings) {
    const why = distrustWords(saying);
    if (why !== undefined) causes.set(why, [...(causes.get(why) ?? []), saying.overhead]);
  }
  return [
    ...sayings.filter((it) => distrustWords(it) === undefined).map(findingWords),
    ...[...causes].map(([why, overheads]) => doNotUse(overheads, why)),
  ];
}

/**
 * One declared comparison in one or a few sentences. Only a shown effect is called an effect. For an open
 * result, the text gives the range that is still possible and what would close it.
 */
export function findingWords(saying: Saying): string {
  const { overhead, cases } = saying;
  const { metric: name, verdict } = overhead;
  const why = distrustWords(saying);
  if (why !== undefined || !isMeasured(overhead)) return doNotUse([overhead], why ?? nothingCounts);
  const subject = `${spokenName(overhead.server)}'s ${metric(name).quantity}`;
  switch (verdict) {
    case 'slower':
    case 'faster':
      return isSizeShown(overhead, marginOf(overhead))
        ? `${effect(overhead, false)}.`
        : `${effect(overhead, true)}. ${sizeOpen(overhead)}`;
    case 'equivalent':
      return `${subject} differs by less than ${formatPercent(marginOf(overhead))} ${insideWords(overhead, saying)}.`;
    case 'open':
      return `${subject}: ${openWords(overhead, saying)}.`;
    case 'untrusted':
      return doNotUse([overhead], nothingCounts);
    case undefined:
      return `${subject} was not measured: ${whyUnmeasured(overhead, cases)}.`;
    default:
      return assertNever(verdict);
  }
}

const nothingCounts = 'nothing of it counts';

/** Why a comparison may not be used; `undefined` where it can be. */
function distrustWords({ overhead, distrust }: Saying): string | undefined {
  if (overhead.verdict !== 'untrusted') return undefined;
  return distrust ?? overhead.reason ?? nothingCounts;
}

function doNotUse(overheads: readonly Overhead[], why: string): string {
  const quantities = overheads.map((it) => metric(it.metric).quantity);
  const server = overheads[0] === undefined ? '' : `${spokenName(overheads[0].server)}'s `;
  return `${server}${listed(quantities)}: do not use: ${why}.`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** A figure without a verdict: `nginx's CPU: +6.0 µs a request [5.6, 6.8], +22 %`. */
export function figureWords(overhead: MeasuredOverhead): string {
  const { metric: name, server, ratio } = overhead;
  const sign = overhead.difference < 0 ? '' : '+';
  const change = formatPercentChange(ratio);
  if (name === 'cpu_server_us')
    return `${spokenName(server)}'s CPU: ${sign}${differenceWords(overhead, 'a request')}, ${change}.`;
  return `${spokenName(server)}'s ${metric(name).quantity}: ${sign}${differenceWords(overhead)}, ${change}.`;
}

function differenceWords(
  { difference, differenceLow, differenceHigh, metric: name }: MeasuredOverhead,
  of = '',
): string {
  return formatValueInterval(difference, differenceLow, differenceHigh, metric(name).unit, of);
}

/**
 * The interval of a difference that is too small to matter. If the usual, wider interval reaches beyond the
 * margin, it is the interval that decided the verdict.
 */
function insideWords(overhead: MeasuredOverhead, { equivalence }: Saying): string {
  const { ratioLow, ratioHigh } = overhead;
  const margin = marginOf(overhead);
  const inside = ratioLow > 1 - margin && ratioHigh < 1 + margin;
  if (inside || equivalence === undefined) return formatChangeBounds(ratioLow - 1, ratioHigh - 1);
  const { low, high, confidence } = equivalence;
  return `${formatChangeBounds(low - 1, high - 1)} (${formatPercent(confidence)} interval)`;
}

/** @param about `true` if the size is not shown to be beyond the margin. */
function effect(overhead: MeasuredOverhead, about: boolean): string {
  const { metric: name, ratio, ratioLow, ratioHigh, difference, differenceLow, differenceHigh } = overhead;
  const server = spokenName(overhead.server);
  const more = ratio > 1;
  const nearly = about ? 'about ' : '';
  const { kind, quantity, per = 'request' } = metric(name);
  if (kind === 'capacity') {
    return more
      ? `gives ${server} ${nearly}${formatPercentInterval(ratio - 1, ratioLow - 1, ratioHigh - 1, 'more capacity')}`
      : `costs ${server} ${nearly}${formatPercentInterval(1 - ratio, 1 - ratioHigh, 1 - ratioLow, 'of its capacity')}`;
  }
  const amount = more
    ? formatValueInterval(difference, differenceLow, differenceHigh, 'us')
    : formatValueInterval(-difference, -differenceHigh, -differenceLow, 'us');
  const change = formatChangeInterval(overhead);
  if (kind === 'latency' || kind === 'tail') {
    const latency = `${server}'s ${quantity}`;
    return more
      ? `adds ${nearly}${amount} to ${latency} (${change})`
      : `takes ${nearly}${amount} off ${latency} (${change})`;
  }
  return more
    ? `costs ${server} ${nearly}${amount} more CPU a ${per} (${change})`
    : `saves ${server} ${nearly}${amount} of CPU a ${per} (${change})`;
}

const shownParts = {
  capacity: { more: 'gained', less: 'lost' },
  latency: { more: 'added', less: 'taken off' },
  tail: { more: 'added', less: 'taken off' },
  cpu: { more: 'spent', less: 'saved' },
} as const satisfies Record<Metric['kind'], { readonly more: string; readonly less: string }>;

function sizeOpen(overhead: MeasuredOverhead): string {
  const { metric: name, ratio } = overhead;
  const { more, less } = shownParts[metric(name).kind];
  return (
    `That some is ${ratio > 1 ? more : less} is shown; ` +
    `that it is more than ${formatPercent(marginOf(overhead))} is not.`
  );
}

/**
 * `between 8 % less and 1 % more; about 30 rounds would tell 2 %`. Where the interval by itself excludes "no
 * difference", the number of comparisons leaves the result open.
 */
function openWords(overhead: MeasuredOverhead, { roundsNeeded: needed, reachesLevel }: Saying): string {
  const { ratioLow, ratioHigh, rounds } = overhead;
  const margin = marginOf(overhead);
  const measured = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`;
  const least = needed === undefined ? 'more' : `at least ${needed}`;
  if (reachesLevel === false) return `${measured} cannot tell; it takes ${least}`;
  if (needed !== undefined && rounds < needed) {
    return `${rangeWords(overhead)}, but ${measured} cannot show it in this run; it takes ${least}`;
  }
  if (ratioLow > 1 || ratioHigh < 1) {
    return `${rangeWords(overhead)}, but among the main results of this run that may be chance; more rounds would tell`;
  }
  const wanted = roundsToTell(overhead, margin);
  if (wanted === undefined) {
    return `${rangeWords(overhead)}; more than ${mostRounds} rounds would be needed to tell ${formatPercent(margin)}`;
  }
  // The interval may be narrow enough and still reach across the margin.
  return `${rangeWords(overhead)}; about ${Math.max(wanted, rounds + 1)} rounds would tell ${formatPercent(margin)}`;
}

function rangeWords({ ratioLow, ratioHigh }: MeasuredOverhead): string {
  const [low, high] = [ratioLow, ratioHigh].map((ratio) => formatPercent(Math.abs(ratio - 1)));
  if (ratioLow > 1) return `between ${low} and ${high} more`;
  if (ratioHigh < 1) return `between ${high} and ${low} less`;
  return `between ${sideWords(ratioLow)} and ${sideWords(ratioHigh)}`;
}

function sideWords(ratio: number): string {
  if (Math.abs(ratio - 1) < 0.0005) return 'the same';
  return `${formatPercent(Math.abs(ratio - 1))} ${ratio < 1 ? 'less' : 'more'}`;
}

function whyUnmeasured(overhead: MeasuredOverhead, cases: Saying['cases']): string {
  const { metric: name, reason = nothingCounts } = overhead;
  return name === 'throughput_rps' ? limitWords(overhead, cases) : reason.replace(/^not measured: /, '');
}

/** Why a capacity was not measured: `the load generator was the limit (99 % of its CPU, nginx's 79 %)`. */
function limitWords(
  { limit, server }: Pick<MeasuredOverhead, 'limit' | 'server'>,
  cases: Saying['cases'],
): string {
  const name = spokenName(server);
  const { agentBusy, serverBusy } = cases.find((it) => it?.limit === limit) ?? cases[0] ?? {};
  const known = agentBusy !== undefined && serverBusy !== undefined;
  if (limit === 'agent') {
    const shares = known
      ? ` (${formatPercent(agentBusy)} of its CPU, ${name}'s ${formatPercent(serverBusy)})`
      : '';
    return `the load generator was the limit${shares}`;
  }
  if (limit === 'none') {
    const shares = known
      ? ` (the load generator's ${formatPercent(agentBusy)}, ${name}'s ${formatPercent(serverBusy)})`
      : '';
    return `no CPU was busy all the time${shares}`;
  }
  return 'nothing tells whose CPU was the limit';
}
