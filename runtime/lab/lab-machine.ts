import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../bench/model/clock.ts';
import { Failure } from '../../bench/model/failure.ts';
import { connectDockerode } from '../engine/dockerode.ts';
import type { Engine } from '../engine/engine.ts';
import type { Commander } from '../machine/command.ts';
import { identify, isAlive, type ProcessIdentity } from '../machine/process.ts';
import { statField } from '../machine/process-stat.ts';
import { bootCommand, type DockerdSettings } from './boot.ts';
import { isHeld } from './held-file.ts';
import type { Layout } from './layout.ts';
import { labSysctls } from './sysctls.ts';

/** How long a lab may take to answer and to stop, in seconds. */
const patienceSeconds = { start: 60, stop: 10, kill: 5 };
const pollMs = 50;
/**
 * dockerd's log line when its containers have ended and its records are complete. dockerd then waits a second
 * for containerd.
 */
const recordsAreWhole = 'Daemon shutdown complete';

/** The identity and settings of a lab's process, as stored in its `process` file. */
interface LabProcess extends ProcessIdentity {
  readonly settings: DockerdSettings;
}

/**
 * Starts a lab: a machine within the machine, with a separate engine in separate network, mount and pid
 * namespaces. It changes nothing of the machine's network, firewall or settings, so that nothing has to be
 * restored. The caller has made the directories and holds the lab's lock.
 * @throws {Failure} unfit: dockerd does not answer. The failure contains its last lines.
 */
export async function startLabMachine(
  commander: Commander,
  at: Layout,
  clock: Clock,
  settings: DockerdSettings,
): Promise<Engine> {
  for (const directory of [at.dataRoot, at.execRoot, at.files]) await mkdir(directory, { recursive: true });
  await rm(at.socket, { force: true });
  await rm(at.log, { force: true });
  await writeFile(at.config, '{}\n');
  const sysctls = Object.entries(await labSysctls());
  await writeFile(at.sysctls, sysctls.map(([name, value]) => `${name} ${value}\n`).join(''));
  const [command, ...args] = bootCommand(at, settings);
  const pid = await commander.detach(command, args, at.log);
  const started = await identify(pid);
  if (started !== undefined) await writeFile(at.process, JSON.stringify({ ...started, settings }));

  const deadline = clock.monotonicSeconds() + patienceSeconds.start;
  for (;;) {
    const answer = await connectLab(at).catch((error: unknown) => error);
    if (!(answer instanceof Error)) return answer as Engine;
    const alive = started !== undefined && (await isAlive(started));
    if (!alive || clock.monotonicSeconds() > deadline) {
      const lines = await lastLogLines(at);
      await stopLabMachine(at, clock);
      throw new Failure(
        'unfit',
        `the lab did not start${alive ? ` within ${patienceSeconds.start} s` : ''}`,
        {
          hint: `The last lines of its log:\n${lines || '(none)'}`,
          cause: answer,
        },
      );
    }
    await sleep(pollMs);
  }
}

export function connectLab(at: Layout): Promise<Engine> {
  return connectDockerode({ found: 'lab', url: `unix://${at.socket}` });
}

/** Whether a process of the lab lives, no matter which process started it and in which namespace. */
export function labLives(at: Layout): Promise<boolean> {
  return isHeld(at.alive);
}

/** The identity and settings of the lab that lives. `undefined` if nothing is stored. */
export async function labProcess(at: Layout): Promise<LabProcess | undefined> {
  const text = await readFile(at.process, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const noted = JSON.parse(text) as LabProcess;
  return (await isAlive(noted)) ? noted : undefined;
}

/** Pid, as seen from here, of the first process in the lab's pid namespace. Its namespaces are entered through it. */
export async function firstProcess(at: Layout): Promise<number | undefined> {
  const outer = await labProcess(at);
  if (outer === undefined) return undefined;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    if (statField(stat, 4) === String(outer.pid)) return Number(entry);
  }
  return undefined;
}

/**
 * Ends a lab with everything in it. dockerd is asked to stop, so that its records are complete. Anything that
 * does not end is killed with its pid namespace. If nothing of the lab lives, nothing is done.
 * @throws {Failure} unfit: the lab lives and cannot be ended from here.
 */
export async function stopLabMachine(at: Layout, clock: Clock): Promise<void> {
  if (await labLives(at)) {
    const first = await firstProcess(at);
    if (first !== undefined) signal(first, 'SIGTERM');
    const done = async () => !(await labLives(at)) || (await logOf(at)).includes(recordsAreWhole);
    await within(patienceSeconds.stop, clock, done);
    const outer = await labProcess(at);
    if (outer !== undefined) signal(outer.pid, 'SIGKILL');
    if (!(await within(patienceSeconds.kill, clock, async () => !(await labLives(at)))))
      throw unstoppable(at);
  }
  await removeCgroups(at.cgroup);
}

/** Whether something comes true in time. */
async function within(seconds: number, clock: Clock, isTrue: () => Promise<boolean>): Promise<boolean> {
  const deadline = clock.monotonicSeconds() + seconds;
  while (!(await isTrue())) {
    if (clock.monotonicSeconds() > deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

function unstoppable(at: Layout): Failure {
  return new Failure('unfit', `the lab in ${at.run} does not stop`, {
    hint: `Its processes may be in a pid namespace that is not visible from here. List them with: fuser -v ${at.alive}`,
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}

/** Killed containers leave their control groups behind, empty. rmdir(2) removes no other than empty ones. */
async function removeCgroups(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  const hierarchies = [root, ...(await directoriesIn(root))];
  for (const hierarchy of hierarchies) await removeGroup(join(hierarchy, name));
}

async function removeGroup(group: string): Promise<void> {
  for (const below of await directoriesIn(group)) await removeGroup(below);
  await rmdir(group).catch(() => {});
}

async function directoriesIn(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

function logOf(at: Layout): Promise<string> {
  return readFile(at.log, 'utf8').catch(() => '');
}

async function lastLogLines(at: Layout): Promise<string> {
  return (await logOf(at)).trimEnd().split('\n').slice(-8).join('\n');
}
