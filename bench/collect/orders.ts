import type { Deployment } from '../model/case.ts';
import type { DeploymentOrder } from '../model/lab.ts';
import { routeFor } from '../model/network-modes.ts';
import { type PathId, parsePathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import type { Route } from '../model/route.ts';
import { agentChoice } from '../plan/agents.ts';
import type { RoundSchedule, ScheduledDeployment } from '../schedule/schedule.ts';

/** What a round has deployed, as the lab is asked for it. */
export function ordersOf(
  round: RoundSchedule,
  plan: Plan,
  routeOf: (path: PathId) => Route = laidRoute,
): readonly DeploymentOrder[] {
  return round.deployments.map((scheduled) => orderOf(scheduled, plan, routeOf));
}

function orderOf(
  scheduled: ScheduledDeployment,
  plan: Plan,
  routeOf: (path: PathId) => Route,
): DeploymentOrder {
  const { server, path, role, hostPort, addressIndex, nameSuffix, environmentPaddingBytes } = scheduled;
  const deployment: Deployment = { server, path, role };
  return {
    deployment,
    route: routeOf(path),
    agent: agentChoice(deployment),
    hostPort,
    addressIndex,
    nameSuffix,
    environmentPaddingBytes,
    bodyBytes: plan.bodyBytes,
  };
}

/** A plan holds only paths that can be laid; anything else is a defect of the planner. */
function laidRoute(id: PathId): Route {
  const path = parsePathId(id);
  const laid = path === undefined ? undefined : routeFor(path);
  if (laid?.possible !== true) throw new Error(`the plan holds a path that cannot be laid: ${id}`);
  return laid.route;
}
