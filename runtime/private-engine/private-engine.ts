import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../bench/model/clock.ts';
import { Failure } from '../../bench/model/failure.ts';
import { connectDockerode } from '../engine/dockerode.ts';
import type { Engine } from '../engine/engine.ts';
import { type Commander, hasProgram } from '../machine/command.ts';
import { identify, isAlive, type ProcessIdentity } from '../machine/process.ts';
import { type HostState, readHostState, restoreHostState } from './host-state.ts';
import type { Layout } from './layout.ts';
import { withLock } from './lock.ts';

/** How long dockerd may take to answer and to stop, in seconds. */
const patienceSeconds = { start: 60, stop: 30 };
const pollMs = 100;

/** A private engine in use by this process. Disposing gives it up; the last user stops it. */
export interface PrivateEngine extends AsyncDisposable {
  readonly engine: Engine;
  readonly startedNow: boolean;
}

/** How a private engine is to run. */
export interface EngineSettings {
  /** Whether docker-proxy serves published ports; absent: as the daemon sees fit, or as it runs already. */
  readonly userlandProxy?: boolean;
}

/** What a private engine needs of the machine and is not on the PATH: itself, and what it makes its networks with. */
export async function missingPrograms(commander: Commander): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of ['dockerd', 'iptables', 'ip'])
    if (!(await hasProgram(commander, name))) missing.push(name);
  return missing;
}

/** Why a private engine cannot be started here; `undefined` when it can. */
export async function privateEngineObstacle(
  commander: Commander,
): Promise<'not-root' | 'not-installed' | undefined> {
  if ((await missingPrograms(commander)).length > 0) return 'not-installed';
  return process.getuid?.() === 0 ? undefined : 'not-root';
}

/**
 * Joins the private engine, starting it if it does not run:
 *
 *   note what the host looks like → dockerd (own data-root, exec-root, socket, pidfile) → answers → register as user
 *
 * A later `dispose` unregisters; the last user stops dockerd and takes back what it did to the host.
 * @throws {Failure} unfit: it does not start, or another command uses it with other settings.
 */
