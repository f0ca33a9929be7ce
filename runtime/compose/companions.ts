import { dirname } from 'node:path';
import { Failure } from '../../bench/model/failure.ts';
import type { Engine, Found } from '../engine/engine.ts';
import { runLabel } from '../labels.ts';
import type { Commander } from '../machine/command.ts';
import { type CompanionPlace, companionsFile, namesOf, readyService } from './companions-file.ts';
import { runCompose } from './compose-program.ts';
import type { ComposedApp } from './composed-app.ts';

/** How long the other services may take until those that are waited for are ready, in seconds. */
const startSeconds = 180;
const projectLabel = 'com.docker.compose.project';
const serviceLabel = 'com.docker.compose.service';

/** One of the other services, running. */
export interface Companion {
  readonly service: string;
  readonly id: string;
  readonly pid: number;
  /** Its address on the run's network. */
  readonly address: string;
  /** The names by which it is found there. */
  readonly names: readonly string[];
}

/** How the other services of a run are started. The stage calls it when their network is there. */
export type StartCompanions = (place: CompanionPlace) => Promise<readonly Companion[]>;

interface Starting {
  readonly engine: Engine;
  readonly commander: Commander;
  readonly interrupted: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Lets Compose start the other services, and waits until all that the measured one waits for is ready.
 * @throws {Failure} unfit: one of them does not start, is not healthy, or ended.
 */
export function companionStarter(
  app: ComposedApp,
  { engine, commander, interrupted, say }: Starting,
): StartCompanions {
  return async (place) => {
    if (app.others.length > 0) say(`starting ${app.others.join(', ')} with ${app.program.name}`);
    const build = app.program.major === 1 ? [] : ['--pull', 'never'];
    await runCompose(commander, app.program, {
      what: `start ${app.others.join(', ')}`,
      args: [
        ...['-p', place.prefix, '-f', '-', '--project-directory', dirname(app.file)],
        ...['up', '-d', '--no-build', ...build, readyService],
      ],
      engine: engineOf(engine),
      input: JSON.stringify(companionsFile(app, place)),
      timeoutSeconds: startSeconds,
      signal: interrupted,
    }).catch(async (error: unknown) => {
      throw await withLastLines(error, await ofRun(engine, place), engine);
    });
    const started = await ofRun(engine, place);
    const companions = await Promise.all(started.map((found) => companionOf(found, app, engine)));
    return companions.filter((it) => it !== undefined);
  };
}

/** Adds the last lines of the containers that a failure of Compose names, by the start of their ids or by their names. */
async function withLastLines(error: unknown, made: readonly Found[], engine: Engine): Promise<unknown> {
  if (!(error instanceof Failure) || error.kind !== 'unfit') return error;
  const { message, hint = '' } = error;
  const named = made.filter(({ id, name }) => hint.includes(id.slice(0, 12)) || hint.includes(name));
  const lines = named.map(
    async ({ id, labels }) =>
      `The last lines of ${labels[serviceLabel]}:\n${(await engine.lastLines(id, 8)) || '(none)'}`,
  );
  return new Failure('unfit', message, {
    hint: [hint, ...(await Promise.all(lines))].join('\n'),
    cause: error,
  });
}

/** A service that has done its work has ended, and has no address. */
async function companionOf(
  { id, labels }: Found,
  app: ComposedApp,
  engine: Engine,
): Promise<Companion | undefined> {
  const service = labels[serviceLabel] ?? '';
  const state = await engine.inspect(id);
  if (!app.others.includes(service) || state === undefined) return undefined;
  const { running, pid, address, exitCode } = state;
  if (!running && exitCode === 0) return undefined;
  if (!running || address === undefined) {
    throw new Failure(
      'unfit',
      `the Compose service ${service} ended (exit code ${exitCode}) after it was started`,
      {
        hint: `Its last lines:\n${(await engine.lastLines(id, 8)) || '(none)'}`,
      },
    );
  }
  return { service, id, pid, address, names: namesOf(service, app) };
}

/** @throws {Failure} partial: one of them has ended during the run. What the measured service does without it says nothing. */
export async function assertRunning(engine: Engine, companions: readonly Companion[]): Promise<void> {
  for (const { id, service } of companions) {
    const state = await engine.inspect(id);
    if (state?.running === true) continue;
    const code = state === undefined ? 'its container was removed' : `exit code ${state.exitCode}`;
    throw new Failure('partial', `the Compose service ${service} ended during the run (${code})`, {
      hint: `Its last lines:\n${(await engine.lastLines(id, 8)) || '(none)'}`,
    });
  }
}

function ofRun(engine: Engine, { prefix, labels }: Pick<CompanionPlace, 'prefix' | 'labels'>) {
  return engine
    .containers(`${runLabel}=${labels[runLabel]}`)
    .then((all) => all.filter((it) => it.labels[projectLabel] === prefix));
}

/** Removes what Compose made for a run: containers, then volumes. No error if there is nothing. */
export async function removeCompanions(
  engine: Engine,
  place: Pick<CompanionPlace, 'prefix' | 'labels'>,
): Promise<void> {
  // The engine may still create what an interrupted Compose asked for.
  for (;;) {
    const made = await ofRun(engine, place);
    if (made.length === 0) break;
    for (const { id } of made) await engine.remove(id);
  }
  const volumes = await engine.volumes(`${runLabel}=${place.labels[runLabel]}`);
  for (const { name } of volumes) await engine.removeVolume(name);
}

/** Compose finds the engines of Docker's contexts and variables by itself, and knows no lab. */
export function engineOf({ about }: Pick<Engine, 'about'>): string | undefined {
  return about.address.startsWith('unix://') ? about.address : undefined;
}
