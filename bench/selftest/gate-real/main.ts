import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engineAccess, openEngine } from '../../commands/engine/open-engine.ts';
import { exitCodes } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { processOutside } from '../../process-outside.ts';
import { addRules } from '../calibration/no-op-rules.ts';

/*
 * `npm run gate:real`: does the gate tell a slowed path from a quiet and from a disturbed machine? In a lab, as root.
 *
 *   quiet twice        → the second run passes: exit 0, nothing failed
 *   docker-proxy       → bridge/host/loopback goes through it instead of DNAT: exit 10
 *   1,000 firewall rules → bridge/external/published passes them: exit 10
 *   foreign load       → a process burns a CPU: untrusted, exit 0
 *
 * Both failures are confirmed by a second run, and have to name metric, path and intervals.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '16' },
    rules: { type: 'string', default: '1000' },
    limit: { type: 'string', default: '6%' },
  },
});
const bench = fileURLToPath(new URL('../../main.js', import.meta.url));
const [loopback, published] = ['bridge/host/loopback', 'bridge/external/published'];
const directory = await mkdtemp(join(tmpdir(), 'bench-gate-real-'));
await writeFile(
  join(directory, 'bench.config.yaml'),
  [
    'server: nginx',
    'profile: latency',
    `path: [${loopback}, ${published}]`,
    `rounds: ${values.rounds}`,
    'blocks: 2',
    'gate:',
    '  - metric: latency_p50_us',
    "    path: 'bridge/*'",
    `    maxRegression: ${values.limit}`,
    '',
  ].join('\n'),
);

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
}

/** bench as a user calls it. Its progress is shown. */
async function call(...argv: readonly string[]): Promise<Ended> {
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

/** Measures, and returns the run's id. @throws {Error} the run failed. */
async function measured(userlandProxy: 'on' | 'off'): Promise<string> {
  const { exitCode, stdout } = await call('run', '--userland-proxy', userlandProxy, '--json');
  if (exitCode !== exitCodes.ok) throw new Error(`bench run exited with ${exitCode}`);
  return String(JSON.parse(stdout).run_id);
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

const own = processOutside(process);
await measured('off');
const quiet = await measured('off');
judge('a quiet run', await call('gate', quiet, '--all'), {
  exitCode: exitCodes.ok,
  has: /^gate /m,
  hasNot: /^(failed|untrusted)/m,
});

const proxied = await measured('on');
const byProxy = await call('gate', proxied, '--against', quiet, '--confirm');
judge('docker-proxy on the loopback path', byProxy, failureOf(loopback));

await withRules({ ...own, env: { ...own.env, BENCH_LAB: '1' } }, async () => {
  const filtered = await measured('off');
  const byRules = await call('gate', filtered, '--against', quiet, '--confirm');
  judge(`${values.rules} firewall rules on the published path`, byRules, failureOf(published));
});

await besideABurningProcess(async () => {
  const disturbed = await measured('off');
  const byOthers = await call('gate', disturbed, '--against', quiet);
  judge('a run under foreign load', byOthers, {
    exitCode: exitCodes.ok,
    has: /^untrusted: .*other processes took/m,
    hasNot: /^failed/m,
  });
});

process.stdout.write(
  `${missed === 0 ? 'all hold' : `${missed} FAIL`}; the runs are in ${join(directory, 'results')}\n`,
);
process.exitCode = missed === 0 ? 0 : 1;
