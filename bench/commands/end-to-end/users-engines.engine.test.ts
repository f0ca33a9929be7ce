import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import type { ContainerSpec, Engine } from '../../../runtime/engine/engine.ts';
import { runLabel } from '../../../runtime/labels.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { doctorDocumentSchema } from '../documents.ts';
import { inspectDocumentSchema } from '../inspect/document.ts';
import { printed } from '../printed.fixture.ts';
import { type Ended, eventually, onlyRun, temporaryDirectory } from './bench-process.fixture.ts';
import { loadImage, saveImage } from './carried-image.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';

/*
 * Engines and machines as people have them: remapped users, a VPN's routes, other people's containers, a kernel without
 * CPU sets. What cannot work there is said before the first round, by name; what does work is measured and proven.
 */

const short = ['--server', 'nginx', '--profile', 'latency', '--rounds', '1', '--blocks', '8'];
const usersSubnet = '10.123.45.0/24';
/** Of the lab image. */
let image: string;

beforeAll(async () => {
  await using machine = await throwAwayMachine();
  await using cwd = await temporaryDirectory();
  const { stdout, stderr } = await machine.bench(['setup'], cwd.path);
  image = /bench-lab:\w+/.exec(stdout)?.[0] ?? '';
  expect(image, stderr).not.toBe('');
});

test('an engine that remaps users is measured: host mode, mapped servers and a plain process too', async () => {
  await using remapped = await remappedMachine();
  const cwd = await directory();
  const { findings } = doctorDocumentSchema.parse(
    JSON.parse((await remapped.bench(['doctor', '--json'], cwd)).stdout),
  );
  expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
  await using target = await usersContainer(remapped, {
    publish: [{ containerPort: 8080, hostPort: 8081, hostAddresses: ['0.0.0.0'] }],
  });
  const measured = [
    ['--path', 'bridge/external/published', '--path', 'native/external', '--path', 'mapped/inside'],
    ['--path', 'mapped/external/published', '--map-to', target.name],
  ];
  for (const paths of measured) await expectProven(remapped, [...short, ...paths]);
  const inspected = await remapped.bench(['inspect'], cwd);
  expect(inspected.exitCode, inspected.stderr).toBe(0);
});

test("a VPN's wide route is in nobody's way: a run's own networks are more specific, with a subnet given or without", async () => {
  await using machine = await throwAwayMachine({ prepare: vpn('ip route add 196.0.0.0/6 dev wg0') });
  await expectProven(machine, [...short, '--mode', 'user-bridge']);
  const given = await expectProven(machine, [
    ...short,
    '--mode',
    'user-bridge,macvlan',
    '--subnet',
    usersSubnet,
  ]);
  expect(given.environment.linkSubnet).toBe(usersSubnet);
  const inspected = await machine.bench(['inspect', '--json', 'user-bridge', 'macvlan'], await directory(), {
    BENCH_SUBNET: usersSubnet,
  });
  expect(inspected.exitCode, inspected.stderr).toBe(0);
  const { modes } = printed(inspectDocumentSchema, inspected.stdout);
  for (const mode of modes) {
    const addresses = mode.status === 'running' ? mode.server.interfaces.flatMap((it) => it.addresses) : [];
    expect(addresses).toContainEqual(expect.stringMatching(/^10\.123\.45\./));
  }
});

test('where the machine is connected to all of 198.18.0.0/15, the given subnet serves every network of a run', async () => {
  await using machine = await throwAwayMachine({ prepare: vpn('ip address add 198.18.0.9/15 dev wg0') });
  const refused = await refusedRun(machine, ['--mode', 'user-bridge']);
  expect(refused).toMatch(
    /^bench: no \/24 of 198\.18\.0\.0\/15 is free: the host routes 198\.18\.\S+ to wg0$/m,
  );
  expect(refused).toContain('BENCH_SUBNET=');
  const inspected = await machine.bench(['inspect', 'host'], await directory());
  expect([inspected.exitCode, inspected.stderr]).toEqual([3, expect.stringContaining('--subnet')]);
  await expectProven(machine, [...short, '--mode', 'user-bridge', '--subnet', usersSubnet]);
  expect(await refusedRun(machine, ['--mode', 'bridge', '--subnet', '198.18.7.0/24'])).toMatch(
    /198\.18\.7\.0\/24 is not free: .* to wg0\n {2}Name another \/24 that this machine does not use\.$/m,
  );
});

