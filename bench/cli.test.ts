import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from './cli.ts';
import { keepCalibration } from './commands/calibrate/calibration-file.ts';
import { errorDocumentSchema, planDocumentSchema } from './commands/documents.ts';
import { thisMachine } from './commands/engine/this-machine.ts';
import { measuredRun } from './commands/measured-run.fixture.ts';
import { printed } from './commands/printed.fixture.ts';
import { traceDocumentSchema } from './commands/trace/document.ts';
import type { Calibration } from './model/calibration.ts';
import { explanationSchema } from './model/explanation.ts';
import { figureListSchema } from './model/figure.ts';
import { validityRules } from './model/slice.ts';
import { tellingOutside } from './outside.fixture.ts';
import { planDefaults } from './plan/options.ts';
import { nodeDisk } from './run-folder/disk.ts';

async function bench(...argv: string[]) {
  return benchWith({}, ...argv);
}

async function benchWith(env: NodeJS.ProcessEnv, ...argv: string[]) {
  const { outside, told } = tellingOutside({
    env,
    clock: { now: () => new Date(0), monotonicSeconds: () => 0 },
  });
  const exitCode = await cli(argv, outside);
  return { exitCode, ...told };
}

test('--help names every command and exits 0', async () => {
  const { exitCode, stdout, stderr } = await bench('--help');
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  for (const command of ['run', 'plan', 'report', 'inspect', 'trace', 'doctor', 'setup', 'clean']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  }
});

test('what --help loads holds none of the heavy libraries', async () => {
  const { metafile } = await build({
    entryPoints: [`${import.meta.dirname}/main.ts`],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'unused',
    write: false,
    metafile: true,
  });
  const [entry] =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint?.endsWith('main.ts')) ?? [];
  const loaded = new Set<string>();
  const packages = new Set<string>();
  const pending = [entry ?? 'no entry'];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    loaded.add(path);
    for (const { path: imported, kind, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind !== 'import-statement') continue;
      if (external) packages.add(imported);
      else if (!loaded.has(imported)) pending.push(imported);
    }
  }
  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['commander']);
});

test.each([
  [['rum'], "unknown command 'rum'", 'run'],
  [['run', '--rouns', '3'], "unknown option '--rouns'", '--rounds'],
  [['plan', '--mode', 'brigde'], 'brigde', 'bridge'],
  [['plan', '--server', 'ngnix'], 'ngnix', 'nginx'],
  [['plan', '--profile', 'throughputs'], 'throughputs', 'throughput'],
  [['trace', '8080'], '"8080" has no host', 'bench trace localhost:8080'],
  [['plan', '--path', 'bridge/external'], 'bridge/external', 'bridge/external/published'],
])('%j is refused with exit 2 and the nearest valid word', async (argv, complaint, suggestion) => {
  const { exitCode, stdout, stderr } = await bench(...argv);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(complaint);
  expect(stderr).toContain(suggestion);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('with --json an error is one JSON document on stdout', async () => {
  const { exitCode, stdout } = await bench('plan', '--json', '--rounds', 'many');
  expect(exitCode).toBe(2);
  expect(printed(errorDocumentSchema, stdout)).toMatchObject({ error: { kind: 'usage', exitCode: 2 } });
  expect(JSON.parse(stdout).error).toHaveProperty('exit_code', 2);
});

test('with --json an option that does not exist is one JSON document as well', async () => {
  const { exitCode, stdout, stderr } = await bench('plan', '--json', '--rouns', '3');
  expect(exitCode).toBe(2);
  const { error } = JSON.parse(stdout);
  expect(error).toMatchObject({ kind: 'usage', exit_code: 2 });
  expect(error.message).toMatch(/^unknown option '--rouns'/);
  expect(stderr).toContain("unknown option '--rouns'");
});

test('plan names a link only where a remote client is one of the vantages', async () => {
  expect((await bench('plan')).stdout).toMatch(/1 load agent, 1 veth link/);
  const { stdout } = await bench('plan', '--path', 'bridge/host/container');
  expect(stdout).toMatch(/1 load agent\n/);
  expect(stdout).not.toContain('veth link');
});

test('plan takes what run takes, and says what is the default', async () => {
  const argv = ['--mode', 'bridge', '--setup', '--open-firewall', '--subnet', '198.18.5.0/24'];
  expect(await bench('plan', ...argv)).toMatchObject({ exitCode: 0 });
  const { stdout } = await bench('run', '--help');
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    `--rounds <n> Fresh deployments of every case: the statistical unit. (default: ${planDefaults.rounds}, or as many as its comparisons need; BENCH_ROUNDS; config: rounds)`,
  );
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    '--profile <name> How load is applied. Of latency, steady, throughput. (default: latency,steady,throughput; BENCH_PROFILE; config: profiles)',
  );
});

