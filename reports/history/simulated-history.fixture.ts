import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { LogOverhead } from '../across/log-overhead.ts';
import { normalDeviate } from '../statistics/normal-deviate.fixture.ts';
import { studentTQuantile } from '../statistics/student-t.ts';

/** Rounds of each simulated run. */
const rounds = 10;
/** Standard error of a run's overhead by its rounds alone: an interval of ±2.3 %. */
const trueError = 0.01;

/** The half-width of the interval of a simulated run, on the log scale. */
export const halfWidth = studentTQuantile(0.975, rounds - 1) * trueError;

interface Simulated {
  readonly nights: number;
  /** Standard deviation between runs, in standard errors of one run: 0 where the intervals say all. */
  readonly betweenRuns: number;
  readonly step?: { readonly at: number; readonly by: number };
}

/** Nights whose truth is known. Each has the standard error that its ten rounds would have shown. */
export function simulatedHistory(
  rng: RandomGenerator,
  { nights, betweenRuns, step }: Simulated,
): readonly LogOverhead[] {
  return Array.from({ length: nights }, (_, night): LogOverhead => {
    const level = step !== undefined && night >= step.at ? 0.2 + step.by : 0.2;
    const y = level + trueError * (betweenRuns * normalDeviate(rng) + normalDeviate(rng));
    const squares = Array.from({ length: rounds - 1 }, () => normalDeviate(rng) ** 2);
    const meanSquare = squares.reduce((sum, it) => sum + it, 0) / (rounds - 1);
    return { y, se: trueError * Math.sqrt(meanSquare), df: rounds - 1 };
  });
}
