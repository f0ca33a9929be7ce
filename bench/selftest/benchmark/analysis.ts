import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const topOfPackage = join(import.meta.dirname, '..', '..', '..', '..');

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

/** Runs the command line to its end and returns its CPU time and its peak memory. */
async function costOf(argv: readonly string[]): Promise<Pick<AnalysisCost, 'cpuSeconds' | 'peakBytes'>> {
  // The program itself writes the figures as it exits: the kernel reports them to no other process.
  const tellCost =
    'data:text/javascript,process.on("exit",()=>process.stderr.write(JSON.stringify(process.resourceUsage())))';
  const main = join(topOfPackage, 'dist', 'bench', 'main.js');
  const child = spawn(process.execPath, ['--import', tellCost, main, ...argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`bench ${argv.join(' ')} exited with ${code}: ${told}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(told);
  return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024 };
}
