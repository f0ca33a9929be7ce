import type { PairedExplanation } from '../../bench/model/explanation.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { Estimate, Statistics } from '../analysis/estimate.ts';
import { isPooled, sliceValue } from '../analysis/metric-values.ts';
import type { PairedRound } from '../analysis/paired-rounds.ts';
import type { RecordedCase } from '../analysis/recorded-cases.ts';
import { methodPage } from '../method-page.ts';
import { signedRankIntervalRank } from '../statistics/signed-rank.ts';
import { reasonsOf } from './explained.ts';

type Side = 'baseline' | 'contender';

/** From the slices of two cases to the interval of what they differ by. */
export function explainPaired(
  estimate: Estimate,
  baseline: RecordedCase,
  contender: RecordedCase,
  { confidence, cumulativeOf }: Statistics,
): PairedExplanation {
  const n = estimate.rounds;
  return {
    rounds: estimate.paired.rounds.map((paired) => {
      const { round, blocks: _, ...pair } = paired;
      return {
        round,
        ratio: Math.exp(pair.logRatio),
        ...pair,
        slices: [
          ...slicesOf(baseline, 'baseline', paired, estimate.metric),
          ...slicesOf(contender, 'contender', paired, estimate.metric),
        ],
      };
    }),
    estimator: {
      ofRound: isPooled(estimate.metric)
        ? 'ln of the ratio of the quantiles of the pooled slices of either side'
        : `median of the Walsh averages of its ${pairsOf(estimate)}’ ln(contender/baseline) (Hodges–Lehmann)`,
      ofRun: 'exp of the median of the Walsh averages of the rounds (Hodges–Lehmann)',
      walshAverages: (n * (n + 1)) / 2,
      rank: signedRankIntervalRank(cumulativeOf(n), confidence),
      wanted: confidence,
      reached: estimate.interval.confidence,
    },
    leftOut: [...leftOutOf(baseline, contender, 'baseline'), ...leftOutOf(contender, baseline, 'contender')],
    minResponses: metric(estimate.metric).minResponses,
    method: methodPage,
  };
}

/** What lies beside each other and is compared. */
function pairsOf({ paired }: Estimate): 'turns' | 'blocks' {
  return paired.rounds.some(({ wholeLogRatio }) => wholeLogRatio !== undefined) ? 'turns' : 'blocks';
}

function slicesOf(
  recorded: RecordedCase,
  side: Side,
  { round, blocks, wholeLogRatio }: PairedRound,
  name: MetricName,
): PairedExplanation['rounds'][number]['slices'] {
  return blocks.flatMap((block) => {
    const slice = recorded.rounds.get(round)?.get(block);
    if (slice === undefined) return [];
    const value = isPooled(name) ? undefined : sliceValue(slice, name);
    const { requests: responses, turnRates } = slice;
    return [
      {
        ...{ side, block, responses },
        ...(value === undefined ? {} : { value }),
        ...(wholeLogRatio !== undefined && turnRates !== undefined ? { turnRates } : {}),
      },
    ];
  });
}

function leftOutOf(recorded: RecordedCase, other: RecordedCase, side: Side): PairedExplanation['leftOut'] {
  return recorded.slices.flatMap((slice): PairedExplanation['leftOut'] => {
    const { round, block } = slice;
    if (slice.status !== 'completed') {
      return [{ side, round, block, status: slice.status, why: reasonsOf(slice) }];
    }
    if (other.rounds.get(round)?.has(block)) return [];
    return [{ side, round, block, status: 'unpaired', why: 'the other side has no slice of this block' }];
  });
}
