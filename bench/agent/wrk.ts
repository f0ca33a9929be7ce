import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SecondClientCount, SecondClientOrder } from '../model/load-agent.ts';

/**
 * wrk, run where the agent runs. It is another client for the same server, to see whether both report the
 * same.
 * @throws {Error} wrk is not in the image, or prints something else than a count of answers and their
 *   latencies.
 */
export async function runWrk({ url, connections, seconds }: SecondClientOrder): Promise<SecondClientCount> {
  const { stdout } = await promisify(execFile)('wrk', [
    '--threads',
    '1',
    '--connections',
    String(connections),
    '--duration',
    `${seconds}s`,
    '--latency',
    url,
  ]);
  return parseWrk(stdout);
}

const scales: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6 };

/** What `wrk --latency` prints. @throws {Error} it is something else, or answers failed. */
export function parseWrk(text: string): SecondClientCount {
  const faults = /Socket errors:.*|Non-2xx.*/.exec(text)?.[0];
  if (faults !== undefined) throw new Error(`wrk reported faults: ${faults.trim()}`);
  const [, requests] = /(\d+) requests in/.exec(text) ?? [];
  const [, perSecond] = /Requests\/sec:\s+([\d.]+)/.exec(text) ?? [];
  const [, median, scale = ''] = /^\s+50%\s+([\d.]+)(us|ms|s)\s*$/m.exec(text) ?? [];
  const factor = scales[scale];
  if (requests === undefined || perSecond === undefined || median === undefined || factor === undefined) {
    throw new Error(`unexpected output of wrk: ${text.trim()}`);
  }
  return {
    responses: Number(requests),
    requestsPerSecond: Number(perSecond),
    latencyP50Us: Number(median) * factor,
  };
}
