import type { Case } from '../../bench/model/case.ts';
import { metric } from '../../bench/model/metric.ts';
import type { SteadyState, Trend } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { asValues, mean, median, standardDeviation, type Values } from '../statistics/location.ts';
import {
  type RankSumDistribution,
  rememberedRankSums,
  type Stratum,
  stratifiedRankSumPValue,
} from '../statistics/rank-sum.ts';
import { studentTPValue } from '../statistics/student-t.ts';
import { twoSampleShift } from '../statistics/two-sample-shift.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import { isPooled, type SliceMetric, sliceValue } from './metric-values.ts';
import type { RoundSlices } from './recorded-cases.ts';

/** Probability that a run without any change within its rounds is told to have one: half for each kind of finding. */
const falseAlarms = 0.05;

/**
 * Does the second half of a round's slices differ from the first? Two questions of each server and profile, on
 * the primary metric:
 *
 * - **each round** (what disturbed it): the slices of its second half against those of its first, by rank sums
 *   within each case, added up over the cases. A case alone has 3 slices against 4, too few for any test to pass
 *   a correction; together they have enough. Slow drift of the machine is a change like any other here;
 * - **all rounds** (is the warm-up long enough): the mean over rounds of the change in a round, by Student's t.
 *   Drift has no direction of its own and cancels over rounds; code that is still being compiled or caches that
 *   still fill make the second half better in every round.
 *
 * Holm's correction over all the tests of a kind, each kind at 2.5 %, so that at most 5 % of quiet runs are told of
 * anything. The verdicts do not depend on it: random order meets both sides of a comparison alike.
 */
export function testSteadyState(groups: readonly ComparisonGroup[]): SteadyStateTests {
  const distributionOf = rememberedRankSums();
  const halves = groups.flatMap((group) => testHalves(group, distributionOf));
  const adjusted = holm(halves.map(({ pValue }) => pValue));
  const trends = groups.flatMap((group) => testTrend(group, halves) ?? []);
  const adjustedTrends = holm(trends.map(({ pValue }) => pValue));
  return {
    rounds: halves.map((it, index) => ({ ...it, adjusted: adjusted[index] ?? 1 })),
    trends: trends.map((it, index) => ({ ...it, adjusted: adjustedTrends[index] ?? 1 })),
  };
}

/** The tests as the report shows them. */
export function steadyState({ rounds, trends }: SteadyStateTests): SteadyState {
  return {
    rounds: rounds.map(({ group, round, change, adjusted: pValue }) => {
      return { ...subject(group), round, change, pValue, differs: pValue <= falseAlarms / 2 };
    }),
    trends: trends.map(({ group, changes, change, adjusted: pValue }) => {
      const rounds = changes.length;
      return { ...subject(group), rounds, change, pValue, differs: pValue <= falseAlarms / 2 };
    }),
  };
}

export interface SteadyStateTests {
  readonly rounds: readonly (HalvesTest & Adjusted)[];
  readonly trends: readonly (TrendTest & Adjusted)[];
}

interface Adjusted {
  /** The p after Holm's correction over all tests of its kind. */
  readonly adjusted: number;
}

/** Second against first half of one round of a group. */
export interface HalvesTest {
  readonly group: ComparisonGroup;
  readonly round: number;
  /** The last block of any case. */
  readonly last: number;
  /** One for each case that has slices in both halves. */
  readonly cases: readonly CaseHalves[];
  /** Second half/first half: exp of the median of the cases' shifts. */
  readonly change: number;
  /** Before any correction. */
  readonly pValue: number;
}

export interface CaseHalves {
  readonly case: Case;
  readonly slices: RoundSlices;
  /** Of the logarithms: second against first. */
  readonly shift: number;
}

/** The changes of all rounds of a group. */
export interface TrendTest {
  readonly group: ComparisonGroup;
  /** Logarithms, one a round. */
  readonly changes: Values;
  readonly deviation: number;
  readonly change: number;
  /** Before any correction. */
  readonly pValue: number;
}

function testHalves(group: ComparisonGroup, distributionOf: RankSumDistribution): readonly HalvesTest[] {
  const name = group.profile.primaryMetric;
  if (isPooled(name)) return [];
  const members = [group.baseline, ...(group.twin === undefined ? [] : [group.twin]), ...group.contenders];
  const rounds = [...new Set(members.flatMap((it) => [...it.rounds.keys()]))].sort((a, b) => a - b);
  return rounds.flatMap((round): readonly HalvesTest[] => {
    const own = members.flatMap((it) => {
      const slices = it.rounds.get(round);
      return slices === undefined ? [] : [{ case: it.case, slices }];
    });
    const last = Math.max(...own.flatMap(({ slices }) => [...slices.keys()]));
    const tested = own.flatMap((it) => halvesOf(it.case, it.slices, name, last) ?? []);
    const shifts = asValues(tested.map(({ halves }) => halves.shift));
    if (shifts === undefined) return [];
    return [
      {
        group,
        round,
        last,
        cases: tested.map(({ halves }) => halves),
        change: Math.exp(median(shifts)),
        pValue: stratifiedRankSumPValue(
          tested.map(({ stratum }) => stratum),
          distributionOf,
        ),
      },
    ];
  });
}

/** A case's slices in either half of a round of `last` blocks, and the logarithms of their values. */
function halvesOf(
  subject: Case,
  slices: RoundSlices,
  name: SliceMetric,
  last: number,
): { readonly halves: CaseHalves; readonly stratum: Stratum } | undefined {
  const first: number[] = [];
  const second: number[] = [];
  for (const [block, slice] of slices) {
    const value = sliceValue(slice, name);
    if (value !== undefined) (isInFirstHalf(block, last) ? first : second).push(Math.log(value));
  }
  const [before, after] = [asValues(first), asValues(second)];
  if (!before || !after) return undefined;
  const shift = twoSampleShift(before, after).value;
  return { halves: { case: subject, slices, shift }, stratum: { first: before, second: after } };
}

/** Whether a block of a round whose last one is `last` belongs to its first half. */
export function isInFirstHalf(block: number, last: number): boolean {
  return 2 * block <= last;
}

function testTrend(group: ComparisonGroup, halves: readonly HalvesTest[]): TrendTest | undefined {
  const own = halves.filter((it) => it.group === group);
  const changes = asValues(own.map(({ change }) => Math.log(change)));
  const deviation = changes && standardDeviation(changes);
  if (!changes || !deviation) return undefined;
  const standardErrors = mean(changes) / (deviation / Math.sqrt(changes.length));
  return {
    group,
    changes,
    deviation,
    change: Math.exp(mean(changes)),
    pValue: studentTPValue(standardErrors, changes.length - 1),
  };
}

function subject(group: ComparisonGroup) {
  return {
    server: group.server,
    profile: group.profile.name,
    baseline: group.baselinePath,
    metric: group.profile.primaryMetric,
  };
}

/** Whether a change of this metric from the first to the second half is one for the better: a warm-up that lasts. */
export function improves({ metric: name, change }: Pick<Trend, 'metric' | 'change'>): boolean {
  return metric(name).better === 'lower' ? change < 1 : change > 1;
}
