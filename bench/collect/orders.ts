import type { Deployment } from '../model/case.ts';
import { routeOf } from '../model/network-modes.ts';
import type { PathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import type { Route } from '../model/route.ts';
import { inHostStack } from '../model/route.ts';
import { canTellPort } from '../model/service.ts';
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
  const { server, path, role, addressIndex, nameSuffix, environmentPaddingBytes } = scheduled;
  const deployment: Deployment = { server, path, role };
  const { service, request, tls } = plan;
  const bulk = plan.profiles.find(({ load }) => load === 'bulk')?.bulk;
  const route = lay(path);
  // A service that cannot be told its port listens in the host's stack where it listens everywhere.
  const fixed = service !== undefined && inHostStack(route) && !canTellPort(service);
  return {
    deployment,
    route,
    agent: agentChoice(deployment),
    hostPort: service?.running?.published?.port ?? (fixed ? service.port : scheduled.hostPort),
    addressIndex,
    nameSuffix,
    environmentPaddingBytes,
    bodyBytes: plan.bodyBytes,
    ...present({ service, request, tls, bulkBytes: bulk?.bytes }),
  };
}
