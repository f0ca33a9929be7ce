import type { Plan } from '../model/plan.ts';
import { rampSecondsOf, sliceSecondsOf } from '../model/profile.ts';
import { planDeployments } from './cases.ts';

/** All that a run sends to a container of the user's that it measures as it runs. */
interface AnnouncedLoad {
  readonly ratePerSecond: number;
  /** Connections on which the load of a path is, and those that are open in all. */
  readonly connections: number;
  readonly openConnections: number;
  /** Time under load, in seconds, and the requests in it. */
  readonly seconds: number;
  readonly requests: number;
  /** Requests besides, one at a time, that check each path. */
  readonly checks: number;
}

/** In each round, one request shows that a path answers, and one opens the connection that is looked at. */
const checksEach = 2;

/** @returns undefined where bench starts the servers. */
export function announcedLoad(plan: Plan): AnnouncedLoad | undefined {
  const { service, rates, profiles, rounds, blocks } = plan;
  const rate = service?.running === undefined ? undefined : rates?.[service.name];
  const [profile] = profiles;
  if (rate === undefined || profile === undefined) return undefined;
  const { length } = planDeployments(plan);
  const each = length * rounds;
  const seconds = each * blocks * (rampSecondsOf(plan, profile) + sliceSecondsOf(plan, profile));
  return {
    ratePerSecond: rate,
    connections: profile.connections,
    openConnections: profile.connections * length,
    seconds,
    requests: Math.round(seconds * rate),
    // Once more, when the container is watched before round 1.
    checks: (each + 1) * checksEach,
  };
}
