import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { machineFiles } from '../../../runtime/inspector/files.ts';
import { findCpuUsageFile } from '../../../runtime/inspector/read/cgroup.ts';
import { parseProxyPort } from '../../../runtime/inspector/read/proxies.ts';
import { labelsOf } from '../../../runtime/labels.ts';
import { thisProcess } from '../../../runtime/owner.ts';
import { holderPowers } from '../../../runtime/powers.ts';
import { startInspector } from '../../../runtime/stage/start-inspector.ts';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { routeFor } from '../../model/network-modes.ts';
import { parsePathId } from '../../model/path.ts';
import type { Deployed, DeploymentOrder, Stage } from '../../model/stage.ts';
import { stageOnEngine } from './stage-on-engine.fixture.ts';

/* Whose CPU time is whose, on a real engine: what a run tells of itself, of its proxies and of everybody else. */

let real: TestEngine;
beforeAll(async () => {
  real = await testEngine();
});
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

const runId = '20261128T120000Z-cpu1';

function orderFor(id: string): DeploymentOrder {
  const path = parsePathId(id);
  const laid = path && routeFor(path);
  if (laid?.possible !== true) throw new Error(`${id} cannot be laid`);
  return {
    deployment: { server: 'nginx', path: id, role: 'contender' },
    route: laid.route,
    agent: { kind: 'standing' },
    addressIndex: 0,
    hostPort: 24_731,
    nameSuffix: 'bridge',
    environmentPaddingBytes: 0,
    bodyBytes: 1024,
  };
}

async function published(): Promise<{ readonly stage: Stage; readonly deployed: Deployed }> {
  const stage = await stageOnEngine(real, runId, {
    vantages: ['external'],
    servers: ['bridge'],
    ipv6: false,
  });
  onTestFinished(() => stage[Symbol.asyncDispose]());
  const [outcome] = await stage.deploy([orderFor('bridge/external/published')]);
  if (outcome?.ok !== true) throw outcome?.error ?? new Error('nothing was deployed');
  return { stage: stage, deployed: outcome.deployed };
}

/** A file of /proc of the engine's machine, by a path that can be read here. */
function inMachine(path: string): string {
  return real.machine === undefined ? path : `/proc/${real.machine}/root${path}`;
}

/** CPUs on which the threads of each docker-proxy of a port may run, every one of them. */
function cpusOfProxies(port: number): readonly string[] {
  const proc = inMachine('/proc');
  const proxies = readdirSync(proc).filter(
    (pid) =>
      existsSync(`${proc}/${pid}/cmdline`) &&
      parseProxyPort(readFileSync(`${proc}/${pid}/cmdline`, 'utf8')) === port,
  );
  return proxies.flatMap((pid) =>
    readdirSync(`${proc}/${pid}/task`).map((thread) => {
      const status = readFileSync(`${proc}/${pid}/task/${thread}/status`, 'utf8');
      return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? 'unread';
    }),
  );
}

test('docker-proxy stays on the servers’ CPUs, also when servers and agents exchange them', async () => {
  const { stage, deployed } = await published();
  const { pinning, engine } = stage.environment;
  const port = deployed.order.hostPort;
  if (pinning.kind !== 'disjoint' || engine.userlandProxy !== true) {
    expect(cpusOfProxies(port)).not.toContain('unread');
    return;
  }
  expect(pinning).not.toHaveProperty('proxiesRoam');
  expect(cpusOfProxies(port)).not.toEqual([]);
  expect(new Set(cpusOfProxies(port))).toEqual(new Set([pinning.serverCpus]));
  await stage.exchangeCpus(true);
  expect(new Set(cpusOfProxies(port))).toEqual(new Set([pinning.agentCpus]));
  await stage.exchangeCpus(false);
  expect(new Set(cpusOfProxies(port))).toEqual(new Set([pinning.serverCpus]));
});

