import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A copy in random order, every order equally likely: each value goes to a random place among those before. */
export function shuffled<T>(values: readonly T[], random: RandomGenerator): T[] {
  const order: T[] = [];
  for (const value of values) order.splice(uniformInt(random, 0, order.length), 0, value);
  return order;
}
