import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { CreatedContainer } from '../../runtime/engine/engine.ts';
import { type TestEngine, testEngine } from '../../runtime/test-engine.fixture.ts';
import { summarySchema } from '../model/summary.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import { schedule } from '../schedule/schedule.ts';
import {
  eventually,
  onlyRun,
  slicesOnDisk,
  startBench,
  temporaryDirectory,
} from './bench-process.fixture.ts';
import { cleanDocumentSchema, doctorDocumentSchema } from './documents.ts';
import { type HostSeen, hostSeen } from './host-state.fixture.ts';
import { derivedFiles } from './write-reports.ts';

/*
 * The product's promises on a real engine: real packets, nothing left behind, the user's own containers untouched.
 * A container of "the user's" runs all the while.
 */

let lab: TestEngine;
let users: CreatedContainer;
let before: HostSeen;

beforeAll(async () => {
  lab = await testEngine();
  users = await lab.engine.create({
    name: `users-own-${process.pid}`,
    image: lab.image,
    command: ['sleep', 'infinity'],
    labels: {},
    attachment: { kind: 'bridge' },
  });
  await users.start();
  before = await hostSeen(lab.engine);
});

afterAll(async () => {
  if (users !== undefined) await lab.engine.remove(users.id);
  await lab?.[Symbol.asyncDispose]();
});

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

/** Containers go at once; their shims, and the kernel's network namespaces with the links in them, a moment later. */
async function nothingIsLeft(): Promise<void> {
  const asBefore = JSON.stringify(before);
  await eventually(
    async () => JSON.stringify(await hostSeen(lab.engine)) === asBefore,
    async () => expect(await hostSeen(lab.engine)).toEqual(before),
  );
}

/*
 * Many short slices rather than two long ones: on a machine whose neighbours are busy, a slice in which the agent
 * was not scheduled does rightly not count, and a case with none that counts exits 4.
 */
const blocks = 10;
const short = [
  '--server',
  'nginx',
  '--rounds',
  '1',
  '--blocks',
  String(blocks),
  '--slice-seconds',
  '0.1',
  '--seed',
  '11',
];

test('a run measures host, bridge and mapped, proves each path, and leaves nothing', async () => {
  const cwd = await directory();
  const { exitCode, stdout, stderr } = await startBench(['run', '--json', ...short], cwd).ended;
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  await nothingIsLeft();

  const summary = summarySchema.parse(JSON.parse(stdout));
  expect(summary.state).toBe('complete');
  expect(summary.evidence).toEqual({ consistent: 4, contradicted: 0, unread: 0 });
  expect(summary.environment.engine.userlandProxy).toBeDefined();

  const { slices, evidence, warnings } = await readRunFolder(await onlyRun(cwd));
  expect(warnings).toEqual([]);
  expect(slices).toHaveLength(4 * 2 * blocks);
  for (const slice of slices) {
    if (slice.status === 'failed') throw new Error(slice.error.message);
    if (slice.status === 'completed') expect(slice.latency.p50Ns).toBeGreaterThan(1000);
    expect(slice.counters?.connections).toBeGreaterThanOrEqual(slice.profile === 'latency' ? 1 : 32);
    // Every connection of a published path, and no other packet, is the first of its conntrack entry.
    const published = slice.path.endsWith('/published');
    expect(slice.counters?.dnatPackets).toBe(published ? slice.counters?.connections : undefined);
  }
  expect(
    slices.reduce((sum, slice) => sum + (slice.status === 'failed' ? 0 : slice.requests), 0),
  ).toBeGreaterThan(10_000);
  const namespaces = evidence.map(({ path, raw }) => [path, raw['serverNamespace'] === raw['hostNamespace']]);
  expect(Object.fromEntries(namespaces)).toEqual({
    'host/external': true,
    'bridge/external/published': false,
    'mapped/external/published': false,
  });
  const mapped = evidence.find(({ path }) => path === 'mapped/external/published');
  expect(mapped?.raw['serverNamespace']).toBe(mapped?.raw['holderNamespace']);
});

test('a container is reached by its own address from the host, without NAT', async () => {
  const cwd = await directory();
  const { exitCode, stderr } = await startBench(['run', ...short, '--path', 'bridge/host/container'], cwd)
    .ended;
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { evidence } = await readRunFolder(await onlyRun(cwd));
  expect(evidence.map(({ path, verdict }) => `${path} ${verdict}`).sort()).toEqual([
    'bridge/host/container consistent',
    'host/host consistent',
    'host/host consistent',
  ]);
  const bridge = evidence.find(({ path }) => path === 'bridge/host/container');
  expect(bridge?.url).not.toMatch(/127\.0\.0\.1|198\.18\./);
  await nothingIsLeft();
});

