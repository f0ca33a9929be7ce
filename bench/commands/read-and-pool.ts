import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PooledBefore } from '../../reports/analysis/pooled-latencies.ts';
import { caseId } from '../model/case.ts';
import type { RecordedRun } from '../model/recorded-run.ts';
import type { Slice } from '../model/slice.ts';
import { slicesFile } from '../run-folder/files.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import type { PoolingAnswer, SliceBatch } from './pooling-worker.ts';

export interface ReadAndPooled {
  readonly recorded: RecordedRun;
  /** Absent for a short run, and where a histogram cannot be decoded: the analysis then pools by itself. */
  readonly pooled?: PooledBefore;
}

export interface PoolingThread {
  /** From how many bytes of slices on a second thread is worth its start. */
  readonly fromBytes: number;
  readonly program: URL;
}

export const pooledByThread: PoolingThread = {
  fromBytes: 32 * 2 ** 20,
  program: new URL('./pooling-worker.js', import.meta.url),
};

/**
 * Reads a run folder. Of a long run the histograms are decoded and pooled by a second thread meanwhile, which takes a tenth
 * to a fifth off the time of an analysis (100,000 slices on two processors, with and without in turns).
 * @throws {Failure} as `readRunFolder`.
 */
export async function readAndPool(
  directory: string,
  { fromBytes, program }: PoolingThread = pooledByThread,
): Promise<ReadAndPooled> {
  const { size } = await lstat(join(directory, slicesFile)).catch(() => ({ size: 0 }));
  if (size < fromBytes) return { recorded: await readRunFolder(directory) };
  const worker = new Worker(program);
  try {
    const answered = answerOf(worker);
    // A thread that fails is heard of below, when its answer is waited for.
    answered.catch(() => undefined);
    const recorded = await readRunFolder(directory, (slices) => worker.postMessage(batchOf(slices)));
    worker.postMessage('end');
    const pooled = await answered;
    return pooled === undefined ? { recorded } : { recorded, pooled };
  } finally {
    await worker.terminate();
  }
}

/**
 * Rejects if the thread cannot run: an installation without its program is broken, and should not just be slow. What it
 * cannot decode is left to the analysis, which says which text it is.
 */
function answerOf(worker: Worker): Promise<PoolingAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('messageerror', reject);
    worker.once('exit', (code) => reject(new Error(`the pooling thread ended with ${code}`)));
  });
}

/** Column by column: sent and received in two thirds of the time that as many objects take. */
function batchOf(slices: readonly Slice[]): SliceBatch {
  const completed = slices.filter((slice) => slice.status === 'completed');
  return {
    cases: completed.map(caseId),
    rounds: completed.map(({ round }) => round),
    blocks: completed.map(({ block }) => block),
    requests: completed.map(({ requests }) => requests),
    histograms: completed.map(({ latency }) => latency.histogram),
  };
}
