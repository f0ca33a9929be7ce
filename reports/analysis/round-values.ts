import { asValues, median } from '../statistics/location.ts';
import { type SliceMetric, sliceMetrics, sliceValue } from './metric-values.ts';
import type { RoundSlices } from './recorded-cases.ts';

/** What the slices of one case in one round say by themselves, from some or all of the round's blocks. */
export interface RoundValues {
  readonly all: RoundSlices;
  readonly responses: number;
  /** Metrics that no slice gives are absent. */
  readonly columns: Readonly<Partial<Record<SliceMetric, SliceColumn>>>;
}

export interface SliceColumn {
  /** One for each block asked for, in their order; `undefined` where the slice does not give the metric. */
  readonly values: readonly (number | undefined)[];
  /** How many slices give it, at least one. */
  readonly given: number;
  readonly median: number;
}

export type RoundValuesOf = (all: RoundSlices, blocks: readonly number[]) => RoundValues;

/** Looks at every slice once, for all metrics: a run has 100,000 of them, which are far apart in memory. */
export function roundValues(all: RoundSlices, blocks: readonly number[]): RoundValues {
  const found = sliceMetrics.map((name) => ({ name, values: new Array<number | undefined>(blocks.length) }));
  let responses = 0;
  for (const [place, block] of blocks.entries()) {
    const slice = all.get(block);
    if (slice === undefined) continue;
    responses += slice.requests;
    for (const { name, values } of found) values[place] = sliceValue(slice, name);
  }
  const columns: Partial<Record<SliceMetric, SliceColumn>> = {};
  for (const { name, values } of found) {
    const given = asValues(values.filter((value) => value !== undefined));
    if (given !== undefined) columns[name] = { values, given: given.length, median: median(given) };
  }
  return { all, responses, columns };
}

/**
 * `roundValues` that remembers those of whole rounds: a baseline is compared with several contenders, nearly always on
 * all blocks of a round, and each case is summed up by itself as well.
 */
export function rememberedRoundValues(): RoundValuesOf {
  const known = new WeakMap<RoundSlices, RoundValues>();
  return (all, blocks) => {
    if (blocks.length !== all.size) return roundValues(all, blocks);
    const values = known.get(all) ?? roundValues(all, blocks);
    known.set(all, values);
    return values;
  };
}
