import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hasProgram, machineCommander } from './command.ts';
import { identify } from './process.ts';

test('a command gives its output and exit code, whatever that is', async () => {
  expect(await machineCommander.run('sh', ['-c', 'echo out; echo err >&2; exit 7'])).toEqual({
    exitCode: 7,
    stdout: 'out',
    stderr: 'err',
  });
});

test('words are passed as they are: nothing goes through a shell', async () => {
  const { stdout } = await machineCommander.run('printf', ['%s|', 'a b', '$HOME', '*']);
  expect(stdout).toBe('a b|$HOME|*|');
});

test('no such command: 127, as a shell gives, and its name', async () => {
  const result = await machineCommander.run('bench-no-such-command', []);
  expect(result).toMatchObject({ exitCode: 127, stderr: 'bench-no-such-command: not found' });
});

test('a command that takes too long is ended, and says so', async () => {
  const result = await machineCommander.run('sleep', ['60'], { timeoutSeconds: 0.05 });
  expect(result.exitCode).not.toBe(0);
  expect(result.stderr).toContain('sleep: it did not finish within 0.05 s');
});

test('an interrupted command ends with its children, and cleans up before', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-command-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const script = `trap 'echo undone; exit 3' INT; sh -c 'echo $$ > "$1"; exec sleep 600' sh "$1"`;
  const file = join(directory, 'child');
  const interruption = new AbortController();
  const running = machineCommander.run('sh', ['-c', script, 'sh', file], { signal: interruption.signal });
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toMatch(/^\d+\n$/);
  interruption.abort();
  expect(await running).toMatchObject({ exitCode: 3, stdout: 'undone' });
  expect(await identify(Number(await readFile(file, 'utf8')))).toBeUndefined();
});

test('an interruption that was there before ends a command at its start', async () => {
  const { exitCode } = await machineCommander.run('sleep', ['600'], { signal: AbortSignal.abort() });
  expect(exitCode).not.toBe(0);
});

test('a command that must not be disturbed gives its output and exit code like an ordinary one', async () => {
  const script = 'echo out; echo "$WORD" >&2; exit 7';
  const options = { undisturbed: true, timeoutSeconds: 60, env: { WORD: 'word' } };
  const result = await machineCommander.run('sh', ['-c', script], options);
  expect(result).toEqual({ exitCode: 7, stdout: 'out', stderr: 'word' });
  expect((await machineCommander.run('bench-no-such-command', [], options)).exitCode).toBe(127);
});

test('it is a process group of its own, which a terminal’s Ctrl-C does not reach', async () => {
  const script = 'echo $$; cut -d " " -f 5 /proc/$$/stat';
  const { stdout } = await machineCommander.run('sh', ['-c', script], {
    undisturbed: true,
    timeoutSeconds: 60,
  });
  const [pid, group] = stdout.split('\n');
  expect(group).toBe(pid);
});

test.each(['an interruption', 'its time'])('it outlives %s, and can still write', async (what) => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-command-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const [go, done] = [join(directory, 'go'), join(directory, 'done')];
  const script =
    'n=0; until [ -e "$1" ] || [ $((n += 1)) -gt 1000000 ]; do :; done; echo more && echo done >"$2"';
  const interruption = AbortSignal.abort();
  const limit = what === 'its time' ? { timeoutSeconds: 0.05 } : { timeoutSeconds: 60, signal: interruption };
  const options = { undisturbed: true, ...limit };
  const { exitCode, stderr } = await machineCommander.run('sh', ['-c', script, 'sh', go, done], options);
  expect(exitCode).toBe(124);
  expect(stderr).toMatch(/^sh \(pid \d+\) is still running$/);
  await writeFile(go, '');
  await expect.poll(() => readFile(done, 'utf8').catch(() => '')).toBe('done\n');
});

test('input and environment reach the command; without input its stdin is empty', async () => {
  const given = await machineCommander.run('sh', ['-c', 'cat; echo "$WORD"'], {
    input: 'text ',
    env: { WORD: 'word' },
  });
  expect(given.stdout).toBe('text word');
  expect((await machineCommander.run('cat', [])).stdout).toBe('');
});

test('programs are looked for on the PATH, by name only', async () => {
  expect(await hasProgram(machineCommander, 'sh')).toBe(true);
  expect(await hasProgram(machineCommander, 'bench-no-such-command')).toBe(false);
  expect(await hasProgram(machineCommander, 'sh; exit 0')).toBe(false);
});

test('a detached process writes to its log; one that cannot be started is told', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-command-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const log = join(directory, 'log');
  expect(await machineCommander.detach('sh', ['-c', 'echo out; echo err >&2'], log)).toBeGreaterThan(0);
  await expect.poll(() => readFile(log, 'utf8')).toBe('out\nerr\n');
  await expect(machineCommander.detach('bench-no-such-command', [], log)).rejects.toMatchObject({
    kind: 'unfit',
    message: 'bench-no-such-command could not be started',
  });
});
