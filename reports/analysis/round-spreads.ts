import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Case } from '../../bench/model/case.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import { metricsOf } from '../../bench/model/profile.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { asValues, standardDeviation, type Values } from '../statistics/location.ts';
import { rememberedCumulative, signedRank, signedRankInterval } from '../statistics/signed-rank.ts';
import { analyse } from './analyse.ts';
import { estimateOf } from './estimate.ts';

/** How much the rounds of one comparison differ. Every prediction of an interval is computed from this. */
export interface RoundSpread {
  readonly case: Case;
  readonly metric: MetricName;
  /** Its relevance margin. */
  readonly margin: number;
  readonly declared: boolean;
  /** y_r, one a round. */
  readonly logRatios: Values;
  /** Their standard deviation. */
  readonly spread: number;
}

/**
 * The spreads of every twin and contender on every metric that its rounds support. Those of fewer than two
 * rounds are left out.
 */
export function roundSpreads(recorded: RecordedRun): readonly RoundSpread[] {
  const { groups, statistics } = analyse(recorded);
  return groups.flatMap(({ figures: { group, baseline, twin, contenders } }) =>
    [...(twin === undefined ? [] : [twin]), ...contenders].flatMap((contender) =>
      metricsOf(group.profile).flatMap((name): RoundSpread[] => {
        const estimate = estimateOf(baseline, contender, name, statistics);
        const spread = estimate && standardDeviation(estimate.logRatios);
        if (estimate === undefined || spread === undefined) return [];
        const { logRatios, margin } = estimate;
        const declared = name === group.profile.declaredMetric;
        return [{ case: contender.recorded.case, metric: name, margin, declared, logRatios, spread }];
      }),
    ),
  );
}

interface FalseAlarms {
  readonly rounds: number;
  readonly draws: number;
  readonly different: number;
  readonly slowerOrFaster: number;
}

/**
 * How often shorter runs of the same rounds would have called the twins different. A shorter run is a random
 * choice of `rounds` of a twin's rounds, without repetition, on the declared metric. The choices overlap, so
 * the result is one estimate and no test.
 * @returns `undefined` if no twin has more rounds than are drawn.
 */
export function falseAlarms(
  spreads: readonly RoundSpread[],
  drawn: { readonly rounds: number; readonly drawsEach: number; readonly seed: number },
  confidence: number,
): FalseAlarms | undefined {
  const rng = xoroshiro128plus(drawn.seed);
  const cumulative = rememberedCumulative();
  let draws = 0;
  let different = 0;
  let beyond = 0;
  for (const { case: subject, declared, logRatios, margin } of spreads) {
    if (subject.role !== 'twin' || !declared || logRatios.length <= drawn.rounds) continue;
    for (let draw = 0; draw < drawn.drawsEach; draw++) {
      const left: number[] = [...logRatios];
      const chosen = asValues(
        Array.from({ length: drawn.rounds }, () =>
          left.splice(uniformInt(rng, 0, left.length - 1), 1),
        ).flat(),
      );
      if (chosen === undefined) continue;
      const { low, high } = signedRankInterval(signedRank(chosen, cumulative), confidence);
      draws++;
      if (low > 0 || high < 0) different++;
      if (low > Math.log1p(margin) || high < Math.log1p(-margin)) beyond++;
    }
  }
  if (draws === 0) return undefined;
  return { rounds: drawn.rounds, draws, different: different / draws, slowerOrFaster: beyond / draws };
}
