import { callPatience, defaultCallSeconds } from '../../../runtime/engine/call-deadline.ts';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { endpointWarnings, nothingListens } from '../../../runtime/engine/failures.ts';
import { placeOf } from '../../../runtime/lab/directories.ts';
import { type LabPlaces, labObstacle, missingPrograms, useLab } from '../../../runtime/lab/use-lab.ts';
import { type Commander, machineCommander } from '../../../runtime/machine/command.ts';
import { type RunningDaemon, runningDaemons } from '../../../runtime/machine/daemons.ts';
import {
  aptPackages,
  enginePackages,
  installCommand,
  type Packages,
} from '../../../runtime/machine/packages.ts';
import { Failure, messageOf } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { durationUnits, numberOf } from '../../plan/reading.ts';
import { endpointFor, wantsLab } from './engine-choice.ts';

/** An engine in use. Disposing stops a lab that no other process uses. Any other engine is left unchanged. */
export interface OpenEngine extends AsyncDisposable {
  readonly engine: Engine;
  /**
   * Opens a lab's connection to the outside, which pulls and builds need. Absent: the engine uses its
   * machine's own.
   */
  readonly uplink?: () => Promise<AsyncDisposable>;
}

export interface EngineAccess {
  readonly commander: Commander;
  /** Given only where the user allowed packages to be installed. */
  readonly packages?: Packages;
  readonly say: (line: string) => void;
  /** Whether the lab is used even where an engine answers (`--lab`). */
  readonly lab: boolean;
  /** The setting of docker-proxy for a lab. Any other engine is left unchanged. */
  readonly userlandProxy?: boolean | undefined;
  /** When it is aborted, work under way is stopped and undone. */
  readonly interrupted: AbortSignal;
}

const longestAnswerSeconds = 3600;

/**
 * The actions that a command's flags allow it for an engine.
 * @param install whether the user allowed packages to be installed.
 */
export function engineAccess(
  flags: Readonly<Record<string, unknown>>,
  outside: Outside,
  { interrupted, install = false }: { readonly interrupted: AbortSignal; readonly install?: boolean },
): EngineAccess {
  const say = (line: string) => outside.stderr.write(`${line}\n`);
  return {
    commander: machineCommander,
    say,
    lab: wantsLab(flags, outside),
    interrupted,
    ...(install ? { packages: aptPackages(machineCommander, say, interrupted) } : {}),
  };
}

/**
 * The engine to use:
 *
 *   --lab → the lab
 *   DOCKER_HOST | context | default socket answers → it
 *   nothing listens on the default socket → (packages, if allowed) → the lab
 *
 * @throws {Failure} unfit: with the exact command that helps.
 */
export async function openEngine(outside: Outside, access: EngineAccess): Promise<OpenEngine> {
  assertLinux(process.platform);
  const places = labPlaces(outside);
  if (access.lab) return openLab(outside, places, access, undefined);
  try {
    return await engineOfTheUser(outside, access.interrupted);
  } catch (error) {
    const { found } = await endpointFor(outside);
    if (found !== 'socket' || !nothingListens(error)) throw error;
    return openLab(outside, places, access, error);
  }
}

/** The engine that the user's own `docker` would use. @throws {Failure} unfit: why it cannot be used. */
export async function engineOfTheUser(outside: Outside, interrupted?: AbortSignal): Promise<OpenEngine> {
  const patience = callPatience(answerSeconds(outside), interrupted);
  const endpoint = await endpointFor(outside);
  for (const line of endpointWarnings(endpoint)) outside.stderr.write(`${line}\n`);
  return borrowed(await connectDockerode(endpoint, undefined, patience));
}

