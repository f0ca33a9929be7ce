import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from './cli.ts';
import { commandNames, commandRows } from './command-table.ts';
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
import { planDefaults, planOptionKeys, planOptions, variableOf } from './plan/options.ts';
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
  for (const command of commandNames) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  expect(await bench('help')).toEqual({ exitCode, stdout, stderr });
  expect(await bench('-h')).toEqual({ exitCode, stdout, stderr });
});

test.each(['-v', '-V', '--version'])('%s prints the version', async (flag) => {
  expect(await bench(flag)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
});

test('without a command the help is an error, and with an unknown one it is refused', async () => {
  expect(await bench()).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('Commands:'),
  });
  for (const argv of [
    ['rum', '--help'],
    ['--help', 'rum'],
    ['help', 'rum'],
  ]) {
    const { exitCode, stdout, stderr } = await bench(...argv);
    expect({ argv, exitCode, stdout }).toEqual({ argv, exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^bench: .*'rum'\n {2}did you mean "run"\? /);
  }
  expect((await bench('--json', 'run')).stderr).toBe(
    "bench: unknown option '--json' before the command\n  Options come after the command: bench run --json\n  see bench help\n",
  );
});

test('the help of run is one screen, in groups by use, with examples and defaults; the rest by --help-all', async () => {
  const { exitCode, stdout } = await bench('run', '--help');
  expect(exitCode).toBe(0);
  expect(await bench('help', 'run')).toMatchObject({ exitCode: 0, stdout });
  const lines = stdout.split('\n');
  expect(lines.length).toBeLessThan(52);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  const headings = lines.filter((line) => /^[A-Z][\w ]+:$/.test(line));
  expect(headings).toEqual(['Examples:', 'What to measure:', 'How long:', 'Output:', 'This machine:']);
  expect(stdout).toMatch(/^ {2}bench run --precision 1% +until main/m);
  expect(stdout).toMatch(/^ {2}-r, --rounds <n> .* \[10, or more if needed\]$/m);
  expect(stdout).toMatch(/Expert \(--help-all\): --blocks, --slice-seconds,/);
  expect(stdout).not.toMatch(/^ +--blocks /m);

  const all = (await bench('run', '--help-all')).stdout;
  for (const key of planOptionKeys) {
    expect(all).toMatch(new RegExp(`^ +(-., )?--${planOptions[key].flag} `, 'm'));
    expect(all.replace(/\s+/g, ' ')).toContain(`(${variableOf(key)}, config: ${key})`);
  }
  expect(await bench('help', 'words')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^ *external +client over a virtual link\. /m),
  });
});