test('a rule of the machine that asks a VPN first takes the packets: named before anything is measured', async () => {
  const rule = 'ip route add default dev wg0 table 52; ip rule add pref 5270 lookup 52';
  await using machine = await throwAwayMachine({ prepare: vpn(rule) });
  expect(await refusedRun(machine, ['--mode', 'bridge'])).toMatch(
    /this machine sends packets to 198\.18\.0\.2 over wg0 \(table 52\), not over the run's own bench-\w{4}$/m,
  );
});

test("other people's interfaces come and go: host mode and a plain process are proven all the same", async () => {
  await using machine = await throwAwayMachine();
  const churn = 'while :; do ip link add churn0 type veth peer name churn1; ip link del churn0; done';
  void machine.tried('timeout', '120', 'sh', '-c', churn);
  await eventually(
    async () => (await machine.tried('ip', 'link', 'show', 'churn0')).exitCode === 0,
    () => expect.unreachable('no interface comes and goes'),
  );
  await expectProven(machine, [...short, '--mode', 'bridge']);
  for (const _ of [1, 2, 3]) {
    const { exitCode, stdout, stderr } = await machine.bench(
      ['inspect', 'host', 'native'],
      await directory(),
    );
    expect(exitCode, stderr).toBe(0);
    expect(stdout).not.toMatch(/^\s*(evidence\s+)?not:/m);
  }
});

test('an engine that discards CPU sets: the run says whose word that is, and claims no CPUs', async () => {
  await using machine = await throwAwayMachine({ prepare: withoutCpuSets });
  const { findings } = doctorDocumentSchema.parse(
    JSON.parse((await machine.bench(['doctor', '--json'], await directory())).stdout),
  );
  expect(findings).toContainEqual(
    expect.objectContaining({
      level: 'warning',
      subject: 'CPUs',
      message: expect.stringContaining('CPU sets'),
    }),
  );
  const run = await expectProven(machine, [...short, '--mode', 'bridge']);
  expect(run.environment.pinning).toEqual({
    kind: 'shared',
    discarded: expect.stringMatching(/cpuset.*discarded/i),
  });
  expect(run.slices.some(({ cpusExchanged }) => cpusExchanged !== undefined)).toBe(false);
  expect(run.stderr.indexOf('Server and load generator share their CPUs: the engine says "')).toBeGreaterThan(
    -1,
  );
  expect(run.stderr.indexOf('share their CPUs')).toBeLessThan(run.stderr.indexOf('round 1 of 1'));
});

test('an engine that may not move processes: the run goes on, and says that docker-proxy is on any CPU', async () => {
  await using machine = await throwAwayMachine({
    prepare: `
      mkdir "$RUN/bin"
      printf '#!/bin/sh\\nexec setpriv --bounding-set=-sys_nice %s "$@"\\n' "$(command -v dockerd)" >"$RUN/bin/dockerd"
      chmod +x "$RUN/bin/dockerd"
      PATH=$RUN/bin:$PATH`,
  });
  const { environment } = await expectProven(machine, [...short, '--mode', 'bridge']);
  expect(environment.pinning).toMatchObject({
    kind: 'disjoint',
    proxiesRoam: expect.stringMatching(/cap/i),
  });
  expect((await (await engineOf(machine)).containers(runLabel)).map(({ name }) => name)).toEqual([]);
});

test('a target on two networks: where its published ports lead is named; by its own address it is measured', async () => {
  await using machine = await throwAwayMachine();
  const engine = await engineOf(machine);
  await using web = await usersContainer(machine, {
    publish: [{ containerPort: 8080, hostPort: 8081, hostAddresses: ['0.0.0.0'] }],
  });
  await using _network = await secondNetwork(engine, web.name);
  const mapped = ['--map-to', web.name, '--path', 'mapped/host/container'];
  expect(await refusedRun(machine, [...mapped, '--path', 'mapped/external/published'])).toContain(
    `the container ${web.name} is on two networks (a-net, bridge): its published ports use a-net\n`,
  );
  await expectProven(machine, [...short, ...mapped]);
});

test('a target that is published by IPv4 only is not dialled by IPv6, and one by IPv6 only not by IPv4', async () => {
  await using machine = await throwAwayMachine();
  const publishedOn = (address: string, hostPort: number) =>
    usersContainer(machine, { publish: [{ containerPort: 8080, hostPort, hostAddresses: [address] }] });
  await using v4 = await publishedOn('0.0.0.0', 8081);
  await using v6 = await publishedOn('::', 8082);
  const byIpv6 = ['--path', 'mapped/external/published/ipv6'];
  expect(await refusedRun(machine, ['--map-to', v4.name, ...byIpv6])).toMatch(
    new RegExp(`${v4.name} publishes 0\\.0\\.0\\.0:8081, but mapped/external/published/ipv6 dials fdbe:`),
  );
  expect(await refusedRun(machine, ['--map-to', v6.name, '--mode', 'mapped'])).toMatch(
    new RegExp(`${v6.name} publishes \\[::\\]:8082, but mapped/external/published dials 198\\.18\\.`),
  );
  await expectProven(machine, [...short, '--map-to', v6.name, ...byIpv6]);
});

