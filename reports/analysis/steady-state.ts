import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { HalvesOfRound, SteadyState, Trend } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { asValues, mean, median, standardDeviation } from '../statistics/location.ts';
import { type Stratum, stratifiedRankSumPValue } from '../statistics/rank-sum.ts';
import { studentTPValue } from '../statistics/student-t.ts';
import { twoSampleShift } from '../statistics/two-sample-shift.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import { isPooled, sliceValue } from './metric-values.ts';
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
export function steadyState(groups: readonly ComparisonGroup[]): SteadyState {
  const halves = groups.flatMap(halvesOfRounds);
  const adjusted = holm(halves.map(({ pValue }) => pValue));
  const rounds = halves.map((it, index): HalvesOfRound => {
    const pValue = adjusted[index] ?? 1;
    return { ...it, pValue, differs: pValue <= falseAlarms / 2 };
  });
  const found = groups.flatMap((group) => trendOf(group, halves) ?? []);
  const adjustedTrends = holm(found.map(({ pValue }) => pValue));
  const trends = found.map((it, index): Trend => {
    const pValue = adjustedTrends[index] ?? 1;
    return { ...it, pValue, differs: pValue <= falseAlarms / 2 };
  });
  return { rounds, trends };
}

type Tested = Omit<HalvesOfRound, 'differs'>;

function halvesOfRounds(group: ComparisonGroup): readonly Tested[] {
  const name = group.profile.primaryMetric;
  const members = [group.baseline, ...(group.twin === undefined ? [] : [group.twin]), ...group.contenders];
  const rounds = [...new Set(members.flatMap((it) => [...it.rounds.keys()]))].sort((a, b) => a - b);
  return rounds.flatMap((round): readonly Tested[] => {
    const own = members.flatMap((it) => it.rounds.get(round) ?? []);
    const last = Math.max(...own.flatMap((it) => [...it.keys()]));
    const strata = own.flatMap((it) => halvesOf(it, name, last) ?? []);
    const shifts = asValues(strata.map(({ first, second }) => twoSampleShift(first, second).value));
    if (shifts === undefined) return [];
    return [
      {
        ...subject(group),
        round,
        change: Math.exp(median(shifts)),
        pValue: stratifiedRankSumPValue(strata),
      },
    ];
  });
}

/** Logarithms of a case's values in either half of a round of `last` blocks. */
function halvesOf(slices: RoundSlices, name: MetricName, last: number): Stratum | undefined {
  if (isPooled(name)) return undefined;
  const first: number[] = [];
  const second: number[] = [];
  for (const [block, slice] of slices) {
    const value = sliceValue(slice, name);
    if (value !== undefined) (2 * block <= last ? first : second).push(Math.log(value));
  }
  const [before, after] = [asValues(first), asValues(second)];
  return before && after ? { first: before, second: after } : undefined;
}

function trendOf(group: ComparisonGroup, halves: readonly Tested[]): Omit<Trend, 'differs'> | undefined {
  const { server, profile, baseline } = subject(group);
  const own = halves.filter(
    (it) => it.server === server && it.profile === profile && it.baseline === baseline,
  );
  const changes = asValues(own.map(({ change }) => Math.log(change)));
  const deviation = changes && standardDeviation(changes);
  if (!changes || !deviation) return undefined;
  const standardErrors = mean(changes) / (deviation / Math.sqrt(changes.length));
  return {
    ...subject(group),
    rounds: changes.length,
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
