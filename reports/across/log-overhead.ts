import { mostRounds } from '../../bench/model/plan.ts';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import type { MeasuredOverhead } from '../../bench/model/summary.ts';
import { sum } from '../statistics/location.ts';
import { studentTQuantile } from '../statistics/student-t.ts';

/** An overhead on the log scale, where overheads of several runs are subtracted and averaged. */
export interface LogOverhead {
  /** ln(contender / baseline). */
  readonly y: number;
  /** Standard error of y. */
  readonly se: number;
  /** Degrees of freedom of that standard error: of one run, rounds − 1. */
  readonly df: number;
}

/** An interval from a thousandth to a thousandfold says nothing of a path. On the log scale. */
const widest = Math.log(1e6);
/** Student's t of a level next to 1 has no finite value. */
const surest = 1 - 1e-9;

/**
 * The overhead of one run. The standard error follows from the width of the run's interval: half of it is t × se. The
 * interval is a signed-rank one, whose width on normal rounds is that of Student's t within some percent
 * (bench/docs/compare.md).
 *
 * The figures may be of a stranger's run folder: a level that is none, rounds beyond those of any plan, or bounds beyond
 * all measure do no harm.
 *
 * @returns `undefined` where the interval has no width to go by: one round, equal rounds, a bound of 0, or such bounds.
 */
export function logOverhead({
  ratio,
  ratioLow,
  ratioHigh,
  confidence,
  rounds,
}: Pick<MeasuredOverhead, keyof RatioInterval | 'confidence' | 'rounds'>): LogOverhead | undefined {
  const width = Math.log(ratioHigh) - Math.log(ratioLow);
  const hasWidth = width > 0 && width < widest;
  if (rounds < 2 || !hasWidth || !(confidence > 0 && confidence < surest)) return undefined;
  const df = Math.min(rounds, mostRounds) - 1;
  return { y: Math.log(ratio), se: width / (2 * studentTQuantile((1 + confidence) / 2, df)), df };
}

/** The way back: exp(y ± t × se). */
export function intervalOf({ y, se, df }: LogOverhead, confidence: number): RatioInterval {
  const half = studentTQuantile((1 + confidence) / 2, df) * se;
  return { ratio: Math.exp(y), ratioLow: Math.exp(y - half), ratioHigh: Math.exp(y + half) };
}

/**
 * The error of a sum or a difference of independent overheads, with the degrees of freedom of Welch & Satterthwaite,
 * rounded down to a whole number (Satterthwaite 1946).
 */
export function errorOfSum(overheads: readonly LogOverhead[]): Pick<LogOverhead, 'se' | 'df'> {
  const variance = sum(overheads.map(({ se }) => se ** 2));
  const df = variance ** 2 / sum(overheads.map((it) => it.se ** 4 / it.df));
  // A sum of equal variances is not exact in floating point.
  return { se: Math.sqrt(variance), df: Math.floor(df + 1e-9) };
}