test('plan leaves out what nobody carries without docker-proxy, and refuses it where it was asked for', async () => {
  const without = ['plan', '--userland-proxy', 'false'];
  const { stdout } = await bench(...without, '--plan', 'paths');
  expect(stdout).toMatch(/left out: bridge\/external\/published\/ipv6, .* \(.*no IPv6 address/);
  expect(stdout).not.toMatch(/nginx bridge\/external\/published\/ipv6/);
  const refused = await bench(...without, '--path', 'bridge/external/published/ipv6');
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('Leave out --userland-proxy false');
});

test('a plan without a guard says what is then open, and makes no table', async () => {
  const { stdout, stderr, exitCode } = await bench('plan', '--mode', 'bridge', '--no-guard');
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain("in the host's firewall");
  expect(stderr).toContain('warning: Other machines can reach the servers of this run: --no-guard.');
  expect(stderr).toMatch(/any machine on a network of this one reaches them/);
});

test('plan tells networks, IPv6, plain processes and containers of all paths', async () => {
  const { stdout } = await bench('plan', '--plan', 'paths');
  const created = stdout.slice(stdout.indexOf('It would create'), stdout.indexOf('To run exactly this'));
  expect(created).toBe(
    [
      'It would create, and remove again',
      '  for the run: 1 inspector (with host privileges), 3 load agents, 1 veth link in 198.18.0.0/15 (or --subnet), 1 bridge network, 1 macvlan network on the link, by IPv4 and IPv6',
      "  in the host's firewall: 1 table, which keeps others from the servers",
      '  each round: 58 servers, 6 native servers (in no container), 10 holders of mapped servers, 14 load agents',
      '  containers: 4 for the run and 82 each round, 906 in all',
      '',
      '',
    ].join('\n'),
  );
});

test('plan counts what the lab makes beside the obvious', async () => {
  const creates = async (...argv: string[]) =>
    printed(planDocumentSchema, (await bench('plan', '--json', '--server', 'nginx', ...argv)).stdout).creates;
  // A macvlan is on the link, whose other end is in the stack of an agent that dials nobody.
  expect(await creates('--path', 'macvlan/neighbor/container')).toMatchObject({
    agents: 2,
    networks: [
      { kind: 'veth-link', ipv6: false },
      { kind: 'macvlan', ipv6: false },
    ],
    containers: { run: 3, round: 3 },
  });
  expect(await creates('--path', 'native/host')).toMatchObject({
    servers: 3,
    natives: 1,
    networks: [],
    containers: { run: 2, round: 2 },
  });
  // A mapped server that joins the user's container has no holder of bench's.
  expect(await creates('--mode', 'mapped', '--map-to', 'mine')).toMatchObject({
    holders: 0,
    containers: { run: 2, round: 3 },
  });
});

test('plan --json is one document with the cases, their order and what would be created', async () => {
  const { exitCode, stdout, stderr } = await bench('plan', '--json', '--seed', '5');
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  const document = printed(planDocumentSchema, stdout);
  expect(document.cases).toHaveLength(24);
  expect(document.declared).toEqual({ comparisons: 12, roundsNeeded: 9 });
  expect(document.plan.profiles.map(({ name }) => name)).toEqual(['latency', 'steady', 'throughput']);
  expect(document.schedule).toHaveLength(document.plan.rounds);
  expect(document.creates).toEqual({
    servers: 8,
    natives: 0,
    holders: 2,
    agents: 1,
    roundAgents: 0,
    networks: [{ kind: 'veth-link', ipv6: false }],
    containers: { run: 2, round: 10 },
  });
  expect(document.command).toContain('--seed 5');
  expect(document.schedule.every(({ exchanged }) => typeof exchanged === 'boolean')).toBe(true);
  expect(stdout).not.toMatch(/"[a-z]+[A-Z]\w*":/);
});

test('plan tells the three profiles, where the rate comes from, and why there are so many rounds', async () => {
  const head = async (...argv: string[]) => {
    const { stdout } = await bench('plan', ...argv);
    return stdout.slice(0, stdout.indexOf('\n\n'));
  };
  const usual = await head('--seed', '5');
  expect(usual).toContain(
    '  nginx, apache under latency (1 connection), steady (32 connections, equal rate), throughput (32 connections)\n',
  );
  expect(usual).toContain(
    '  rate of steady, equal on all paths: of nginx and apache half of what the slowest path carries, found in round 1\n',
  );
  expect(usual).toContain('  12 declared comparisons: corrected together they need at least 9 rounds\n');
  expect(usual).toMatch(
    / 10 rounds × 2 blocks: 480 slices of 0\.18 s \(steady: 0\.36 s\) in turns of 0\.03 s, CPUs .* of the rounds, /,
  );

  expect(await head('--rate', '12000')).toContain(
    'rate of steady, equal on all paths: 12000 requests/s for nginx, 12000 requests/s for apache, as asked for\n',
  );
  expect(await head('--rate', 'nginx=12000')).toContain(
    '12000 requests/s for nginx, as asked for; of apache half of what the slowest path carries, found in round 1\n',
  );
  const one = await head('--profile', 'latency', '--server', 'nginx', '--mode', 'bridge');
  expect(one).not.toContain('rate of');
  expect(one).toContain('  1 declared comparison: corrected together it needs at least 6 rounds\n');
  expect(await head('--mode', 'host')).toContain('  no declared comparisons: ');
  expect(await head('--plan', 'paths')).toMatch(
    / \d+ declared comparisons: .* at least 11 rounds\n {2}11 rounds × /,
  );
});

test('a rate that is no rate is refused with exit 2 and what it may be, from a flag and a variable', async () => {
  const flag = await bench('plan', '--rate', 'nginx=fast');
  expect(flag).toMatchObject({ exitCode: 2, stdout: '' });
  expect(flag.stderr).toContain('--rate: "nginx=fast" is not auto, or a rate above 0');
  expect(flag.stderr).toContain('such as 12000 or nginx=12000,apache=12000');
  const variable = await benchWith({ BENCH_RATE: '0' }, 'plan');
  expect(variable.exitCode).toBe(2);
  expect(variable.stderr).toContain('BENCH_RATE: 0 is not auto, or a rate above 0');
});

test('the command that plan prints leads to the same plan', async () => {
  const first = JSON.parse((await bench('plan', '--json', '--mode', 'bridge', '--seed', '9')).stdout);
  const [, ...argv] = first.command.split(' ');
  const again = JSON.parse(
    (await benchWith({ BENCH_ROUNDS: '99' }, 'plan', '--json', ...argv.slice(1))).stdout,
  );
  expect(again.plan).toEqual(first.plan);
});

test("a mistyped variable ends every command with exit 2; another program's is said and ignored", async () => {
  for (const command of ['run', 'plan', 'report', 'doctor', 'setup', 'clean']) {
    const operands = command === 'report' ? ['latest'] : [];
    const { exitCode, stderr } = await benchWith({ BENCH_RUONDS: '3' }, command, ...operands);
    expect({ command, exitCode }).toEqual({ command, exitCode: 2 });
    expect(stderr).toContain('did you mean BENCH_ROUNDS?');
  }
  const { exitCode, stderr } = await benchWith({ BENCH_TOKEN: 'x' }, 'plan');
  expect(exitCode).toBe(0);
  expect(stderr).toBe('bench: unknown variable BENCH_TOKEN: ignored\n');
});

test('the variable that says where calibrations are is read, and not called unknown', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-calibrations-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const { blocks, sliceSeconds, turnSeconds } = planDefaults;
  const runId = '20261101T000000Z-abcd';
  const calibration: Calibration = {
    ...{ calibrationVersion: 2, calibratedAt: '2026-11-01T00:00:00.000Z', runId, directory: '/results' },
    noise: [
      {
        ...{ server: 'nginx', profile: 'latency', path: 'host/external', metric: 'latency_p50_us' },
        ...{ declared: true, rounds: 12, spread: 0.02, floor: 0.01 },
      },
    ],
    machine: (await thisMachine('machine')) ?? {
      cpuModel: 'any',
      cpuCount: 1,
      kernel: 'any',
      stack: 'machine',
    },
    ...{ blocks, sliceSeconds, turnSeconds, rounds: 12, slowness: 1, onePerCent: [] },
  };
  await keepCalibration(directory, calibration, nodeDisk());
  // An engine that is pointed at stands for this machine, whether it answers or not.
  const env = { BENCH_CALIBRATIONS: directory, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  const { stdout, stderr } = await benchWith(env, 'plan', '--json');
  expect(stderr).toBe('');
  const { prediction } = printed(planDocumentSchema, stdout);
  expect(prediction?.source).toEqual({ kind: 'calibration', runId });
});

test('too few rounds are allowed and said', async () => {
  const { exitCode, stderr } = await bench('plan', '--rounds', '3');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/3 rounds cannot give a 95 % interval.*\n.*--rounds/);
});

