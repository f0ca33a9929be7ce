import { sliceLengths } from '../../../reports/words/overhead-words.ts';
import { caseId } from '../../model/case.ts';
import { usualClaims } from '../../model/claims.ts';
import { counted, formatCount, formatDuration, formatPercent } from '../../model/format.ts';
import { metric } from '../../model/metric.ts';
import { routeOf } from '../../model/network-modes.ts';
import { expectedPacedRate, measuredSeconds, plannedResponses, turnSecondsOf } from '../../model/paced.ts';
import { type Comparison, declaredComparisons, type Plan } from '../../model/plan.ts';
import { probedRounds } from '../../model/probed-rounds.ts';
import type { LoadProfile } from '../../model/profile.ts';
import { readerWords } from '../../model/reader-words.ts';
import type { Request } from '../../model/request.ts';
import { roundsNeeded } from '../../model/rounds-needed.ts';
import { needsPortAlone, type Service } from '../../model/service.ts';
import { sweepConnections, sweptRounds } from '../../model/sweep.ts';
import { announcedLoad } from '../../plan/announced-load.ts';
import { planCases } from '../../plan/cases.ts';
import type { ChosenPlan } from '../../plan/named-plans.ts';
import { type PlanOptionKey, planOptions } from '../../plan/options.ts';
import { quoted, saidOptions } from '../../plan/plan-command.ts';
import type { PlanDuration } from '../../plan/plan-duration.ts';
import { tooShort } from '../../plan/too-short.ts';
import type { ValueSource } from '../../plan/value-sources.ts';
import { type PlannedNetwork, planCreations } from './plan-needs.ts';
import type { Prediction } from './plan-prediction.ts';
import { chosenText, sourcesText } from './source-text.ts';

