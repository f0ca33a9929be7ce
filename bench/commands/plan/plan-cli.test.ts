import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bench, benchWith } from '../../cli.fixture.ts';
import { cli } from '../../cli.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { ownPlans } from '../../plan/plan-names.ts';
import { planDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';

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
      '  once, for a moment: 1 container, for what the load generator reaches by itself',
      '  containers: 4 for the run and 82 each round, 1071 in all',
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
    containers: { run: 3, round: 3, once: 1 },
  });
  expect(await creates('--path', 'native/host')).toMatchObject({
    servers: 3,
    natives: 1,
    networks: [],
    containers: { run: 2, round: 2, once: 1 },
  });
  // A mapped server that joins the user's container has no holder of bench's.
  expect(await creates('--mode', 'mapped', '--map-to', 'mine')).toMatchObject({
    holders: 0,
    containers: { run: 2, round: 3, once: 1 },
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
    companions: 0,
    agents: 1,
    roundAgents: 0,
    networks: [{ kind: 'veth-link', ipv6: false }],
    containers: { run: 2, round: 10, once: 1 },
  });
  expect(document.command).toContain('--seed 5');
  expect(document.schedule.every(({ exchanged }) => typeof exchanged === 'boolean')).toBe(true);
  expect(stdout).not.toMatch(/"[a-z]+[A-Z]\w*":/);
});

test('plan tells the three profiles, where the rate comes from, and why there are so many rounds', async () => {
  const head = async (...argv: string[]) => {
    const { stdout } = await bench('plan', ...argv);
    const [, run = ''] = /^A run would measure\n([\s\S]*?)\n\n/m.exec(stdout) ?? [];
    return run;
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

test('the command that plan prints leads to the same plan', async () => {
  const first = JSON.parse((await bench('plan', '--json', '--mode', 'bridge', '--seed', '9')).stdout);
  const [, ...argv] = first.command.split(' ');
  const again = JSON.parse(
    (await benchWith({ BENCH_ROUNDS: '99' }, 'plan', '--json', ...argv.slice(1))).stdout,
  );
  expect(again.plan).toEqual(first.plan);
});

test('too few rounds are allowed and said', async () => {
  const { exitCode, stderr } = await bench('plan', '--rounds', '3');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/3 rounds cannot give a 95 % interval.*\n.*--rounds/);
});

/** `bench plan` in a directory with this config. */
async function planBy(config: string, env: NodeJS.ProcessEnv, ...argv: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-plan-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, 'bench.config.yaml'), config);
  const { outside, told } = tellingOutside({ directory, env });
  const exitCode = await cli(['plan', ...argv], outside);
  return { exitCode, ...told };
}

const checkout =
  'rounds: 20\nblocks: 1\nplans:\n  checkout:\n    server: [nginx]\n    mode: [bridge]\n    margin: 5%\n    profile: [latency]\n';

test('plan says what a plan stands for, and the margin that was asked for', async () => {
  const own = await bench('plan', '--plan', 'quick');
  expect(own.stdout).toMatch(
    /^Plan quick: A first verdict within a minute: .*\n {2}It stands for --server nginx --mode host,bridge --rounds \d+ --blocks 1 .*\n\nA run would measure\n/,
  );
  expect(own.stderr).toBe('');
  const users = await planBy(checkout, {}, '--plan', 'checkout');
  expect(users.stdout).toMatch(
    /^Plan checkout: One of your own, from the config\.\n {2}It stands for --server nginx --mode bridge --profile latency --margin 0\.05\n/,
  );
  expect(users.stdout).toContain('  relevance margin, as asked for: 5 % for median latency\n');
  expect((await bench('plan')).stdout).toMatch(/^A run would measure\n/);
});

