import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import * as z from 'zod';
import { type Case, caseSchema, type Deployment, deploymentId, deploymentSchema } from '../model/case.ts';
import { measuredSeconds, turnSecondsOf } from '../model/paced.ts';
import { type Plan, profileOf } from '../model/plan.ts';
import type { LoadProfile } from '../model/profile.ts';
import { sweptRounds } from '../model/sweep.ts';
import { planGroups, planShifts, sweepGroups } from '../plan/cases.ts';
import { sweepLoad } from '../plan/sweep.ts';
import { warmupCases } from '../plan/warm-up.ts';

/** A deployment with what is random about it in one round (Mytkowicz et al., ASPLOS 2009). */
const scheduledDeploymentSchema = deploymentSchema.extend({
  /**
   * Port on the host: where a host-mode server listens, or where the port is published. Unique in its round,
   * or shared.
   */
  hostPort: z.int().describe('Port on the host that it listens on or is published at.'),
  /** It is the first, 0, unless the plan's servers share one port. Then each has its own, in the order of their start. */
  addressIndex: z.int().min(0).describe("Which of bench's addresses on the host it takes."),
  /** Part of the container's name: lower-case letters and digits, of varying length. Unique in its round. */
  nameSuffix: z.string().describe("End of its container's name."),
  /** Length of an otherwise meaningless environment variable: it moves the stack of the server. */
  environmentPaddingBytes: z
    .int()
    .describe('Length of a variable that nothing reads: it moves the stack, which can change the speed.'),
});
export type ScheduledDeployment = z.infer<typeof scheduledDeploymentSchema>;

/** Cases of one block that are compared with each other, and the order of their turns. */
const boutSchema = z.strictObject({
  /** In the order in which they are connected, or measured where they take no turns. */
  cases: z.array(caseSchema).describe('Compared with each other; they take turns.'),
  /** Each cycle has every place once, in a separate order. */
  sequence: z.array(z.int().min(0)).describe('Whose turn it is: places in `cases`.'),
  /** All cases of the bout have the same arrivals. */
  arrivalsSeed: z.int().min(0).optional().describe('Seed of the random arrivals; of the paced profile only.'),
});
export type Bout = z.infer<typeof boutSchema>;

/** One fresh deployment of every case, from start to end. */
export const roundScheduleSchema = z.strictObject({
  round: z.int().min(1).describe('Its number: 1, 2, 3 …'),
  part: z
    .strictObject({
      from: z.number().min(0).describe("Share of the round's cases that are measured before it."),
      to: z.number().max(1).describe("The same when it ends. 1: the round's last part."),
    })
    .optional()
    .describe(
      'Part of a round whose deployments cannot all run at the same time. Absent: it is all of the round.',
    ),
  /** In the order in which they are started. */
  deployments: z.array(scheduledDeploymentSchema).describe('In the order in which they start.'),
  /** Cases whose connections are opened and warmed up before the first block, in order; empty where the plan has no warm-up. */
  warmup: z.array(caseSchema).describe('In the order in which they are warmed up.'),
  exchanged: z.boolean().describe("Whether servers and load agents run on each other's CPUs."),
  /** Recorded blocks, each with every case once. */
  blocks: z.array(z.array(boutSchema)).describe('Bouts in their order.'),
  sweep: z
    .array(boutSchema)
    .optional()
    .describe(
      'The order of each step of the sweep, for each group of compared paths. Absent: the round has no sweep.',
    ),
});
export type RoundSchedule = z.infer<typeof roundScheduleSchema>;

interface PortRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  /** Ports in the range that something else uses. */
  readonly taken?: ReadonlySet<number>;
}

/** Below the ports that Linux gives to outgoing connections (ip_local_port_range: 32768 and up). */
export const defaultPorts: PortRange = { from: 20_000, to: 29_999 };

const longestPaddingBytes = 4096;
const suffixLengths = { shortest: 4, longest: 12 };

/**
 * The order of everything, from the plan's seed. The function is pure: the same plan gives the same schedule.
 *
 * Baseline, twin and contenders are equals here. A fixed order (A×n then B×n, or ABAB) turns drift of the
 * machine into a difference. Random order turns it into noise that the interval accounts for (Abedi & Brecht,
 * ICPE 2017). Every round has its own stream of random numbers, 2⁶⁴ steps from the last one, so that a round
 * does not change when rounds are added after it.
 *
 * Within a block the cases that are compared with each other follow each other, because the machine's speed
 * changes within a second (bench/docs/method.md, section 1). Both these groups and the cases in each are in
 * random order. Where cases take turns, each cycle of turns has a separate random order.
 *
 * @throws {Error} if the range has fewer free ports than a round has deployments.
 */
export function schedule(plan: Plan, ports: PortRange = defaultPorts): RoundSchedule[] {
  return [...scheduledRounds(plan, ports)];
}

/** The same, round by round: for a plan whose number of rounds is not known beforehand. */
export function* scheduledRounds(plan: Plan, ports: PortRange = defaultPorts): Generator<RoundSchedule> {
  const stream: JumpableRandomGenerator = xoroshiro128plus(plan.seed);
  for (let round = 1; round <= plan.rounds; round++) {
    stream.jump();
    yield* scheduleRound(plan, round, ports, stream.clone());
  }
}

