import { present } from '../../bench/model/present.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { analyse } from './analyse.ts';
import { estimateOf } from './estimate.ts';

import { busyOf, isServerSide, limitOfBoth } from './limit.ts';

/** One comparison on its profile's declared metric: how tight its interval is so far. */
interface DeclaredPrecision {
  readonly server: string;
  readonly profile: string;
  readonly path: string;
  /** n of the interval. */
  readonly rounds: number;
  /** Half of the interval's width over its ratio; absent while the rounds are too few for an interval. */
  readonly halfWidth?: number;
}

/**
 * How tight the declared intervals are after what is recorded so far, each as the report would give it. Where nothing is
 * compared with a baseline, its twin is. A capacity that the load agent limits has no verdict, and is not waited for.
 */
export function declaredPrecisions(recorded: RecordedRun): readonly DeclaredPrecision[] {
  const { groups, statistics } = analyse(recorded);
  return groups.flatMap(({ figures: { group, baseline, twin, contenders } }) => {
    const compared = contenders.length > 0 || twin === undefined ? contenders : [twin];
    const { declaredMetric } = group.profile;
    return compared.flatMap((contender): DeclaredPrecision[] => {
      const limit = limitOfBoth(busyOf(baseline).limit, busyOf(contender).limit);
      if (declaredMetric === 'throughput_rps' && !isServerSide(limit)) return [];
      const estimate = estimateOf(baseline, contender, declaredMetric, statistics);
      const { server, path, profile } = contender.recorded.case;
      const width =
        estimate?.interval.reachesLevel === true ? relativeHalfWidth(estimate.interval) : undefined;
      return [
        {
          ...{ server, profile, path },
          rounds: estimate?.rounds.length ?? 0,
          ...present({ halfWidth: width }),
        },
      ];
    });
  });
}

/** The widest of them; `undefined` while one has no interval yet. */
export function widestDeclared(precisions: readonly DeclaredPrecision[]): number | undefined {
  const widths = precisions.map(({ halfWidth }) => halfWidth);
  return widths.reduce<number | undefined>(
    (widest, width) => (width === undefined || widest === undefined ? undefined : Math.max(widest, width)),
    widths.length === 0 ? undefined : 0,
  );
}

/** Of an interval of ratios: half of its width on the log scale, as a share of the ratio in its middle. */
function relativeHalfWidth({ low, high }: { readonly low: number; readonly high: number }): number {
  return Math.sinh(Math.log(high / low) / 2);
}