/** The folder of a run that is there for one test. */
async function someRun(): Promise<string> {
  const results = await mkdtemp(join(tmpdir(), 'bench-cli-'));
  onTestFinished(() => rm(results, { recursive: true }));
  return measuredRun(results, { rounds: 6 });
}

test('report --explain lists the figures of a run, and with one says how it came about', async () => {
  const run = await someRun();
  const list = await bench('report', run, '--explain', '--json');
  const { figures } = printed(figureListSchema, list.stdout);
  const figure = 'nginx:latency:bridge/external/published:latency_p50_us';
  expect(figures.map((it) => it.figure)).toContain(figure);
  const text = await bench('report', run, '--explain', figure);
  expect(text).toMatchObject({ exitCode: 0, stderr: '' });
  expect(text.stdout).toContain('bridge/external/published against host/external');
  const json = await bench('report', run, '--explain', figure, '--json');
  const { reported } = printed(explanationSchema, json.stdout);
  expect(reported).toEqual(figures.find((it) => it.figure === figure)?.reported);
});

test('report --explain with a part of a name lists the figures that have it, and explains any of them', async () => {
  const run = await someRun();
  const found = await bench('report', run, '--explain', 'rule:');
  expect(found.stdout.trimEnd().split('\n')).toHaveLength(validityRules.length);
  expect(found.stdout).toMatch(/^ {2}rule:littles_law +\d+ of \d+ slices broke it, worst /m);
  const text = await bench('report', run, '--explain', 'case:nginx:latency:host/external:latency_p50_us');
  expect(text).toMatchObject({ exitCode: 0, stderr: '' });
  expect(text.stdout).toContain('host/external by itself');
  expect(text.stdout).toMatch(/round 6: [\d.]+ µs/);
});