test('plan --verbose lists each value with the source that gives it', async () => {
  const env = { BENCH_BODY_BYTES: '64KiB' };
  const { stdout } = await planBy(checkout, env, '--plan', 'checkout', '--rounds', '9', '--verbose');
  const [, table = ''] = /\nWhere each value comes from\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
  const sources = Object.fromEntries(table.split('\n').map((line) => line.trim().split(/ {2,}/)));
  expect(sources).toMatchObject({
    '--server nginx': 'bench.config.yaml: plans.checkout.servers',
    '--mode host,bridge': 'bench.config.yaml: plans.checkout.modes',
    '--rounds 9': 'flag',
    '--blocks 1': 'bench.config.yaml: blocks',
    '--body-bytes 65536': 'BENCH_BODY_BYTES',
    '--margin 0.05': 'bench.config.yaml: plans.checkout.margins',
    '--confidence 0.95': 'default',
  });
  const paths = (await bench('plan', '--plan', 'paths', '--verbose')).stdout;
  expect(paths).toMatch(/^ {2}--path \(\d+ of them\) +plan paths$/m);
  const json = await planBy(checkout, env, '--plan', 'checkout', '--json');
  expect(printed(planDocumentSchema, json.stdout).sources).toEqual(
    expect.arrayContaining([
      { option: 'rounds', value: '20', source: 'config', name: 'bench.config.yaml: rounds' },
      { option: 'body-bytes', value: '65536', source: 'variable', name: 'BENCH_BODY_BYTES' },
      {
        option: 'mode',
        value: 'host,bridge',
        source: 'plan',
        name: 'bench.config.yaml: plans.checkout.modes',
      },
      { option: 'ramp-seconds', value: '0.02', source: 'default' },
    ]),
  );
});

test('a setting that was left out is no source', async () => {
  const config = 'exchangeCpus: on\nmapTo: web\n';
  const { stdout, stderr } = await planBy(config, {}, '--mode', 'native', '--verbose');
  expect(stderr).toContain('warning: bench.config.yaml: exchangeCpus');
  expect(stdout).toMatch(/^ {2}--exchange-cpus false +default$/m);
});

test("what a plan of bench's own passes over in the config is said; a plan of the user's is the config", async () => {
  const config = `servers: [apache]\n${checkout}`;
  const { stderr } = await planBy(config, {}, '--plan', 'quick');
  expect(stderr).toContain(
    'warning: bench.config.yaml: servers, bench.config.yaml: rounds, bench.config.yaml: blocks: the plan quick comes before it\n',
  );
  expect((await planBy(config, {}, '--plan', 'checkout')).stderr).toBe('');
  expect((await planBy(config, {}, '--plan', 'default')).stderr).toBe('');
});

test('the command that a plan prints leads to the same plan without its config', async () => {
  const first = JSON.parse(
    (await planBy(checkout, {}, '--plan', 'checkout', '--json', '--seed', '9')).stdout,
  );
  const [, ...argv] = first.command.split(' ');
  const again = JSON.parse((await bench('plan', '--json', ...argv.slice(1))).stdout);
  // A name of the user's is known only where the config is.
  expect({ ...again.plan, name: 'checkout' }).toEqual(first.plan);
});

test('the help of plan lists the plans, a line each', async () => {
  const { stdout } = await bench('plan', '--help');
  const [, section = ''] =
    /\nPlans \(--plan\), and your own in bench\.config\.yaml \(plans:\):\n([\s\S]*?)\n\n/.exec(stdout) ?? [];
  const text = section.replace(/\s+/g, ' ');
  for (const [name, { says }] of Object.entries(ownPlans)) expect(text).toContain(`${name} ${says}`);
  expect((await bench('run', '--help-all')).stdout).toContain('Plans (--plan)');
});

test('plan says what is timed besides requests, where that is asked for', async () => {
  expect((await bench('plan')).stdout).not.toContain('besides requests');
  const { stdout } = await bench('plan', '--probes');
  expect(stdout).toContain('besides requests: in each round servers start one after the other');
  expect(stdout).toContain('4 containers and a bridge network are made for a moment');
  expect(stdout).toContain('once, for a moment: 5 containers');
});

test('plan says how many load generators share a slice, and counts their containers', async () => {
  const { stdout } = await bench('plan', '--agents', '3', '--path', 'bridge/host/container');
  expect(stdout).toContain('3 load generators share the connections of each slice, each on a CPU of its own');
  expect(stdout).toMatch(/for the run: 1 inspector .*, 3 load generators/);
});

test('the time of p99.9 is in the plan: the responses that it needs, what they take at the rate, and the whole', async () => {
  const { stdout } = await bench(
    ...['plan', '--server', 'nginx', '--mode', 'bridge', '--profile', 'paced'],
    ...['--quantile', 'p99.9', '--paced-rate', '5000'],
  );
  expect(stdout).toContain(
    'p99.9 latency needs 110,000 responses a round: each path measures 22.0 s a round\n',
  );
  // 10 rounds of 3 paths: 11 minutes, and what is between.
  expect(stdout).toMatch(/^ {2}about 1[12] min/m);
});
