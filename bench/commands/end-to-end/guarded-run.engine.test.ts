import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type BenchProcess, slicesOnDisk, temporaryDirectory } from './bench-process.fixture.ts';
import { type Neighbor, plugInNeighbor } from './neighbor.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';

/*
 * What a run on an engine of the user's lets others do, while its servers stand: whom a neighbor on the user's network
 * reaches, and what each container and plain process may do. One run is stopped in its first round and looked at.
 */

/** Of every kind: in the host's stack, on the engine's bridge and on one of bench's own, on the link, by IPv6. */
const paths = [
  'native/external',
  'host/neighbor',
  'bridge/external/published',
  'mapped/external/published',
  'user-bridge/external/published',
  'macvlan/external/container',
  'host/external/ipv6',
  'user-bridge/external/published/ipv6',
];
const usersPort = 8081;
const containerPort = 8080;

let machine: ThrowAwayMachine;
let folder: Awaited<ReturnType<typeof temporaryDirectory>>;
let run: BenchProcess;
let neighbor: Neighbor;

beforeAll(async () => {
  machine = await throwAwayMachine();
  folder = await temporaryDirectory();
  const built = await machine.bench(['setup'], folder.path);
  expect(built.exitCode, built.stderr).toBe(0);
  neighbor = await plugInNeighbor(machine);
  const image = (
    await machine.run('docker', 'images', '--format', '{{.Repository}}:{{.Tag}}', 'bench-lab')
  ).trim();
  const serve = ['/opt/bench/bin/serve.sh', 'nginx', '100', `0.0.0.0:${containerPort}`];
  const publish = `${usersPort}:${containerPort}`;
  const [latest = ''] = image.split('\n');
  await machine.tried('docker', 'rm', '--force', 'users');
  await machine.run('docker', 'run', '-d', '--name', 'users', '-p', publish, latest, ...serve);
  run = machine.start(
    [
      ...['run', '--server', 'nginx', '--profile', 'latency', '--rounds', '1', '--blocks', '500'],
      ...paths.flatMap((path) => ['--path', path]),
    ],
    folder.path,
  );
  await slicesOnDisk(run, folder.path, 1);
  run.kill('SIGSTOP');
}, 180_000);

afterAll(async () => {
  // It lies where the images do, which outlive the machine.
  await machine?.tried('docker', 'rm', '--force', 'users');
  await machine?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** Every address of the machine and of its containers, at every port that something listens on: what answers. */
async function scan(): Promise<ReadonlySet<string>> {
  const addressed = z.array(
    z.object({ addr_info: z.array(z.object({ local: z.string(), scope: z.string() })) }),
  );
  const interfaces = addressed.parse(JSON.parse(await machine.run('ip', '-j', 'address')));
  const hosts = interfaces.flatMap(({ addr_info }) =>
    addr_info.filter(({ scope }) => scope !== 'link').map(({ local }) => local),
  );
  const listening = await machine.run('ss', '-Hltn');
  const ports = [...listening.matchAll(/:(\d+)\s/g)].map((match) => match[1] ?? '');
  const targets = [...hosts, ...(await containerAddresses())].flatMap((address) =>
    [...new Set([...ports, String(containerPort)])].map((port) => `${address} ${port}`),
  );
  return neighbor.reached(targets);
}

async function containerAddresses(name?: string): Promise<readonly string[]> {
  const ids = (await machine.run('docker', 'ps', '-q')).trim().split('\n');
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.GlobalIPv6Address}} {{end}}';
  const listed = await machine.run('docker', 'inspect', '-f', format, ...(name === undefined ? ids : [name]));
  return listed.split(/\s+/).filter((word) => word !== '');
}

const guardName = async () =>
  /^table inet (bench-\w{4})$/m.exec(await machine.run('nft', 'list', 'tables'))?.[1];

test('no neighbor reaches a server of the run, and every neighbor reaches what the user publishes', async () => {
  const [users = ''] = await containerAddresses('users');
  const answered = await scan();
  expect(await guardName()).toBeDefined();
  const usersOwn = (target: string) =>
    target.endsWith(` ${usersPort}`) || target === `${users} ${containerPort}`;
  expect([...answered].filter((target) => !usersOwn(target))).toEqual([]);
  expect(answered).toContain(`10.99.0.1 ${usersPort}`);
  expect(answered).toContain(`fd99::1 ${usersPort}`);
  expect(answered).toContain(`${users} ${containerPort}`);
}, 60_000);

test("the user's own tools list the firewall as before", async () => {
  const listed = await machine.tried('nft', 'list', 'ruleset');
  expect(listed, listed.stderr).toMatchObject({ exitCode: 0 });
  expect(listed.stdout).toContain('comment "bench run ');
});

const hostConfigs = z.array(
  z.object({
    Name: z.string(),
    State: z.object({ Pid: z.int() }),
    HostConfig: z.object({
      Privileged: z.boolean(),
      CapAdd: z.array(z.string()).nullable(),
      CapDrop: z.array(z.string()).nullable(),
      SecurityOpt: z.array(z.string()).nullable(),
      ReadonlyRootfs: z.boolean(),
      PidsLimit: z.int().nullable(),
      Memory: z.int(),
      Ulimits: z.array(z.object({ Name: z.string(), Hard: z.int() })).nullable(),
      PortBindings: z.record(z.string(), z.array(z.object({ HostIp: z.string() }))).nullable(),
    }),
  }),
);

