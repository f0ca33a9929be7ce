import { mostRounds } from '../../bench/model/plan.ts';
import type { MeasuredOverhead } from '../../bench/model/summary.ts';
import { studentTQuantile } from '../statistics/student-t.ts';

/** The overhead of one run on the log scale, where overheads of several runs are subtracted and averaged. */
export interface LogOverhead {
  /** ln(contender / baseline). */
  readonly y: number;
  /** Standard error of y. */
  readonly se: number;
  /** Degrees of freedom of that standard error: rounds − 1. */
  readonly df: number;
}

/**
 * Standard error by the width of the run's interval: half of it is t × se. The interval is a signed-rank one, whose
 * width on normal rounds is that of Student's t within some percent (bench/docs/compare.md).
 *
 * The figures may be of a stranger's run folder: a level that is none, or rounds beyond those of any plan, do no harm.
 *
 * @returns `undefined` where the interval has no width to go by: one round, equal rounds, or a bound of 0.
 */
export function logOverhead({
  ratio,
  ratioLow,
  ratioHigh,
  confidence,
  rounds,
}: Pick<MeasuredOverhead, 'ratio' | 'ratioLow' | 'ratioHigh' | 'confidence' | 'rounds'>):
  | LogOverhead
  | undefined {
  const hasWidth = ratioLow > 0 && ratioHigh > ratioLow && confidence > 0 && confidence < 1;
  if (rounds < 2 || !hasWidth) return undefined;
  const df = Math.min(rounds, mostRounds) - 1;
  const t = studentTQuantile((1 + confidence) / 2, df);
  return {
    y: Math.log(ratio),
    se: (Math.log(ratioHigh) - Math.log(ratioLow)) / (2 * t),
    df,
  };
}