/** A VPN's device, up, and what is done with it. */
function vpn(lines: string): string {
  return `ip link add wg0 type veth peer name wg1; ip link set wg0 up; ip link set wg1 up; ${lines}`;
}

/** The kernel has them; the engine does not find them: no such mount (cgroup version 1), no such controller (2). */
const withoutCpuSets = `
  if [ -d /sys/fs/cgroup/cpuset ]; then
    umount /sys/fs/cgroup/cpuset
  else
    sed 's/cpuset//' /sys/fs/cgroup/cgroup.controllers >"$RUN/controllers"
    mount --bind "$RUN/controllers" /sys/fs/cgroup/cgroup.controllers
  fi`;

/** A machine whose engine remaps users, and so has a store of its own, with the lab image in it. */
async function remappedMachine(): Promise<ThrowAwayMachine> {
  const stateDirectory = process.env['BENCH_STATE_DIR'] || '/var/lib/bench';
  await mkdir(stateDirectory, { recursive: true });
  const dataRoot = await mkdtemp(join(stateDirectory, 'remapped-'));
  onTestFinished(() => rm(dataRoot, { recursive: true, force: true }));
  const file = join(dataRoot, 'image.tar');
  {
    await using machine = await throwAwayMachine();
    await saveImage(machine.address, image, file);
  }
  const machine = await throwAwayMachine({
    dataRoot,
    dockerd: ['--userns-remap=daemon'],
    // "daemon" is a user of every Linux; which ids are its own is said in files of this machine alone.
    prepare: `
      echo daemon:100000:65536 >"$RUN/subid"
      for file in /etc/subuid /etc/subgid; do touch "$file"; mount --bind "$RUN/subid" "$file"; done`,
  });
  await loadImage(machine.address, file);
  return machine;
}

function engineOf({ address }: ThrowAwayMachine): Promise<Engine> {
  return connectDockerode({ found: 'DOCKER_HOST', url: address });
}

/** A container of "the user's" that runs. */
async function usersContainer(
  machine: ThrowAwayMachine,
  changes: Partial<ContainerSpec>,
): Promise<AsyncDisposable & { readonly name: string }> {
  const engine = await engineOf(machine);
  const name = `users-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const container = await engine.create({
    name,
    image,
    command: ['sleep', 'infinity'],
    labels: {},
    attachment: { kind: 'bridge' },
    ...changes,
  });
  await container.start();
  return { name, [Symbol.asyncDispose]: () => engine.remove(container.id) };
}

/** A network that sorts before the default bridge, with a container on it. It goes with that. */
async function secondNetwork(engine: Engine, container: string): Promise<AsyncDisposable> {
  const id = await engine.createNetwork({
    name: 'a-net',
    labels: {},
    subnets: [{ subnet: '172.29.0.0/24', gateway: '172.29.0.1' }],
    kind: { driver: 'bridge', device: 'a-net0' },
  });
  await engine.connect(id, container);
  return {
    async [Symbol.asyncDispose]() {
      await engine.remove(container);
      await engine.removeNetwork(id);
    },
  };
}

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

/** A run in which every case was measured, and every path proven. */
async function expectProven(machine: ThrowAwayMachine, argv: readonly string[]) {
  const cwd = await directory();
  const ended: Ended = await machine.bench(['run', ...argv], cwd);
  await expectMeasured(ended, cwd);
  const { run, slices, evidence } = await readRunFolder(await onlyRun(cwd));
  expect(evidence.filter(({ verdict }) => verdict !== 'consistent')).toEqual([]);
  expect(evidence.length).toBeGreaterThan(1);
  return { stderr: ended.stderr, environment: run.environment, slices };
}

/** What a run says that is refused before anything is measured: it leaves no run folder. */
async function refusedRun(machine: ThrowAwayMachine, argv: readonly string[]): Promise<string> {
  const cwd = await directory();
  const { exitCode, stderr } = await machine.bench(['run', ...short, ...argv], cwd);
  expect(exitCode, stderr).toBe(3);
  await expect(onlyRun(cwd)).rejects.toThrow('found 0');
  return stderr;
}