test('every container of the run has the least power, and no port of it is published everywhere', async () => {
  const names = (
    await machine.run('docker', 'ps', '--format', '{{.Names}}', '--filter', 'name=^bench-')
  ).trim();
  const described = await machine.run('docker', 'inspect', ...names.split('\n'));
  const containers = hostConfigs.parse(JSON.parse(described));
  expect(containers.length).toBeGreaterThan(paths.length);
  for (const { Name, State, HostConfig } of containers) {
    const { CapDrop, SecurityOpt, Ulimits, PortBindings, ...rest } = HostConfig;
    expect(CapDrop, Name).toEqual(['ALL']);
    expect(SecurityOpt, Name).toContain('no-new-privileges');
    expect(rest, Name).toMatchObject({ Privileged: false, ReadonlyRootfs: true });
    expect(rest.PidsLimit, Name).toBeGreaterThan(0);
    expect(rest.Memory, Name).toBeGreaterThan(0);
    expect(Ulimits, Name).toMatchObject([{ Name: 'nofile' }]);
    const published = Object.values(PortBindings ?? {}).flat();
    expect(
      published.map(({ HostIp }) => HostIp),
      Name,
    ).not.toContain('');
    const held = capabilities(await machine.run('cat', `/proc/${State.Pid}/status`));
    expect(held, Name).toEqual(new Set((rest.CapAdd ?? []).map((name) => name.replace(/^CAP_/, ''))));
  }
});

test('a plain process and the servers have none of the powers of the inspector, whatever they start', async () => {
  const running = await machine.run('docker', 'ps', '--format', '{{.Names}}', '--filter', 'name=-inspector');
  const [users, inspector] = [await idOf('users'), await idOf(running.trim())];
  let natives = 0;
  for (const pid of (await machine.run('pgrep', '-x', 'nginx')).trim().split('\n')) {
    const read = await machine.run('cat', `/proc/${pid}/status`, `/proc/${pid}/cgroup`);
    if (read.includes(users)) continue;
    // A plain process is in the cgroup of the inspector.
    if (read.includes(inspector)) natives += 1;
    for (const name of capabilities(read)) expect(['SETUID', 'SETGID', 'CHOWN']).toContain(name);
    expect(read, pid).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(read, pid).toMatch(/^CapBnd:\s+0+c1$/m);
  }
  expect(natives).toBeGreaterThan(0);
}, 30_000);

async function idOf(name: string): Promise<string> {
  return (await machine.run('docker', 'inspect', '-f', '{{.Id}}', name)).trim();
}

/** Bits of include/uapi/linux/capability.h. */
const bits = {
  CHOWN: 0,
  DAC_READ_SEARCH: 2,
  KILL: 5,
  SETGID: 6,
  SETUID: 7,
  SETPCAP: 8,
  NET_ADMIN: 12,
  NET_RAW: 13,
  SYS_PTRACE: 19,
  SYS_ADMIN: 21,
  SYS_NICE: 23,
} as const;

function capabilities(status: string): ReadonlySet<string> {
  const mask = BigInt(`0x${/^CapEff:\s+(\w+)$/m.exec(status)?.[1]}`);
  const known = Object.entries(bits).filter(([, bit]) => (mask >> BigInt(bit)) & 1n);
  const rest = Object.values(bits).reduce((left, bit) => left & ~(1n << BigInt(bit)), mask);
  return new Set([...known.map(([name]) => name), ...(rest === 0n ? [] : [`others: ${rest.toString(16)}`])]);
}

test('without the guard a neighbor reaches servers of every kind: the scan finds what there is to find', async () => {
  const [users = ''] = await containerAddresses('users');
  await machine.run('nft', 'delete', 'table', 'inet', (await guardName()) ?? '');
  const answered = [...(await scan())].filter(
    (target) => !target.endsWith(` ${usersPort}`) && target !== `${users} ${containerPort}`,
  );
  expect(answered).toContainEqual(expect.stringMatching(/^198\.18\.0\.1 2\d{4}$/)); // host mode, at the link
  expect(answered).toContainEqual(expect.stringMatching(/^172\.17\.0\.1 2\d{4}$/)); // host mode, at the bridge
  expect(answered).toContainEqual(expect.stringMatching(/^127\.0\.0\.1 2\d{4}$/)); // published on loopback
  expect(answered).toContainEqual(expect.stringMatching(/^172\.17\.0\.\d+ 8080$/)); // on the engine's bridge
  expect(answered).toContainEqual(expect.stringMatching(/^198\.18\.0\.1[3-9]\d 8080$/)); // on bench's own
  expect(answered).toContainEqual(expect.stringMatching(/^fdbe:\S+::1 2\d{4}$/));
}, 60_000);

test('after the run nothing of it is left', async () => {
  // nsenter stops with what it waits for.
  process.kill(run.pid, 'SIGCONT');
  run.kill('SIGCONT');
  run.kill('SIGINT');
  const { exitCode, stderr } = await run.ended;
  expect(exitCode, stderr).toBe(130);
  expect(await guardName()).toBeUndefined();
  expect((await machine.run('docker', 'ps', '-aq', '--filter', 'name=^bench-')).trim()).toBe('');
}, 60_000);
