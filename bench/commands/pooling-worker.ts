import { type MessagePort, parentPort } from 'node:worker_threads';
import { CasePooling } from '../../reports/analysis/case-latencies.ts';
import type { PooledBefore } from '../../reports/analysis/pooled-latencies.ts';

/* A thread that pools the latencies of each case while the main thread reads on: see read-and-pool.ts. */

/** A completed slice, column by column: element i of each is of slice i. */
export interface SliceBatch {
  readonly cases: readonly string[];
  readonly rounds: readonly number[];
  readonly blocks: readonly number[];
  readonly requests: readonly number[];
  readonly histograms: readonly string[];
}

/** `undefined` if a histogram could not be decoded. */
export type PoolingAnswer = PooledBefore | undefined;

/** Takes batches of slices in the order of their file until 'end', and answers once. */
function poolFor(port: MessagePort): void {
  const poolings = new Map<string, CasePooling>();
  let answered = false;
  const answer = (latencies: PoolingAnswer) => {
    answered = true;
    port.postMessage(latencies);
  };
  port.on('message', (message: SliceBatch | 'end') => {
    if (answered) return;
    try {
      if (message === 'end') answer(new Map([...poolings].map(([id, pooling]) => [id, pooling.end()])));
      else add(poolings, message);
    } catch {
      answer(undefined);
    }
  });
}

function add(
  poolings: Map<string, CasePooling>,
  { cases, rounds, blocks, requests, histograms }: SliceBatch,
): void {
  for (const [index, id] of cases.entries()) {
    const pooling = poolings.get(id) ?? new CasePooling();
    poolings.set(id, pooling);
    pooling.add({
      round: at(rounds, index),
      block: at(blocks, index),
      requests: at(requests, index),
      latency: { histogram: at(histograms, index) },
    });
  }
}

function at<T>(column: readonly T[], index: number): T {
  const value = column[index];
  if (value === undefined) throw new RangeError(`a batch of slices has a column without element ${index}`);
  return value;
}

if (parentPort !== null) poolFor(parentPort);