/** A round is one part, or as many as there are shifts. In the first round their order finds the rate of paced load. */
function* scheduleRound(
  plan: Plan,
  round: number,
  ports: PortRange,
  random: RandomGenerator,
): Generator<RoundSchedule> {
  const shifts = planShifts(plan);
  const ordered = shifts.length === 1 || round === 1 ? shifts : shuffled(shifts, random);
  const all = shifts.flat().length;
  let before = 0;
  let exchanged: boolean | undefined;
  for (const shift of ordered) {
    const scheduled = schedulePart(plan, { round, shift }, ports, random);
    exchanged ??= scheduled.exchanged;
    const part = { from: before / all, to: (before + shift.length) / all };
    before += shift.length;
    yield { ...scheduled, exchanged, ...(shifts.length === 1 ? {} : { part }) };
  }
}

interface Part {
  readonly round: number;
  readonly shift: readonly Deployment[];
}

function schedulePart(
  plan: Plan,
  { round, shift }: Part,
  ports: PortRange,
  random: RandomGenerator,
): RoundSchedule {
  const runs = new Set(shift.map(deploymentId));
  const ofShift = (cases: readonly Case[]) => cases.filter((it) => runs.has(deploymentId(it)));
  const started = shuffled(shift, random);
  const nextPort = portSource(started.length, ports, random);
  const sharedPort = plan.sharedPort === true ? nextPort() : undefined;
  const nextSuffix = suffixSource(random);
  const groups = planGroups(plan)
    .map(ofShift)
    .filter((group) => group.length > 0);
  return {
    round,
    deployments: started.map((deployment, index) => ({
      ...deployment,
      hostPort: sharedPort ?? nextPort(),
      addressIndex: sharedPort === undefined ? 0 : index,
      nameSuffix: nextSuffix(),
      environmentPaddingBytes: uniformInt(random, 0, longestPaddingBytes),
    })),
    warmup: shuffled(ofShift(warmupCases(plan)), random),
    blocks: Array.from({ length: plan.blocks }, () =>
      shuffled(groups, random).map((group) => boutOf(shuffled(group, random), plan, random)),
    ),
    exchanged: plan.exchangeCpus === true && uniformInt(random, 0, 1) === 1,
    ...(plan.sweep === undefined || round > sweptRounds(plan)
      ? {}
      : {
          sweep: shuffled(sweepGroups(plan).map(ofShift), random)
            .filter((group) => group.length > 0)
            .map((group) => boutOf(shuffled(group, random), plan, random, sweepLoad(1))),
        }),
  };
}

/** Number of turns that make up a slice. All cases of a group have one profile. */
function cyclesOf([first]: readonly Case[], plan: Plan, load?: LoadProfile): number {
  if (first === undefined) return 1;
  const profile = load ?? profileOf(plan, first.profile);
  const turnSeconds = turnSecondsOf(plan, profile);
  if (turnSeconds === undefined) return 1;
  const seconds = measuredSeconds(plan, profile, plan.paced?.rates?.[first.server]);
  return Math.max(1, Math.round(seconds / turnSeconds));
}

/** @param load of its slices, where that is none of the plan's. */
function boutOf(cases: Case[], plan: Plan, random: RandomGenerator, load?: LoadProfile): Bout {
  const places = cases.map((_, place) => place);
  const cycles = cyclesOf(cases, plan, load);
  const later = Array.from({ length: cycles - 1 }, () => shuffled(places, random)).flat();
  const bout = { cases, sequence: [...places, ...later] };
  const [first] = cases;
  if (first === undefined || (load ?? profileOf(plan, first.profile)).load !== 'open') return bout;
  return { ...bout, arrivalsSeed: uniformInt(random, 0, 0xffff_ffff) };
}

/** Ports that are drawn once each. */
function portSource(count: number, { from, to, taken = new Set() }: PortRange, random: RandomGenerator) {
  const used = new Set([...taken].filter((port) => port >= from && port <= to));
  const free = to - from + 1 - used.size;
  if (free < count) throw new Error(`${count} ports are needed, but ${from}-${to} has ${free} free`);
  return drawOnce(() => uniformInt(random, from, to), used);
}

function suffixSource(random: RandomGenerator) {
  return drawOnce(() => {
    const length = uniformInt(random, suffixLengths.shortest, suffixLengths.longest);
    return Array.from({ length }, () => uniformInt(random, 0, 35).toString(36)).join('');
  }, new Set());
}

/** A copy in random order, every order equally likely: each value goes to a random place among those before. */
export function shuffled<T>(values: readonly T[], random: RandomGenerator): T[] {
  const order: T[] = [];
  for (const value of values) order.splice(uniformInt(random, 0, order.length), 0, value);
  return order;
}

/** Draws until the value is new. */
function drawOnce<T>(draw: () => T, used: Set<T>): () => T {
  return () => {
    let value = draw();
    while (used.has(value)) value = draw();
    used.add(value);
    return value;
  };
}
