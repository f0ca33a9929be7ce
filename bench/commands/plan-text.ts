import { formatPercent } from '../../reports/format.ts';
import { caseId } from '../model/case.ts';
import { metric } from '../model/metric.ts';
import { routeFor } from '../model/network-modes.ts';
import { parsePathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { agentWarmups, standingVantages } from '../plan/agents.ts';
import { planCases, planDeployments } from '../plan/cases.ts';
import { containersOf, type PlanDuration } from '../plan/plan-duration.ts';
import type { Prediction } from './plan-prediction.ts';

/** What a run will do, in a few lines: the head of `bench run` and of `bench plan`. */
export function planHead(plan: Plan, duration: PlanDuration): string {
  const lines = [
    `${plan.servers.join(', ')} under ${plan.profiles.map(({ name, connections }) => `${name} (${connections} connection${connections === 1 ? '' : 's'})`).join(', ')}`,
    ...plan.comparisons.map(
      ({ baseline, contenders }) => `${contenders.join(', ') || 'nothing'} against ${baseline} and its twin`,
    ),
    ...roundsText(plan, duration),
    `${plan.stopping?.precision === undefined ? 'about' : 'at most about'} ${durationText(duration.totalSeconds)}, ${Math.round((100 * duration.slicesSeconds) / duration.totalSeconds)} % of it measuring`,
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

function roundsText(plan: Plan, duration: PlanDuration): readonly string[] {
  const { stopping, blocks, sliceSeconds, seed } = plan;
  const inRound = planCases(plan).length * blocks;
  const order = `slices of ${sliceSeconds} s, order from seed ${seed}`;
  if (stopping === undefined) {
    return [`${plan.rounds} rounds × ${blocks} blocks: ${inRound * plan.rounds} ${order}`];
  }
  const time = durationText(stopping.seconds);
  const rounds = `rounds of ${blocks} blocks, ${inRound} ${order}`;
  const about = `about ${duration.rounds} rounds`;
  if (stopping.precision === undefined) return [rounds, `as many as end within ${time}: ${about}`];
  const { halfWidth, looks } = stopping.precision;
  const first = looks.slice(0, 5).join(', ');
  return [
    rounds,
    `until each primary interval is within ±${formatPercent(halfWidth)}, or ${time} are up: ${about}`,
    `looked at after ${first}${looks.length > 5 ? ' …' : ''} rounds, each time at ${formatPercent(plan.confidence)}`,
  ];
}

/** What each round creates, and removes again. */
export function planContainers(plan: Plan): {
  readonly servers: number;
  readonly holders: number;
  /** For the whole run. */
  readonly agents: number;
  /** Fresh in each round: where a comparison crosses vantages. */
  readonly roundAgents: number;
} {
  const deployments = planDeployments(plan);
  const servers = deployments.length;
  const containers = deployments.reduce((sum, deployment) => sum + containersOf(deployment), 0);
  const natives = deployments.filter((deployment) => containersOf(deployment) === 0).length;
  return {
    servers,
    holders: containers + natives - servers,
    agents: standingVantages(plan).length,
    roundAgents: agentWarmups(plan).size,
  };
}

/** The long text of `bench plan`. */
export function planText(plan: Plan, duration: PlanDuration, prediction?: Prediction): string {
  const { servers, holders, agents, roundAgents } = planContainers(plan);
  const fresh = roundAgents === 0 ? '' : `, ${roundAgents} load agents`;
  const linked = plan.comparisons.some(({ baseline }) => parsePathId(baseline)?.vantage === 'external');
  const link = linked ? ', 1 veth link in 198.18.0.0/15 (or --subnet)' : '';
  const cases = planCases(plan).map((subject) => {
    const path = parsePathId(subject.path);
    const laid = path === undefined ? undefined : routeFor(path);
    const claims = laid?.possible === true ? laid.route.claims.length : 0;
    return `  ${caseId(subject)}  (${subject.role}, ${claims} claims to prove)\n`;
  });
  return [
    'A run would measure\n',
    planHead(plan, duration),
    ...predictionText(prediction, duration),
    `\n${cases.length} cases, each once a block, in seeded random order\n`,
    ...cases,
    '\nIt would create, and remove again\n',
    `  for the run: 1 inspector (with host privileges), ${agents} load agent${agents === 1 ? '' : 's'}${link}\n`,
    `  each round: ${servers} servers and ${holders} holder${holders === 1 ? '' : 's'} of mapped servers${fresh}\n`,
  ].join('');
}

function predictionText(prediction: Prediction | undefined, { rounds }: PlanDuration): readonly string[] {
  if (prediction === undefined) {
    return [
      '\nWhich intervals it will reach is not known: no run of this machine to go by (bench calibrate)\n',
    ];
  }
  const { source, intervals, reached } = prediction;
  const from = source.kind === 'run' ? `run ${source.runId}` : `the calibration, run ${source.runId}`;
  return [
    `\nAfter ${rounds} rounds its primary intervals are expected to be, going by ${from}\n`,
    ...intervals.map(
      ({ server, profile, path, metric: name, halfWidth, from: by }) =>
        `  ±${formatPercent(halfWidth)}  ${server} ${profile} ${path}: ${metric(name).label}${by === 'twin' ? ', by its twin' : ''}\n`,
    ),
    ...(reached === undefined
      ? []
      : [
          reached
            ? '  the precision is expected to be reached\n'
            : '  the precision is NOT expected to be reached in that time\n',
        ]),
  ];
}

/** "3 min 20 s". */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}
