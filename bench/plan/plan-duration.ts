import * as z from 'zod';
import type { Case, Deployment } from '../model/case.ts';
import { measuredSeconds, turnSecondsOf } from '../model/paced.ts';
import { pathOf } from '../model/path.ts';
import { type Plan, profileOf } from '../model/plan.ts';
import { probedRounds } from '../model/probed-rounds.ts';
import { rampSecondsOf } from '../model/profile.ts';
import { taskSeconds, taskWarmupSeconds } from '../model/timed-task.ts';
import { agentWarmups, standingVantages } from './agents.ts';
import { planCases, planDeployments } from './cases.ts';
import { sweepDuration } from './sweep.ts';
import { expectedWarmup, warmupCases } from './warm-up.ts';

/** How often each path bears load until its capacity is known, and how long each time, in seconds. */
export const probesEach = 3;
export const probeSeconds = 0.1;

/** How long each agent looks at the clock in a round of a plan with an open load, in seconds. */
export const jitterSeconds = 0.5;
/** Tasks that are timed on each path: a connection and a request. */
const tasksEach = 2;
/** Once a run: lookups in three places, and the containers for them, in seconds. */
const onceSeconds = 7;
/** How much longer a container takes to start where no other starts beside it, in seconds. */
const oneByOneSeconds = 0.3;

/** How much longer a container of a user's service takes until it answers, in seconds. */
const serviceStartSeconds = 0.25;
/** Before the first round a user's service is started once, and asked at a low rate, in seconds. */
const surveySeconds = 5;

/** Estimated costs of a run besides its slices, in seconds. */
interface DurationEstimates {
  /** Before the first round: engine found, inspector, agents and link started. */
  readonly startSeconds: number;
  /** One container from its creation to its removal, readiness included. */
  readonly containerSeconds: number;
  /** Between two slices: readings of the machine and the order to the agent. */
  readonly gapSeconds: number;
  /**
   * Between two windows that take turns: the last answers of one, the agent's garbage collection, and the
   * time until the load on the other has settled.
   */
  readonly turnGapSeconds: number;
}

/** A 2-core virtual machine with a local engine and the image built: the order of magnitude, not a promise. */
const defaultEstimates: DurationEstimates = {
  startSeconds: 5,
  containerSeconds: 0.25,
  gapSeconds: 0.014,
  turnGapSeconds: 0.007,
};

export const planDurationSchema = z.strictObject({
  slicesSeconds: z.number().nonnegative().describe('Inside slices and ramps: exact.'),
  sweepSeconds: z
    .number()
    .positive()
    .optional()
    .describe('Longest time of the sweep, which is in `total_seconds`. Absent: the plan has none.'),
  totalSeconds: z.number().nonnegative().describe('Rests on estimates of what containers cost.'),
  rounds: z.int().min(1).describe('Predicted; at most as many where the plan stops by itself.'),
});
export type PlanDuration = z.infer<typeof planDurationSchema>;

/**
 * Predicts how long a run takes. `slicesSeconds` is close for its rounds; the rest rests on the estimates.
 * @param wanted rounds after which a plan that stops by precision is expected to be tight enough, if known.
 */
