import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../bench/model/failure.ts';
import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import type { Engine } from '../engine/engine.ts';
import { uplinkProgram } from '../lab/uplink.ts';
import { imageLabel } from '../labels.ts';
import { type Commander, hasProgram } from '../machine/command.ts';
import type { Packages } from '../machine/packages.ts';
import { debianRelease } from './inputs.ts';

/** The tag of a bootstrapped base in the engine. */
export const bootstrappedBase = `bench-base:${debianRelease}`;
/** The same release from the registry. */
export const registryBase = `debian:${debianRelease}-slim`;

export interface BaseSources {
  readonly engine: Engine;
  readonly commander: Commander;
  /** Folder for the bootstrapped root's archive (about 120 MB while it is imported). */
  readonly scratch: string;
  /** Installs mmdebstrap when it is needed and missing; absent unless the user allowed it. */
  readonly packages?: Packages;
  /** Connects a lab to the outside. Absent: the engine uses its machine's own connection. */
  readonly uplink?: () => Promise<AsyncDisposable>;
  readonly say: (line: string) => void;
  /** When aborted, the pull or the bootstrap stops, and nothing of it remains. */
  readonly interrupted: AbortSignal;
}

/**
 * A Debian base: cached, else from the registry, else bootstrapped from the distribution's packages.
 * @throws {Failure} unfit: how each way failed. interrupted: by the user.
 */
export async function obtainBase(sources: BaseSources): Promise<string> {
  const { engine, say, interrupted } = sources;
  for (const tag of [registryBase, bootstrappedBase]) if (await engine.imageExists(tag)) return tag;
  say(`pulling ${registryBase}`);
  const pull = await withUplink(sources, () => engine.pull(registryBase, { signal: interrupted }));
  if (pull.pulled) return registryBase;
  say(`the registry does not answer (${firstLine(pull.why)}); bootstrapping ${debianRelease} from packages`);
  await bootstrap(sources, pull.why);
  return bootstrappedBase;
}

/**
 * Runs a pull or a build. A lab is connected to the outside while it runs.
 * @throws {Failure} unfit: the lab cannot be connected.
 */
export async function withUplink<T>(
  { uplink, commander, packages }: Pick<BaseSources, 'uplink' | 'commander' | 'packages'>,
  work: () => Promise<T>,
): Promise<T> {
  if (uplink === undefined) return work();
  if (packages !== undefined && !(await hasProgram(commander, uplinkProgram))) {
    await packages.install([uplinkProgram]);
  }
  await using _uplink = await uplink();
  return await work();
}

async function bootstrap(sources: BaseSources, registryWhy: string): Promise<void> {
  const { engine, commander, packages, scratch, interrupted } = sources;
  const registry = `the registry could not be reached for ${registryBase}: ${firstLine(registryWhy)}`;
  if (!(await hasProgram(commander, 'mmdebstrap'))) {
    if (packages === undefined) {
      throw new Failure('unfit', `no base for the lab image: ${registry}`, {
        hint: 'Make the registry reachable, or let bench bootstrap a base from packages: bench setup --yes',
      });
    }
    await packages.install(['mmdebstrap']);
  }
  const archive = join(scratch, 'base.tar');
  const result = await commander.run('mmdebstrap', ['--variant=minbase', debianRelease, archive], {
    timeoutSeconds: 900,
    // mmdebstrap's unfinished root is removed with our folder, even if mmdebstrap is killed before it can
    // remove it.
    env: { TMPDIR: scratch },
    signal: interrupted,
  });
  try {
    throwIfInterrupted(interrupted);
    if (result.exitCode !== 0) {
      throw new Failure(
        'unfit',
        `no base for the lab image: ${registry}. The package mirror failed too: ${firstError(result.stderr)}`,
        {
          hint: `Make one of the two reachable. To see the full error of the mirror: mmdebstrap --variant=minbase ${debianRelease} /dev/null`,
        },
      );
    }
    await engine.importImage(archive, bootstrappedBase, {
      labels: { [imageLabel]: bootstrappedBase },
      signal: interrupted,
    });
  } finally {
    await rm(archive, { force: true });
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/**
 * mmdebstrap and apt mark their errors with "E:". The first one is the cause. Later ones only follow from it.
 */
function firstError(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => line.startsWith('E:')) ?? lines.at(-1) ?? 'no message';
}
