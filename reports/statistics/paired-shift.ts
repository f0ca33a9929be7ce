import type { Values } from './location.ts';
import { orderStatistic, walshAverages } from './ordered-sums.ts';
import type { Shift } from './two-sample-shift.ts';

/**
 * Hodges–Lehmann estimate from paired differences (1963): the median of their Walsh averages. The standard error is
 * half the distance between the averages one standard deviation of the signed-rank statistic below and above the
 * middle, as for two samples: of what the distribution-free interval is made. Under normal noise its square is 12 % too
 * large for 6 differences, 26 % for 4 and 5 % for 12 (20,000 simulated sets each).
 */
export function pairedShift(differences: Values): Shift {
  const n = differences.length;
  const averages = walshAverages(differences);
  const value = orderStatistic(averages, 0.5);
  if (n < 2) return { value, standardError: undefined };
  const step = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24) / averages.size;
  const below = orderStatistic(averages, 0.5 - step);
  const above = orderStatistic(averages, 0.5 + step);
  return { value, standardError: (above - below) / 2 };
}

/** The estimate alone. */
export function pairedCentre(differences: Values): number {
  return orderStatistic(walshAverages(differences), 0.5);
}
