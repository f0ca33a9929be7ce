import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { waterfallPaths } from '../model/waterfall.ts';
import type { Options } from './options.ts';
import type { PlanName } from './plan-names.ts';

/** A plan by name gives what is measured, and the rest that makes it worth its time; any other option overrides it. */
export type NamedPlan = Pick<Options, 'servers' | 'profiles' | 'rounds' | 'blocks' | 'sharedPort'> & {
  readonly paths: readonly string[];
};

/**
 * `paths`: every path that there is, once. One server and one connection: what a path adds to a request is seen best
 * there, and a second server would tell the same about the paths. Its rounds follow from the number of its comparisons,
 * which are corrected together (`roundsNeeded`).
 *
 * `waterfall`: from a plain process to docker-proxy, each step on top of the one before it, and all of them seen from the
 * host, so that one agent dials them all. With one connection for the time, at one equal rate for the CPU.
 *
 * `two-addresses`: two servers in host mode on one port, each with its own `Listen address:port`: the baseline and its
 * twin. They differ in nothing but their address, so that any difference is one that the addresses make.
 */
export const namedPlans = {
  paths: {
    servers: ['nginx'],
    profiles: ['latency'],
    rounds: 10,
    blocks: 1,
    paths: possiblePaths().map(pathId),
  },
  waterfall: {
    servers: ['nginx'],
    profiles: ['latency', 'steady'],
    rounds: 10,
    paths: [...waterfallPaths],
  },
  'two-addresses': { paths: ['host/external'], sharedPort: true },
} as const satisfies Record<PlanName, NamedPlan>;
