import { readdir, readFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { cleanDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';
import { derivedFiles } from '../report/write-reports.ts';
import { onlyRun, slicesOnDisk } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { directory, short, usersMachine } from './users-machine.fixture.ts';

/* Runs that are cut short, by a user, a terminal, or an engine: what was measured is kept, and nothing is left behind. */

const machine = usersMachine();
const { nothingIsLeft } = machine;

test('Ctrl-C keeps what was measured, writes a report with a banner, exits 130 and leaves nothing', async () => {
  const cwd = await directory();
  const bench = machine.start(['run', '--server', 'nginx'], cwd);
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
  const bench = machine.start(['run', '--server', 'nginx'], cwd);
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
  const bench = machine.start(['run', ...short], cwd);
  await slicesOnDisk(bench, cwd, 1);
  bench.hangUp();
  await expectMeasured(await bench.ended, cwd);
  expect((await readRunFolder(await onlyRun(cwd))).run.state).toBe('complete');
  await nothingIsLeft();
});

test('after kill -9, `bench clean` leaves nothing, and the folder still makes a report', async () => {
  const cwd = await directory();
  const bench = machine.start(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 3);
  bench.kill('SIGKILL');
  expect((await bench.ended).exitCode).toBeUndefined();

  const cleaned = await machine.start(['clean', '--json'], cwd).ended;
  expect(cleaned.exitCode).toBe(0);
  const { removed, kept } = printed(cleanDocumentSchema, cleaned.stdout);
  expect(removed.length).toBeGreaterThanOrEqual(4);
  expect(kept).toEqual([]);
  await nothingIsLeft();

  const report = await machine.start(['report', 'latest'], cwd).ended;
  expect(report.exitCode).toBe(0);
  expect(report.stdout).toMatch(/partial/i);
});

test('`bench clean` leaves a live run alone, and a second run is refused', async () => {
  const cwd = await directory();
  const elsewhere = await directory();
  const bench = machine.start(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 1);
  const second = await machine.start(['run', ...short], elsewhere).ended;
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toMatch(/another bench run .* is measuring/);
  const cleaned = JSON.parse((await machine.start(['clean', '--json'], cwd).ended).stdout);
  expect(cleaned.removed).toEqual([]);
  expect(cleaned.kept.length).toBeGreaterThanOrEqual(6);
  const lines = (await readRunFolder(await onlyRun(cwd))).slices.length;
  await slicesOnDisk(bench, cwd, lines + 3);
  bench.kill('SIGTERM');
  expect((await bench.ended).exitCode).toBe(130);
  await nothingIsLeft();
});

test('an engine that goes away in mid-run: partial, exit 5, the report is written, and clean finishes the job', async () => {
  const cwd = await directory();
  const cable = await cableTo(machine.address, join(cwd, 'engine.sock'));
  const bench = machine.start(['run', '--server', 'nginx'], cwd, {
    DOCKER_HOST: `unix://${join(cwd, 'engine.sock')}`,
  });
  await slicesOnDisk(bench, cwd, 3);
  cable.cut();
  const { exitCode, stderr } = await bench.ended;
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).toMatch(/main\.js clean/);
  expect(exitCode).toBe(5);
  const run = await onlyRun(cwd);
  expect((await readRunFolder(run)).slices.length).toBeGreaterThanOrEqual(3);
  expect(await readdir(run)).toEqual(expect.arrayContaining([...derivedFiles]));
  expect((await machine.start(['clean'], cwd).ended).exitCode).toBe(0);
  await nothingIsLeft();
});

test('an engine that hangs in mid-run: given up, partial, exit 5, and clean finishes the job', async () => {
  const cwd = await directory();
  const cable = await cableTo(machine.address, join(cwd, 'engine.sock'));
  const bench = machine.start(['run', '--server', 'nginx', '--mode', 'bridge'], cwd, {
    DOCKER_HOST: `unix://${join(cwd, 'engine.sock')}`,
    BENCH_ENGINE_TIMEOUT: '6',
  });
  await slicesOnDisk(bench, cwd, 3);
  cable.freeze();
  const { exitCode, stderr } = await bench.ended;
  expect(stderr).toMatch(/the run ended early: .*within \d+(\.\d+)? s/);
  expect(stderr).toMatch(/main\.js clean/);
  expect(exitCode).toBe(5);
  const run = await onlyRun(cwd);
  expect((await readRunFolder(run)).slices.length).toBeGreaterThanOrEqual(3);
  expect(await readdir(run)).toEqual(expect.arrayContaining([...derivedFiles]));
  cable.cut();
  expect((await machine.start(['clean'], cwd).ended).exitCode).toBe(0);
  await nothingIsLeft();
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
