import fc from 'fast-check';
import type { Plan } from '../model/plan.ts';
import { profileNames } from '../model/profile.ts';
import { ownServers } from '../model/server.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';

/** A plan as the command line makes it. */
export function planOf(flags: Readonly<Record<string, unknown>>): Plan {
  return resolvePlan({ flags, env: {} }, () => 0);
}

/** Plans of all shapes, small enough to schedule many of them. */
export const plans: fc.Arbitrary<Plan> = fc
  .record({
    server: fc.uniqueArray(fc.constantFrom(...ownServers), { minLength: 1 }),
    mode: fc.uniqueArray(fc.constantFrom('host', 'bridge', 'mapped'), { minLength: 1 }),
    path: fc.constantFrom('host/external', 'host/host', 'bridge/host/container'),
    profile: fc.uniqueArray(fc.constantFrom(...profileNames), { minLength: 1 }),
    rounds: fc.integer({ min: 1, max: 5 }).map(String),
    blocks: fc.integer({ min: 1, max: 4 }).map(String),
    seed: fc.integer({ min: 0, max: 0xffff_ffff }).map(String),
    warmupSeconds: fc.constantFrom('0', '0.15'),
  })
  .map(planOf);
