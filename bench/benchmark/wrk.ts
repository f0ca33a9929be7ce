import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Figures, Stretch } from './figures.ts';
import { onCpu, whereIs } from './processes.ts';

const wrk = whereIs('wrk');

/** wrk is a package of Debian, and not of ours: it may be missing. */
export function canRunWrk(): boolean {
  return wrk !== undefined && whereIs('bash') !== undefined;
}

/** One stretch by wrk, in one thread. Its CPU time is bash's word on its child, to the millisecond. */
export async function measureWrk({ url, connections, seconds }: Stretch, cpu: number): Promise<Figures> {
  const command = onCpu(cpu, [wrk ?? 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url]);
  const script = 'TIMEFORMAT="cpu %U %S"; time "$@"';
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, 'bash', ...command]);
  return wrkFigures(stdout, stderr);
}

/** @throws if requests failed, or the text is not wrk's. */
export function wrkFigures(output: string, times: string): Figures {
  const failed = /Socket errors:.*|Non-2xx.*/.exec(output);
  if (failed !== null) throw new Error(`wrk met faults: ${failed[0]}`);
  const [, requests] = /(\d+) requests in/.exec(output) ?? [];
  const [, perSecond] = /Requests\/sec:\s+([\d.]+)/.exec(output) ?? [];
  const [, median, unit = ''] = /50%\s+([\d.]+)(us|ms|s)/.exec(output) ?? [];
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(times) ?? [];
  const scale = { us: 1, ms: 1e3, s: 1e6 }[unit];
  const figures = {
    requestsPerSecond: Number(perSecond),
    cpuUsPerRequest: (1e6 * (Number(user) + Number(system))) / Number(requests),
    medianUs: Number(median) * (scale ?? Number.NaN),
  };
  if (Object.values(figures).some(Number.isNaN)) throw new Error(`wrk printed something else: ${output}`);
  return figures;
}
