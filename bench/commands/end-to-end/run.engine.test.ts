import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import type { Slice } from '../../model/slice.ts';
import { summarySchema } from '../../model/summary.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { schedule } from '../../schedule/schedule.ts';
import { doctorDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';
import { derivedFiles } from '../report/write-reports.ts';
import { onlyRun } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { blocks, directory, short, usersMachine } from './users-machine.fixture.ts';

/*
 * The product's promises on a real engine: real packets, nothing left behind, the user's own containers untouched.
 */

/** What a deployment's own counters grew by in a round, as its evidence has it. */
const growthSchema = z.looseObject({ connections: z.number(), dnat_packets: z.number().optional() });

const machine = usersMachine();
const { nothingIsLeft } = machine;

test('a run measures host, bridge and mapped, proves each path, and leaves nothing', async () => {
  const cwd = await directory();
  const ended = await machine.start(['run', '--json', ...short], cwd).ended;
  await expectMeasured(ended, cwd);
  await nothingIsLeft();

  const summary = printed(summarySchema, ended.stdout);
  expect(summary.state).toBe('complete');
  expect(summary.evidence).toEqual({ consistent: 4, contradicted: 0, unread: 0 });
  expect(summary.environment.engine.userlandProxy).toBeDefined();

  const { run, slices, evidence, warnings } = await readRunFolder(await onlyRun(cwd));
  expect(warnings).toEqual([]);
  expect(run.agentCeiling?.requestsPerSecond).toBeGreaterThan(0);
  expect(slices).toHaveLength(4 * 3 * blocks);
  for (const slice of slices) {
    if (slice.status === 'failed') throw new Error(slice.error.message);
    if (slice.status === 'completed') expect(slice.latency.p50Us).toBeGreaterThan(1);
    // Connections live for the round: they were opened before its first slice.
    expect(slice.counters?.connections).toBe(0);
    expect(slice.counters?.dnatPackets).toBe(slice.path.endsWith('/published') ? 0 : undefined);
  }
  for (const { path, raw } of evidence) {
    const grown = growthSchema.parse(raw['growth']);
    // One for the latency profile, and 32 that the other two share. Every connection of a published path, and no other
    // packet, is the first of its conntrack entry.
    expect(grown.connections).toBe(33);
    expect(grown.dnat_packets).toBe(path.endsWith('/published') ? 33 : undefined);
  }
  expect(
    slices.reduce((sum, slice) => sum + (slice.status === 'failed' ? 0 : slice.requests), 0),
  ).toBeGreaterThan(10_000);
  const namespaces = evidence.map(({ path, raw }) => [
    path,
    raw['server_namespace'] === raw['host_namespace'],
  ]);
  expect(Object.fromEntries(namespaces)).toEqual({
    'host/external': true,
    'bridge/external/published': false,
    'mapped/external/published': false,
  });
  for (const { start, kernel, probes } of evidence) {
    expect(start).toMatchObject({
      createSeconds: expect.any(Number),
      answerSeconds: expect.any(Number),
      atOnce: 4,
    });
    expect(kernel?.requests).toBeGreaterThan(0);
    expect(kernel?.counts.tcp_retransmits).toBeDefined();
    expect(kernel?.counts.voluntary_switches).toBeGreaterThan(0);
    expect(probes).toBeUndefined();
  }
  const mapped = evidence.find(({ path }) => path === 'mapped/external/published');
  expect(mapped?.raw['server_namespace']).toBe(mapped?.raw['holder_namespace']);
});

test('what a mode costs besides requests is timed on request, connections are swept, and nothing of it is left', async () => {
  const cwd = await directory();
  const argv = [
    'run',
    '--probes',
    '--sweep',
    '--sweep-connections',
    '8',
    '--server',
    'nginx',
    '--mode',
    'bridge',
    '--profile',
    'latency',
    '--seed',
    '3',
  ];
  const { exitCode, stderr } = await machine.start([...argv, '--rounds', '1', '--blocks', '1'], cwd).ended;
  expect([0, 4], stderr).toContain(exitCode);
  await nothingIsLeft();
  const { run, evidence } = await readRunFolder(await onlyRun(cwd));
  expect(evidence).toHaveLength(3);
  const timed = { count: expect.any(Number), p50Us: expect.any(Number), p75Us: expect.any(Number) };
  for (const { start, probes } of evidence) {
    expect(start?.atOnce).toBe(1);
    expect(probes).toEqual({ connect: timed, request: timed });
  }
  // Compared paths have the same numbers of connections.
  const steps = evidence.map(({ sweep = [] }) => sweep.map(({ connections }) => connections));
  for (const taken of steps) expect(taken).toEqual(steps[0]);
  expect(steps[0]?.slice(0, 3)).toEqual([1, 2, 4]);
  for (const step of evidence.flatMap(({ sweep = [] }) => sweep)) {
    expect(step).toMatchObject({ requestsPerSecond: expect.any(Number), latencyP50Us: expect.any(Number) });
  }
  expect(evidence.map(({ verdict }) => verdict)).toEqual(['consistent', 'consistent', 'consistent']);
  expect(run.agentCeiling?.requestsPerSecond).toBeGreaterThan(0);
  const lookups = run.lookups?.map(({ mode, asked, nameServers }) => [mode, asked, nameServers.join(' ')]);
  expect(lookups).toContainEqual(['host', 'bench', expect.stringMatching(/^198\.18\./)]);
  expect(lookups).toContainEqual(['user-bridge', 'bench', '127.0.0.11']);
  expect(lookups).toContainEqual(['user-bridge', 'container', '127.0.0.11']);
  // The engine's resolver is on networks of the user's only.
  expect(lookups?.filter(([mode, , servers]) => mode !== 'user-bridge' && servers === '127.0.0.11')).toEqual(
    [],
  );
  // A lab has no name servers to ask for localhost.
  const answered = run.lookups?.filter(({ asked }) => asked !== 'localhost').map((it) => it.timed);
  expect(answered).toEqual([timed, timed, timed]);
});

/** Rates of turns over their slice's mean: of the first two, and of the others. */
function meansOf(slices: readonly Slice[]): { readonly first: number; readonly others: number } {
  const relative = slices.flatMap((slice) => {
    const rates = slice.status === 'failed' ? [] : (slice.turnRates ?? []);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    return rates.map((rate, index) => ({ index, rate: rate / mean }));
  });
  const meanOf = (of: readonly { readonly rate: number }[]) =>
    of.reduce((sum, { rate }) => sum + rate, 0) / of.length;
  return {
    first: meanOf(relative.filter(({ index }) => index < 2)),
    others: meanOf(relative.filter(({ index }) => index >= 2)),
  };
}

test('slices begin as they continue: their connections are of age', async () => {
  const cwd = await directory();
  const argv = ['run', '--server', 'nginx', '--mode', 'bridge', '--profile', 'throughput', '--seed', '5'];
  await machine.start([...argv, '--rounds', '4', '--blocks', '2'], cwd).ended;
  const { slices } = await readRunFolder(await onlyRun(cwd));
  expect(slices).toHaveLength(3 * 4 * 2);
  const { first, others } = meansOf(slices);
  // On new connections nginx begins about a fifth slower than it goes on, in either mode.
  expect(first / others).toBeGreaterThan(0.93);
  expect(first / others).toBeLessThan(1.07);
  await nothingIsLeft();
});

test('a container is reached by its own address from the host, without NAT', async () => {
  const cwd = await directory();
  const ended = await machine.start(['run', ...short, '--path', 'bridge/host/container'], cwd).ended;
  await expectMeasured(ended, cwd);
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
  const listen = `require('net').createServer().listen(${taken}, '127.0.0.1')`;
  const holder = machine.startCommand(process.execPath, ['-e', listen], cwd);
  onTestFinished(() => holder.kill('SIGKILL'));
  const listening = () => machine.run('ss', '-Hltnp', 'sport', '=', `:${taken}`);
  await expect.poll(listening, { timeout: 30_000 }).toContain('pid=');
  const [, pid] = /pid=(\d+)/.exec(await listening()) ?? [];
  const { exitCode, stderr } = await machine.start(['run', ...short], cwd).ended;
  expect(exitCode).toBe(4);
  expect(stderr).toMatch(/slices failed \(.*\): .*\n(.*\n)*bench: some cases could not be measured/);
  const { slices } = await readRunFolder(await onlyRun(cwd));
  const failed = slices.filter((slice) => slice.status === 'failed');
  expect(failed).toHaveLength(3 * blocks);
  expect(failed.every(({ role }) => role === 'baseline')).toBe(true);
  expect(failed[0]?.error.message).toMatch(
    new RegExp(`was not started: .*\\(pid ${pid}\\) already listens on 127\\.0\\.0\\.1:${taken}`),
  );
  expect(slices.filter(({ status }) => status !== 'failed')).toHaveLength(3 * 3 * blocks);
  holder.kill('SIGKILL');
  await holder.ended;
  await nothingIsLeft();
});

test('`bench report` makes every derived file again, the same, and reads past a truncated last line', async () => {
  const cwd = await directory();
  await machine.start(['run', ...short], cwd).ended;
  const run = await onlyRun(cwd);
  const first = await readFile(join(run, 'summary.json'), 'utf8');
  for (const name of derivedFiles) await writeFile(join(run, name), 'overwritten');
  const again = await machine.start(['report', 'latest', '--json'], cwd).ended;
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toBe(first);
  for (const name of derivedFiles) expect(await readFile(join(run, name), 'utf8')).not.toBe('overwritten');

  const slices = join(run, 'slices.ndjson');
  await truncate(slices, (await readFile(slices)).length - 40);
  const cut = await machine.start(['report', run, '--json'], cwd).ended;
  expect(cut.exitCode).toBe(0);
  expect(
    JSON.parse(cut.stdout)
      .warnings.map(({ message }: { message: string }) => message)
      .join(),
  ).toMatch(/slices\.ndjson/);
});

test('doctor finds the engine and the image, and plan touches nothing', async () => {
  const cwd = await directory();
  const doctor = await machine.start(['doctor', '--json'], cwd).ended;
  const { findings } = printed(doctorDocumentSchema, doctor.stdout);
  expect(findings.find(({ subject }) => subject === 'lab image')).toMatchObject({
    level: 'ok',
    message: machine.image,
  });
  expect(findings.find(({ subject }) => subject === 'other containers')?.message).toMatch(/users-own/);
  expect(doctor.exitCode).toBe(0);
  expect((await machine.start(['plan'], cwd).ended).exitCode).toBe(0);
  expect(await readdir(cwd)).toEqual([]);
});
