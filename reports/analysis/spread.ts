import type { Plan } from '../../bench/model/plan.ts';
import type { Slice } from '../../bench/model/slice.ts';
import type { GroupSpread, RunSpread, Spread } from '../../bench/model/summary.ts';
import { formatPercent } from '../format.ts';
import { asValues, mean, median, standardDeviation, type Values } from '../statistics/location.ts';
import type { AnalysedGroup } from './overheads.ts';
import type { PairedRounds } from './paired-rounds.ts';

/** Two rounds have a spread, but one degree of freedom says nothing about it. */
const fewestRounds = 4;
/** Below this many slices a side, a burst moves a round's figure (bench/docs/turns.md). */
const fewestBlocks = 4;
/** A gain in width that is smaller than this is not worth another plan. */
const worthwhile = 0.05;

/**
 * Where the y_r of one comparison get their spread from, as standard deviations on the log scale:
 *
 *   var(y_r) = between² + within²,  within² = mean over rounds of the squared error of y_r
 *
 * `within` is the part that the slices or turns of a round explain by themselves (`paired-shift.ts`); what is left is
 * `between`: what a fresh deployment changes. Noise can make the first larger than the whole; then nothing is left.
 * @returns `undefined` for pooled quantiles, single blocks, and fewer than 4 rounds.
 */
export function splitSpread({ rounds, logRatios }: PairedRounds): Spread | undefined {
  const total = standardDeviation(logRatios);
  const squares = rounds.flatMap((it) => (it.standardError === undefined ? [] : [it.standardError ** 2]));
  const errors = asValues(squares);
  if (total === undefined || total === 0 || errors === undefined) return undefined;
  if (rounds.length < fewestRounds || errors.length < rounds.length) return undefined;
  const within = mean(errors);
  return {
    ofRounds: total,
    within: Math.sqrt(within),
    between: Math.sqrt(Math.max(0, total ** 2 - within)),
  };
}

/** What a round and a block of it cost, in seconds of the run; from the times at which slices began. */
export interface Costs {
  /** Deploying, warming up, tearing down: what a round takes besides its blocks. */
  readonly roundSeconds: number;
  readonly blockSeconds: number;
}

/** What the advice of a run rests on. */
export interface SpreadAdvice {
  readonly groups: readonly GroupSpread[];
  /** Of the variance that lies between rounds, one a group. */
  readonly shares: Values;
  readonly betweenShare: number;
  /** A round of the plan. */
  readonly blocks: number;
  /** Absent, as `best`, where too few slices were recorded to tell. */
  readonly costs?: Costs;
  readonly best?: BestPlan;
}

/** Blocks a round that give the narrowest intervals in the same time, and by how much narrower they are. */
export interface BestPlan {
  readonly blocks: number;
  readonly gain: number;
}

/**
 * The run's spread on its primary metrics, and what would narrow the intervals soonest.
 *
 * With b blocks a round costs F + b·C and its figure varies by between² + within₁²/b. In a given time the interval
 * is narrowest with b* = √(F/C · within₁²/between²) (Kalibera & Jones 2013, section 9; Cochran 1977, section 10.6).
 * More blocks are advised where b* is above b and would make intervals narrower by a twentieth or more; else more
 * rounds, which always do.
 */
export function spreadAdvice(
  plan: Plan,
  slices: readonly Slice[],
  groups: readonly AnalysedGroup[],
): SpreadAdvice | undefined {
  const split = groups.flatMap((it) => groupSpread(it) ?? []);
  const shares = asValues(split.map((it) => it.between ** 2 / (it.between ** 2 + it.within ** 2)));
  if (shares === undefined) return undefined;
  const betweenShare = mean(shares);
  const costs = costsOf(plan, slices);
  const best = costs && bestPlan(betweenShare, plan.blocks, costs);
  return { groups: split, shares, betweenShare, blocks: plan.blocks, ...(best && { costs, best }) };
}

