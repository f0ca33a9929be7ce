import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identify } from './machine/process.ts';
import { type Owner, type OwnersMachine, ownerOf, ownerState, thisProcess, wordOf } from './owner.ts';

const boot = '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10';
const [first, containers, others] = ['4026531836', '4026532201', '4026532305'];
const machineId = '3d1219c7c4c5404aaa1f6d2a48adfda4';

interface Process {
  /** As /proc names it. */
  readonly name: string;
  /** From the namespace of /proc to its own, as NSpid of /proc/PID/status has them. */
  readonly pids: readonly number[];
  readonly startTicks: string;
  /** Absent where this user may not read it. */
  readonly namespace?: string;
  readonly state?: string;
}

/** The machine as a process in a pid namespace sees it. */
async function machineSeen(
  self: Process,
  processes: readonly Process[],
  { bootId = boot, id = machineId, hidden = false } = {},
): Promise<OwnersMachine> {
  const proc = await mkdtemp(join(tmpdir(), 'bench-owner-'));
  onTestFinished(() => rm(proc, { recursive: true, force: true }));
  const init: Process = { name: '1', pids: [1], startTicks: '2' };
  for (const { name, pids, startTicks, namespace, state = 'S' } of [
    ...(hidden ? [] : [init]),
    { ...self, name: 'self' },
    self,
    ...processes,
  ]) {
    const directory = join(proc, name);
    await mkdir(join(directory, 'ns'), { recursive: true });
    const fields = [state, ...Array.from({ length: 18 }, () => '0'), startTicks];
    await writeFile(join(directory, 'stat'), `${pids[0]} (a) b) ${fields.join(' ')} 0 0`);
    await writeFile(join(directory, 'status'), `Name:\ta\nNSpid:\t${pids.join('\t')}\nThreads:\t1\n`);
    if (namespace !== undefined) await symlink(`pid:[${namespace}]`, join(directory, 'ns', 'pid'));
  }
  await mkdir(join(proc, 'sys', 'kernel', 'random'), { recursive: true });
  await writeFile(join(proc, 'sys', 'kernel', 'random', 'boot_id'), `${bootId}\n`);
  await writeFile(join(proc, 'machine-id'), `${id}\n`);
  return { proc, machineId: join(proc, 'machine-id') };
}

const onHost: Process = { name: '500', pids: [500], startTicks: '900', namespace: first };
const inContainer: Process = { name: '7', pids: [7], startTicks: '900', namespace: containers };
const ci: Owner = { boot, pidNamespace: containers, pid: 7, startTicks: '800' };

test('this process lives, and its word can be read back', async () => {
  const me = await thisProcess();
  expect(await ownerState(me)).toBe('alive');
  expect(ownerOf(wordOf(me))).toEqual(me);
  expect(ownerOf('somebody')).toBeUndefined();
  expect(ownerOf('')).toBeUndefined();
});

test('a process that has ended is gone, and another that has its pid is not the owner', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = await identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('sleep did not start');
  const owner = { ...(await thisProcess()), ...identity };
  expect(await ownerState(owner)).toBe('alive');
  expect(await ownerState({ ...owner, startTicks: `${Number(owner.startTicks) - 1}` })).toBe('gone');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await ownerState(owner)).toBe('gone');
});

test('from the first pid namespace a process in a container is seen, and known by the pid that it has there', async () => {
  const alive = { name: '4711', pids: [4711, 7], startTicks: '800', namespace: containers };
  expect(await ownerState(ci, await machineSeen(onHost, [alive]))).toBe('alive');
  expect(await ownerState(ci, await machineSeen(onHost, [{ ...alive, startTicks: '801' }]))).toBe('gone');
  expect(await ownerState(ci, await machineSeen(onHost, [{ ...alive, pids: [4711, 8] }]))).toBe('gone');
  expect(await ownerState(ci, await machineSeen(onHost, [{ ...alive, namespace: others }]))).toBe('gone');
  expect(await ownerState(ci, await machineSeen(onHost, [{ ...alive, state: 'Z' }]))).toBe('gone');
});

test('from the first pid namespace one without processes is gone: nothing of a CI container stays for ever', async () => {
  expect(await ownerState(ci, await machineSeen(onHost, []))).toBe('gone');
});

test('a namespace that this user may not read could be the owner’s', async () => {
  const { namespace: _, ...unread } = { ...inContainer, name: '4711', pids: [4711, 7], startTicks: '800' };
  expect(await ownerState(ci, await machineSeen(onHost, [unread]))).toBe('alive');
});

test('a process on the host is out of sight from a container: nobody there can judge it', async () => {
  const host: Owner = { boot, pidNamespace: first, pid: 500, startTicks: '900' };
  const cannotSee = { unknown: expect.stringContaining('pid namespace') };
  expect(await ownerState(host, await machineSeen(inContainer, []))).toEqual(cannotSee);
  // The same pid and start in the container's own numbering is somebody else.
  const like = { ...inContainer, name: '500', pids: [500] };
  expect(await ownerState(host, await machineSeen(inContainer, [like]))).toEqual(cannotSee);
});

test('a container beside is as little seen as one that has ended', async () => {
  const beside: Owner = { ...ci, pidNamespace: others };
  expect(await ownerState(beside, await machineSeen(inContainer, []))).toMatchObject({
    unknown: expect.any(String),
  });
});

test('in its own namespace a container judges, and so it does of one inside it that it sees', async () => {
  expect(await ownerState(ci, await machineSeen({ ...inContainer, name: '9', pids: [9] }, []))).toBe('gone');
  const inner: Owner = { ...ci, pidNamespace: others };
  const another = { name: '30', pids: [30, 2], startTicks: '950', namespace: others };
  expect(await ownerState(inner, await machineSeen(inContainer, [another]))).toBe('gone');
});

test('where the processes of others are hidden, one that is not seen may live', async () => {
  const hidden = { hidden: true };
  expect(await ownerState(ci, await machineSeen(onHost, [], hidden))).toEqual({
    unknown: expect.stringContaining('cannot see the processes of other users'),
  });
});

test('another boot: gone where it is provably this machine, else not to be judged', async () => {
  const earlier = '00000000-0000-0000-0000-000000000001';
  const before = await thisProcess(await machineSeen(onHost, [], { bootId: earlier }));
  expect(before.machine).toMatch(/^[0-9a-f]{16}$/);
  expect(await ownerState(before, await machineSeen(onHost, []))).toBe('gone');
  const elsewhere = await machineSeen(onHost, [], { id: 'f'.repeat(32) });
  expect(await ownerState(before, elsewhere)).toMatchObject({ unknown: expect.stringContaining('boot') });
  // An image may bring the machine id of whoever built it to many machines.
  const inBox = await thisProcess(await machineSeen(inContainer, [], { bootId: earlier }));
  expect(inBox.machine).toBeUndefined();
  expect(await ownerState(inBox, await machineSeen(onHost, []))).toMatchObject({
    unknown: expect.any(String),
  });
  const none = await thisProcess(await machineSeen(onHost, [], { bootId: earlier, id: '' }));
  expect(await ownerState(none, await machineSeen(onHost, [], { id: '' }))).toMatchObject({
    unknown: expect.any(String),
  });
});
