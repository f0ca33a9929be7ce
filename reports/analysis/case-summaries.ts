import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import type { CompletedSlice, Slice } from '../../bench/model/slice.ts';
import type { CaseSummary, Summary } from '../../bench/model/summary.ts';
import { asValues, median } from '../statistics/location.ts';
import { isPooled, sliceValues } from './metric-values.ts';
import { type PooledLatencies, sortedBlocks } from './pooled-latencies.ts';
import type { RecordedCase, RoundSlices } from './recorded-cases.ts';

/** What one case measured on its own, from all of its completed slices. */
export function caseSummary(recorded: RecordedCase, latencies: PooledLatencies): CaseSummary {
  const completed = recorded.slices.filter((slice) => slice.status === 'completed');
  const rounds = [...recorded.rounds.values()].map(caseRound);
  const countOf = (status: Slice['status']) => recorded.slices.filter((it) => it.status === status).length;
  return {
    ...recorded.case,
    slices: {
      completed: completed.length,
      invalid: countOf('invalid'),
      failed: countOf('failed'),
      clientBound: completed.filter(({ marks }) => marks.includes('client-bound')).length,
    },
    requests: completed.reduce((sum, { requests }) => sum + requests, 0),
    values: Object.fromEntries(
      metricNames.flatMap((name) => {
        const value = caseValue(rounds, name, latencies);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

interface CaseRound {
  readonly all: RoundSlices;
  readonly slices: readonly CompletedSlice[];
  readonly responses: number;
}

function caseRound(all: RoundSlices): CaseRound {
  const slices = [...all.values()];
  return { all, slices, responses: slices.reduce((sum, { requests }) => sum + requests, 0) };
}

/** Median over rounds of a round's value; `undefined` if any round holds too few responses for the metric. */
function caseValue(
  rounds: readonly CaseRound[],
  name: MetricName,
  latencies: PooledLatencies,
): number | undefined {
  if (rounds.some(({ responses }) => responses < metric(name).minResponses)) return undefined;
  const values = asValues(rounds.flatMap((round) => roundValue(round, name, latencies) ?? []));
  return values && median(values);
}

/** Median over a round's slices, as in a comparison (`paired-rounds.ts`), or the quantile of their pool. */
function roundValue(
  { all, slices }: CaseRound,
  name: MetricName,
  latencies: PooledLatencies,
): number | undefined {
  if (isPooled(name)) return latencies.quantiles(all, sortedBlocks(all))[name];
  const values = asValues(sliceValues(slices, name));
  return values && median(values);
}

/** Slices that do not count, by case and rule. A slice that broke two rules is listed under both. */
export function leftOut(cases: readonly RecordedCase[]): Summary['leftOut'] {
  return cases.flatMap((recorded) => {
    const rules = new Map<string, { slices: number; example: string }>();
    for (const slice of recorded.slices) {
      for (const { rule, message } of brokenRules(slice)) {
        const known = rules.get(rule);
        rules.set(rule, { slices: (known?.slices ?? 0) + 1, example: known?.example ?? message });
      }
    }
    return [...rules].map(([rule, found]) => ({ case: recorded.case, rule, ...found }));
  });
}

function brokenRules(slice: Slice): readonly { readonly rule: string; readonly message: string }[] {
  if (slice.status === 'failed') return [{ rule: 'failed', message: slice.error.message }];
  return slice.status === 'invalid' ? slice.reasons : [];
}