test('report --explain of a figure that is not there exits with 2 and names the nearest', async () => {
  const figure = 'nginx:latency:bridge:latency_p50_us';
  const { exitCode, stderr } = await bench('report', await someRun(), '--explain', figure);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`this run has no figure "${figure}"`);
  expect(stderr).toContain('lists all of them');
});

test('a report of a run that is not there names the directory and what to do', async () => {
  const { exitCode, stderr } = await bench('report', '20260101T000000Z-aaaa');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/no run "20260101T000000Z-aaaa"/);
  expect(stderr).toMatch(/bench run|--out/);
});

test.skipIf(platform() !== 'linux')(
  'trace without an engine: what this user can see, and why there is not more',
  async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const { exitCode, stdout, stderr } = await benchWith(env, 'trace', '--json', `127.0.0.1:${port}`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const document = printed(traceDocumentSchema, stdout);
    expect(document).toMatchObject({ path: 'loopback', inspectedBy: 'process' });
    expect(document.sentence).toContain(`(pid ${process.pid}`);
    expect(document.cannotTell.join('\n')).toContain('no engine answers at unix:///nonexistent/docker.sock');
  },
);

test('an engine that DOCKER_HOST names and that is not there ends with exit 3 and its name', async () => {
  const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  for (const command of ['run', 'setup']) {
    const { exitCode, stderr } = await benchWith(env, command);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/no engine answers at unix:\/\/\/nonexistent\/docker.sock \(from DOCKER_HOST\)/);
    expect(stderr).toMatch(/unset DOCKER_HOST/);
  }
});
