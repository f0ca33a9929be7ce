import type { Failure } from '../model/failure.ts';
import type { Options } from './options.ts';
import { resolvePlan } from './resolve-plan.ts';

const fixedRandom = () => 0.5;

export function plan(sources: {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: Options;
}) {
  const { flags = {}, env = {}, ...config } = sources;
  return resolvePlan({ flags, env, ...config }, fixedRandom);
}

/** What a user reads when the sources are wrong. */
export function failure(sources: Parameters<typeof plan>[0]): Pick<Failure, 'kind' | 'message' | 'hint'> {
  try {
    plan(sources);
  } catch (error) {
    return error as Failure;
  }
  throw new Error('nothing was wrong');
}
