import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runSchema } from '../../model/run.ts';
import { cleanDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';
import { type BenchProcess, eventually, onlyRun, slicesOnDisk } from './bench-process.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';
import { directory, short } from './users-machine.fixture.ts';

/* Whose things are whose, on an engine of the user's: nothing of a live run or of the user's goes, and one measures. */

const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'bench', 'main.js');
const long = ['--server', 'nginx', '--profile', 'latency', '--mode', 'bridge'];
let machine: ThrowAwayMachine;
let image: string;

beforeAll(async () => {
  machine = await throwAwayMachine();
  const { exitCode, stdout, stderr } = await machine.bench(['setup', '--json'], await directoryOfFile());
  if (exitCode !== 0) throw new Error(stderr);
  await removeUsersOwn();
  image = JSON.parse(stdout).image.tag;
});

afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
});

/** What a hook may use: it has no test to go with. */
async function directoryOfFile(): Promise<string> {
  const path = join(process.env['TMPDIR'] || '/tmp', `bench-ownership-${process.pid}`);
  await mkdir(path, { recursive: true });
  return path;
}

async function removeUsersOwn(): Promise<void> {
  await machine.tried('docker', 'rm', '-f', 'keep', 'mine');
  await machine.tried('docker', 'network', 'rm', 'mynet');
  await machine.tried('docker', 'rmi', 'users-own:1');
}

async function containers(): Promise<readonly string[]> {
  const listed = await machine.run('docker', 'ps', '--all', '--format', '{{.Names}}');
  return listed.split('\n').filter((name) => name !== '');
}

/** A run that goes with its test, however that ends. */
function started(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): BenchProcess {
  const bench = machine.start(argv, cwd, env);
  onTestFinished(async () => {
    bench.kill('SIGKILL');
    await bench.ended;
  });
  return bench;
}

/** A command of bench in a pid namespace of its own, as in a container. */
function elsewhere(...argv: readonly string[]) {
  return machine.tried('unshare', '--pid', '--fork', '--mount-proc', process.execPath, main, ...argv);
}

async function cleaned(...flags: readonly string[]) {
  const { exitCode, stdout } = await machine.bench(['clean', '--json', ...flags], await directory());
  return { exitCode, ...printed(cleanDocumentSchema, stdout) };
}

test('from another pid namespace a live run is neither cleaned away nor joined, and it ends whole', async () => {
  const cwd = await directory();
  const live = started(['run', ...long, '--rounds', '6'], cwd);
  await slicesOnDisk(live, cwd, 1);

  const clean = await elsewhere('clean', '--json');
  expect(clean.exitCode).toBe(0);
  const { removed, kept, unjudged } = printed(cleanDocumentSchema, clean.stdout);
  expect(removed).toEqual([]);
  expect(kept.filter((name) => /-(agent-external|inspector)$|^bench-lock$/.test(name))).toHaveLength(3);
  expect(unjudged.map(({ name }) => name)).toEqual(kept);

  const second = await elsewhere('run', ...short, '--out', await directory());
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toMatch(/another bench run \S+ \(pid \d+, since \S+\) is measuring on this engine/);
  expect(second.stderr).toContain('main.js clean --force');

  const beside = await machine.bench(['inspect', 'none'], await directory());
  expect(beside.exitCode).toBe(0);
  expect(beside.stderr).toMatch(/bench run \S+ .* is measuring on this engine: this command disturbs it/);

  const { exitCode, stderr } = await live.ended;
  expect([0, 4], stderr).toContain(exitCode);
  const run = printed(runSchema, await readFile(join(await onlyRun(cwd), 'run.json'), 'utf8'));
  expect(run).toMatchObject({ state: 'complete', plan: { rounds: 6 } });
  expect(await containers()).toEqual([]);
});

test("what is the user's stays, whatever labels it carries", async () => {
  const sleep = ['sleep', '600'];
  onTestFinished(removeUsersOwn);
  await machine.run('docker', 'run', '-d', '--name', 'mine', '--label', 'bench.run=nightly', image, ...sleep);
  await machine.run('docker', 'network', 'create', '--label', 'bench.run=nightly', 'mynet');
  const cwd = await directory();
  const killed = started(['run', ...long], cwd);
  await slicesOnDisk(killed, cwd, 1);
  const server = (await containers()).find((name) => /^bench-[0-9a-z]{4}-(?!agent|inspector)/.test(name));
  await machine.run('docker', 'commit', server ?? '', 'users-own:1');
  killed.kill('SIGKILL');
  await killed.ended;
  await machine.run('docker', 'run', '-d', '--name', 'keep', 'users-own:1', ...sleep);

  const meeting = await machine.bench(['inspect', 'none'], cwd);
  expect(meeting.stderr).toMatch(/ended runs \(\S+\) (is|are) left on this engine: .*main\.js clean/);
  const dry = await cleaned('--dry-run');
  expect(dry.removed).toContain('bench-lock');
  const before = await containers();
  expect(before).toContain('bench-lock');

  const { exitCode, removed } = await cleaned();
  expect(exitCode).toBe(0);
  expect(removed).toEqual(dry.removed);
  expect((await containers()).toSorted()).toEqual(['keep', 'mine']);
  expect(await machine.run('docker', 'network', 'ls', '--format', '{{.Name}}')).toContain('mynet');
  expect((await cleaned()).removed).toEqual([]);
});