test('Ctrl-C keeps what was measured, writes a report with a banner, exits 130 and leaves nothing', async () => {
  const cwd = await directory();
  const bench = startBench(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 3);
  bench.kill('SIGINT');
  const { exitCode, stderr } = await bench.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/what was measured is kept/);
  await nothingIsLeft();
  const run = await onlyRun(cwd);
  const recorded = await readRunFolder(run);
  expect(recorded.run).toMatchObject({ state: 'partial', stateReason: 'interrupted by the user' });
  expect(recorded.slices.length).toBeGreaterThanOrEqual(3);
  expect(await readFile(join(run, 'report.html'), 'utf8')).toMatch(/partial/i);
});

test('a terminal that is closed in mid-run: what was measured is kept, exit 130, and nothing is left', async () => {
  const cwd = await directory();
  const bench = startBench(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 3);
  bench.hangUp(); // its streams lead nowhere from now on
  bench.kill('SIGHUP');
  expect((await bench.ended).exitCode).toBe(130);
  await nothingIsLeft();
  const run = await onlyRun(cwd);
  expect((await readRunFolder(run)).run).toMatchObject({ state: 'partial' });
  expect(await readdir(run)).toEqual(expect.arrayContaining([...derivedFiles]));
});

test('a reader of the progress that leaves in mid-run costs nothing', async () => {
  const cwd = await directory();
  const bench = startBench(['run', ...short], cwd);
  await slicesOnDisk(bench, cwd, 1);
  bench.hangUp();
  expect((await bench.ended).exitCode).toBe(0);
  expect((await readRunFolder(await onlyRun(cwd))).run.state).toBe('complete');
  await nothingIsLeft();
});

test('after kill -9, `bench clean` leaves nothing, and the folder still makes a report', async () => {
  const cwd = await directory();
  const bench = startBench(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 3);
  bench.kill('SIGKILL');
  expect((await bench.ended).exitCode).toBeUndefined();

  const cleaned = await startBench(['clean', '--json'], cwd).ended;
  expect(cleaned.exitCode).toBe(0);
  const { removed, kept } = cleanDocumentSchema.parse(JSON.parse(cleaned.stdout));
  expect(removed.length).toBeGreaterThanOrEqual(4);
  expect(kept).toEqual([]);
  await nothingIsLeft();

  const report = await startBench(['report', 'latest'], cwd).ended;
  expect(report.exitCode).toBe(0);
  expect(report.stdout).toMatch(/partial/i);
});

test('`bench clean` leaves a live run alone, and a second run waits for its end', async () => {
  const cwd = await directory();
  const elsewhere = await directory();
  const bench = startBench(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 1);
  const second = await startBench(['run', ...short], elsewhere).ended;
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toMatch(/another bench run .* is measuring/);
  const cleaned = JSON.parse((await startBench(['clean', '--json'], cwd).ended).stdout);
  expect(cleaned.removed).toEqual([]);
  expect(cleaned.kept.length).toBeGreaterThanOrEqual(6);
  const lines = (await readRunFolder(await onlyRun(cwd))).slices.length;
  await slicesOnDisk(bench, cwd, lines + 3);
  bench.kill('SIGTERM');
  expect((await bench.ended).exitCode).toBe(130);
  await nothingIsLeft();
});

test('a port that is in use costs that case its round, names the reason, and exits 4', async () => {
  const cwd = await directory();
  const plan = resolvePlan(
    {
      flags: { server: 'nginx', rounds: '1', blocks: String(blocks), sliceSeconds: '0.1', seed: '11' },
      env: {},
    },
    () => 0,
  );
  const taken = schedule(plan)[0]?.deployments.find(({ role }) => role === 'baseline')?.hostPort;
  const holder = createServer().listen(taken, '127.0.0.1');
  onTestFinished(() => void holder.close());
  const { exitCode, stderr } = await startBench(['run', ...short], cwd).ended;
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/slices failed: .*\n(.*\n)*bench: not every case could be measured/);
  const { slices } = await readRunFolder(await onlyRun(cwd));
  const failed = slices.filter((slice) => slice.status === 'failed');
  expect(failed).toHaveLength(2 * blocks);
  expect(failed.every(({ role }) => role === 'baseline')).toBe(true);
  expect(failed[0]?.error.message).toMatch(
    new RegExp(`was not started: .*\\(pid ${process.pid}\\) listens on 127\\.0\\.0\\.1:${taken} already`),
  );
  expect(slices.filter(({ status }) => status !== 'failed')).toHaveLength(3 * 2 * blocks);
  await nothingIsLeft();
});