test.each(commandNames)('the help of %s is wide enough for nobody to miss a part of it', async (name) => {
  const { exitCode, stdout } = await bench(name, '--help');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^Usage: bench ${name} \\[options\\]`));
  const [summary] = commandRows.filter((row) => row.name === name);
  expect(stdout.replace(/\s+/g, ' ')).toContain(summary?.says);
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
  expect(stderr).toMatch(/^bench: /);
  const command = argv[0] === 'rum' ? 'help' : `${argv[0]} --help`;
  expect(stderr).toMatch(new RegExp(`\n {2}see bench ${command}\n$`));
});

test('errors and hints spell bench as it was called', async () => {
  const { outside, told } = tellingOutside({}, { called: 'npx bench' });
  expect(await cli(['run', 'http://localhost:8080'], outside)).toBe(2);
  expect(told.stderr).toBe(
    [
      'bench: bench measures its own nginx and Apache, not http://localhost:8080',
      '  Which path the connections to your service take: npx bench trace http://localhost:8080',
      "  What your container's network costs: --map-to CONTAINER measures bench's servers in the network of that container.",
      '  see npx bench run --help',
      '',
    ].join('\n'),
  );
  const json = tellingOutside({}, { called: 'npx bench' });
  await cli(['report', 'nope', '--json'], json.outside);
  expect(JSON.parse(json.told.stdout).error.hint).toMatch(/npx bench run.*\nsee npx bench report --help$/);
});

test.each([
  [
    ['plan', 'https://example.com/a'],
    'bench measures its own nginx and Apache, not https',
    'bench trace https',
  ],
  [['run', 'localhost:80'], 'measures its own nginx and Apache, not localhost:80', '--map-to CONTAINER'],
  [
    ['run', 'waterfall'],
    'run takes no argument, and "waterfall" was given',
    'did you mean --plan waterfall?',
  ],
  [['plan', 'bridge'], 'plan takes no argument', 'did you mean --mode bridge?'],
  [['doctor', 'me'], 'doctor takes no argument, and "me" was given', 'see bench doctor --help'],
  [['trace'], "missing required argument 'url'", 'see bench trace --help'],
  [['report', 'a', 'b'], 'too many arguments. Expected 1 argument but got 2', 'see bench report --help'],
  [['run', '--rounds'], "option '-r, --rounds <n>' argument missing", 'see bench run --help'],
  [['report', '--color', 'alway'], '--color: unknown choice "alway"', 'did you mean "always"?'],
])('%j is refused with exit 2, and says what was meant', async (argv, complaint, help) => {
  const { exitCode, stdout, stderr } = await bench(...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^bench: /);
  expect(stderr).toContain(complaint);
  expect(stderr).toContain(help);
});

test.each([
  [['--subnet', '10.0.0.0/8'], '10.0.0.0/8 is not an IPv4 network of 256 addresses'],
  [['--turn-seconds', '5'], 'a turn of 5 s is longer than a slice'],
  [['--mode', 'host,host'], 'mode "host" is given twice'],
  [['--path', 'bridge/host/published', '--map-to', 'web'], '--map-to is for mapped servers'],
])('plan and run refuse the same: %j', async (argv, complaint) => {
  // The engine is asked for after the arguments, if at all.
  const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  for (const command of ['plan', 'run']) {
    const { exitCode, stderr } = await benchWith(env, command, ...argv);
    expect({ command, exitCode }).toEqual({ command, exitCode: 2 });
    expect(stderr).toContain(complaint);
  }
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
  expect((await bench('plan')).stdout).toMatch(/1 load generator, 1 veth link/);
  const { stdout } = await bench('plan', '--path', 'bridge/host/container');
  expect(stdout).toMatch(/1 load generator\n/);
  expect(stdout).not.toContain('veth link');
});

test('plan takes what run takes, and says what comes of it', async () => {
  const argv = ['--mode', 'bridge', '--setup', '--open-firewall', '--subnet', '198.18.5.0/24'];
  expect(await bench('plan', ...argv)).toMatchObject({ exitCode: 0 });
  const { stdout } = await bench('plan', '--setup', '--subnet', '198.18.5.0/24');
  expect(stdout).toContain('1 veth link in 198.18.5.0/24');
  expect(stdout).toContain('if no engine answers: one from the distribution, which stays (--setup)');
});

test('plan leaves out what nobody carries without docker-proxy, and refuses it where it was asked for', async () => {
  const without = ['plan', '--userland-proxy', 'false'];
  const { stdout } = await bench(...without, '--plan', 'paths');
  expect(stdout).toMatch(/left out: bridge\/external\/published\/ipv6, .* \(.*no IPv6 address/);
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
  const created = stdout.slice(stdout.indexOf('It would create'), stdout.indexOf('\nWhich intervals'));
  expect(created).toBe(
    [
      'It would create, and remove again',
      '  for the run: 1 inspector (with host privileges), 3 load generators, 1 veth link in 198.18.0.0/15 (or --subnet), 1 bridge network, 1 macvlan network on the link, by IPv4 and IPv6',
      "  in the host's firewall: 1 table, which keeps others from the servers",
      '  each round: 58 servers, 6 native servers (in no container), 10 holders of mapped servers, 14 load generators',
      '  containers: 4 for the run and 82 each round, 1070 in all',
      '',
    ].join('\n'),
  );
});

test('plan says what, how long and what it creates before anything else, and lists the cases when asked', async () => {
  const { stdout } = await bench('plan', '--mode', 'bridge', '--server', 'nginx', '--seed', '5');
  const places = [
    'A run would measure',
    '  about ',
    'It would create',
    'Which intervals',
    '9 cases',
    'To run exactly',
  ];
  const found = places.map((text) => stdout.indexOf(text));
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  expect(found[0]).toBe(0);
  expect(stdout).toContain('9 cases, each once a block, in seeded random order (--verbose lists them)\n');
  expect(stdout).not.toContain('(baseline,');
  const verbose = await bench('plan', '--mode', 'bridge', '--server', 'nginx', '--verbose');
  expect(verbose.stdout).toMatch(
    /^ {2}nginx bridge\/external\/published latency {2}\(contender, \d+ checks that packets took this path\)$/m,
  );
  expect((await bench('plan', '--plan', 'two-addresses')).stdout).toContain(
    '  host/external against a second copy of itself\n',
  );
});

test('a switch has a short form for on and one for off', async () => {
  const planOf = async (...argv: string[]) =>
    printed(planDocumentSchema, (await bench('plan', '--json', ...argv)).stdout).plan;
  expect(await planOf('--shared-port', '--mode', 'bridge')).toMatchObject({ sharedPort: true });
  expect(await planOf()).toMatchObject({ exchangeCpus: true });
  expect(await planOf('--no-exchange-cpus')).not.toHaveProperty('exchangeCpus');
  expect(await planOf('--userland-proxy=off')).toMatchObject({ userlandProxy: false });
});

test('plan forecasts nothing where there can be no interval, and says what is needed', async () => {
  const { exitCode, stdout, stderr } = await bench('plan', '--time', '5');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Too short for any interval: it needs 6 rounds, about .* \(--time \w+\)/);
  expect(stderr).toMatch(/warning: about 1 round fits into 5 s: too short/);
  expect(stdout).not.toMatch(/Infinity|NaN/);
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
  expect(usual).toContain('  12 main results: corrected together they need at least 9 rounds\n');
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
  expect(one).toContain('  1 main result: corrected together it needs at least 6 rounds\n');
  expect(await head('--mode', 'host')).toContain('  no main results: ');
  expect(await head('--plan', 'paths')).toMatch(/ \d+ main results: .* at least 11 rounds\n {2}13 rounds × /);
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
  expect(prediction?.intervals.map(({ source }) => source)).toContainEqual({ kind: 'calibration', runId });
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

test('report alone means the latest run; its result is all that --quiet lets through, and --color colours it', async () => {
  const run = await someRun();
  const results = dirname(run);
  const usual = await bench('report', '--out', results);
  expect(usual).toMatchObject({ exitCode: 0, stderr: `\nreport: ${join(run, 'report.html')}\n` });
  const end = await bench('report', run.slice(-4), '--out', results, '--quiet');
  expect(end).toEqual({ exitCode: 0, stdout: usual.stdout, stderr: '' });
  expect(await bench('report', join(run, 'report.html'))).toEqual(usual);
  const coloured = await bench('report', run, '--color', 'always');
  expect(coloured.stdout).toContain('\u001b[');
  expect(usual.stdout).not.toContain('\u001b[');
  expect((await benchWith({ FORCE_COLOR: '1' }, 'report', run, '--color', 'never')).stdout).toBe(
    usual.stdout,
  );
  expect((await bench('report', 'nope', '--quiet')).stderr).toMatch(/^bench: no run "nope"/);
});

test('report --all prints what the first screen leaves out', async () => {
  const run = await someRun();
  const usual = await bench('report', run);
  const all = await bench('report', run, '--all');
  expect(all.stdout.length).toBeGreaterThan(usual.stdout.length);
  expect(all.stdout).not.toContain('--all.');
});

test('report --open opens the report, or says where it is', async () => {
  const run = await someRun();
  const report = join(run, 'report.html');
  const opened: string[] = [];
  const open = async (path: string) => opened.push(path) > 0;
  const able = tellingOutside({ open });
  expect(await cli(['report', run, '--open', '--quiet'], able.outside)).toBe(0);
  expect(opened).toEqual([report]);
  expect(able.told.stderr).toBe('');
  const unable = await bench('report', run, '--open', '--quiet');
  expect(unable).toMatchObject({
    exitCode: 0,
    stderr: `bench: no program of this machine opens the report: it is ${report}\n`,
  });
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
