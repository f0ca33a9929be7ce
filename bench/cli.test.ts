import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { bench, benchWith } from './cli.fixture.ts';
import { cli } from './cli.ts';
import { commandNames, commandRows } from './command-table.ts';
import { keepCalibration } from './commands/calibrate/calibration-file.ts';
import { errorDocumentSchema, planDocumentSchema } from './commands/documents.ts';
import { thisMachine } from './commands/engine/this-machine.ts';
import { printed } from './commands/printed.fixture.ts';
import { traceDocumentSchema } from './commands/trace/document.ts';
import type { Calibration } from './model/calibration.ts';
import { tellingOutside } from './outside.fixture.ts';
import { planDefaults, planOptionKeys, planOptions, variableOf } from './plan/options.ts';
import { nodeDisk } from './run-folder/disk.ts';

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
  expect(lines.length).toBeLessThanOrEqual(60);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  const headings = lines.filter((line) => /^[A-Z][\w ]+:$/.test(line));
  expect(headings).toEqual([
    'Examples:',
    'What to measure:',
    'Your service:',
    'How long:',
    'Output:',
    'This machine:',
  ]);
  expect(stdout).toMatch(/^ {2}bench run --precision 1% +until main/m);
  expect(stdout).toMatch(/^ {2}-r, --rounds <n> .* \[10, or more if needed\]$/m);
  expect(stdout).toMatch(/Expert \(--help-all\): --service, .*--name, .*--blocks, --slice-seconds,/s);
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
      'bench: bench starts what it measures, and http://localhost:8080 runs already',
      '  What the network mode costs your service: npx bench run --image IMAGE --port PORT',
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
  [['plan', 'https://example.com/a'], 'bench starts what it measures, and https', 'bench trace https'],
  [['run', 'localhost:80'], 'starts what it measures, and localhost:80 runs already', '--map-to CONTAINER'],
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

test('a switch has a short form for on and one for off', async () => {
  const planOf = async (...argv: string[]) =>
    printed(planDocumentSchema, (await bench('plan', '--json', ...argv)).stdout).plan;
  expect(await planOf('--shared-port', '--mode', 'bridge')).toMatchObject({ sharedPort: true });
  expect(await planOf()).toMatchObject({ exchangeCpus: true });
  expect(await planOf('--no-exchange-cpus')).not.toHaveProperty('exchangeCpus');
  expect(await planOf('--userland-proxy=off')).toMatchObject({ userlandProxy: false });
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
