import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import { possiblePaths } from '../../model/network-modes.ts';
import { pathId } from '../../model/path.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { doctorDocumentSchema, setupDocumentSchema } from '../documents.ts';
import { inspectDocumentSchema } from '../inspect/document.ts';
import { printed } from '../printed.fixture.ts';
import { traceDocumentSchema } from '../trace/document.ts';
import { onlyRun, temporaryDirectory } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';

/*
 * Engines and machines that are set so that some paths do not exist: what cannot be measured is refused before the first
 * round, by the name of the setting, and what can be is measured and proven.
 */

let image: string;

beforeAll(async () => {
  await using machine = await throwAwayMachine();
  await using cwd = await temporaryDirectory();
  const { exitCode, stdout, stderr } = await machine.bench(['setup', '--json'], cwd.path);
  expect(exitCode, stderr).toBe(0);
  image = printed(setupDocumentSchema, stdout).image.tag;
});

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

const short = ['--server', 'nginx', '--profile', 'latency', '--rounds', '1', '--blocks', '6', '--seed', '5'];

/** A run that measures what it was asked for, on the paths that it was asked for. */
async function measured(machine: ThrowAwayMachine, ...argv: readonly string[]): Promise<RecordedRun> {
  const cwd = await directory();
  await expectMeasured(await machine.bench(['run', ...short, ...argv], cwd), cwd);
  const recorded = await readRunFolder(await onlyRun(cwd));
  expect(recorded.evidence.filter(({ verdict }) => verdict !== 'consistent')).toEqual([]);
  return recorded;
}

/** What a run says that is refused before its first round. */
async function refused(machine: ThrowAwayMachine, ...argv: readonly string[]): Promise<string> {
  const cwd = await directory();
  const { exitCode, stderr } = await machine.bench(['run', ...short, ...argv], cwd);
  expect(exitCode, stderr).toBe(3);
  await expect(onlyRun(cwd)).rejects.toThrow();
  return stderr;
}

/** The plan by name that has every path: what it measured, and what it left out. Those that no slice counts of are none of either. */
async function allPaths(machine: ThrowAwayMachine) {
  const cwd = await directory();
  const once = ['--rounds', '1', '--blocks', '1', '--slice-seconds', '0.1', '--seed', '5'];
  const { exitCode, stderr } = await machine.bench(['run', '--plan', 'paths', ...once], cwd);
  // With a single slice a case may have none that counts, on a machine that is busy: that is exit 4.
  expect([0, 4], stderr).toContain(exitCode);
  const { run, evidence, slices } = await readRunFolder(await onlyRun(cwd));
  expect(slices.flatMap((slice) => (slice.status === 'failed' ? [slice.error] : []))).toEqual([]);
  expect(evidence.filter(({ verdict }) => verdict !== 'consistent')).toEqual([]);
  const leftOut = run.plan.leftOut ?? [];
  const seen = new Set([...evidence, ...leftOut].map(({ path }) => path));
  expect(seen).toEqual(new Set(possiblePaths().map(pathId)));
  return leftOut;
}

const idsOf = (chosen: (path: ReturnType<typeof possiblePaths>[number]) => boolean) =>
  possiblePaths().filter(chosen).map(pathId).toSorted();

/** What doctor says of a subject: level and message of each finding. */
async function doctorOf(machine: ThrowAwayMachine, subject: string): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await machine.bench(['doctor', '--json'], await directory());
  expect(exitCode, stderr).toBe(0);
  const { findings } = printed(doctorDocumentSchema, stdout);
  return findings.flatMap((it) =>
    it.subject === subject ? [`${it.level}: ${it.message} (${it.hint ?? ''})`] : [],
  );
}

