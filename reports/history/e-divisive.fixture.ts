import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * The first change point by E-divisive (Matteson & James 2014, with α = 1), and its p by permutation. It knows
 * neither intervals nor normal distributions, so it is a second opinion on where a change is.
 */
export function eDivisive(
  y: readonly number[],
  rng: RandomGenerator,
  permutations = 199,
): { readonly at: number; readonly p: number } {
  const found = largestEnergy(y);
  let larger = 0;
  for (let trial = 0; trial < permutations; trial++) {
    if (largestEnergy(shuffled(y, rng)).energy >= found.energy) larger++;
  }
  return { at: found.at, p: (larger + 1) / (permutations + 1) };
}

function largestEnergy(y: readonly number[]): { readonly at: number; readonly energy: number } {
  const least = 3;
  let best = { at: 0, energy: 0 };
  for (let at = least; at <= y.length - least; at++) {
    const [before, after] = [y.slice(0, at), y.slice(at)];
    const between = 2 * meanDistance(before, after);
    const within = meanDistance(before, before, 1) + meanDistance(after, after, 1);
    const energy = ((before.length * after.length) / y.length) * (between - within);
    if (energy > best.energy) best = { at, energy };
  }
  return best;
}

/** @param itself the number of values of `b` that are the value of `a` itself. */
function meanDistance(a: readonly number[], b: readonly number[], itself = 0): number {
  let sum = 0;
  for (const one of a) for (const other of b) sum += Math.abs(one - other);
  return sum / (a.length * (b.length - itself));
}

function shuffled(values: readonly number[], rng: RandomGenerator): readonly number[] {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last--) {
    const other = uniformInt(rng, 0, last);
    const [a = 0, b = 0] = [result[last], result[other]];
    result[last] = b;
    result[other] = a;
  }
  return result;
}
