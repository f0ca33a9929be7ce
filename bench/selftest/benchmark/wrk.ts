import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseWrk } from '../../agent/wrk.ts';
import type { Figures, Stretch } from './figures.ts';
import { onCpu, whereIs } from './processes.ts';

const wrk = whereIs('wrk');

/** wrk is a package of Debian, not one of ours. It may be missing. */
export function canRunWrk(): boolean {
  return wrk !== undefined && whereIs('bash') !== undefined;
}

/** One stretch by wrk, in one thread. bash reports the CPU time of its child, to the millisecond. */
export async function measureWrk({ url, connections, seconds }: Stretch, cpu: number): Promise<Figures> {
  const command = onCpu(cpu, [wrk ?? 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url]);
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, 'bash', ...command]);
  return wrkFigures(stdout, stderr);
}

/**
 * @param times the output of bash's `time`.
 * @throws {Error} requests failed, or one of the texts has another form.
 */
export function wrkFigures(output: string, times: string): Figures {
  const { responses, requestsPerSecond, latencyP50Us } = parseWrk(output);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(times) ?? [];
  const cpuUsPerRequest = (1e6 * (Number(user) + Number(system))) / responses;
  if (Number.isNaN(cpuUsPerRequest)) throw new Error(`bash said no CPU time of wrk: ${times.trim()}`);
  return { requestsPerSecond, cpuUsPerRequest, medianUs: latencyP50Us };
}
