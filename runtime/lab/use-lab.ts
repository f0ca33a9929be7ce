import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../bench/model/clock.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { runLabel } from '../labels.ts';
import { type Commander, hasProgram } from '../machine/command.ts';
import type { DockerdSettings } from './boot.ts';
import { assertShort, claim, type Place, removeMade } from './directories.ts';
import { hold, isHeld } from './held-file.ts';
import { connectLab, labLives, labProcess, startLabMachine, stopLabMachine } from './lab-machine.ts';
import { type Layout, layout, madeInRun, madeInState, madeUnmarkedInRun } from './layout.ts';
import { withLock } from './lock.ts';
import { openUplink } from './uplink.ts';

/** A lab in use by this process. Disposing gives it up; its last user stops it. */
interface Lab extends AsyncDisposable {
  readonly engine: Engine;
  readonly startedNow: boolean;
  /**
   * Connects the lab to the machine's network until disposed of: for a pull or a build, never during a
   * measurement.
   */
  uplink(): Promise<AsyncDisposable>;
}

/** A lab's directories, and the variables that name them. */
export interface LabPlaces {
  readonly state: Place;
  readonly run: Place;
}

/** Programs that a lab needs, besides Node. */
const needed = ['dockerd', 'iptables', 'ip', 'unshare', 'mount', 'flock'] as const;

/** Programs that a lab needs and that are not on the PATH. */
export async function missingPrograms(commander: Commander): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const name of needed) if (!(await hasProgram(commander, name))) missing.push(name);
  return missing;
}

/** Why a lab cannot be started here; `undefined` when it can. */
export async function labObstacle(commander: Commander): Promise<'not-root' | 'not-installed' | undefined> {
  if ((await missingPrograms(commander)).length > 0) return 'not-installed';
  return process.getuid?.() === 0 ? undefined : 'not-root';
}

export function layoutOf({ state, run }: LabPlaces): Layout {
  return layout(state.path, run.path);
}

/**
 * Joins the lab, and starts it if it does not live.
 * @throws {Failure} unfit: it does not start, or another command uses it with other settings. usage: its
 *   directories hold things that bench did not make.
 */
export async function useLab(
  commander: Commander,
  places: LabPlaces,
  clock: Clock,
  settings: DockerdSettings = {},
): Promise<Lab> {
  const at = layoutOf(places);
  assertShort(places.run);
  await makeParent(places.run);
  const user = join(at.users, randomUUID());
  return withLock(at.lock, async () => {
    await claim(places.state, madeInState);
    await claim(places.run, madeUnmarkedInRun);
    await mkdir(at.users, { recursive: true });
    const held = await hold(user);
    const leave = async () => {
      await held[Symbol.asyncDispose]();
      await rm(user, { force: true });
      if ((await liveUsers(at)) === 0) await discard(commander, at, clock);
    };
    try {
      const joined = await joinOrStart(commander, at, clock, settings);
      return {
        ...joined,
        uplink: () => openUplink(commander, at),
        [Symbol.asyncDispose]: () => withLock(at.lock, leave),
      };
    } catch (error) {
      await leave();
      throw error;
    }
  });
}

async function joinOrStart(
  commander: Commander,
  at: Layout,
  clock: Clock,
  settings: DockerdSettings,
): Promise<{ readonly engine: Engine; readonly startedNow: boolean }> {
  if (await labLives(at)) {
    const running = await labProcess(at);
    const wanted = settings.userlandProxy;
    if (wanted === undefined || (running?.settings.userlandProxy ?? true) === wanted) {
      return { engine: await connectLab(at), startedNow: false };
    }
    if ((await liveUsers(at)) > 1) throw usedOtherwise(wanted);
    await stopLabMachine(at, clock);
  }
  const engine = await startLabMachine(commander, at, clock, settings);
  await removeDead(engine);
  return { engine, startedNow: true };
}

/** Removes what runs left in the lab before it ended: their processes ended with it. */
async function removeDead(engine: Engine): Promise<void> {
  for (const { id } of await engine.containers(runLabel)) await engine.remove(id);
  for (const { id } of await engine.networks(runLabel)) await engine.removeNetwork(id);
}

/**
 * Stops a lab that no command uses, and removes its remains. The remains of a killed lab are removed too.
 * @returns whether there was anything.
 */
export async function discardUnusedLab(
  commander: Commander,
  places: LabPlaces,
  clock: Clock,
): Promise<boolean> {
  const at = layoutOf(places);
  if (!(await labRemains(places))) return false;
  return withLock(at.lock, async () => {
    if ((await liveUsers(at)) > 0) return false;
    await claim(places.run, madeUnmarkedInRun);
    await discard(commander, at, clock);
    return true;
  });
}

/** Whether a lab lives, or a killed lab has left its files. */
export async function labRemains({ run }: LabPlaces): Promise<boolean> {
  const found = await readdir(run.path).catch(() => []);
  return found.some((name) => (madeInRun as readonly string[]).includes(name));
}

/** Whether some process uses the lab now. */
export async function labInUse(places: LabPlaces): Promise<boolean> {
  return (await liveUsers(layoutOf(places))) > 0;
}

/**
 * Removes the lab's images as well.
 * @returns whether there were any.
 * @throws {Failure} unfit: another command uses the lab. usage: the directory holds things that bench did not
 *   make.
 */
export async function removeLabState(commander: Commander, places: LabPlaces): Promise<boolean> {
  if ((await stat(places.state.path).catch(() => undefined)) === undefined) return false;
  await makeParent(places.run);
  return withLock(layoutOf(places).lock, async () => {
    if (await labInUse(places)) {
      throw new Failure('unfit', 'the lab is in use by another bench command', {
        hint: 'Wait until that command has ended.',
      });
    }
    await claim(places.state, madeInState);
    return removeMade(commander, places.state.path, madeInState);
  });
}

async function discard(commander: Commander, at: Layout, clock: Clock): Promise<void> {
  await stopLabMachine(at, clock);
  await removeMade(commander, at.run, madeInRun);
}

function usedOtherwise(wanted: boolean): Failure {
  return new Failure('unfit', `another command uses the lab, which runs with userland-proxy=${!wanted}`, {
    hint: 'Wait until that command has ended. An engine has one setting at a time.',
  });
}

async function liveUsers(at: Layout): Promise<number> {
  let live = 0;
  for (const name of await readdir(at.users).catch(() => [])) {
    const file = join(at.users, name);
    if (await isHeld(file)) live += 1;
    else await rm(file, { force: true });
  }
  return live;
}

async function makeParent({ variable, path }: Place): Promise<void> {
  await mkdir(dirname(path), { recursive: true }).catch((cause: unknown) => {
    throw new Failure('usage', `${variable}=${path}: ${dirname(path)} cannot be created`, {
      hint: `Create it, or set ${variable} to another directory.`,
      cause,
    });
  });
}
