import { present } from '../../bench/model/present.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { analyse } from './analyse.ts';
import { estimateOf } from './estimate.ts';

import { busyOf, isServerSide, limitOfBoth } from './limit.ts';
import { clientsOwn } from './send-lag.ts';

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
 * How tight the declared intervals are after the slices recorded so far, each computed as in the report.
 * Where a baseline is compared only with its twin, the twin is used. A capacity that the load agent limits
 * has no verdict, so it is ignored.
 */
export function declaredPrecisions(recorded: RecordedRun): readonly DeclaredPrecision[] {
  const { groups, statistics } = analyse(recorded);
  return groups.flatMap(({ figures: { group, baseline, twin, contenders } }) => {
    const compared = contenders.length > 0 || twin === undefined ? contenders : [twin];
    const { declaredMetric } = group.profile;
    return compared.flatMap((contender): DeclaredPrecision[] => {
      const limit = limitOfBoth(busyOf(baseline).limit, busyOf(contender).limit);
      if (declaredMetric === 'throughput_rps' && !isServerSide(limit)) return [];
      if (clientsOwn([baseline, contender], declaredMetric) !== undefined) return [];
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

/** The widest half-width; `undefined` while any comparison has no interval yet. */
export function widestDeclared(precisions: readonly DeclaredPrecision[]): number | undefined {
  const widths = precisions.map(({ halfWidth }) => halfWidth);
  return widths.reduce<number | undefined>(
    (widest, width) => (width === undefined || widest === undefined ? undefined : Math.max(widest, width)),
    widths.length === 0 ? undefined : 0,
  );
}

/** Half the width of an interval of ratios, as a share of its geometric middle √(low · high). */
function relativeHalfWidth({ low, high }: { readonly low: number; readonly high: number }): number {
  return Math.sinh(Math.log(high / low) / 2);
}