test('what nobody can judge is kept until its run is named', async () => {
  const cwd = await directory();
  const killed = started(['run', ...long], cwd);
  await slicesOnDisk(killed, cwd, 1);
  killed.kill('SIGKILL');
  await killed.ended;
  const kept = printed(cleanDocumentSchema, (await elsewhere('clean', '--json')).stdout);
  expect(kept.removed).toEqual([]);
  const runId = kept.unjudged[0]?.runId ?? '';
  const forced = await elsewhere('clean', '--json', '--force', runId);
  expect(forced.exitCode).toBe(0);
  expect(printed(cleanDocumentSchema, forced.stdout).removed).toContain('bench-lock');
  expect(await containers()).toEqual([]);
});

test('of two runs that begin at once, with the image still to be built, one measures', async () => {
  await machine.run('docker', 'rmi', image);
  const places = [await directory(), await directory()];
  const runs = await Promise.all(places.map((cwd) => machine.bench(['run', ...short], cwd)));
  const refused = runs.filter(({ stderr }) => /another bench run .* is measuring/.test(stderr));
  expect(refused).toHaveLength(1);
  expect(refused[0]?.exitCode).toBe(3);
  const folders = await Promise.all(places.map((cwd) => readdir(join(cwd, 'results')).catch(() => [])));
  expect(folders.flat()).toHaveLength(1);
  expect(await containers()).toEqual([]);
});

test('a run that waits says for whom, and measures when its turn has come', async () => {
  const [here, there] = [await directory(), await directory()];
  const first = started(['run', ...long], here);
  await slicesOnDisk(first, here, 1);
  const waiting = started(['run', ...long, '--rounds', '1', '--wait'], there);
  const waits = async () => /waiting for bench run \S+ \(pid \d+, since \S+\) to end/.test(waiting.said());
  await eventually(waits, () => expect(waiting.said()).toContain('waiting for'));
  first.kill('SIGKILL'); // its lock stays, and is recognised as nobody's
  await first.ended;
  await slicesOnDisk(waiting, there, 1);
  const { exitCode, stderr } = await waiting.ended;
  expect([0, 4], stderr).toContain(exitCode);
  expect((await cleaned()).failed).toEqual([]);
  expect(await containers()).toEqual([]);
});

test('Ctrl-C on an engine that is frozen: what was measured is kept, exit 130, and clean finishes the job', async () => {
  const cwd = await directory();
  const run = started(['run', ...long], cwd, { BENCH_ENGINE_TIMEOUT: '3600' });
  await slicesOnDisk(run, cwd, 3);
  machine.signalEngine('SIGSTOP');
  run.kill('SIGINT');
  const { exitCode, stderr } = await run.ended;
  machine.signalEngine('SIGCONT');
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/main\.js clean/);
  const folder = await onlyRun(cwd);
  expect(printed(runSchema, await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({
    state: 'partial',
    stateReason: 'interrupted by the user',
  });
  expect((await cleaned()).exitCode).toBe(0);
  expect(await containers()).toEqual([]);
});

test('clean never removes what is mounted in a folder of its own, whatever the path is called', async () => {
  const base = await directory();
  const [temporary, victim] = [join(base, 'a b'), join(base, 'victim')];
  const scratch = join(temporary, 'bench-image-999999-1-abcdef');
  await mkdir(join(scratch, 'x'), { recursive: true });
  await mkdir(victim);
  await writeFile(join(victim, 'precious'), 'v');
  await machine.run('mount', '--bind', victim, join(scratch, 'x'));
  const nowhere = { TMPDIR: temporary, DOCKER_HOST: 'unix:///nonexistent' };
  const { exitCode, stdout } = await machine.bench(['clean'], base, nowhere);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`removed: ${scratch}`);
  expect(await readFile(join(victim, 'precious'), 'utf8')).toBe('v');
  expect(await readdir(temporary)).toEqual([]);
});