/** @param noAnswer the error of the engine that did not answer; undefined where the user asked for the lab. */
async function openLab(
  outside: Outside,
  places: LabPlaces,
  access: EngineAccess,
  noAnswer: unknown,
): Promise<OpenEngine> {
  const { commander, packages, say, userlandProxy } = access;
  const daemons = noAnswer === undefined ? [] : await runningDaemons();
  for (const daemon of daemons) say(notPointedAt(daemon));
  if ((await labObstacle(commander)) === 'not-installed') {
    const missing = await missingPrograms(commander);
    if (packages === undefined) throw noEngine(noAnswer, missing, outside.env);
    await packages.install(enginePackages);
    const still = await missingPrograms(commander);
    if (still.length > 0) throw noEngine(noAnswer, still, outside.env);
  }
  if ((await labObstacle(commander)) === 'not-root') {
    const what = noAnswer === undefined ? '' : 'no engine answers, and ';
    throw new Failure('unfit', `${what}only root can start a lab`, {
      hint:
        noAnswer === undefined
          ? 'Run bench with sudo.'
          : 'Start the system engine (sudo systemctl start docker), or run bench with sudo.',
      cause: noAnswer,
    });
  }
  const lab = await useLab(
    commander,
    places,
    outside.clock,
    userlandProxy === undefined ? {} : { userlandProxy },
  );
  if (lab.startedNow) say(noAnswer === undefined ? 'started a lab' : 'no engine answers: started a lab');
  return {
    engine: lab.engine,
    uplink: lab.uplink,
    async [Symbol.asyncDispose]() {
      try {
        await lab[Symbol.asyncDispose]();
      } catch (error) {
        say(`bench: the lab did not stop: ${messageOf(error)}`);
        say('  Stop it with: bench clean');
      }
    },
  };
}

/** Names a running dockerd that bench was not configured to use. */
export function notPointedAt({ pid, addresses }: RunningDaemon): string {
  const [address = ''] = addresses;
  return `bench does not use the dockerd (pid ${pid}) that listens on ${addresses.join(', ')}. To use it: DOCKER_HOST=${address}`;
}

/**
 * The directory in which bench keeps its lab. bench's state directory outlives a run, so the lab image is
 * built once.
 * @throws {Failure} usage: a variable names no directory that bench could have to itself.
 */
export function labPlaces({ env }: Pick<Outside, 'env'>): LabPlaces {
  return {
    state: placeOf(env, 'BENCH_STATE_DIR', '/var/lib/bench'),
    run: placeOf(env, 'BENCH_RUN_DIR', '/run/bench'),
  };
}

/**
 * How long the engine may take for one answer before it counts as lost, in seconds: BENCH_ENGINE_TIMEOUT.
 * @throws {Failure} usage: no number of seconds.
 */
export function answerSeconds({ env }: Pick<Outside, 'env'>): number {
  const text = env['BENCH_ENGINE_TIMEOUT'] || String(defaultCallSeconds);
  const seconds = numberOf(text, durationUnits);
  if (typeof seconds === 'number' && seconds >= 1 && seconds <= longestAnswerSeconds) return seconds;
  throw new Failure(
    'usage',
    `BENCH_ENGINE_TIMEOUT: "${text}" is not from 1 to ${longestAnswerSeconds} seconds, such as 60, 90s or 2m`,
    {
      hint: `It limits how long the engine may take for one answer. Default: ${defaultCallSeconds}.`,
    },
  );
}

/** An engine of the user's. It is left unchanged. */
function borrowed(engine: Engine): OpenEngine {
  return { engine, [Symbol.asyncDispose]: async () => {} };
}

export function assertLinux(platform: NodeJS.Platform): void {
  if (platform === 'linux') return;
  throw new Failure('unfit', `bench measures Linux containers on Linux, and this is ${platform}`, {
    hint: 'On this system containers run inside a virtual machine, and their host mode uses the network of that machine. Run bench inside a Linux machine, e.g. with the Vagrantfile of the project.',
  });
}

/** @param missing what a lab would need. */
function noEngine(cause: unknown, missing: readonly string[], env: Outside['env']): Failure {
  const installs = `Let bench install ${missing.includes('dockerd') ? 'one' : 'them'}: npx bench run --setup\nOr do it yourself: ${installCommand(enginePackages)}`;
  const sbin = env['PATH']?.split(':').includes('/usr/sbin')
    ? ''
    : '\nThey may be installed: /usr/sbin is not on the PATH of this shell (`su -` adds it, `su` does not).';
  const answers = cause === undefined ? '' : 'no container engine answers, and ';
  const none = cause === undefined ? 'no container engine is installed' : `${answers}none is installed`;
  const what = missing.includes('dockerd') ? none : `${answers}bench cannot start a lab`;
  return new Failure('unfit', `${what} (not on the PATH: ${missing.join(', ')})`, {
    hint: installs + sbin,
    cause,
  });
}

/**
 * The user's engine, or the reason in words why it does not answer. Nothing is started or installed for it. A
 * lab is never the engine of this machine: an engine that is reached from here does not run in it.
 */
export async function answeringEngine(outside: Outside): Promise<Engine | string> {
  try {
    return (await engineOfTheUser(outside)).engine;
  } catch (error) {
    return messageOf(error);
  }
}
