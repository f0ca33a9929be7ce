import type { UsedSlice } from '../../bench/model/explanation.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import { metricValues, type Totals, totalsOf } from '../analysis/metric-values.ts';
import type { RecordedCase } from '../analysis/recorded-cases.ts';
import type { RoundFigures } from '../analysis/round-figures.ts';
import { placeOf, type Quantities, quantitiesOf, quantity } from './explained.ts';

/** The totals, of a round or a slice, that a figure is computed from. */
export function partsOf(totals: Totals, name: MetricName): Quantities {
  const parts = Object.entries(metricValues[name].parts(totals));
  return Object.fromEntries(parts.map(([of, part]) => [of, part && quantity(...part)]));
}

/** The part that each counted slice of one case adds to the totals of a round. */
export function sliceParts(
  recorded: RecordedCase,
  round: RoundFigures,
  name: MetricName,
): readonly UsedSlice[] {
  return round.blocks.flatMap((block): UsedSlice[] => {
    const slice = recorded.rounds.get(round.round)?.get(block);
    if (slice?.status !== 'completed') return [];
    return [{ ...placeOf(slice), quantities: quantitiesOf(partsOf(totalsOf(slice), name)) }];
  });
}
