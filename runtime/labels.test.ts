import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { labelsOf, type Owner, ownerState, runLabel, thisProcess } from './labels.ts';
import { identify } from './machine/process.ts';

const runId = '20261120T093220Z-k3f9';

function stateOf(owner: Owner): Promise<string> {
  return ownerState(labelsOf(runId, owner));
}

test('what this process made is labelled with its run, and this process is alive', async () => {
  const labels = labelsOf(runId, await thisProcess());
  expect(labels[runLabel]).toBe(runId);
  expect(await ownerState(labels)).toBe('alive');
});

test('a process that has ended is gone', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = await identify(child.pid ?? 0);
  if (identity === undefined) throw new Error('sleep did not start');
  const owner = { ...(await thisProcess()), ...identity };
  expect(await stateOf(owner)).toBe('alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await stateOf(owner)).toBe('gone');
});

test('another process that has the pid now is not the owner', async () => {
  const me = await thisProcess();
  expect(await stateOf({ ...me, startTicks: `${Number(me.startTicks) + 1}` })).toBe('gone');
});

test('a pid of an earlier boot says nothing: its process is gone', async () => {
  const me = await thisProcess();
  expect(await stateOf({ ...me, boot: '00000000-0000-0000-0000-000000000000' })).toBe('gone');
});

test('only the other machine can tell about its processes', async () => {
  const me = await thisProcess();
  expect(await stateOf({ ...me, host: `${me.host}-other` })).toBe('elsewhere');
});

test.each([
  ['no owner', {}],
  ['an owner that cannot be read', { 'bench.owner': 'somebody' }],
])('%s: nobody can be alive for it', async (_, owner) => {
  expect(await ownerState({ [runLabel]: runId, ...owner })).toBe('gone');
});
