import { parentPort } from 'node:worker_threads';
import { CasePooling } from '../../reports/analysis/case-latencies.ts';
import type { PooledBefore } from '../../reports/analysis/pooled-latencies.ts';

/** Completed slices in the order of their file: element i of each is of slice i. */
export interface SliceBatch {
  readonly cases: readonly string[];
  readonly rounds: readonly number[];
  readonly blocks: readonly number[];
  readonly requests: readonly number[];
  readonly histograms: readonly string[];
}

/** `undefined` if a histogram could not be decoded. */
export type PoolingAnswer = PooledBefore | undefined;

/* A thread that pools the latencies of each case while the other one reads on; see read-and-pool.ts. */

const poolings = new Map<string, CasePooling>();
let undecodable = false;

parentPort?.on('message', (message: SliceBatch | 'end') => {
  if (undecodable) return;
  try {
    if (message === 'end') answer(pooled());
    else add(message);
  } catch {
    undecodable = true;
    answer(undefined);
  }
});

function answer(latencies: PoolingAnswer): void {
  parentPort?.postMessage(latencies);
}

function add({ cases, rounds, blocks, requests, histograms }: SliceBatch): void {
  for (const [index, id] of cases.entries()) {
    const pooling = poolings.get(id) ?? new CasePooling();
    poolings.set(id, pooling);
    pooling.add({
      round: rounds[index] ?? 0,
      block: blocks[index] ?? 0,
      requests: requests[index] ?? 0,
      latency: { histogram: histograms[index] ?? '' },
    });
  }
}

function pooled(): PooledBefore {
  return new Map([...poolings].map(([id, pooling]) => [id, pooling.end()]));
}
