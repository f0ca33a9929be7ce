import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pathId } from '../../model/path.ts';
import { loadProfiles } from '../../model/profile.ts';
import type { RunStop } from '../../model/stopping.ts';
import { isMeasured } from '../../model/summary.ts';
import type { Outside } from '../../outside.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { openSession } from '../session.ts';
import { type ObviousResult, obviousResult } from './naive-comparison.ts';

/**
 * Both ways compare nginx in these two modes, dialled from the host's own stack, where autocannon's CLI can
 * run as well.
 */
const baseline = pathId({ mode: 'host', vantage: 'host' });
const contender = pathId({ mode: 'bridge', vantage: 'host', address: 'published' });
const secondsOfARepeat = 10;

interface TimeToInterval {
  readonly bench: {
    readonly seconds: number;
    readonly stop: RunStop | undefined;
    readonly ratio: number | undefined;
  };
  readonly obvious: ObviousResult & { readonly seconds: number };
}

/**
 * How long bench, and the obvious way, take to an interval of ± `precision`, on the same servers.
 *
 *   bench run --precision … → autocannon on A, n times → autocannon on B, n times
 *
 * @param boundSeconds for each way. A way that needs longer counts as not having reached the interval.
 */
export async function timeToInterval(
  outside: Outside,
  { precision, boundSeconds, results }: { precision: number; boundSeconds: number; results: string },
): Promise<TimeToInterval> {
  await mkdir(results, { recursive: true });
  await using session = await openSession(outside, results);
  const flags = {
    server: 'nginx',
    path: contender,
    profile: 'throughput',
    precision: String(precision),
    time: String(boundSeconds),
  };
  const plan = resolvePlan({ flags, env: {} }, outside.random);
  const { seconds, stop, summary } = await session.run(plan);
  const overhead = summary.overheads.find(({ declared }) => declared);

  const { clock } = outside;
  const repeats = Math.max(1, Math.floor(boundSeconds / 2 / secondsOfARepeat));
  let obvious: TimeToInterval['obvious'] | undefined;
  await session.standing(plan, 1, async (deployed) => {
    const startedAt = clock.monotonicSeconds();
    const throughputs = async (path: string) => {
      const found: number[] = [];
      const own = deployed.find(
        ({ order: { deployment } }) => deployment.path === path && deployment.role !== 'twin',
      );
      for (let repeat = 0; repeat < repeats; repeat++) found.push(await autocannonCli(own?.url ?? ''));
      return found;
    };
    const [a, b] = [await throughputs(baseline), await throughputs(contender)];
    obvious = { ...obviousResult(a, b, precision), seconds: clock.monotonicSeconds() - startedAt };
  });
  if (obvious === undefined) throw new Error('no round was deployed');
  return {
    bench: { seconds, stop, ratio: overhead && isMeasured(overhead) ? overhead.ratio : undefined },
    obvious,
  };
}

/** Requests/s of one repeat, as autocannon's own command line prints them. */
async function autocannonCli(url: string): Promise<number> {
  const main = createRequire(import.meta.url).resolve('autocannon');
  const argv = [
    '--connections',
    String(loadProfiles.throughput.connections),
    '--duration',
    String(secondsOfARepeat),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(dirname(main), 'autocannon.js'),
    ...argv,
    '--json',
    url,
  ]);
  const { requests } = JSON.parse(stdout);
  return Number(requests.average);
}

/** The results as lines of text. */
export function intervalLines(
  { bench, obvious }: TimeToInterval,
  { precision, boundSeconds }: { precision: number; boundSeconds: number },
): readonly string[] {
  const percent = (share: number | undefined) =>
    share === undefined ? 'no interval' : `±${(share * 100).toFixed(1)} %`;
  const wanted = percent(precision);
  const { stop } = bench;
  const reached = stop?.by === 'precision';
  const { reachedAt, repeats, halfWidth } = obvious;
  return [
    `bench       ${reached ? `${Math.round(bench.seconds)} s` : `not within ${boundSeconds} s`} to ${wanted}: ` +
      `ratio ${bench.ratio?.toFixed(3) ?? '-'}, ${percent(stop?.halfWidth)} after ${stop?.rounds ?? 0} rounds`,
    `autocannon  ${reachedAt === undefined ? `not within ${boundSeconds} s` : `${Math.round((obvious.seconds * reachedAt) / repeats)} s`} to ${wanted}: ` +
      `ratio ${obvious.ratio.toFixed(3)}, ${percent(halfWidth)} after ${repeats} repeats of ${secondsOfARepeat} s a side` +
      `${reachedAt === undefined ? '' : ` (tight enough after ${reachedAt}, in hindsight)`}`,
  ];
}
