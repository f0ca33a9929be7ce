import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engineAccess, openEngine } from '../../commands/engine/open-engine.ts';
import { exitCodes } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { processOutside } from '../../process-outside.ts';
import { addRules } from '../calibration/no-op-rules.ts';
import { burningServer } from './burning-server.ts';

/*
 * `npm run gate:real`: does the gate tell a slowed path from a quiet and from a disturbed machine? In a lab, as root.
 *
 *   quiet twice        → the second run passes: exit 0, nothing failed
 *   docker-proxy       → bridge/host/loopback goes through it instead of DNAT: exit 10
 *   200 firewall rules → bridge/external/published passes them: exit 10
 *   foreign load       → a process burns a CPU: untrusted, exit 0
 *   a burning server   → a service whose new version burns CPU in bridge mode only: exit 10
 *
 * The failures are confirmed by a second run, and have to name metric, path and intervals.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '32' },
    rules: { type: 'string', default: '200' },
    'burn-us': { type: 'string', default: '20' },
    limit: { type: 'string', default: '2%' },
  },
});
const bench = fileURLToPath(new URL('../../main.js', import.meta.url));
const [loopback, published] = ['bridge/host/loopback', 'bridge/external/published'];
const top = await mkdtemp(join(tmpdir(), 'bench-gate-real-'));

/** A directory with a config, as a nightly job has one: `measured` is what it measures. */
async function jobOf(name: string, measured: readonly string[]): Promise<string> {
  const directory = join(top, name);
  await mkdir(directory);
  const config = [
    ...measured,
    'profile: latency',
    `rounds: ${values.rounds}`,
    'blocks: 2',
    'gate:',
    '  - metric: latency_p50_us',
    "    path: 'bridge/*'",
    `    maxRegression: ${values.limit}`,
    '',
  ];
  await writeFile(join(directory, 'bench.config.yaml'), config.join('\n'));
  return directory;
}

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** bench as a user calls it in a directory. Its progress is shown. */
async function call(directory: string, ...argv: readonly string[]): Promise<Ended> {
  process.stderr.write(`\nbench ${argv.join(' ')}\n`);
  const child = spawn(process.execPath, [bench, ...argv], {
    cwd: directory,
    env: { ...process.env, BENCH_LAB: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, stdout };
}

interface Measured {
  readonly runId: string;
  readonly labImage: string;
}

/** @throws {Error} the run failed. */
async function measure(directory: string, ...argv: readonly string[]): Promise<Measured> {
  const { exitCode, stdout } = await call(directory, 'run', ...argv, '--json');
  if (exitCode !== exitCodes.ok) throw new Error(`bench run exited with ${exitCode}`);
  const { run_id: runId, environment } = JSON.parse(stdout);
  return { runId, labImage: environment.image };
}

interface Expected {
  readonly exitCode: number;
  readonly has: RegExp;
  readonly hasNot?: RegExp;
}

let missed = 0;

/** Prints what the gate said, and whether it is what is expected. */
function judge(what: string, { exitCode, stdout }: Ended, expected: Expected): void {
  const { has, hasNot } = expected;
  const holds = exitCode === expected.exitCode && has.test(stdout) && hasNot?.test(stdout) !== true;
  if (!holds) missed += 1;
  process.stdout.write(
    `${holds ? 'holds' : 'FAILS'}  ${what}: exit ${exitCode}\n${stdout.replace(/^(?=.)/gm, '       ')}`,
  );
}

/** A failure of a path that names metric, path, both intervals, and those of the second run. */
function failureOf(path: string): Expected {
  const overhead = String.raw`overhead \S+ % \[\S+ \S+\] against \S+ % \[\S+ \S+\] in run \S+: changed by \S+ % \[\S+ \S+\]`;
  return {
    exitCode: exitCodes.regression,
    has: new RegExp(`^failed: latency_p50_us ${path} .*${overhead}.* failed too: ${overhead}`, 'm'),
  };
}

async function withRules(outside: Outside, work: () => Promise<void>): Promise<void> {
  const interrupted = outside.catchInterrupts();
  const access = { ...engineAccess({}, outside, { interrupted }), userlandProxy: false };
  // The lab lives as long as someone uses it, and the rules go away with it.
  await using _lab = await openEngine(outside, access);
  await addRules(Number(values.rules), outside);
  await work();
}

async function besideABurningProcess(work: () => Promise<void>): Promise<void> {
  const burning = spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' });
  try {
    await work();
  } finally {
    burning.kill('SIGKILL');
  }
}

/** @returns the lab image of its runs. */
async function ofNginx(outside: Outside): Promise<string> {
  const job = await jobOf('nginx', ['server: nginx', `path: [${loopback}, ${published}]`]);
  const withoutProxy = ['--userland-proxy', 'off'];
  await measure(job, ...withoutProxy);
  const { runId: quiet, labImage } = await measure(job, ...withoutProxy);
  judge('a quiet run', await call(job, 'gate', quiet, '--all'), {
    exitCode: exitCodes.ok,
    has: /^gate /m,
    hasNot: /^(failed|untrusted)/m,
  });
  const slowed = async (...argv: readonly string[]) => {
    const { runId } = await measure(job, ...argv);
    return call(job, 'gate', runId, '--against', quiet, '--confirm');
  };
  judge('docker-proxy on the loopback path', await slowed('--userland-proxy', 'on'), failureOf(loopback));
  await withRules(outside, async () => {
    const byRules = await slowed(...withoutProxy);
    judge(`${values.rules} firewall rules on the published path`, byRules, failureOf(published));
  });
  await besideABurningProcess(async () => {
    const { runId } = await measure(job, ...withoutProxy);
    judge('a run under foreign load', await call(job, 'gate', runId, '--against', quiet), {
      exitCode: exitCodes.ok,
      has: /^untrusted: .*other processes took/m,
      hasNot: /^failed/m,
    });
  });
  return labImage;
}

/** The service is a program in a mounted file, so its two versions are one service under one load. */
async function ofAService(image: string): Promise<void> {
  const containerPort = 8080;
  const job = await jobOf('service', [
    `image: ${image}`,
    'command: /opt/bench/bin/node.sh /server.mjs',
    'mount: ./server.mjs:/server.mjs',
    // In host mode the service gets another port: by that it knows its mode.
    'portEnv: PORT',
    `port: ${containerPort}`,
    `path: ${published}`,
  ]);
  const serve = (burnUs: number) =>
    writeFile(join(job, 'server.mjs'), burningServer({ burnUs, atPort: containerPort }));
  await serve(0);
  const { runId: before } = await measure(job);
  await serve(Number(values['burn-us']));
  const { runId: after } = await measure(job);
  const burnt = await call(job, 'gate', after, '--against', before, '--confirm');
  judge(`a server that burns ${values['burn-us']} us in bridge mode`, burnt, failureOf(published));
}

const own = processOutside(process);
await ofAService(await ofNginx({ ...own, env: { ...own.env, BENCH_LAB: '1' } }));
process.stdout.write(`${missed === 0 ? 'all hold' : `${missed} FAIL`}; the runs are in ${top}\n`);
process.exitCode = missed === 0 ? 0 : 1;
