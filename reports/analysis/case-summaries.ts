import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { asValues, median } from '../statistics/location.ts';
import { isPooled } from './metric-values.ts';
import { type PooledLatencies, sortedBlocks } from './pooled-latencies.ts';
import type { RecordedCase } from './recorded-cases.ts';
import { type RoundValues, type RoundValuesOf, roundValues } from './round-values.ts';

/** What one case measured on its own, from all of its completed slices. */
export function caseSummary(
  recorded: RecordedCase,
  latencies: PooledLatencies,
  valuesOf?: RoundValuesOf,
): CaseSummary {
  const rounds = caseRounds(recorded, valuesOf);
  return {
    ...recorded.case,
    slices: { ...recorded.counts },
    requests: rounds.reduce((sum, { responses }) => sum + responses, 0),
    values: Object.fromEntries(
      metricNames.flatMap((name) => {
        const found = caseValue(rounds, name, latencies);
        return found === undefined ? [] : [[name, found.value]];
      }),
    ),
  };
}

/** A round of one case, by itself. */
export type CaseRound = RoundValues & { readonly round: number };

/** In ascending order. */
export function caseRounds(
  { rounds }: RecordedCase,
  valuesOf: RoundValuesOf = roundValues,
): readonly CaseRound[] {
  return [...rounds]
    .sort(([a], [b]) => a - b)
    .map(([round, all]) => ({ round, ...valuesOf(all, sortedBlocks(all)) }));
}

/** A case's value on one metric, and what it is the median of. */
export interface CaseValue {
  readonly value: number;
  /** Rounds that give none are absent. */
  readonly rounds: readonly { readonly of: CaseRound; readonly value: number }[];
}

/** Median over rounds of a round's value; `undefined` if any round holds too few responses for the metric. */
export function caseValue(
  rounds: readonly CaseRound[],
  name: MetricName,
  latencies: PooledLatencies,
): CaseValue | undefined {
  if (rounds.some(({ responses }) => responses < metric(name).minResponses)) return undefined;
  const found = rounds.flatMap((of) => {
    const value = roundValue(of, name, latencies);
    return value === undefined ? [] : [{ of, value }];
  });
  const values = asValues(found.map(({ value }) => value));
  return values && { value: median(values), rounds: found };
}

/** Median over a round's slices, as in a comparison (`paired-rounds.ts`), or the quantile of their pool. */
function roundValue(
  { all, columns }: CaseRound,
  name: MetricName,
  latencies: PooledLatencies,
): number | undefined {
  if (isPooled(name)) return latencies.quantiles(all, sortedBlocks(all))[name];
  return columns[name]?.median;
}
