import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const topOfPackage = join(import.meta.dirname, '..', '..', '..', '..');

interface Cost {
  /** CPU time of the program. A busy machine stretches it less than the wall time. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** Runs the command line to its end and returns its CPU time and its peak memory. */
export async function costOf(argv: readonly string[]): Promise<Cost> {
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
