import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { asValues } from '../statistics/location.ts';
import { normalDeviate } from '../statistics/normal-deviate.fixture.ts';
import {
  hodgesLehmann,
  rememberedCumulative,
  signedRank,
  signedRankInterval,
} from '../statistics/signed-rank.ts';
import { intervalOf, type LogOverhead, logOverhead } from './log-overhead.ts';

interface Truth {
  readonly y: number;
  /** Standard error of a run of so many rounds. */
  readonly se: number;
  readonly rounds: number;
}

const cumulativeOf = rememberedCumulative();

/** What a run of normal rounds says of a truth, by the way from rounds to summary.json and back. */
export function measuredRun(rng: RandomGenerator, { y, se, rounds }: Truth): LogOverhead {
  const values = asValues(
    Array.from({ length: rounds }, () => y + se * Math.sqrt(rounds) * normalDeviate(rng)),
  );
  if (values === undefined) throw new Error('a run has rounds');
  const ranked = signedRank(values, cumulativeOf);
  const { low, high, confidence } = signedRankInterval(ranked, 0.95);
  const overhead = logOverhead({
    ratio: Math.exp(hodgesLehmann(ranked)),
    ratioLow: Math.exp(low),
    ratioHigh: Math.exp(high),
    confidence,
    rounds,
  });
  if (overhead === undefined) throw new Error('normal rounds have an interval');
  return overhead;
}

/** Whether the 95 % interval holds a truth on the log scale. */
export function covers(overhead: LogOverhead, truth: number): boolean {
  const { ratioLow, ratioHigh } = intervalOf(overhead, 0.95);
  return Math.log(ratioLow) <= truth && Math.log(ratioHigh) >= truth;
}

/** Share of the trials in which something holds. */
export function shareOf(trials: number, seed: number, holds: (rng: RandomGenerator) => boolean): number {
  const rng = xoroshiro128plus(seed);
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (holds(rng)) count++;
  return count / trials;
}
