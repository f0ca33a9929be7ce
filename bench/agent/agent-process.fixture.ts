import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';

/* The load agent as it runs in its container: one bundled file, driven over its standard streams. */

const bundler = new URL('../../bundle.mjs', import.meta.url).pathname;

/** Bundles the programs into a folder that is there until the tests of the file have ended. */
export async function bundle(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-bundle-'));
  afterAll(() => rm(folder, { recursive: true }));
  await promisify(execFile)(process.execPath, [bundler, folder]);
  return folder;
}

export function startAgent(folder: string) {
  const child = spawn(process.execPath, [join(folder, 'agent.mjs')], {
    // Nothing but the file itself: no node_modules can be found from here.
    cwd: tmpdir(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errorText = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorText += text;
  });
  return {
    child,
    exit: once(child, 'exit').then(([code]) => code),
    errorText: () => errorText,
  };
}
