import { Failure } from '../model/failure.ts';
import { wordHint } from '../model/nearest.ts';
import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { waterfallPaths } from '../model/waterfall.ts';
import type { Options } from './options.ts';
import { type PlanName, planNames } from './plan-names.ts';

/** The options that a plan gives. A plan does not choose another plan. */
type PlanValues = Omit<Options, 'plan'>;

/** The user's own plans, by name. */
export type UsersPlans = Readonly<Record<string, PlanValues>>;

/**
 * `quick`: one server and one mode. The rounds are the fewest with which its main results can get a verdict,
 * and one more (`roundsToPlan`). One block each of shorter slices keeps the run within a minute, and that of a service
 * of the user's, too: it is surveyed before, takes longer to start and to warm up.
 *
 * `nightly`: the width of an interval shrinks with the square root of the number of rounds. The slow requests are
 * measured as well, and what a mode costs besides requests.
 *
 * `waterfall`: from a plain process to docker-proxy. Each step adds to the one before it. All are seen from
 * the host, so that one agent dials them all. The time is measured with one connection, the CPU at one equal
 * rate.
 *
 * `paths`: every path, once. One server and one connection show best what a path adds to a request. A second
 * server would report the same about the paths. The number of rounds follows from the number of comparisons,
 * which are corrected together (`roundsToPlan`).
 *
 * `two-addresses`: two servers in host mode on one port, each with its own `Listen address:port`: the
 * baseline and its twin. They differ in nothing but their address, so any difference comes from the
 * addresses.
 */
const namedPlans = {
  quick: {
    servers: ['nginx'],
    modes: ['host', 'bridge'],
    rounds: 8,
    blocks: 1,
    sliceSeconds: 0.12,
    warmupSeconds: 0.5,
  },
  default: {},
  nightly: { rounds: 40, profiles: ['latency', 'steady', 'throughput', 'paced'], probes: true },
  waterfall: { servers: ['nginx'], profiles: ['latency', 'steady'], paths: [...waterfallPaths] },
  paths: { servers: ['nginx'], profiles: ['latency'], blocks: 1, paths: possiblePaths().map(pathId) },
  'two-addresses': { paths: ['host/external'], sharedPort: true },
} as const satisfies Record<PlanName, PlanValues>;

/** A plan that was chosen by its name. */
export interface ChosenPlan {
  readonly name: string;
  readonly values: PlanValues;
  /** Whether the user's config defines it. */
  readonly isUsers: boolean;
}

export function isOwnPlan(name: string): name is PlanName {
  return Object.hasOwn(namedPlans, name);
}

/** Whether a plan of bench's own is a set of paths. Its other values are worth their time for these paths only. */
export function isPathSet(name: string): boolean {
  return isOwnPlan(name) && 'paths' in namedPlans[name];
}

/**
 * @param prefix text before a message: how the user chose the plan.
 * @throws {Failure} usage: a name of no plan.
 */
export function planNamed(name: string, plans: UsersPlans, prefix: string): ChosenPlan {
  if (isOwnPlan(name)) return { name, values: namedPlans[name], isUsers: false };
  const values = Object.hasOwn(plans, name) ? plans[name] : undefined;
  if (values !== undefined) return { name, values, isUsers: true };
  throw new Failure('usage', `${prefix}unknown plan "${name}"`, {
    hint: wordHint(name, [...planNames, ...Object.keys(plans)], 'Plans'),
  });
}
