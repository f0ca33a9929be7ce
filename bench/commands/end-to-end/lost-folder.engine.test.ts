import { chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { derivedFiles } from '../report/write-reports.ts';
import { onlyRun, slicesOnDisk, temporaryDirectory } from './bench-process.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';

/* Runs whose folder is taken away or whose disk fills while they measure, and runs of a user who called bench through sudo. */

let machine: ThrowAwayMachine;

beforeAll(async () => {
  machine = await throwAwayMachine();
  await using cwd = await temporaryDirectory();
  const { exitCode, stderr } = await machine.bench(['setup'], cwd.path);
  expect(exitCode, stderr).toBe(0);
});

afterAll(() => machine?.[Symbol.asyncDispose]());

const long = ['run', '--server', 'nginx', '--mode', 'bridge', '--profile', 'latency', '--rounds', '40'];
const short = [
  ...long.slice(0, -1),
  '2',
  '--blocks',
  '2',
  '--slice-seconds',
  '0.05',
  '--warmup-seconds',
  '0',
];

test('`rm -rf results` in mid-run: exit 5 at once, the reason, and all that was measured in a folder made anew', async () => {
  await using cwd = await temporaryDirectory();
  const bench = machine.start(long, cwd.path);
  await slicesOnDisk(bench, cwd.path, 4);
  const run = await onlyRun(cwd.path);
  await rm(join(cwd.path, 'results'), { recursive: true });
  const { exitCode, stdout, stderr } = await bench.ended;
  expect(exitCode, stderr).toBe(5);
  expect(stderr).toMatch(
    /bench: the run ended early: .*\.ndjson was removed or moved while bench was writing to it\n {2}Leave the run folder where it is/,
  );
  expect(stderr).toContain(`The data measured before is in ${run}.`);
  expect(stdout).toContain('partial');
  const recorded = await readRunFolder(run);
  expect(recorded.run).toMatchObject({
    state: 'partial',
    stateReason: expect.stringContaining('removed or moved'),
  });
  expect(recorded.slices.length).toBeGreaterThanOrEqual(4);
  expect(recorded.run.plan.rounds).toBe(40);
  expect(await readdir(run)).toEqual(expect.arrayContaining([...derivedFiles]));
  expect(await machine.run('docker', 'ps', '-aq')).toBe('');
});

test('a disk that fills in mid-run: exit 5, no space told with a hint, and run.json says how it ended', async () => {
  await using cwd = await temporaryDirectory();
  const disk = join(cwd.path, 'results');
  await mkdir(disk);
  // Mounted here, so that the test sees what the machine sees; slices need more than half of it.
  await machine.run('mount', '-t', 'tmpfs', '-o', 'size=80k', 'bench-test', disk);
  const bench = await machine.bench(long, cwd.path);
  expect(bench.exitCode, bench.stderr).toBe(5);
  expect(bench.stderr).toMatch(
    /the run ended early: cannot write .*\.ndjson: no space is left on the disk\n {2}Free some space/,
  );
  expect(bench.stderr).toMatch(/The data measured before is in .*results/);
  expect(bench.stderr).toMatch(
    /bench: cannot write .*: no space is left on the disk\n {2}Make room in the run folder/,
  );
  expect(bench.stdout).toContain('partial');
  const [run = ''] = await readdirIn(disk);
  const text = await machine.run('cat', join(disk, run, 'run.json'));
  expect(JSON.parse(text)).toMatchObject({
    state: 'partial',
    state_reason: expect.stringContaining('no space is left'),
    timing: expect.anything(),
  });
  const names = await readdirIn(join(disk, run));
  expect(names).toEqual(expect.arrayContaining(['run.json', 'slices.ndjson']));
  expect(names.filter((name) => name.endsWith('.new') || name === 'report.html')).toEqual([]);
  await machine.run('umount', disk);
});

async function readdirIn(directory: string): Promise<readonly string[]> {
  return (await machine.run('ls', directory)).split('\n').filter((name) => name !== '');
}

test("through sudo the results are the caller's, from the directory that bench makes to the last report", async () => {
  await using cwd = await temporaryDirectory();
  await chown(cwd.path, 12345, 12346);
  const sudo = { SUDO_UID: '12345', SUDO_GID: '12346', SUDO_USER: 'ada' };
  const { exitCode, stderr } = await machine.bench(short, cwd.path, sudo);
  expect(exitCode, stderr).toBe(0);
  const run = await onlyRun(cwd.path);
  const names = await readdir(run);
  expect(names).toEqual(
    expect.arrayContaining(['run.json', 'slices.ndjson', 'evidence.ndjson', ...derivedFiles]),
  );
  for (const path of [join(cwd.path, 'results'), run, ...names.map((name) => join(run, name))]) {
    expect(await stat(path), path).toMatchObject({ uid: 12345, gid: 12346 });
  }
});
