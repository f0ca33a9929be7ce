import type { Deployment } from '../model/case.ts';
import { routeOf } from '../model/network-modes.ts';
import type { PathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import type { Route } from '../model/route.ts';
import type { DeploymentOrder } from '../model/stage.ts';
import { agentChoice } from '../plan/agents.ts';
import type { RoundSchedule, ScheduledDeployment } from '../schedule/schedule.ts';

/** The orders by which the stage deploys the servers of a round. */
export function ordersOf(
  round: RoundSchedule,
  plan: Plan,
  lay: (path: PathId) => Route = routeOf,
): readonly DeploymentOrder[] {
  return round.deployments.map((scheduled) => orderOf(scheduled, plan, lay));
}

function orderOf(scheduled: ScheduledDeployment, plan: Plan, lay: (path: PathId) => Route): DeploymentOrder {
  const { server, path, role, hostPort, addressIndex, nameSuffix, environmentPaddingBytes } = scheduled;
  const deployment: Deployment = { server, path, role };
  return {
    deployment,
    route: lay(path),
    agent: agentChoice(deployment),
    hostPort,
    addressIndex,
    nameSuffix,
    environmentPaddingBytes,
    bodyBytes: plan.bodyBytes,
  };
}