/** A container of "the user's" that publishes its nginx on every address of the host. */
async function publishedServer(machine: ThrowAwayMachine, hostPort: number): Promise<AsyncDisposable> {
  const engine = await connectDockerode({ found: 'DOCKER_HOST', url: machine.address });
  const container = await engine.create({
    name: `users-${process.pid}`,
    image,
    command: ['/opt/bench/bin/serve.sh', 'nginx', '1024', '0.0.0.0:8080'],
    labels: {},
    attachment: { kind: 'bridge' },
    publish: [{ containerPort: 8080, hostPort, hostAddresses: ['0.0.0.0'] }],
  });
  await container.start();
  return { [Symbol.asyncDispose]: () => engine.remove(container.id) };
}

test('an engine that writes no rules (iptables=false): docker-proxy carries published ports, is measured and proven', async () => {
  await using machine = await throwAwayMachine({ dockerd: ['--iptables=false'] });
  expect(await doctorOf(machine, 'published ports')).toEqual([
    expect.stringMatching(/^ok: IPv4: docker-proxy; .*iptables=false/),
  ]);
  const paths = ['bridge/external/published', 'mapped/external/published', 'bridge/host/published'];
  const { run } = await measured(machine, ...paths.flatMap((path) => ['--path', path]));
  expect(run.environment.engine).toMatchObject({ userlandProxy: true, iptables: false });

  await using _server = await publishedServer(machine, 8081);
  const { stdout } = await machine.bench(['trace', '--json', 'http://172.17.0.1:8081/'], await directory());
  expect(printed(traceDocumentSchema, stdout).path).toBe('docker-proxy');
});

test('without rules and without docker-proxy nobody carries a published port: refused; what dials the container is measured', async () => {
  const dockerd = ['--iptables=false', '--userland-proxy=false'];
  await using machine = await throwAwayMachine({ dockerd });
  expect(await refused(machine, '--mode', 'bridge')).toMatch(
    /bridge\/external\/published cannot be measured here \(iptables=false and userland-proxy=false\)/,
  );
  expect(await doctorOf(machine, 'paths')).toContainEqual(
    expect.stringMatching(/^warning: iptables=false and userland-proxy=false/),
  );
  await measured(machine, '--path', 'bridge/host/container');
});

test('ip_forward switched off after the start of the engine: published ports from outside are refused, by its name', async () => {
  await using machine = await throwAwayMachine();
  await machine.run('sysctl', '-w', 'net.ipv4.ip_forward=0');
  expect(await doctorOf(machine, 'paths')).toEqual([
    expect.stringMatching(
      /^warning: net\.ipv4\.ip_forward=0: .*prevents 3 of .*sysctl -w net\.ipv4\.ip_forward=1/,
    ),
  ]);
  const said = await refused(machine, '--mode', 'bridge');
  expect(said).toMatch(/bridge\/external\/published cannot be measured here \(net\.ipv4\.ip_forward=0\)/);
  expect(said).toContain('sysctl -w net.ipv4.ip_forward=1');
  await measured(machine, '--path', 'bridge/host/container');
});

test('IPv6 switched off by sysctl: a plan by name measures all by IPv4 and names the rest', async () => {
  await using machine = await throwAwayMachine();
  const names = ['net.ipv6.conf.all.disable_ipv6', 'net.ipv6.conf.default.disable_ipv6'];
  await machine.run('sysctl', '-w', ...names.map((name) => `${name}=1`));
  const leftOut = await allPaths(machine);
  expect(leftOut.map(({ path }) => path).toSorted()).toEqual(idsOf(({ family }) => family === 'ipv6'));
  for (const { reason } of leftOut) expect(reason).toContain('net.ipv6.conf.all.disable_ipv6=1');
  expect(await refused(machine, '--path', 'host/external/ipv6')).toMatch(
    /host\/external\/ipv6 cannot be measured here \(net\.ipv6\.conf\.all\.disable_ipv6=1\)/,
  );
  await measured(machine, '--mode', 'bridge');
  expect(await doctorOf(machine, 'paths')).toEqual([
    expect.stringMatching(/^warning: net\.ipv6\.conf\.all\.disable_ipv6=1: IPv6 is switched off/),
  ]);
});