/** A summary of a run in a few lines: the head of `bench run` and of `bench plan`. */
export function planHead(plan: Plan, duration: PlanDuration): string {
  const lines = [
    ...serviceText(plan),
    ...announcedText(plan),
    `${plan.servers.join(', ')} under ${plan.profiles.map(({ name, connections, load }) => `${name} (${connections} connection${connections === 1 ? '' : 's'}${loadWords[load]})`).join(', ')}`,
    ...plan.comparisons.map((it) => comparisonText(it, plan)),
    `${plan.stopping?.precision === undefined && plan.sweep === undefined ? 'about' : 'at most about'} ${formatDuration(duration.totalSeconds, 0)}`,
    ...leftOutText(plan),
    ...rateText(plan),
    ...openText(plan),
    ...agentsText(plan),
    ...probesText(plan, duration),
    ...sweepText(plan, duration),
    declaredText(plan),
    ...marginText(plan),
    ...roundsText(plan, duration),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}

const loadWords = {
  closed: '',
  paced: ', equal rate',
  open: ', arrivals at an equal rate',
  churn: ', a new one for each request',
  bulk: ', large bodies',
} as const satisfies Record<LoadProfile['load'], string>;

function comparisonText({ baseline, contenders }: Comparison, { service }: Plan): string {
  if (service?.running !== undefined) {
    return contenders.length === 0
      ? `${baseline}, measured twice (noise check): absolute figures`
      : `${contenders.join(', ')} against ${baseline}, the container's own address, which is measured twice (noise check)`;
  }
  return contenders.length === 0
    ? `${baseline} against a second copy of itself`
    : `${contenders.join(', ')} against ${baseline} and a second copy of it (noise check)`;
}

/** All that a running container of the user's will get: its owner decides by this. */
function announcedText(plan: Plan): readonly string[] {
  const announced = announcedLoad(plan);
  if (announced === undefined) return [];
  const { ratePerSecond, connections, openConnections, seconds, requests, checks } = announced;
  const time = formatDuration(seconds, 0);
  return [
    `it gets ${ratePerSecond} requests/s for ${time} of load: ${formatCount(requests)} requests in all`,
    `  on ${counted(connections, 'connection')} at a time, of ${formatCount(openConnections)} that are open`,
    `  and ${formatCount(checks)} single requests, one after the other, that check its paths`,
  ];
}

/** What is measured, and how what is started differs from the user's own `docker run`. */
function serviceText(plan: Plan): readonly string[] {
  const { service, request } = plan;
  if (service === undefined || request === undefined) return [];
  const { port, running } = service;
  if (running !== undefined) {
    return [
      `${service.name}: the running container ${running.container}, asked ${request.method} ${request.path} on port ${port}; nothing about it is changed`,
      '  its other clients add to its CPU time and to the counters of its port, so no counter is checked to stay flat',
      ...givenText(plan),
    ];
  }
  return [
    ...originText(service, request),
    ...givenText(plan),
    ...(!needsPortAlone(service)
      ? []
      : [
          `  it has port ${port} in host mode too (--port-env gives it another), so its second copy runs by itself, before or after the others`,
        ]),
  ];
}

/** What its containers and requests are given besides. */
const givenKeys: readonly PlanOptionKey[] = [
  ...(['portVariable', 'environment', 'mounts', 'command', 'user'] as const),
  ...(['headers', 'requestBody', 'expectedStatus'] as const),
];

function givenText(plan: Plan): readonly string[] {
  const given = saidOptions(plan).filter(({ key }) => givenKeys.includes(key));
  if (given.length === 0) return [];
  const kept = plan.request?.secretHeaders ?? [];
  const secret = kept.length === 0 ? '' : ` (the value of ${kept.join(', ')} is recorded nowhere)`;
  return [
    `  with ${given.map(({ key, said }) => `--${planOptions[key].flag} ${quoted(said)}`).join(' ')}${secret}`,
  ];
}

/** Where the service comes from, and what is different from how it runs there. */
function originText(service: Service, { method, path }: Request): readonly string[] {
  const { name, image, port, compose, copy } = service;
  const asked = `image ${image}, asked ${method} ${path} on port ${port}`;
  const but = 'but for its network mode, published ports, CPUs, name and labels';
  if (copy !== undefined) {
    return [
      `${name}: copies of the container ${copy.container}, which itself gets no load; ${asked}`,
      ...copy.differences.map((it) => `  ${it}`),
    ];
  }
  if (compose === undefined) return [`${name}: ${asked}`, `  as docker run starts it, ${but}`];
  const { others, differences } = compose;
  return [
    `${name}: ${compose.service} of ${compose.file}, ${asked}`,
    `  as docker compose up starts it, ${but}`,
    ...differences.map((it) => `  ${it}`),
    ...(others.length === 0
      ? []
      : [`  in host mode it finds ${others.join(', ')} by /etc/hosts, else by Docker's name server`]),
  ];
}

/** One line for each reason. */
function leftOutText({ leftOut = [] }: Plan): readonly string[] {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons.map((reason) => {
    const paths = leftOut.filter((it) => it.reason === reason).map(({ path }) => path);
    return `left out: ${paths.join(', ')} (${reason})`;
  });
}

/** The load of paced profiles, with the source of its rate. */
function rateText({ profiles, servers, service, rates = {} }: Plan): readonly string[] {
  const paced = profiles.filter(({ load }) => load === 'paced').map(({ name }) => name);
  if (paced.length === 0 || service?.running !== undefined) return [];
  const asked = servers.flatMap((server) => {
    const rate = rates[server];
    return rate === undefined ? [] : [`${rate} requests/s for ${server}`];
  });
  const found = servers.filter((server) => rates[server] === undefined);
  const parts = [
    ...(asked.length === 0 ? [] : [`${asked.join(', ')}, as asked for`]),
    ...(found.length === 0
      ? []
      : [`of ${found.join(' and ')} half of what the slowest path carries, found in round 1`]),
  ];
  return [`rate of ${paced.join(', ')}, equal on all paths: ${parts.join('; ')}`];
}

/** The rate and the slices of an open load, which are as long as its quantile needs. */
function openText(plan: Plan): readonly string[] {
  const { paced, profiles, servers, blocks } = plan;
  const profile = profiles.find(({ load }) => load === 'open');
  if (paced === undefined || profile === undefined) return [];
  const { rates = {}, share, arrivals } = paced;
  const known = servers.flatMap((server) => {
    const rate = rates[server];
    return rate === undefined ? [] : [`${rate} requests/s for ${server}, as asked for`];
  });
  const unknown = servers.filter((server) => rates[server] === undefined);
  const found = `${formatPercent(share)} of what the slowest path of ${unknown.join(' and ')} carries, found in round 1`;
  const sources = [...known, ...(unknown.length === 0 ? [] : [found])];
  const each = servers.map((server) => measuredSeconds(plan, profile, rates[server]) * blocks);
  const [least, most] = [Math.min(...each), Math.max(...each)].map((it) => formatDuration(it, 1));
  const expected =
    unknown.length === 0 ? '' : `, if that is the expected ${formatCount(expectedPacedRate)} requests/s`;
  return [
    `rate of ${profile.name}, equal on all paths: ${sources.join('; ')}; ${arrivals} arrivals`,
    `${metric(profile.declaredMetric).label} needs ${formatCount(plannedResponses(profile))} responses a round: ` +
      `each path measures ${least === most ? least : `${least} to ${most}`} a round${expected}`,
  ];
}

function agentsText({ agents }: Plan): readonly string[] {
  if (agents === undefined) return [];
  return [
    `${agents} ${readerWords.agent.reader}s share the connections of each slice, each on a CPU of its own`,
  ];
}

/** What is timed besides requests, and what that changes in a round. */
function probesText(plan: Plan, { rounds }: PlanDuration): readonly string[] {
  if (plan.probes !== true) return [];
  const probed = probedRounds(plan, rounds);
  return [
    `besides requests: in ${probed === rounds ? 'each round' : `${probed} of the rounds`} servers start one after the other, and a connection and one request are timed on each path;`,
    '  once, DNS lookups in host mode and on bridges: for these, 4 containers and a bridge network are made for a moment',
  ];
}

/** Which connections a sweep loads, in how many rounds, and how long that takes. */
function sweepText(plan: Plan, { rounds, sweepSeconds }: PlanDuration): readonly string[] {
  if (plan.sweep === undefined || sweepSeconds === undefined) return [];
  const steps = sweepConnections(plan.sweep.mostConnections);
  const listed = steps.length > 5 ? [...steps.slice(0, 4), '…', steps.at(-1)] : steps;
  const swept = Math.min(rounds, sweptRounds(plan));
  const where = swept === rounds ? 'each round' : `the first ${swept} rounds`;
  return [
    `sweep: in ${where} also ${listed.join(', ')} connections on each path, until no path of a server serves 5 % more;`,
    `  at most about ${formatDuration(sweepSeconds, 0)} of the time`,
  ];
}

function declaredText(plan: Plan): string {
  const declared = declaredComparisons(plan);
  if (declared === 0 && plan.service?.running !== undefined)
    return 'no main results: no path has another one beside it to compare with';
  if (declared === 0)
    return 'no main results: each baseline is compared with its second copy, and nothing else';
  const needed = roundsNeeded(plan.confidence, declared);
  return `${counted(declared, 'main result')}: corrected together ${declared === 1 ? 'it needs' : 'they need'} at least ${counted(needed, 'round')}`;
}

/** Only margins that were asked for, of main results. */
function marginText({ profiles, margins = {} }: Plan): readonly string[] {
  const asked = profiles.flatMap(({ declaredMetric: name }) => {
    const margin = margins[name];
    return margin === undefined ? [] : [`${formatPercent(margin)} for ${metric(name).label}`];
  });
  return asked.length === 0 ? [] : [`relevance margin, as asked for: ${[...new Set(asked)].join(', ')}`];
}

function roundsText(plan: Plan, duration: PlanDuration): readonly string[] {
  const { stopping, blocks, exchangeCpus, seed } = plan;
  const inRound = planCases(plan).length * blocks;
  const exchanges =
    exchangeCpus === true ? ', CPUs of servers and load generator exchanged in about half of the rounds' : '';
  const of = plan.profiles.every(({ load }) => load === 'open') ? '' : 'of ';
  const order = `slices ${of}${sliceLengths(plan)}${turnsText(plan)}${exchanges}, order from seed ${seed}`;
  if (stopping === undefined) {
    return [
      `${counted(plan.rounds, 'round')} × ${counted(blocks, 'block')}: ${inRound * plan.rounds} ${order}`,
    ];
  }
  const time = formatDuration(stopping.seconds, 0);
  const rounds = `rounds of ${counted(blocks, 'block')}, ${inRound} ${order}`;
  const about = `about ${counted(duration.rounds, 'round')}`;
  if (stopping.precision === undefined) return [rounds, `as many as end within ${time}: ${about}`];
  const { halfWidth, looks, coverage } = stopping.precision;
  const first = looks.slice(0, 5).join(', ');
  const levels = `at ${formatPercent(plan.confidence)}, which keeps ${formatPercent(coverage)} at the stop`;
  return [
    rounds,
    `until each main result is known to ±${formatPercent(halfWidth)}, or ${time} are up: ${about}`,
    `looked at after ${first}${looks.length > 5 ? ' …' : ''} rounds, ${levels}`,
  ];
}

/** The windows of open load are longer than those of other loads. */
function turnsText(plan: Plan): string {
  const turns = plan.profiles.flatMap((profile) => turnSecondsOf(plan, profile) ?? []);
  const [first, ...others] = new Set(turns);
  return first === undefined ? '' : ` in turns of ${[first, ...others].join(' and ')} s`;
}

/** What the text of `bench plan` tells besides the plan. */
interface PlanOutlook {
  readonly guard: boolean;
  /** Whether packages may be installed. */
  readonly install: boolean;
  readonly subnet?: string | undefined;
  readonly prediction?: Prediction | undefined;
  /** The plan that was chosen by its name. */
  readonly chosen: ChosenPlan | undefined;
  readonly sources: readonly ValueSource[];
  /** Whether the cases and the source of each value are listed. */
  readonly verbose: boolean;
}

/** The long text of `bench plan`: what, how long, what is created, how tight the intervals become, the cases. */
export function planText(plan: Plan, duration: PlanDuration, outlook: PlanOutlook): string {
  return [
    ...chosenText(outlook.chosen),
    'A run would measure\n',
    planHead(plan, duration),
    '\nIt would create, and remove again\n',
    ...creationsText(plan, duration, outlook),
    ...predictionText(plan, outlook.prediction, duration),
    ...casesText(plan, outlook.verbose),
    ...(outlook.verbose ? sourcesText(outlook.sources) : []),
  ].join('');
}

function casesText(plan: Plan, verbose: boolean): readonly string[] {
  const cases = planCases(plan);
  const head = `\n${counted(cases.length, 'case')}, each once a block, in seeded random order`;
  if (!verbose) return [`${head} (--verbose lists them)\n`];
  return [
    `${head}\n`,
    ...cases.map((subject) => {
      const checks = counted(usualClaims(routeOf(subject.path)).length, 'check');
      return `  ${caseId(subject)}  (${subject.role}, ${checks} that packets took this path)\n`;
    }),
  ];
}

const networkWords = {
  'veth-link': 'veth link',
  'user-bridge': 'bridge network',
  macvlan: 'macvlan network on the link',
} as const satisfies Record<PlannedNetwork['kind'], string>;

function creationsText(
  plan: Plan,
  { rounds }: PlanDuration,
  { guard, install, subnet }: PlanOutlook,
): readonly string[] {
  const { servers, natives, holders, companions, agents, roundAgents, networks, containers } =
    planCreations(plan);
  const ipv6 = networks.some((it) => it.ipv6) ? ', by IPv4 and IPv6' : '';
  const run = [
    '1 inspector (with host privileges)',
    ...(agents === 0 ? [] : [counted(agents, readerWords.agent.reader)]),
    ...(companions === 0 ? [] : [`${counted(companions, 'container')} by Docker Compose`]),
    ...networks.map(({ kind }) =>
      kind === 'veth-link'
        ? `1 ${networkWords[kind]} in ${subnet ?? '198.18.0.0/15 (or --subnet)'}`
        : `1 ${networkWords[kind]}`,
    ),
  ];
  const inContainers = servers - natives;
  const round = [
    ...(inContainers === 0 ? [] : [counted(inContainers, 'server')]),
    ...(natives === 0 ? [] : [`${counted(natives, 'native server')} (in no container)`]),
    ...(holders === 0 ? [] : [`${counted(holders, 'holder')} of mapped servers`]),
    ...(roundAgents === 0 ? [] : [counted(roundAgents, readerWords.agent.reader)]),
  ];
  return [
    ...(install ? ['  if no engine answers: one from the distribution, which stays (--setup)\n'] : []),
    `  for the run: ${run.join(', ')}${ipv6}\n`,
    ...(guard ? ["  in the host's firewall: 1 table, which keeps others from the servers\n"] : []),
    ...(round.length === 0 ? [] : [`  each round: ${round.join(', ')}\n`]),
    ...(containers.once === 0
      ? []
      : [
          `  once, for a moment: ${counted(containers.once, 'container')}, for what the ${readerWords.agent.reader} reaches by itself${plan.probes === true ? ', and for lookups' : ''}\n`,
        ]),
    `  containers: ${containers.run} for the run and ${containers.round} each round, ${containers.run + containers.once + rounds * containers.round} in all\n`,
  ];
}

function predictionText(
  plan: Plan,
  prediction: Prediction | undefined,
  { rounds }: PlanDuration,
): readonly string[] {
  const short = tooShort(plan);
  if (short !== undefined) {
    const { needed, neededSeconds, flag } = short;
    return [
      `\nToo short for any interval: it needs ${counted(needed, 'round')}, about ${formatDuration(neededSeconds, 0)} (${flag})\n`,
    ];
  }
  if (prediction === undefined) {
    return [
      '\nWhich intervals it will reach is not known: no run of this machine to go by (bench calibrate)\n',
    ];
  }
  const { intervals, unknown, reached } = prediction;
  const [one = '', ...more] = new Set(intervals.map(({ source }) => sourceText(source)));
  const all = more.length === 0 ? `, going by ${one}` : '';
  return [
    `\nAfter ${counted(rounds, 'round')} its main results are expected to be known to${all}\n`,
    ...intervals.map(
      ({ halfWidth, from, source, ...it }) =>
        `  ±${formatPercent(halfWidth)}  ${intervalText(it)}${from === 'twin' ? ', by the second copy' : ''}${all === '' ? ` (${sourceText(source)})` : ''}\n`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          '  unknown, since no run of this machine has them:\n',
          ...unknown.map((it) => `    ${intervalText(it)}\n`),
        ]),
    ...(reached === undefined
      ? []
      : [
          reached
            ? '  the precision is expected to be reached\n'
            : '  the precision is NOT expected to be reached in that time\n',
        ]),
  ];
}

function intervalText({ server, profile, path, metric: name }: Prediction['unknown'][number]): string {
  return `${server} ${profile} ${path}: ${metric(name).label}`;
}

function sourceText({ kind, runId }: Prediction['intervals'][number]['source']): string {
  return kind === 'run' ? `run ${runId}` : `calibration ${runId}`;
}
