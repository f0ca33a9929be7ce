import { caseId } from '../../bench/model/case.ts';
import { metric } from '../../bench/model/metric.ts';
import type { Warning } from '../../bench/model/summary.ts';
import { formatPercentChange } from '../format.ts';
import { asValues } from '../statistics/location.ts';
import { hodgesLehmann, signedRank, signedRankInterval } from '../statistics/signed-rank.ts';
import type { Statistics } from './estimate.ts';
import type { AnalysedGroup } from './overheads.ts';
import type { PairedRound } from './paired-rounds.ts';

/** A throughput by its turns, and by the whole slices that they make up: contender/baseline. */
export interface Bursts {
  readonly turns: number;
  readonly whole: number;
}

/**
 * The estimate of a round does not follow what fewer than three in ten turns meet. Where that has one side only, it is
 * a cost and no disturbance, and whole slices, which count every response, differ from their turns.
 * @returns both ratios where their difference is shown to be larger than the margin of relevance.
 */
export function burstsOf(
  rounds: readonly PairedRound[],
  { confidence, cumulativeOf }: Pick<Statistics, 'confidence' | 'cumulativeOf'>,
): Bursts | undefined {
  const inTurns = rounds.flatMap(({ logRatio, wholeLogRatio }) =>
    wholeLogRatio === undefined ? [] : [{ turns: logRatio, whole: wholeLogRatio }],
  );
  const turns = asValues(inTurns.map((it) => it.turns));
  const wholes = asValues(inTurns.map((it) => it.whole));
  const beyond = asValues(inTurns.map((it) => it.whole - it.turns));
  if (!wholes || !turns || !beyond) return undefined;
  const { margin } = metric('throughput');
  const shown = signedRankInterval(signedRank(beyond, cumulativeOf), confidence);
  const within = shown.high > Math.log1p(-margin) && shown.low < Math.log1p(margin);
  if (within || shown.confidence < confidence) return undefined;
  return {
    turns: Math.exp(hodgesLehmann(signedRank(turns, cumulativeOf))),
    whole: Math.exp(hodgesLehmann(signedRank(wholes, cumulativeOf))),
  };
}

/** Of the throughputs that a verdict is about. */
export function burstWarnings(
  groups: readonly AnalysedGroup[],
  statistics: Pick<Statistics, 'confidence' | 'cumulativeOf'>,
): readonly Warning[] {
  return groups.flatMap(({ overheads }) =>
    overheads.flatMap(({ overhead, basis }): Warning[] => {
      if (overhead.metric !== 'throughput' || !overhead.primary) return [];
      const bursts = burstsOf(basis.estimate.paired.rounds, statistics);
      if (bursts === undefined) return [];
      return [
        {
          code: 'bursts',
          message:
            `${caseId(basis.contender.case)}: throughput is ${formatPercentChange(bursts.turns)} against the baseline in ` +
            `most turns, and ${formatPercentChange(bursts.whole)} by all responses of the slices: one of the two is ` +
            'slowed down in bursts that few turns meet.',
          hint: 'The verdict is about the time between the bursts. With --turn-seconds 0 --slice-seconds 1 they are in it.',
        },
      ];
    }),
  );
}
