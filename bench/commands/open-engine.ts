import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callPatience, defaultCallSeconds } from '../../runtime/engine/call-deadline.ts';
import { nothingListens } from '../../runtime/engine/connection-failure.ts';
import { connectDockerode } from '../../runtime/engine/dockerode.ts';
import { type Endpoint, findEndpoint } from '../../runtime/engine/endpoint.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import { type Commander, hasProgram } from '../../runtime/machine/command.ts';
import { enginePackages, installCommand, type Packages } from '../../runtime/machine/packages.ts';
import { type Layout, layout } from '../../runtime/private-engine/layout.ts';
import {
  missingPrograms,
  privateEngineObstacle,
  usePrivateEngine,
} from '../../runtime/private-engine/private-engine.ts';
import { Failure, messageOf } from '../model/failure.ts';
import type { Outside } from '../outside.ts';

/** An engine in use. Disposing stops a private one that nobody else uses; any other is left as it was. */
export interface OpenEngine extends AsyncDisposable {
  readonly engine: Engine;
  /** Set when bench's own engine was started by this command. */
  readonly startedPrivate: boolean;
}

export interface EngineAccess {
  readonly commander: Commander;
  /** Given only where the user allowed packages to be installed. */
  readonly packages?: Packages;
  readonly say: (line: string) => void;
  /** What a private engine is told about docker-proxy; any other engine is left as it is. */
  readonly userlandProxy?: boolean | undefined;
  /** Aborted: what is under way is given up and undone. */
  readonly interrupted: AbortSignal;
}

const longestAnswerSeconds = 3600;

/** How long a freshly installed package's service may take to answer, in tries of 0.2 s. */
const serviceTries = 25;

/**
 * The engine to use:
 *
 *   DOCKER_HOST | context | default socket answers → it
 *   nothing listens on the default socket → (install, if allowed; its service may answer now) → private engine
 *
 * Throws a `Failure` (`unfit`) with the exact command that mends it.
 */
export async function openEngine(outside: Outside, access: EngineAccess): Promise<OpenEngine> {
  assertLinux(process.platform);
  const endpoint = await endpointFor(outside);
  const patience = callPatience(answerSeconds(outside));
  const connect = () => connectDockerode(endpoint, undefined, patience);
  try {
    return borrowed(await connect());
  } catch (error) {
    if (endpoint.found !== 'socket' || !nothingListens(error)) throw error;
    if ((await privateEngineObstacle(access.commander)) === 'not-installed') {
      if (access.packages === undefined)
        throw noEngine(error, await missingPrograms(access.commander), outside.env);
      await access.packages.install(enginePackages);
      const service = await serviceEngine(access, connect);
      if (service !== undefined) return borrowed(service);
    }
    if ((await privateEngineObstacle(access.commander)) === 'not-root') {
      throw new Failure('unfit', 'no engine answers, and starting a private one needs root', {
        hint: 'Start the system engine (sudo systemctl start docker), or run bench with sudo.',
        cause: error,
      });
    }
    const own = await usePrivateEngine(access.commander, privateLayout(outside), outside.clock, {
      ...(access.userlandProxy === undefined ? {} : { userlandProxy: access.userlandProxy }),
    });
    if (own.startedNow) access.say('no engine answers: started a private one');
    return {
      engine: own.engine,
      startedPrivate: own.startedNow,
      async [Symbol.asyncDispose]() {
        try {
          await own[Symbol.asyncDispose]();
        } catch (error) {
          access.say(`bench: the private engine could not be given back whole: ${messageOf(error)}`);
          access.say('  Finish that with: bench clean');
        }
      },
    };
  }
}

/** Where the user's own `docker` would look. */
export function endpointFor({ env, home }: Outside): Promise<Endpoint> {
  return findEndpoint({
    env,
    dockerDirectory: env['DOCKER_CONFIG'] ?? join(home, '.docker'),
    defaultSocket: '/var/run/docker.sock',
  });
}

/** Where bench keeps its private engine: a root's state, so that the lab image outlives a run. */
export function privateLayout({ env }: Outside): Layout {
  return layout(env['BENCH_STATE_DIR'] ?? '/var/lib/bench', env['BENCH_RUN_DIR'] ?? '/run/bench');
}

/**
 * How long the engine may take for one answer before it counts as gone, in seconds: BENCH_ENGINE_TIMEOUT.
 * @throws {Failure} usage: no number of seconds.
 */
export function answerSeconds({ env }: Pick<Outside, 'env'>): number {
  const text = env['BENCH_ENGINE_TIMEOUT'] || String(defaultCallSeconds);
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 1 && seconds <= longestAnswerSeconds) return seconds;
  throw new Failure(
    'usage',
    `BENCH_ENGINE_TIMEOUT: "${text}" is not from 1 to ${longestAnswerSeconds} (seconds)`,
    {
      hint: `It is how long the engine may take for one answer; ${defaultCallSeconds} if not given.`,
    },
  );
}

/** An engine of the user's: it is left as it was. */
export function borrowed(engine: Engine): OpenEngine {
  return { engine, startedPrivate: false, [Symbol.asyncDispose]: async () => {} };
}

/** On a machine with systemd the package starts its service: then no private engine is needed. */
async function serviceEngine(
  { commander }: EngineAccess,
  connect: () => Promise<Engine>,
): Promise<Engine | undefined> {
  if (!(await hasProgram(commander, 'systemctl'))) return undefined;
  const { exitCode } = await commander.run('systemctl', ['is-active', '--quiet', 'docker.service']);
  if (exitCode !== 0) return undefined;
  for (let attempt = 0; attempt < serviceTries; attempt++) {
    try {
      return await connect();
    } catch {
      await sleep(200);
    }
  }
  return undefined;
}

export function assertLinux(platform: NodeJS.Platform): void {
  if (platform === 'linux') return;
  throw new Failure('unfit', `bench measures Linux containers on Linux; this is ${platform}`, {
    hint: 'Here containers run inside a virtual machine, and "host networking" means that machine. Run bench inside a Linux machine, e.g. with the Vagrantfile of the project.',
  });
}

/** @param missing what a private engine would need. */
function noEngine(cause: unknown, missing: readonly string[], env: Outside['env']): Failure {
  const installs = `Let bench install ${missing.includes('dockerd') ? 'one' : 'them'}: npx bench run --setup\nOr do it yourself: ${installCommand(enginePackages)}`;
  const sbin = env['PATH']?.split(':').includes('/usr/sbin')
    ? ''
    : '\nThey may be there all the same: /usr/sbin is not on the PATH of this shell (su - instead of su puts it there).';
  const what = missing.includes('dockerd')
    ? 'no container engine answers, and none is installed'
    : 'no container engine answers, and a private one cannot be started';
  return new Failure('unfit', `${what} (not on the PATH: ${missing.join(', ')})`, {
    hint: installs + sbin,
    cause,
  });
}
