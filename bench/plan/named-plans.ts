import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { waterfallPaths } from '../model/waterfall.ts';
import type { Options } from './options.ts';
import type { PlanName } from './plan-names.ts';

/**
 * A named plan gives what is measured, and the options that make it worth its time. Any other option
 * overrides it.
 */
export type NamedPlan = Pick<Options, 'servers' | 'profiles' | 'rounds' | 'blocks' | 'sharedPort'> & {
  readonly paths: readonly string[];
};

/**
 * `paths`: every path, once. One server and one connection show best what a path adds to a request. A second
 * server would report the same about the paths. The number of rounds follows from the number of comparisons,
 * which are corrected together (`roundsToPlan`).
 *
 * `waterfall`: from a plain process to docker-proxy. Each step adds to the one before it. All are seen from
 * the host, so that one agent dials them all. The time is measured with one connection, the CPU at one equal
 * rate.
 *
 * `two-addresses`: two servers in host mode on one port, each with its own `Listen address:port`: the
 * baseline and its twin. They differ in nothing but their address, so any difference comes from the
 * addresses.
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