/** The same as the report says it. */
export function runSpread({ groups, betweenShare, blocks, best }: SpreadAdvice): RunSpread {
  const facts = { groups: [...groups], betweenShare, blocks };
  if (best === undefined || best.blocks <= blocks || best.gain < worthwhile) {
    const why =
      betweenShare >= 0.5
        ? 'each fresh deployment differs a little, which longer rounds do not average out'
        : 'the rounds are long enough for what a deployment costs';
    return {
      ...facts,
      advice: 'more-rounds',
      message: `${spreadWords(betweenShare)}. More rounds narrow the intervals: ${why}.`,
    };
  }
  return {
    ...facts,
    advice: 'more-blocks',
    bestBlocks: best.blocks,
    message:
      `${spreadWords(betweenShare)}. More blocks a round (--blocks ${best.blocks} rather than ${blocks}) or longer ` +
      `slices narrow the intervals sooner than more rounds: by ${formatPercent(best.gain)} in the same time.`,
  };
}

function spreadWords(betweenShare: number): string {
  const share = Math.round(betweenShare * 100) / 100;
  return `${formatPercent(share)} of the spread lies between rounds, ${formatPercent(1 - share)} within them`;
}

/** The comparisons of a group, its twin included, have the baseline in common and are taken together. */
function groupSpread({ group, overheads, twin }: AnalysedGroup): GroupSpread | undefined {
  const splits = [...overheads, ...twin].flatMap(({ overhead }) =>
    overhead.primary && overhead.spread !== undefined ? [overhead.spread] : [],
  );
  const within = asValues(splits.map((it) => it.within ** 2));
  const between = asValues(splits.map((it) => it.between ** 2));
  if (!within || !between) return undefined;
  return {
    server: group.server,
    profile: group.profile.name,
    baseline: group.baselinePath,
    metric: group.profile.primaryMetric,
    within: Math.sqrt(mean(within)),
    between: Math.sqrt(mean(between)),
  };
}

function bestPlan(betweenShare: number, blocks: number, costs: Costs): BestPlan {
  const oneBlock = (1 - betweenShare) * blocks;
  const { roundSeconds, blockSeconds } = costs;
  const exact = Math.sqrt(((roundSeconds / blockSeconds) * oneBlock) / Math.max(betweenShare, 0.02));
  const best = Math.max(fewestBlocks, Math.round(exact));
  return { blocks: best, gain: widthGain(betweenShare, blocks, best, costs) };
}

/** By how much narrower intervals are with `best` blocks, in the same time. */
function widthGain(betweenShare: number, blocks: number, best: number, costs: Costs): number {
  const perSecond = (count: number) =>
    (betweenShare + ((1 - betweenShare) * blocks) / count) *
    (costs.roundSeconds + count * costs.blockSeconds);
  return 1 - Math.sqrt(perSecond(best) / perSecond(blocks));
}

function costsOf(plan: Plan, slices: readonly Slice[]): Costs | undefined {
  const rounds = new Map<number, { first: string; last: string; starts: number }>();
  for (const { round, startedAt } of slices) {
    const known = rounds.get(round);
    if (known === undefined) {
      rounds.set(round, { first: startedAt, last: startedAt, starts: 1 });
      continue;
    }
    // Slices that take turns have begun together.
    if (startedAt !== known.last) known.starts += 1;
    if (startedAt < known.first) known.first = startedAt;
    if (startedAt > known.last) known.last = startedAt;
  }
  const spans = [...rounds.values()].sort((a, b) => (a.first < b.first ? -1 : 1));
  const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000;
  const periods = spans.slice(1).map(({ first }, index) => seconds(spans[index]?.first ?? first, first));
  const blocks = spans.flatMap((it) =>
    it.starts > 1 ? [(seconds(it.first, it.last) * it.starts) / (it.starts - 1) / plan.blocks] : [],
  );
  const [period, block] = [asValues(periods), asValues(blocks)];
  if (!period || !block) return undefined;
  const blockSeconds = median(block);
  const roundSeconds = median(period) - plan.blocks * blockSeconds;
  return roundSeconds > 0 && blockSeconds > 0 ? { roundSeconds, blockSeconds } : undefined;
}
