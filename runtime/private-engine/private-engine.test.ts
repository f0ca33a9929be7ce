import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../bench/model/clock.ts';
import type { Commander } from '../machine/command.ts';
import { fakeCommander, programs } from '../machine/fake-commander.fixture.ts';
import { identify } from '../machine/process.ts';
import type { HostState } from './host-state.ts';
import { type Layout, layout } from './layout.ts';
import {
  type EngineSettings,
  missingPrograms,
  privateEngineObstacle,
  runningEngine,
  stopUnusedPrivateEngine,
  usePrivateEngine,
} from './private-engine.ts';

async function place(): Promise<Layout> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-own-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const at = layout(join(directory, 'state'), join(directory, 'run'));
  await mkdir(at.users, { recursive: true });
  return at;
}

/** A process that waits, with the words of its command line. */
async function waiting(...words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', ...words], {
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

const untouched: HostState = {
  hadDocker0: true,
  ipForward: '',
  ip6Forward: '',
  rules: { iptables: [], ip6tables: [] },
};

const nothing = fakeCommander(() => '');

test('nothing of a private engine is shared with a system engine', () => {
  const at = layout('/var/lib/bench', '/run/bench');
  expect(Object.values(at).every((path) => /^\/(var\/lib|run)\/bench/.test(path))).toBe(true);
  expect(new Set(Object.values(at)).size).toBe(Object.keys(at).length);
});

test.each([
  [[], ['dockerd', 'iptables', 'ip']],
  [['dockerd'], ['iptables', 'ip']],
  [['dockerd', 'iptables'], ['ip']],
])(
  'with %j of what it needs it cannot be started, and what is missing is named',
  async (installed, missing) => {
    const commander = fakeCommander(programs(...installed));
    expect(await privateEngineObstacle(commander)).toBe('not-installed');
    expect(await missingPrograms(commander)).toEqual(missing);
  },
);

test('where no engine ever ran there is none to stop', async () => {
  const at = await place();
  expect(await runningEngine(at)).toBeUndefined();
  expect(await stopUnusedPrivateEngine(nothing, at, systemClock)).toBe(false);
});

test('a pid file that names another process is no engine: nobody else is stopped', async () => {
  const at = await place();
  const innocent = await waiting();
  await writeFile(at.pidFile, String(innocent.pid));
  expect(await runningEngine(at)).toBeUndefined();
  await writeFile(at.before, JSON.stringify(untouched));
  expect(await stopUnusedPrivateEngine(nothing, at, systemClock)).toBe(true);
  expect(await identify(innocent.pid ?? 0)).toBeDefined();
});

test('an engine that nobody uses is stopped, and its folder for the running goes', async () => {
  const at = await place();
  const engine = await waiting('--pidfile', at.pidFile);
  await writeFile(at.pidFile, `${engine.pid}\n`);
  await writeFile(at.before, JSON.stringify(untouched));
  await writeFile(join(at.users, '1234567'), JSON.stringify({ pid: 1234567, startTicks: '1' }));
  expect(await runningEngine(at)).toMatchObject({ pid: engine.pid });

  const exit = once(engine, 'exit');
  expect(await stopUnusedPrivateEngine(nothing, at, systemClock)).toBe(true);
  expect(await exit).toEqual([null, 'SIGTERM']);
  expect(await readdir(join(at.run, '..'))).toEqual([]);
});

test('an engine that a live process uses is left alone', async () => {
  const at = await place();
  const engine = await waiting('--pidfile', at.pidFile);
  await writeFile(at.pidFile, String(engine.pid));
  await writeFile(join(at.users, String(process.pid)), JSON.stringify(await identify(process.pid)));
  expect(await stopUnusedPrivateEngine(nothing, at, systemClock)).toBe(false);
  expect(await runningEngine(at)).toMatchObject({ pid: engine.pid });
});

test('a killed engine: what it did to the host is taken back all the same', async () => {
  const at = await place();
  await writeFile(at.before, JSON.stringify({ ...untouched, hadDocker0: false }));
  const commander = fakeCommander(() => '');
  expect(await stopUnusedPrivateEngine(commander, at, systemClock)).toBe(true);
  expect(commander.journal).toContain('ip link delete docker0');
  expect(await stopUnusedPrivateEngine(commander, at, systemClock)).toBe(false);
});

/** Starts something that writes the log and ends at once, as dockerd does where it cannot run. */
function brokenEngine(commander: Commander): Commander {
  return {
    ...commander,
    async detach(_command, _args, logFile) {
      await writeFile(logFile, 'failed to start daemon: no cgroups\n');
      return 0;
    },
  };
}

test('an engine that does not start: its last lines, and the host as before', async () => {
  const at = await place();
  const commander = fakeCommander((line) => (line.startsWith('ip -o link') ? { exitCode: 1 } : ''));
  await expect(usePrivateEngine(brokenEngine(commander), at, systemClock)).rejects.toMatchObject({
    kind: 'unfit',
    message: 'the private engine did not start',
    hint: expect.stringContaining('failed to start daemon: no cgroups'),
  });
  expect(commander.journal).toContain('ip link delete docker0');
  expect(await readdir(at.users)).toEqual([]);
});

test('how the host looked is noted once: what a killed engine left is not how it looked', async () => {
  const at = await place();
  const noted = JSON.stringify({ ...untouched, ipForward: '0' });
  await writeFile(at.before, noted);
  await expect(usePrivateEngine(brokenEngine(nothing), at, systemClock)).rejects.toThrow('did not start');
  expect(JSON.parse(await readFile(at.before, 'utf8'))).toEqual(JSON.parse(noted));
});

test('docker-proxy is on or off as asked for, and as the daemon sees fit when nobody asks', async () => {
  const flags = async (settings: EngineSettings) => {
    let asked: readonly string[] = [];
    const commander: Commander = {
      ...nothing,
      async detach(_command, args) {
        asked = args;
        return 0;
      },
    };
    await expect(usePrivateEngine(commander, await place(), systemClock, settings)).rejects.toThrow(
      'did not start',
    );
    return asked.filter((arg) => arg.includes('userland-proxy'));
  };
  expect(await flags({ userlandProxy: false })).toEqual(['--userland-proxy=false']);
  expect(await flags({ userlandProxy: true })).toEqual(['--userland-proxy=true']);
  expect(await flags({})).toEqual([]);
});

test('an engine that another command uses keeps its setting: the second is told to wait', async () => {
  const at = await place();
  const engine = await waiting('--pidfile', at.pidFile, '--userland-proxy=false');
  await writeFile(at.pidFile, String(engine.pid));
  await writeFile(join(at.users, 'another'), JSON.stringify(await identify(process.pid)));
  await expect(usePrivateEngine(nothing, at, systemClock, { userlandProxy: true })).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining('userland-proxy=false'),
  });
  expect(await readdir(at.users)).toEqual(['another']);
  expect(await runningEngine(at)).toMatchObject({ pid: engine.pid });
});

test('an engine that was left behind with the other setting is stopped, and started with this one', async () => {
  const at = await place();
  const engine = await waiting('--pidfile', at.pidFile);
  await writeFile(at.pidFile, String(engine.pid));
  await writeFile(at.before, JSON.stringify(untouched));
  const exit = once(engine, 'exit');
  const starting = usePrivateEngine(brokenEngine(nothing), at, systemClock, { userlandProxy: false });
  await expect(starting).rejects.toThrow('did not start');
  expect(await exit).toEqual([null, 'SIGTERM']);
});
