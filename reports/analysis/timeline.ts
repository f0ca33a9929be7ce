import type { MetricName } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { present } from '../../bench/model/present.ts';
import type { Slice } from '../../bench/model/slice.ts';
import type { TimelinePoint } from '../report-model.ts';
import { metricValue, totalsOf } from './metric-values.ts';
import type { CaseFigures } from './round-figures.ts';

/** Every slice, invalid and failed ones too, in the order of measurement. */
export function timeline(
  plan: Plan,
  slices: readonly Slice[],
  figures: readonly CaseFigures[],
): readonly TimelinePoint[] {
  const counted = countedSlices(figures);
  const shown = new Map(plan.profiles.map(({ name, declaredMetric }) => [name, declaredMetric]));
  return slices.map((slice, index): TimelinePoint => {
    const { server, path, role, profile, status, round, block, startedAt } = slice;
    const metric: MetricName = shown.get(profile) ?? 'throughput_rps';
    const value = slice.status === 'failed' ? undefined : metricValue(totalsOf(slice), metric);
    return {
      case: { server, path, role, profile },
      status,
      ...(counted.has(slice) ? { counted: true } : {}),
      round,
      block,
      order: index + 1,
      startedAt,
      ...present({ value }),
      metric,
    };
  });
}

function countedSlices(figures: readonly CaseFigures[]): ReadonlySet<Slice> {
  return new Set(
    figures.flatMap(({ recorded, rounds }) =>
      rounds.flatMap(({ round, blocks }) =>
        blocks.flatMap((block) => recorded.rounds.get(round)?.get(block) ?? []),
      ),
    ),
  );
}
