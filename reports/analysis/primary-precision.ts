import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { rememberedCumulative, signedRank, signedRankInterval } from '../statistics/signed-rank.ts';
import { type ComparisonGroup, comparisonGroups } from './comparison-group.ts';
import { atItsLook } from './look-level.ts';
import { isPooled } from './metric-values.ts';
import { commonRounds, pairRounds } from './paired-rounds.ts';
import { judgeByEvidence } from './path-evidence.ts';
import { type PooledLatencies, poolLatencies } from './pooled-latencies.ts';
import { type RecordedCase, recordedCases } from './recorded-cases.ts';

/** One comparison on its profile's declared metric: what it knows about its spread so far. */
export interface PrimaryPrecision {
  readonly server: string;
  readonly profile: string;
  readonly path: string;
  /** n of the interval. */
  readonly rounds: number;
  /** Half of the interval's width over its ratio; absent while the rounds are too few for an interval. */
  readonly halfWidth?: number;
}

/**
 * How tight the primary intervals are after what is recorded so far, each as the report would give it. Where nothing is
 * compared with a baseline, its twin is.
 */
export function primaryPrecisions(recorded: RecordedRun): readonly PrimaryPrecision[] {
  const { run, slices, evidence } = atItsLook(recorded);
  const cases = recordedCases(run.plan, judgeByEvidence(slices, evidence));
  const groups = comparisonGroups(run.plan, cases);
  const latencies = latenciesFor(groups, cases);
  const cumulativeOf = rememberedCumulative();
  return groups.flatMap((group) =>
    comparedWith(group).map((contender): PrimaryPrecision => {
      const { server, path, profile } = contender.case;
      const paired = pairRounds(
        commonRounds(group.baseline, contender),
        group.profile.primaryMetric,
        latencies,
      );
      const ranked = paired && signedRank(paired.logRatios, cumulativeOf);
      const interval = ranked && signedRankInterval(ranked, run.plan.confidence);
      return {
        server,
        profile,
        path,
        rounds: ranked?.n ?? 0,
        ...(interval?.reachesLevel === true ? { halfWidth: relativeHalfWidth(interval) } : {}),
      };
    }),
  );
}

/** The widest of them; `undefined` while one has no interval yet. */
export function widestPrimary(precisions: readonly PrimaryPrecision[]): number | undefined {
  const widths = precisions.map(({ halfWidth }) => halfWidth);
  return widths.reduce<number | undefined>(
    (widest, width) => (width === undefined || widest === undefined ? undefined : Math.max(widest, width)),
    widths.length === 0 ? undefined : 0,
  );
}

/** Of an interval on the log scale: (high − low)/2 of the ratios over the ratio in their middle. */
function relativeHalfWidth({ low, high }: { readonly low: number; readonly high: number }): number {
  return Math.sinh((high - low) / 2);
}

function comparedWith({ contenders, twin }: ComparisonGroup): readonly RecordedCase[] {
  return contenders.length > 0 || twin === undefined ? contenders : [twin];
}

/** Decoding histograms is what costs; a metric that slices give by themselves needs none. */
function latenciesFor(groups: readonly ComparisonGroup[], cases: readonly RecordedCase[]): PooledLatencies {
  if (groups.some(({ profile }) => isPooled(profile.primaryMetric))) return poolLatencies(cases);
  return {
    distributions: [],
    quantiles: () => {
      throw new Error('no histogram was pooled');
    },
  };
}