test("a firewall that drops what comes in: a neighbor's paths to the host say so; --open-firewall lets them in for the run only", async () => {
  await using machine = await throwAwayMachine();
  for (const tool of ['iptables', 'ip6tables']) {
    await machine.run(tool, '-P', 'INPUT', 'DROP');
    await machine.run(tool, '-A', 'INPUT', '-i', 'lo', '-j', 'ACCEPT');
    const answers = ['-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED', '-j', 'ACCEPT'];
    await machine.run(tool, '-A', 'INPUT', ...answers);
  }
  await machine.run('ip6tables', '-A', 'INPUT', '-p', 'icmpv6', '-j', 'ACCEPT'); // neighbor discovery
  const rules = async () => [
    await machine.run('iptables', '-S', 'INPUT'),
    await machine.run('ip6tables', '-S', 'INPUT'),
  ];
  const before = await rules();
  const paths = ['bridge/neighbor/published', 'native/neighbor', 'user-bridge/neighbor/published/ipv6'];

  const cwd = await directory();
  const shut = await machine.bench(['run', ...short, '--path', 'bridge/neighbor/published'], cwd);
  expect(shut.exitCode, shut.stderr).toBe(4);
  expect(shut.stderr).toMatch(
    /docker-proxy listens there, but the host's firewall drops packets from docker0 \(ip filter INPUT: DROP/,
  );
  expect(shut.stderr).toContain('Allow it with: iptables -I INPUT -i docker0 -j ACCEPT');
  expect(shut.stderr).not.toContain('docker logs');

  const asked = paths.flatMap((path) => ['--path', path]);
  const { run } = await measured(machine, '--open-firewall', ...asked);
  const opened = run.environment.firewallOpened ?? [];
  expect(opened).toContainEqual(
    expect.stringMatching(/^iptables\S* .*-I INPUT -s 172\.17\.0\.\d+ -i docker0 .*--comment "bench/),
  );
  expect(opened).toContainEqual(expect.stringMatching(/^ip6tables\S* .*-I INPUT -i bench-\w+ /));
  expect(await rules()).toEqual(before);
});

test('a configuration file that was edited without a restart does not hold: what the daemon does is told and proven', async () => {
  await using machine = await throwAwayMachine();
  const edited = join(await directory(), 'daemon.json');
  await writeFile(edited, '{"userland-proxy": false}');
  await machine.run('cp', edited, '/etc/docker/daemon.json');
  await using _server = await publishedServer(machine, 8081);
  expect(await doctorOf(machine, 'published ports')).toEqual([
    expect.stringMatching(
      /^warning: .*userland-proxy=true.*daemon\.json has changed since dockerd started.*restart/,
    ),
  ]);
  const { run } = await measured(machine, '--path', 'bridge/host/loopback');
  expect(run.environment.engine.userlandProxy).toBe(true);
  const said = await refused(machine, '--path', 'bridge/host/loopback', '--userland-proxy', 'false');
  expect(said).toContain('the plan requests userland-proxy=false, but this engine runs with true');
  expect(said).toMatch(/daemon\.json has changed since dockerd started.*restart/);
});

test('a file that the daemon has read holds: there is no docker-proxy, and no word of a change', async () => {
  await using machine = await throwAwayMachine({ daemonJson: { 'userland-proxy': false } });
  expect(await doctorOf(machine, 'published ports')).toEqual([
    expect.stringMatching(/^ok: IPv4: DNAT; .*userland-proxy=false/),
  ]);
});

test('IPv6 forwarding is off: what would make the engine switch it on is refused, and it stays off', async () => {
  const setting = 'net.ipv6.conf.all.forwarding';
  await using machine = await throwAwayMachine({ prepare: 'echo 0 >/proc/sys/net/ipv6/conf/all/forwarding' });
  const said = await refused(machine, '--path', 'user-bridge/external/published/ipv6');
  expect(said).toContain(`cannot be measured here (${setting}=0)`);
  expect(said).toContain('--lab');
  await measured(machine, '--path', 'user-bridge/external/published', '--path', 'host/external/ipv6');
  expect((await machine.run('sysctl', '-n', setting)).trim()).toBe('0');
});

test('an engine without a default bridge: its modes are refused or left out, and the others are measured', async () => {
  await using machine = await throwAwayMachine({ dockerd: ['--bridge=none'] });
  const said = await refused(machine);
  expect(said).toMatch(
    /bridge\/external\/published cannot be measured here \("bridge": "none"\): the engine has no default bridge/,
  );
  expect(said).toContain('--mode user-bridge');
  await measured(machine, '--mode', 'user-bridge');

  const shown = await machine.bench(['inspect', '--json'], await directory());
  expect(shown.exitCode, shown.stderr).toBe(0);
  const { modes } = printed(inspectDocumentSchema, shown.stdout);
  expect(modes.flatMap((it) => (it.status === 'not-offered' ? [`${it.mode} ${it.setting}`] : []))).toEqual([
    'bridge "bridge": "none"',
    'mapped "bridge": "none"',
  ]);
  expect(modes.filter(({ status }) => status === 'failed')).toEqual([]);
  const named = await machine.bench(['inspect', 'bridge'], await directory());
  expect(named.exitCode).toBe(3);
  expect(named.stderr).toContain('"bridge": "none"');
});

test('what the engine itself tells is refused before an image is built for nothing', async () => {
  const dataRoot = join(await directory(), 'engine');
  await using machine = await throwAwayMachine({ dockerd: ['--bridge=none'], dataRoot });
  const said = await refused(machine);
  expect(said).toContain('"bridge": "none"');
  expect(said).not.toContain('building');
  const named = await machine.bench(['inspect', 'bridge'], await directory());
  expect(named.exitCode).toBe(3);
  expect(named.stderr).not.toContain('building');
});

test('an engine without a default bridge: a plan by name leaves out what is on it, and names it', async () => {
  await using machine = await throwAwayMachine({ daemonJson: { bridge: 'none' } });
  const leftOut = await allPaths(machine);
  expect(leftOut.map(({ path }) => path).toSorted()).toEqual(
    idsOf(({ mode }) => mode === 'bridge' || mode === 'mapped'),
  );
  for (const { reason } of leftOut) expect(reason).toBe('"bridge": "none": the engine has no default bridge');
});

test('icc=false: a neighbor on the default bridge is refused, unless what is on a bridge passes no rules', async () => {
  await using machine = await throwAwayMachine({ dockerd: ['--icc=false'] });
  const filter = 'net.bridge.bridge-nf-call-iptables';
  await machine.run('sysctl', '-w', `${filter}=1`);
  expect(await refused(machine, '--path', 'bridge/neighbor/container')).toMatch(
    /bridge\/neighbor\/container cannot be measured here \(icc=false\): the firewall \(FORWARD\) drops packets from docker0 to docker0/,
  );
  expect(await doctorOf(machine, 'paths')).toEqual([
    expect.stringMatching(/^warning: icc=false: .*prevents 2 of/),
  ]);
  await measured(machine, '--path', 'bridge/neighbor/published');
  await machine.run('sysctl', '-w', `${filter}=0`);
  await measured(machine, '--path', 'bridge/neighbor/container');
});

test('icc=false: a plan by name leaves out what it stops, and names it', async () => {
  await using machine = await throwAwayMachine({ dockerd: ['--icc=false'] });
  await machine.run('sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=1');
  const leftOut = await allPaths(machine);
  expect(leftOut.map(({ path }) => path).toSorted()).toEqual([
    'bridge/neighbor/container',
    'mapped/neighbor/container',
  ]);
  for (const { reason } of leftOut) expect(reason).toMatch(/^icc=false: /);
});