test('what bench itself works between two readings is its own, and no part is more than the machine was busy', async () => {
  const { stage, deployed } = await published();
  const before = await stage.read(deployed, 'before');
  const from = process.cpuUsage();
  let burned = 0;
  while (burned < 0.2) {
    const { user, system } = process.cpuUsage(from);
    burned = (user + system) / 1e6;
  }
  const after = await stage.read(deployed, 'after');
  const own = (after.ownSeconds ?? Number.NaN) - (before.ownSeconds ?? Number.NaN);
  // The engine may be somewhere else, where bench takes no time.
  if (real.machine !== undefined) expect(own).toBeGreaterThanOrEqual(burned);
  // Idle time is printed in ticks of 10 ms; what a hypervisor steals may count as a process’s time.
  const busyOf = ({ machine }: typeof after) => machine.busySeconds + machine.stealSeconds;
  expect(own).toBeLessThan(busyOf(after) - busyOf(before) + 0.03);
});

test('the load agent can read each CPU’s nanoseconds where the engine’s machine counts them, and nothing else of the host', async () => {
  const { stage } = await published();
  const agent = (await real.engine.containers()).find(({ name }) => name.endsWith('-agent-external'));
  const pid = (await real.engine.inspect(agent?.id ?? ''))?.pid;
  const host = inMachine(`/proc/${pid}/root/host`);
  // On another machine's engine this says nothing.
  const counted = findCpuUsageFile(machineFiles, inMachine('/sys/fs/cgroup'));
  expect(existsSync(host) ? readdirSync(host) : []).toEqual(
    counted === undefined ? [] : ['cpuacct.usage_percpu'],
  );
  if (counted === undefined) return;
  const nanoseconds = readFileSync(`${host}/cpuacct.usage_percpu`, 'utf8').trim().split(' ');
  expect(nanoseconds).toHaveLength(stage.environment.cpuCount);
});

/** A process that is nobody's child here: it outlives the shell that started it. */
async function stranger(): Promise<number> {
  const shell = spawn('sh', ['-c', 'sleep 300 >/dev/null 2>&1 & echo $!'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(shell, 'exit');
  const pid = Number(await text(shell.stdout));
  await exit;
  onTestFinished(() => void process.kill(pid));
  return pid;
}

test('other processes are those of the machine around the lab: none of the lab’s, and not bench', async () => {
  const { stage } = await published();
  const pid = await stranger();
  const others = await stage.otherProcesses();
  const pids = others.map(({ key }) => Number(key.split('-')[0]));
  expect(others.find(({ key }) => key.startsWith(`${pid}-`))?.name).toBe('sleep');
  expect(pids).not.toContain(process.pid);
  const inside = real.machine === undefined ? undefined : readlinkSync(`/proc/${real.machine}/ns/pid`);
  const namespaces = pids.flatMap((other) =>
    existsSync(`/proc/${other}/ns/pid`) ? [readlinkSync(`/proc/${other}/ns/pid`)] : [],
  );
  expect(namespaces).not.toContain(inside);
});

test('where the inspector sees the machine it tells them: the user’s containers, and not the run’s nor the engine', async () => {
  const labels = labelsOf(runId, await thisProcess());
  const container = await real.engine.create({
    name: 'bench-cpu1-sleeper',
    image: real.image,
    command: ['sleep', '300'],
    labels,
    attachment: { kind: 'none' },
    powers: holderPowers,
  });
  onTestFinished(() => real.engine.remove(container.id));
  await container.start();
  const pid = (await real.engine.inspect(container.id))?.pid ?? 0;
  const run = { image: real.image, prefix: 'bench-cpu1', labels };
  await using started = await startInspector(real.engine, run);
  const { daemon } = await started.inspector.call('machine', { dataRoot: real.engine.about.dataRoot });
  const ask = async (containers: readonly number[]) => {
    const ours = { containers, ports: [], ...(daemon === undefined ? {} : { daemon: daemon.pid }) };
    const { processes } = await started.inspector.call('other-processes', ours);
    return processes;
  };
  expect((await ask([])).filter(({ key }) => key.startsWith(`${pid}-`))).toMatchObject([{ name: 'sleep' }]);
  const others = await ask([pid]);
  expect(others.filter(({ key }) => key.startsWith(`${pid}-`))).toEqual([]);
  expect(others.filter(({ key }) => key.startsWith(`${daemon?.pid}-`))).toEqual([]);
  expect(others.filter(({ key }) => key.startsWith('1-'))).not.toEqual([]);
});
