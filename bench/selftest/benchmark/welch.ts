import { mean, standardDeviation, type Values } from '../../../reports/statistics/location.ts';
import { studentTQuantile } from '../../../reports/statistics/student-t.ts';

interface WelchInterval {
  /** Difference of the means: the second minus the first. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Interval for the difference of two means whose spreads may differ (Welch 1947; R's `t.test`), with the
 * degrees of freedom rounded down to a whole number. The obvious way of comparing uses it. bench's own
 * intervals are signed-rank ones.
 * @returns `undefined` for a side with fewer than two values, or for values without any spread.
 */
export function welchInterval(first: Values, second: Values, confidence: number): WelchInterval | undefined {
  const [one, two] = [first, second].map((values) => {
    const deviation = standardDeviation(values);
    return deviation === undefined ? undefined : deviation ** 2 / values.length;
  });
  if (one === undefined || two === undefined || one + two === 0) return undefined;
  const freedom = (one + two) ** 2 / (one ** 2 / (first.length - 1) + two ** 2 / (second.length - 1));
  const multiple = studentTQuantile((1 + confidence) / 2, Math.max(1, Math.floor(freedom)));
  const half = multiple * Math.sqrt(one + two);
  const difference = mean(second) - mean(first);
  return { difference, low: difference - half, high: difference + half };
}
