import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Contender } from './arena.ts';
import type { Figures } from './figures.ts';
import { type Spread, spreadOf } from './spread.ts';

interface Turn {
  readonly contender: Contender;
  readonly connections: number;
}

export interface Result extends Turn, Figures {
  readonly round: number;
}

export type Figure = keyof Figures;

/** Runs all contenders at every number of connections in each round, in seeded random order. */
export function interleaved(
  rounds: number,
  contenders: readonly Contender[],
  connections: readonly number[],
  seed: number,
): readonly (readonly Turn[])[] {
  const random = xoroshiro128plus(seed);
  const turns = connections.flatMap((count) =>
    contenders.map((contender): Turn => ({ contender, connections: count })),
  );
  return Array.from({ length: rounds }, () => {
    const left = [...turns];
    return turns.flatMap(() => left.splice(uniformInt(random, 0, left.length - 1), 1));
  });
}

/** One contender's figure at one number of connections, over all rounds that have it. */
export function figureOf(
  results: readonly Result[],
  { contender, connections }: Turn,
  figure: Figure,
): Spread {
  return spreadOf(valuesOf(results, { contender, connections }, figure).map(([, value]) => value));
}

/**
 * The agent's figure divided by another's, from the two turns of each round. Drift between rounds cancels.
 */
export function ratioTo(
  results: readonly Result[],
  { contender, connections }: Turn,
  figure: Figure,
): Spread {
  const others = new Map(valuesOf(results, { contender, connections }, figure));
  const ratios = valuesOf(results, { contender: 'agent', connections }, figure).flatMap(([round, value]) => {
    const other = others.get(round);
    return other === undefined ? [] : [value / other];
  });
  return spreadOf(ratios);
}

function valuesOf(
  results: readonly Result[],
  turn: Turn,
  figure: Figure,
): readonly (readonly [round: number, value: number])[] {
  return results.flatMap(({ contender, connections, round, [figure]: value }) =>
    contender === turn.contender && connections === turn.connections && value !== undefined
      ? [[round, value] as const]
      : [],
  );
}
