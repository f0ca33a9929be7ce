import * as z from 'zod';
import {
  bridgeHasIpv6,
  type NetworkNeeds,
  needsLink,
  needsUserBridge,
} from '../../../runtime/stage/run-networks.ts';
import { routeOf } from '../../model/network-modes.ts';
import { goesOverOwnBridgeByIpv6 } from '../../model/obstacles.ts';
import type { Plan } from '../../model/plan.ts';
import type { Route } from '../../model/route.ts';
import { agentWarmups, standingVantages } from '../../plan/agents.ts';
import { planDeployments } from '../../plan/cases.ts';

/** The agents that run for the whole run, and what the servers of its paths are attached to. */
export function needsOf(plan: Plan): NetworkNeeds {
  const routes = routesOf(plan);
  return {
    vantages: standingVantages(plan),
    servers: plan.service?.running === undefined ? [...new Set(routes.map(({ server }) => server.kind))] : [],
    ipv6: routes.some(({ path }) => path.family === 'ipv6'),
    bridgeIpv6: routes.some(({ path }) => goesOverOwnBridgeByIpv6(path)),
    ...(plan.service?.compose === undefined ? {} : { companions: true }),
    ...(plan.sharedPort === true ? { linkAddresses: routes.length } : {}),
  };
}

/** One route for each deployment of a round. */
export function routesOf(plan: Plan): readonly Route[] {
  return planDeployments(plan).map(({ path }) => routeOf(path));
}

/**
 * A network that bench makes for a run. The engine's default bridge is used unchanged and is not one of them.
 */
const plannedNetworkSchema = z.strictObject({
  kind: z.enum(['veth-link', 'user-bridge', 'macvlan']).describe('What it is.'),
  ipv6: z.boolean().describe('Whether it has IPv6 addresses too.'),
});
export type PlannedNetwork = z.infer<typeof plannedNetworkSchema>;

/** What a run creates on the machine and later removes. */
export const plannedCreationsSchema = z.strictObject({
  servers: z.int().describe('Each round, in containers and not.'),
  natives: z.int().describe('Of the servers: those that are a plain process, in no container.'),
  /** None where that is the user's container. */
  holders: z.int().describe('Each round: containers whose network stack a mapped server joins.'),
  companions: z.int().describe("For the whole run: the other services of the measured one's Compose file."),
  agents: z.int().describe('For the whole run.'),
  roundAgents: z.int().describe('Fresh in each round: where a comparison crosses vantages.'),
  networks: z
    .array(plannedNetworkSchema)
    .describe("For the whole run. The engine's default bridge is not created."),
  containers: z
    .strictObject({
      run: z
        .int()
        .describe('For the whole run: the inspector, the load agents that stay, and the other services.'),
      round: z.int().describe('Each round: servers, holders and fresh load agents.'),
      once: z
        .int()
        .describe(
          'For a moment in the first round: a server that does nothing, for the load agent by itself, and those that look up names (--probes).',
        ),
    })
    .describe('How many containers that is.'),
});
type PlannedCreations = z.infer<typeof plannedCreationsSchema>;

/** Counts what the lab makes for a plan, by the same rules as the lab. */
export function planCreations(plan: Plan): PlannedCreations {
  const needs = needsOf(plan);
  const started = plan.service?.running === undefined ? routesOf(plan) : [];
  const kinds = started.map(({ server }) => server.kind);
  const natives = kinds.filter((kind) => kind === 'native').length;
  const holders = plan.mapTo === undefined ? kinds.filter((kind) => kind === 'mapped').length : 0;
  const linked = needsLink(needs);
  // The link needs a stack at its other end, also where no agent dials from there.
  const places = needs.vantages.length + (linked && !needs.vantages.includes('external') ? 1 : 0);
  const { agents: each = 1 } = plan;
  const agents = places * each;
  const roundAgents = agentWarmups(plan).size * each;
  // Compose also starts a container that waits until the others are ready.
  const companions = plan.service?.compose === undefined ? 0 : plan.service.compose.others.length + 1;
  const made = [
    ...(linked ? (['veth-link'] as const) : []),
    ...(needsUserBridge(needs, true) ? (['user-bridge'] as const) : []),
    ...(needs.servers.includes('macvlan') ? (['macvlan'] as const) : []),
  ];
  return {
    servers: kinds.length,
    natives,
    holders,
    companions,
    agents,
    roundAgents,
    networks: made.map((kind) => ({
      kind,
      ipv6: kind === 'user-bridge' ? bridgeHasIpv6(needs) : needs.ipv6,
    })),
    containers: {
      run: 1 + agents + companions,
      round: kinds.length - natives + holders + roundAgents,
      once: plan.service?.running !== undefined ? 0 : plan.probes === true ? 5 : 1,
    },
  };
}
