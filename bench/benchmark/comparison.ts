import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Contender, Figures } from './contender.ts';
import { type Spread, spreadOf } from './spread.ts';

export interface Turn {
  readonly contender: Contender;
  readonly connections: number;
}

export interface Result extends Turn, Figures {
  readonly round: number;
}

export interface Comparison {
  readonly figure: keyof Figures;
  readonly connections: number;
  readonly agent: Spread;
  readonly autocannon: Spread;
  /** Agent over autocannon, from the two turns of each round. */
  readonly ratio: Spread;
}

/** For each round, both contenders at every number of connections, in seeded random order. */
export function interleaved(
  rounds: number,
  connections: readonly number[],
  seed: number,
): readonly (readonly Turn[])[] {
  const random = xoroshiro128plus(seed);
  const turns = connections.flatMap((count): readonly Turn[] => [
    { contender: 'agent', connections: count },
    { contender: 'autocannon', connections: count },
  ]);
  return Array.from({ length: rounds }, () => {
    const left = [...turns];
    return turns.flatMap(() => left.splice(uniformInt(random, 0, left.length - 1), 1));
  });
}

/** Compares the contenders round by round on one figure at one number of connections. */
export function compare(results: readonly Result[], figure: keyof Figures, connections: number): Comparison {
  const of = (contender: Contender) =>
    results.filter((result) => result.connections === connections && result.contender === contender);
  const ratios = of('agent').flatMap((mine) =>
    of('autocannon')
      .filter((other) => other.round === mine.round)
      .map((other) => mine[figure] / other[figure]),
  );
  return {
    figure,
    connections,
    agent: spreadOf(of('agent').map((result) => result[figure])),
    autocannon: spreadOf(of('autocannon').map((result) => result[figure])),
    ratio: spreadOf(ratios),
  };
}
