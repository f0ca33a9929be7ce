import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { hostSeen } from './host-state.fixture.ts';

/** Whether an engine listens where the CLI would look first: a private one is then never started. */
const otherEngine =
  process.env['DOCKER_HOST'] !== undefined ||
  (await new Promise<boolean>((resolve) => {
    const socket = connect('/var/run/docker.sock');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  }));

const short = ['--server', 'nginx', '--rounds', '1', '--blocks', '8', '--profile', 'latency'];

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

// Skipped where another engine answers: the command would use that one, and two share docker0.
test.skipIf(otherEngine)('a private engine goes with its command, and the host is as it was', async () => {
  const cwd = await directory();
  const before = await hostSeen(undefined);
  const { exitCode, stderr } = await startBench(['run', ...short], cwd).ended;
  expect(stderr).toMatch(/started a private one/);
  expect(exitCode).toBe(0);
  expect(await hostSeen(undefined)).toEqual(before);
  await expect(access('/run/bench')).rejects.toThrow('ENOENT');
});

// Skipped for the same reason.
test.skipIf(otherEngine)('two commands share one private engine; the last one stops it', async () => {
  const cwd = await directory();
  const before = await hostSeen(undefined);
  const both = await Promise.all([
    startBench(['doctor', '--json'], cwd).ended,
    startBench(['doctor', '--json'], cwd).ended,
  ]);
  for (const { exitCode, stdout } of both) {
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).findings[0].message).toMatch(/\(private: /);
  }
  expect(both.filter(({ stderr }) => /started a private one/.test(stderr)).length).toBeGreaterThanOrEqual(1);
  expect(await hostSeen(undefined)).toEqual(before);
});
