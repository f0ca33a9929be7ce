import type { MetricName } from '../../bench/model/metric.ts';
import type { Run } from '../../bench/model/run.ts';
import { quantileOf } from './quantiles.ts';
import type { CaseFigures } from './round-figures.ts';

/** A quantile is the machine's where its gaps at that quantile are longer than this share of it. */
export const largestGapShare = 0.1;

/** A quantile that says how the machine pauses programs, as much as how the server answers. */
interface MachineQuantile {
  readonly figures: CaseFigures;
  readonly metric: MetricName;
  /** `p99.9`. */
  readonly name: string;
  readonly gapUs: number;
  readonly responseUs: number;
}

/** The shown quantiles of open load that are the machine's (bench/docs/method.md, section 10). */
export function machineQuantiles(
  { jitter }: Pick<Run, 'jitter'>,
  cases: readonly CaseFigures[],
  metricsOf: (figures: CaseFigures) => readonly MetricName[],
): readonly MachineQuantile[] {
  if (jitter === undefined) return [];
  return cases.flatMap((figures) =>
    metricsOf(figures).flatMap((metric): readonly MachineQuantile[] => {
      const quantile = quantileOf(metric);
      if (figures.open === undefined || quantile === undefined) return [];
      const [gapUs, responseUs] = [jitter[quantile.key], figures.open.response[quantile.key]];
      if (gapUs <= largestGapShare * responseUs) return [];
      return [{ figures, metric, name: quantile.name, gapUs, responseUs }];
    }),
  );
}
