import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Endpoint, findEndpoint } from '../../../runtime/engine/endpoint.ts';
import { nothingListens } from '../../../runtime/engine/failures.ts';
import { Failure } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { switchOf } from '../../plan/reading.ts';
import { given } from '../places.ts';

type Flags = Readonly<Record<string, unknown>>;

/** `--lab` or BENCH_LAB. @throws {Failure} usage: the variable is neither on nor off. */
export function wantsLab(flags: Flags, outside: Pick<Outside, 'env' | 'directory'>): boolean {
  if (flags['lab'] === true) return true;
  const text = given(flags, 'lab', outside);
  if (text === undefined) return false;
  const wanted = switchOf(text);
  if (wanted !== undefined) return wanted;
  throw new Failure('usage', `BENCH_LAB=${text} is not on or off`, { hint: 'Set it to on or off.' });
}

/** Where the user's own `docker` keeps its configuration. */
export function dockerDirectory({ env, home }: Pick<Outside, 'env' | 'home'>): string {
  return env['DOCKER_CONFIG'] ?? join(home, '.docker');
}

/** The address that the user's own `docker` would use. */
export function endpointFor({ env, home }: Pick<Outside, 'env' | 'home'>): Promise<Endpoint> {
  return findEndpoint({
    env,
    dockerDirectory: dockerDirectory({ env, home }),
    defaultSocket: '/var/run/docker.sock',
  });
}

/**
 * The owner of the network stack that a command with these flags would measure. It asks of the engine only
 * whether its socket answers.
 */
export async function stackToMeasure(
  flags: Flags,
  outside: Pick<Outside, 'env' | 'home' | 'directory'>,
): Promise<'machine' | 'lab'> {
  if (wantsLab(flags, outside)) return 'lab';
  const { found, url } = await endpointFor(outside);
  if (found !== 'socket') return 'machine';
  const socket = connect(url.slice('unix://'.length));
  try {
    await once(socket, 'connect');
    return 'machine';
  } catch (error) {
    return nothingListens(error) ? 'lab' : 'machine';
  } finally {
    socket.destroy();
  }
}
