import { caseId } from '../../bench/model/case.ts';
import type { Distribution } from '../report-model.ts';
import { type CaseLatencies, CasePooling, type PooledQuantiles, quantilesOf } from './case-latencies.ts';
import { emptyPool } from './latency-pool.ts';
import type { RecordedCase, RoundSlices } from './recorded-cases.ts';

export interface PooledLatencies {
  /** One for each case with completed slices. */
  readonly distributions: readonly Distribution[];
  /** Far quantiles of the given blocks of a round, which must hold a completed slice. */
  quantiles(round: RoundSlices, blocks: readonly number[]): PooledQuantiles;
}

/** Cases whose histograms were pooled before, by `caseId`: while their slices were being read. */
export type PooledBefore = ReadonlyMap<string, CaseLatencies>;

/**
 * Decodes every completed slice's histogram once, round by round: the dear part of an analysis, in time and in
 * memory, so that of each round only its quantiles are kept. The blocks of a round in which baseline and
 * contender both completed are nearly always all of its blocks; any other choice is decoded when asked for.
 *
 * @param before is taken for the cases of which it holds just the slices that count.
 */
export function poolLatencies(cases: readonly RecordedCase[], before?: PooledBefore): PooledLatencies {
  const ofWhole = new WeakMap<RoundSlices, PooledQuantiles>();
  const ofSome = new WeakMap<RoundSlices, Map<string, PooledQuantiles>>();
  const pool = emptyPool();

  const quantilesOfSome = (round: RoundSlices, blocks: readonly number[]): PooledQuantiles => {
    const choices = ofSome.get(round) ?? new Map<string, PooledQuantiles>();
    const choice = blocks.join(' ');
    const slices = blocks.flatMap((block) => round.get(block) ?? []);
    const quantiles = choices.get(choice) ?? quantilesOf(slices, pool);
    ofSome.set(round, choices.set(choice, quantiles));
    return quantiles;
  };

  const distributions = cases.flatMap((recorded): Distribution[] => {
    if (recorded.rounds.size === 0) return [];
    const known = before?.get(caseId(recorded.case));
    const latencies = known && holdsJust(known, recorded) ? known : pooledCase(recorded);
    for (const [round, slices] of recorded.rounds) {
      const quantiles = latencies.rounds.get(round)?.quantiles;
      if (quantiles !== undefined) ofWhole.set(slices, quantiles);
    }
    return [{ case: recorded.case, responses: latencies.responses, points: latencies.points }];
  });

  return {
    distributions,
    quantiles: (round, blocks) =>
      (blocks.length === round.size ? ofWhole.get(round) : undefined) ?? quantilesOfSome(round, blocks),
  };
}

function pooledCase({ rounds }: RecordedCase): CaseLatencies {
  const pooling = new CasePooling();
  for (const slices of rounds.values()) for (const slice of slices.values()) pooling.add(slice);
  return pooling.end();
}

/** Whether the slices that were pooled are the case's completed ones: none that was judged otherwise since. */
function holdsJust(latencies: CaseLatencies, { rounds }: RecordedCase): boolean {
  if (latencies.rounds.size !== rounds.size) return false;
  for (const [round, slices] of rounds) {
    const blocks = latencies.rounds.get(round)?.blocks ?? [];
    const asMany = blocks.length === slices.size && new Set(blocks).size === slices.size;
    if (!asMany || !blocks.every((block) => slices.has(block))) return false;
  }
  return true;
}

/** The blocks of a round in ascending order. */
export function sortedBlocks(round: RoundSlices): readonly number[] {
  return [...round.keys()].sort((a, b) => a - b);
}