export async function usePrivateEngine(
  commander: Commander,
  at: Layout,
  clock: Clock,
  settings: EngineSettings = {},
): Promise<PrivateEngine> {
  const userFile = join(at.users, randomUUID());
  const leave = () =>
    withLock(at.lock, async () => {
      await rm(userFile, { force: true });
      if ((await liveUsers(at)).length === 0) await stopPrivateEngine(commander, at, clock);
    });
  const startedNow = await withLock(at.lock, async () => {
    await mkdir(at.users, { recursive: true });
    await writeWhole(at, userFile, JSON.stringify(await identify(process.pid)));
    try {
      const running = await runningEngine(at);
      if (running !== undefined && (await runsWith(running, settings))) return false;
      if (running !== undefined) {
        if ((await liveUsers(at)).length > 1) throw usedOtherwise(settings);
        await stopPrivateEngine(commander, at, clock);
        await mkdir(at.users, { recursive: true });
        await writeWhole(at, userFile, JSON.stringify(await identify(process.pid)));
      }
      await startEngine(commander, at, clock, settings);
      return true;
    } catch (error) {
      await rm(userFile, { force: true });
      throw error;
    }
  });
  try {
    const engine = await connectDockerode({ found: 'private', url: `unix://${at.socket}` });
    return { engine, startedNow, [Symbol.asyncDispose]: leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** Stops the private engine, if one runs that no live process uses. Resolves to whether there was one to stop. */
export async function stopUnusedPrivateEngine(
  commander: Commander,
  at: Layout,
  clock: Clock,
): Promise<boolean> {
  if (!(await privateEngineRemains(at))) return false;
  return withLock(at.lock, async () => {
    if ((await liveUsers(at)).length > 0) return false;
    return stopPrivateEngine(commander, at, clock);
  });
}

/** Whether a private engine runs, or one was killed and left its traces on the host. */
export async function privateEngineRemains(at: Layout): Promise<boolean> {
  return (
    (await runningEngine(at)) !== undefined ||
    (await readFile(at.before).catch(() => undefined)) !== undefined
  );
}

/** The private engine's process, if it runs. */
export async function runningEngine(at: Layout): Promise<ProcessIdentity | undefined> {
  const pid = Number((await readFile(at.pidFile, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(at.pidFile) ? identify(pid) : undefined;
}

async function runsWith({ pid }: ProcessIdentity, { userlandProxy }: EngineSettings): Promise<boolean> {
  if (userlandProxy === undefined) return true;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').includes('--userland-proxy=false') === !userlandProxy;
}

function usedOtherwise({ userlandProxy }: EngineSettings): Failure {
  return new Failure(
    'unfit',
    `another command uses bench's private engine, which runs with userland-proxy=${!userlandProxy}`,
    { hint: 'Wait until that command has ended: an engine has one setting at a time.' },
  );
}

async function liveUsers(at: Layout): Promise<readonly ProcessIdentity[]> {
  const live: ProcessIdentity[] = [];
  for (const name of await readdir(at.users).catch(() => [])) {
    const file = join(at.users, name);
    const user = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as ProcessIdentity | null;
    if (user !== null && (await isAlive(user))) live.push(user);
    else await rm(file, { force: true });
  }
  return live;
}

/** Other processes read these files at any time: they see all of a text or none of it. */
async function writeWhole(at: Layout, path: string, text: string): Promise<void> {
  const part = join(at.run, `part-${process.pid}`);
  await writeFile(part, text);
  await rename(part, path);
}

async function startEngine(
  commander: Commander,
  at: Layout,
  clock: Clock,
  { userlandProxy }: EngineSettings,
): Promise<void> {
  await mkdir(at.dataRoot, { recursive: true });
  await rm(at.pidFile, { force: true });
  // What a killed engine left is not how the host looked: its own note still says that.
  const noted = await readFile(at.before, 'utf8').catch(() => undefined);
  const before = noted === undefined ? await readHostState(commander) : (JSON.parse(noted) as HostState);
  await writeWhole(at, at.before, JSON.stringify(before));
  await rm(at.log, { force: true });
  const pid = await commander.detach(
    'dockerd',
    [
      ['--data-root', at.dataRoot],
      ['--exec-root', at.execRoot],
      ['--host', `unix://${at.socket}`],
      ['--pidfile', at.pidFile],
      userlandProxy === undefined ? [] : [`--userland-proxy=${userlandProxy}`],
    ].flat(),
    at.log,
  );
  const started = await identify(pid);
  const deadline = clock.monotonicSeconds() + patienceSeconds.start;
  for (;;) {
    const answer = await connectDockerode({ found: 'private', url: `unix://${at.socket}` }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (answer === undefined) return;
    const alive = started !== undefined && (await isAlive(started));
    if (!alive || clock.monotonicSeconds() > deadline) {
      if (alive) await stopPrivateEngine(commander, at, clock);
      else await restoreHostState(commander, before);
      throw new Failure(
        'unfit',
        `the private engine did not start${alive ? ` within ${patienceSeconds.start} s` : ''}`,
        {
          hint: `Last lines of ${at.log}:\n${await lastLogLines(at)}`,
          cause: answer,
        },
      );
    }
    await sleep(pollMs);
  }
}

async function stopPrivateEngine(commander: Commander, at: Layout, clock: Clock): Promise<boolean> {
  const engine = await runningEngine(at);
  const saved = await readFile(at.before, 'utf8').catch(() => undefined);
  if (engine === undefined && saved === undefined) return false;
  if (engine !== undefined) await endProcess(engine, clock);
  // A killed dockerd leaves its containerd; one that stopped has stopped it as well.
  const containerd = Number(
    await readFile(join(at.execRoot, 'containerd', 'containerd.pid'), 'utf8').catch(() => ''),
  );
  if (containerd > 0) {
    const command = await readFile(`/proc/${containerd}/cmdline`, 'utf8').catch(() => '');
    const identity = command.includes(at.execRoot) ? await identify(containerd) : undefined;
    if (identity !== undefined) await endProcess(identity, clock);
  }
  if (saved !== undefined) await restoreHostState(commander, JSON.parse(saved) as HostState);
  await unmountBelow(commander, at.run);
  await rm(at.run, { recursive: true, force: true });
  return true;
}

/** dockerd leaves a mount behind for the host's own network namespace (exec-root/netns/default). */
async function unmountBelow(commander: Commander, directory: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '');
  const points = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const point of points.filter((point) => point.startsWith(`${directory}/`)).reverse()) {
    await commander.run('umount', ['--lazy', point]);
  }
}

/** Asks a process to end, waits, and kills it if it does not. */
async function endProcess(identity: ProcessIdentity, clock: Clock): Promise<void> {
  process.kill(identity.pid, 'SIGTERM');
  const deadline = clock.monotonicSeconds() + patienceSeconds.stop;
  while (await isAlive(identity)) {
    if (clock.monotonicSeconds() > deadline) {
      process.kill(identity.pid, 'SIGKILL');
      return;
    }
    await sleep(pollMs);
  }
}

async function lastLogLines(at: Layout): Promise<string> {
  const log = await readFile(at.log, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-8).join('\n');
}