test('an engine that goes away in mid-run: partial, exit 5, the report is written, and clean finishes the job', async () => {
  const cwd = await directory();
  const cable = await cableTo(lab.engine.about.address, join(cwd, 'engine.sock'));
  const bench = startBench(['run', '--server', 'nginx'], cwd, {
    DOCKER_HOST: `unix://${join(cwd, 'engine.sock')}`,
  });
  await slicesOnDisk(bench, cwd, 3);
  cable.cut();
  const { exitCode, stderr } = await bench.ended;
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).toMatch(/bench clean/);
  expect(exitCode).toBe(5);
  const run = await onlyRun(cwd);
  expect((await readRunFolder(run)).slices.length).toBeGreaterThanOrEqual(3);
  expect(await readdir(run)).toEqual(expect.arrayContaining([...derivedFiles]));
  expect((await startBench(['clean'], cwd).ended).exitCode).toBe(0);
  await nothingIsLeft();
});

test('an engine that hangs in mid-run: given up, partial, exit 5, and clean finishes the job', async () => {
  const cwd = await directory();
  const cable = await cableTo(lab.engine.about.address, join(cwd, 'engine.sock'));
  const bench = startBench(['run', '--server', 'nginx', '--mode', 'bridge'], cwd, {
    DOCKER_HOST: `unix://${join(cwd, 'engine.sock')}`,
    BENCH_ENGINE_TIMEOUT: '6',
  });
  await slicesOnDisk(bench, cwd, 3);
  cable.freeze();
  const { exitCode, stderr } = await bench.ended;
  expect(stderr).toMatch(/the run ended early: .*within \d+(\.\d+)? s/);
  expect(stderr).toMatch(/bench clean/);
  expect(exitCode).toBe(5);
  const run = await onlyRun(cwd);
  expect((await readRunFolder(run)).slices.length).toBeGreaterThanOrEqual(3);
  expect(await readdir(run)).toEqual(expect.arrayContaining([...derivedFiles]));
  cable.cut();
  expect((await startBench(['clean'], cwd).ended).exitCode).toBe(0);
  await nothingIsLeft();
});

test('`bench report` makes every derived file again, the same, and reads past a truncated last line', async () => {
  const cwd = await directory();
  await startBench(['run', ...short], cwd).ended;
  const run = await onlyRun(cwd);
  const first = await readFile(join(run, 'summary.json'), 'utf8');
  for (const name of derivedFiles) await writeFile(join(run, name), 'overwritten');
  const again = await startBench(['report', 'latest', '--json'], cwd).ended;
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toBe(first);
  for (const name of derivedFiles) expect(await readFile(join(run, name), 'utf8')).not.toBe('overwritten');

  const slices = join(run, 'slices.ndjson');
  await truncate(slices, (await readFile(slices)).length - 40);
  const cut = await startBench(['report', run, '--json'], cwd).ended;
  expect(cut.exitCode).toBe(0);
  expect(
    JSON.parse(cut.stdout)
      .warnings.map(({ message }: { message: string }) => message)
      .join(),
  ).toMatch(/slices\.ndjson/);
});

test('doctor finds the engine and the image, and plan touches nothing', async () => {
  const cwd = await directory();
  const doctor = await startBench(['doctor', '--json'], cwd).ended;
  const { findings } = doctorDocumentSchema.parse(JSON.parse(doctor.stdout));
  expect(findings.find(({ subject }) => subject === 'lab image')).toMatchObject({
    level: 'ok',
    message: lab.image,
  });
  expect(findings.find(({ subject }) => subject === 'other containers')?.message).toMatch(/users-own/);
  expect(doctor.exitCode).toBe(0);
  expect((await startBench(['plan'], cwd).ended).exitCode).toBe(0);
  expect(await readdir(cwd)).toEqual([]);
});

/** A socket that leads to an engine until it is cut; frozen, it takes everything and passes nothing on. */
async function cableTo(address: string, path: string): Promise<{ cut(): void; freeze(): void }> {
  let frozen = false;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (frozen) {
      sockets.add(near.on('error', () => near.destroy()));
      return;
    }
    const far = connect(address.replace('unix://', ''));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const freeze = () => {
    frozen = true;
    for (const socket of sockets) socket.unpipe().pause();
  };
  onTestFinished(cut);
  return { cut, freeze };
}