export function planDuration(
  plan: Plan,
  estimates: DurationEstimates = defaultEstimates,
  wanted?: number,
): PlanDuration {
  const cases = planCases(plan).length;
  const warmups = warmupCases(plan);
  const slices = cases * plan.blocks;
  const agents = agentWarmups(plan);
  const deployed = planDeployments(plan).reduce((sum, one) => sum + containersOf(one, plan), 0);
  const containers = deployed + agents.size * (plan.agents ?? 1);
  const inSlices =
    planCases(plan).reduce((sum, one) => sum + secondsOf(one, plan, estimates), 0) * plan.blocks +
    warmups.reduce((sum, { profile }) => sum + expectedWarmup(profileOf(plan, profile), plan), 0) +
    [...agents.values()].reduce((sum, seconds) => sum + seconds, 0);
  const inRound =
    inSlices +
    containers * (estimates.containerSeconds + (plan.service === undefined ? 0 : serviceStartSeconds)) +
    (slices + warmups.length) * estimates.gapSeconds +
    (needsJitter(plan) ? (standingVantages(plan).length + agents.size) * jitterSeconds : 0);
  const probing = probingSeconds(plan, containers);
  const sweep = sweepDuration(plan, estimates);
  const longer = [sweep, { rounds: probedRounds(plan, plan.rounds), roundSeconds: probing }];
  const rounds = expectedRounds(plan, { inRound, longer }, wanted);
  const sweepSeconds = Math.min(rounds, sweep.rounds) * sweep.roundSeconds;
  const finding = ratesToFind(plan) * probesEach * probeSeconds;
  return {
    slicesSeconds: rounds * inSlices + finding,
    ...(sweepSeconds === 0 ? {} : { sweepSeconds }),
    totalSeconds:
      estimates.startSeconds +
      (plan.service === undefined || plan.service.running !== undefined ? 0 : surveySeconds) +
      rounds * inRound +
      sweepSeconds +
      finding +
      probedRounds(plan, rounds) * probing +
      (plan.probes === true ? onceSeconds : 0),
    rounds,
  };
}

/** What --probes adds to a round that is probed: its servers start one by one, and each path is timed by itself. */
function probingSeconds(plan: Plan, containers: number): number {
  const timed = planDeployments(plan).length * tasksEach * (taskSeconds + taskWarmupSeconds);
  return timed + containers * oneByOneSeconds;
}

/** Number of deployments whose capacity the first round finds, for the rate of paced load. */
function ratesToFind(plan: Plan): number {
  const asked = plan.profiles.flatMap(({ load }) =>
    load === 'closed' ? [] : [(load === 'open' ? plan.paced?.rates : plan.rates) ?? {}],
  );
  return planDeployments(plan).filter(({ server }) => asked.some((it) => it[server] === undefined)).length;
}

/** The tail of an open load is partly the machine's. */
export function needsJitter({ profiles }: Pick<Plan, 'profiles'>): boolean {
  return profiles.some(({ load }) => load === 'open');
}

/**
 * Seconds of one slice: with its ramp and, where slices take turns, the time before and after each of its
 * windows.
 */
function secondsOf(
  { server, profile: name }: Case,
  plan: Plan,
  { turnGapSeconds }: DurationEstimates,
): number {
  const profile = profileOf(plan, name);
  const measured = measuredSeconds(plan, profile, plan.paced?.rates?.[server]);
  const turnSeconds = turnSecondsOf(plan, profile);
  const gaps = turnSeconds === undefined ? 0 : (measured / turnSeconds) * turnGapSeconds;
  return rampSecondsOf(plan, profile) + measured + gaps;
}

/** @param longer what the first rounds have besides `inRound` seconds, and how many of them. */
function expectedRounds(
  { rounds, stopping }: Plan,
  {
    inRound,
    longer,
  }: {
    readonly inRound: number;
    readonly longer: readonly { readonly rounds: number; readonly roundSeconds: number }[];
  },
  wanted: number | undefined,
): number {
  if (stopping === undefined) return rounds;
  let inTime = 0;
  for (let seconds = 0; inTime < rounds; inTime++) {
    seconds += inRound;
    for (const more of longer) if (inTime < more.rounds) seconds += more.roundSeconds;
    if (seconds > stopping.seconds) break;
  }
  inTime = Math.max(1, inTime);
  const looks = stopping.precision?.looks ?? [];
  const look = wanted === undefined ? undefined : looks.find((at) => at >= wanted);
  return look === undefined ? inTime : Math.min(inTime, look);
}

/**
 * Number of containers of a deployment. A mapped server needs a holder, unless it joins the user's. A native
 * server is in no container.
 */
export function containersOf(
  { path }: Pick<Deployment, 'path'>,
  { mapTo, service }: Pick<Plan, 'mapTo' | 'service'>,
): number {
  const mode = pathOf(path).mode;
  if (mode === 'native' || service?.running !== undefined) return 0;
  return mode === 'mapped' && mapTo === undefined ? 2 : 1;
}
