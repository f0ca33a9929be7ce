import type { Failure } from '../model/failure.ts';
import { type PlanSources, resolvePlan } from './resolve-plan.ts';

const fixedRandom = () => 0.5;

export function plan(sources: Partial<PlanSources>) {
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
