import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costOf, topOfPackage } from './cost-of.ts';
import { writeLongRun } from './long-run.ts';

interface AnalysisCost {
  readonly slices: number;
  /**
   * Start of the program, reading, checking every line, and analysis. Only the drawing of reports is not
   * included.
   */
  readonly seconds: number;
  /** CPU time of the same work. A busy machine stretches it less than the wall time. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/**
 * The cost of analysing a run of `slices` slices or a few more: the committed sample run, over and over, as
 * rounds that follow one another.
 */
export async function analysisCost(slices: number): Promise<AnalysisCost> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-analysis-'));
  try {
    const written = await writeLongRun(join(topOfPackage, 'results', 'sample'), directory, slices);
    const began = performance.now();
    const { cpuSeconds, peakBytes } = await costOf(['report', directory, '--explain', '--json']);
    return { slices: written, seconds: (performance.now() - began) / 1000, cpuSeconds, peakBytes };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
