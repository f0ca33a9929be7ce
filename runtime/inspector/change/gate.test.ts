import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openGate } from './gate.ts';

async function rootDirectory(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'gate-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await mkdir(join(root, 'run', 'bench'), { recursive: true });
  return root;
}

/** held.sh below another root, which says so when it has been let go. */
function held(root: string) {
  const script = 'mkfifo -m 622 "$0/run/bench/gate"; read -r _ <"$0/run/bench/gate"; echo started';
  const child = spawn('sh', ['-c', script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { said: text(child.stdout), ended: once(child, 'exit') };
}

test('a server that comes to its gate later is waited for, and let go', async () => {
  const root = await rootDirectory();
  const opened = openGate(1, root);
  const { said, ended } = held(root);
  await opened;
  expect(await said).toBe('started\n');
  expect(await ended).toEqual([0, null]);
});

test('a process that has gone is waited for no more', async () => {
  const root = await rootDirectory();
  const opened = openGate(1, root);
  await rm(root, { recursive: true });
  await opened;
});

test('what is no pipe is not written to', async () => {
  const root = await rootDirectory();
  await writeFile(join(root, 'run', 'bench', 'gate'), '');
  const opened = openGate(1, root);
  await rm(join(root, 'run', 'bench', 'gate'));
  const { said } = held(root);
  await opened;
  expect(await said).toBe('started\n');
});
