import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundled } from '../bundled.fixture.ts';
import { readRunFolder } from './read-run-folder.ts';

let directory: string;
let program: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-kill-'));
  program = await bundled(
    join(import.meta.dirname, 'endless-writer.fixture.ts'),
    join(directory, 'writer.mjs'),
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Kills the writer when it has reported `lines` lines; it is in the midst of a later one. Gives the last reported. */
async function killAfter(lines: number, runId: string): Promise<number> {
  const writer = spawn(process.execPath, [program, directory, runId], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(writer, 'exit');
  let reported = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    reported = Number(line);
    if (reported === lines) writer.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return reported;
}

test.each([1, 2, 7, 40, 150])('a kill after line %i loses no line that was on the disk', async (lines) => {
  const runId = `20261120T093220Z-${String(lines).padStart(4, '0')}`;
  const reported = await killAfter(lines, runId);
  expect(reported).toBeGreaterThanOrEqual(lines);

  const { run, slices, evidence, warnings } = await readRunFolder(join(directory, runId));

  const expected = Array.from({ length: reported }, (_, index) => index + 1);
  expect(slices.slice(0, reported).map(({ position }) => position)).toEqual(expected);
  expect(evidence.slice(0, reported).map(({ round }) => round)).toEqual(expected);
  expect(run.state).toBe('partial');
  expect(warnings[0]).toMatchObject({ code: 'unfinished-run' });
});
