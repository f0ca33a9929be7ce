import { setTimeout as sleep } from 'node:timers/promises';
import type { Plan } from '../model/plan.ts';
import { loggedRequests, surveyObstacle, surveyWarnings } from '../model/service-surprises.ts';
import type { Stage } from '../model/stage.ts';
import { usualSurvey } from '../model/survey.ts';
import type { Warning } from '../model/warning.ts';
import { scheduledRounds } from '../schedule/schedule.ts';
import { ordersOf } from './orders.ts';
import { otherClients } from './other-clients.ts';

/**
 * Starts the user's service once in host mode, before round 1, and asks it a bounded number of requests: what would
 * spoil every round is found while no time has been spent on one. A running container is not asked: it is watched for a
 * moment.
 * @param pause waits for so many seconds.
 * @returns what is unusual about the service, for the user and the run's record. Nothing for a plan without a service.
 * @throws {Failure} the service does not start, does not answer, or cannot be measured.
 */
export async function surveyService(
  plan: Plan,
  stage: Stage,
  pause: (seconds: number) => Promise<unknown> = (seconds) => sleep(seconds * 1000),
): Promise<readonly Warning[]> {
  const { service, request } = plan;
  if (service === undefined || request === undefined) return [];
  const [first] = scheduledRounds({ ...plan, rounds: 1 });
  const baseline = first?.deployments.find(({ role }) => role === 'baseline');
  if (first === undefined || baseline === undefined) throw new Error('no baseline is scheduled');
  const orders = ordersOf({ ...first, deployments: [baseline] }, plan);
  try {
    const [outcome] = await stage.deploy(orders);
    if (outcome?.ok !== true) throw outcome?.error ?? new Error('nothing was deployed');
    const { deployed } = outcome;
    if (service.running !== undefined) return await otherClients(plan, stage, deployed, pause);
    const survey = await stage.agent(deployed).survey(usualSurvey(deployed.url, request));
    const obstacle = surveyObstacle(survey, request);
    if (obstacle !== undefined) throw obstacle;
    const logged = loggedRequests(survey, await stage.linesLogged(deployed));
    return [...surveyWarnings(survey, request), ...(logged === undefined ? [] : [logged])];
  } finally {
    await stage.clear();
  }
}
