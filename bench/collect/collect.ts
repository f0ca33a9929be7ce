import type { Case } from '../model/case.ts';
import { caseId, deploymentId } from '../model/case.ts';
import type { Clock } from '../model/clock.ts';
import type { Evidence } from '../model/evidence.ts';
import { Failure } from '../model/failure.ts';
import { jitterOf } from '../model/jitter.ts';
import type { JitterCount } from '../model/load-agent.ts';
import type { PathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { isProbed } from '../model/probed-rounds.ts';
import { rampSecondsOf } from '../model/profile.ts';
import type { Route } from '../model/route.ts';
import type { Run } from '../model/run.ts';
import type { ServerName } from '../model/server.ts';
import type { Slice } from '../model/slice.ts';
import type { Deployed, DeployOutcome, Stage } from '../model/stage.ts';
import type { RunStop } from '../model/stopping.ts';
import { unlessLate } from '../model/unless-late.ts';
import { agentWarmups } from '../plan/agents.ts';
import { jitterSeconds, needsJitter, planDuration } from '../plan/plan-duration.ts';
import { rareRequests } from '../plan/plan-warnings.ts';
import type { RoundSchedule } from '../schedule/schedule.ts';
import { type Entry, measureBout, type Tally, warmUp } from './bout.ts';
import { roundEvidence } from './evidence.ts';
import { assertComparable } from './first-start.ts';
import { readKernelAfter, readKernelBefore } from './kernel.ts';
import { ordersOf } from './orders.ts';
import { OtherProcesses } from './other-processes.ts';
import type { Progress, ProgressEvent, RoundPlace } from './progress.ts';
import { findRates } from './rates.ts';
import type { Enough } from './stop-rule.ts';
import { type SweepEnds, sweepPaths } from './sweep.ts';
import { type TimedOnce, timeOnce } from './time-once.ts';
import { timeTasks } from './time-tasks.ts';

/** How long an interruption waits for the slices that are under way, in seconds. */
const lateSeconds = 3;

/** Takes lines as they come. They are on disk before the next slice starts. */
interface Recorder {
  appendSlices(...slices: readonly Slice[]): Promise<void>;
  /** The rates of paced load, as soon as they are known. */
  noteRates(found: Pick<Run, 'rates' | 'pacedRates'>): Promise<void>;
  appendEvidence(...evidence: readonly Evidence[]): Promise<void>;
}

interface Collection {
  readonly plan: Plan;
  readonly schedule: Iterable<RoundSchedule>;
  readonly stage: Stage;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly progress: Progress;
  /**
   * Called after each round, when its lines are on disk: whether the run has enough. Absent: it takes all
   * rounds.
   */
  readonly enough?: Enough;
  /** Aborted: no further slice begins. */
  readonly signal: AbortSignal;
  /** How paths are laid; a check that the evidence tells paths apart lays a wrong one. */
  readonly routeOf?: (path: PathId) => Route;
  /** The agents never sleep while an answer is awaited; a calibration by a known delay needs it. */
  readonly wakefulAgents?: boolean;
  /** Called at the end of each round, while its servers still run and bear no load. */
  readonly beforeClear?: BeforeClear;
}

export type BeforeClear = (deployed: readonly Deployed[]) => Promise<void>;

export interface Collected {
  readonly state: 'complete' | 'partial';
  /** Why it is partial. */
  readonly reason?: string;
  /** The failure that ended the run early, unless the user did. */
  readonly failure?: Failure;
  /** How a run with a stop rule ended. */
  readonly stop?: RunStop;
  readonly failedSlices: number;
  readonly slicesSeconds: number;
  /** How often the machine took the agent's CPU away. Absent without the paced profile. */
  readonly jitter?: Run['jitter'];
  /** Other processes that used CPU time during the rounds; absent where none can be seen. */
  readonly foreign?: Run['foreign'];
  /** What was timed once, where the plan asks for it. */
  readonly timedOnce?: TimedOnce;
}

/**
 * The collecting loop. It touches the world through the stage and decides nothing but what the rules of
 * validity say:
 *
 *   each round:  exchange CPUs, or not → deploy all, side by side → open and warm up connections (unrecorded)
 *                → in the first: what each path carries, and so the rates of paced load
 *                → each block → each bout, in the scheduled order:  read · its cases in turns · read → judge → append
 *                → more and more connections on each path, where a sweep is requested
 *                → small tasks on each path by itself, where they are requested
 *                → evidence of each deployment → clear → enough?
 *
 * A server that does not start costs its own cases this round (`failed` slices), not the run. A service of the user's
 * that leaves nothing to compare in the first round ends it. So does an engine, agent or inspector that is lost: what
 * was measured is on disk.
 */
export async function collect(collection: Collection): Promise<Collected> {
  const { schedule, stage, progress, signal, clock, plan } = collection;
  const totals = { failedSlices: 0, slicesSeconds: 0 };
  const rates = new Map<ServerName, number>();
  const pacedRates = new Map<ServerName, number>();
  const jitterCounts: JitterCount[] = [];
  const ends: SweepEnds = new Map();
  const others = new OtherProcesses();
  const begunAt = clock.monotonicSeconds();
  let stop: RunStop | undefined;
  let timedOnce: TimedOnce | undefined;
  let begun = false;

  async function allRounds(): Promise<void> {
    for (const round of schedule) {
      if (signal.aborted) break;
      const roundBegunAt = clock.monotonicSeconds();
      progress({ kind: 'deploying', ...placeOf(round, plan) });
      await others.begin(stage);
      const { standings, exchanged } = await deployRound(round, collection);
      const deployed = outcomesOf(standings).flatMap((outcome) => (outcome.ok ? [outcome.deployed] : []));
      await eachWhateverFails(
        async () => {
          if (!begun) assertComparable(plan, outcomesOf(standings));
          begun = true;
          await measureRound(
            { ...collection, rates, pacedRates, jitterCounts },
            round,
            { standings, exchanged },
            totals,
          );
        },
        () => {
          const beforeStep = (connections: number) =>
            progress({ kind: 'sweep', ...placeOf(round, plan), connections });
          const sweeping = { ...collection, rates, pacedRates, ends, totals, beforeStep };
          return sweepPaths(sweeping, round, { standings, exchanged });
        },
        () => timeTasks(collection, round.round, standings),
        async () => {
          timedOnce ??= await timeOnce(collection, deployed);
        },
        () => appendEvidence(collection, round, standings),
        async () => collection.beforeClear?.(deployed),
        () => letGo(collection, deployed),
        () => stage.clear(),
      );
      const now = clock.monotonicSeconds();
      await others.end(stage, now - roundBegunAt);
      const at = { round: round.round, elapsedSeconds: now - begunAt, roundSeconds: now - roundBegunAt };
      if (!signal.aborted && (round.part?.to ?? 1) === 1) stop = await collection.enough?.(at);
      if (stop !== undefined) break;
    }
  }

  function found() {
    const foreign = others.largest();
    return { ...totals, ...present({ foreign, jitter: jitterOf(jitterCounts), timedOnce }) };
  }

  try {
    await unlessLate(allRounds(), signal, lateSeconds);
  } catch (error) {
    const failure = error instanceof Failure ? error : undefined;
    if (failure === undefined) throw error;
    if (signal.aborted) return { state: 'partial', reason: 'interrupted by the user', ...found() };
    return { state: 'partial', reason: failure.message, failure, ...found() };
  }
  if (signal.aborted) return { state: 'partial', reason: 'interrupted by the user', ...found() };
  return { state: 'complete', ...present({ stop }), ...found() };
}

/** Where a part of a run is, for its progress. */
function placeOf({ round, part }: RoundSchedule, { rounds }: Plan): RoundPlace {
  return { round, rounds, ...present({ part }) };
}

/** Runs the steps one after another, even after a failure. Then throws the first error: the later ones follow from it. */
async function eachWhateverFails(...steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/**
 * Closes the connections of a round before its servers stop, so that none is opened again and again. This is
 * skipped after an interruption: an agent executes one order after the other, and the turns that are under
 * way are not waited for.
 */
async function letGo({ stage, signal }: Collection, deployed: readonly Deployed[]): Promise<void> {
  if (signal.aborted) return;
  const agents = new Set(deployed.map((it) => stage.agent(it)));
  await eachWhateverFails(...[...agents].map((agent) => () => agent.letGo()));
}

async function deployRound(round: RoundSchedule, { plan, stage, routeOf }: Collection): Promise<Stood> {
  const exchanged = await stage.exchangeCpus(round.exchanged);
  const oneByOne = isProbed(plan, round.round) || plan.service?.running !== undefined;
  const outcomes = await stage.deploy(ordersOf(round, plan, routeOf), { oneByOne });
  const standings = new Map(
    outcomes.map((outcome) => {
      const { deployment } = outcome.ok ? outcome.deployed.order : outcome.order;
      return [deploymentId(deployment), { outcome, own: undefined, alone: undefined }];
    }),
  );
  return { standings, exchanged };
}

function outcomesOf(standings: Stood['standings']): readonly DeployOutcome[] {
  return [...standings.values()].map(({ outcome }) => outcome);
}

/** A round's servers, and whether they run on the agents' CPUs. */
interface Stood {
  readonly standings: ReadonlyMap<string, Tally>;
  readonly exchanged: boolean;
}

type Measured = Collection & {
  readonly rates: Map<ServerName, number>;
  readonly pacedRates: Map<ServerName, number>;
  readonly jitterCounts: JitterCount[];
};

async function measureRound(
  collection: Measured,
  round: RoundSchedule,
  { standings, exchanged }: Stood,
  totals: { failedSlices: number; slicesSeconds: number },
): Promise<void> {
  const { plan, progress, signal, recorder } = collection;
  const profiles = new Map(plan.profiles.map((profile) => [profile.name, profile]));
  const at = { ...placeOf(round, plan), blocks: plan.blocks };

  function partsOf(subject: Case) {
    const standing = standings.get(deploymentId(subject));
    const profile = profiles.get(subject.profile);
    if (standing === undefined || profile === undefined) throw new Error(`not scheduled: ${caseId(subject)}`);
    return { standing, profile };
  }

  progress({ kind: 'warm-up', ...at });
  for (const subject of round.warmup) {
    if (signal.aborted) return;
    const { standing, profile } = partsOf(subject);
    // Large bodies need longer than the others' answers: at least the time of a ramp.
    const longest = Math.max(
      plan.warmupSeconds,
      profile.bulk === undefined ? 0 : rampSecondsOf(plan, profile),
    );
    totals.slicesSeconds += (await warmUp(collection, standing, profile, longest)).loadSeconds;
  }
  totals.slicesSeconds += await warmAgents(collection, standings);
  const known = collection.pacedRates.size;
  totals.slicesSeconds += await findRates(collection, standings);
  if (collection.pacedRates.size > known) progress(pacedRatesOf(collection));
  if (needsJitter(plan)) collection.jitterCounts.push(...(await lookForJitter(collection, standings)));
  const kernel = await readKernelBefore(collection, standings);
  for (const [index, block] of round.blocks.entries()) {
    progress({ kind: 'block', ...at, block: index + 1 });
    let before = 0;
    for (const bout of block) {
      if (signal.aborted) return;
      const entryOf = (subject: Case, place: number): Entry => ({
        ...partsOf(subject),
        ...present({ arrivalsSeed: bout.arrivalsSeed }),
        head: {
          ...subject,
          round: round.round,
          block: index + 1,
          position: before + place + 1,
          ...(exchanged ? { cpusExchanged: true } : {}),
        },
      });
      const slices: Slice[] = [];
      try {
        for await (const slice of measureBout(bout, entryOf, collection)) slices.push(slice);
      } finally {
        // What was measured before an agent was lost is kept.
        await recorder.appendSlices(...slices);
      }
      for (const slice of slices) {
        if (slice.status === 'failed') totals.failedSlices += 1;
        else totals.slicesSeconds += slice.rampSeconds + slice.wallSeconds;
        progress({ kind: 'slice', ...at, block: index + 1, status: slice.status });
      }
      before += bout.cases.length;
    }
  }
  if (!signal.aborted) await readKernelAfter(collection, standings, kernel);
}

/**
 * Puts load on the fresh agents of the round, until each has borne its warm-up. Returns the seconds under
 * load.
 */
async function warmAgents(collection: Collection, standings: ReadonlyMap<string, Tally>): Promise<number> {
  const { plan, signal } = collection;
  const busiest = plan.profiles.toSorted((a, b) => b.connections - a.connections)[0];
  let seconds = 0;
  for (const [key, sliceSeconds] of agentWarmups(plan)) {
    const standing = [...standings.values()].find(({ outcome }) => {
      const agent = outcome.ok ? outcome.deployed.order.agent : undefined;
      return agent?.kind === 'round' && agent.key === key;
    });
    if (standing === undefined || busiest === undefined || sliceSeconds === 0 || signal.aborted) continue;
    const warm = await warmUp(collection, standing, busiest, sliceSeconds, Number.MAX_SAFE_INTEGER);
    seconds += warm.loadSeconds;
  }
  return seconds;
}

function pacedRatesOf({ plan, pacedRates: rates }: Measured): ProgressEvent {
  const { paced } = plan;
  const found = paced && { ...paced, rates: Object.fromEntries(rates) };
  const known = { ...plan, ...present({ paced: found }) };
  const { totalSeconds } = planDuration(known);
  return { kind: 'paced-rates', rates, totalSeconds, warnings: rareRequests(known) };
}

/** Each agent of the round looks at the clock, one after the other, while nothing bears load. */
async function lookForJitter(
  { stage, signal }: Collection,
  standings: ReadonlyMap<string, Tally>,
): Promise<readonly JitterCount[]> {
  const agents = new Set(
    [...standings.values()].flatMap(({ outcome }) => (outcome.ok ? [stage.agent(outcome.deployed)] : [])),
  );
  const counts: JitterCount[] = [];
  for (const agent of agents) {
    if (!signal.aborted) counts.push(await agent.jitter(jitterSeconds));
  }
  return counts;
}

async function appendEvidence(
  { recorder }: Collection,
  round: RoundSchedule,
  standings: ReadonlyMap<string, Tally>,
): Promise<void> {
  const lines = [...standings.values()].flatMap(({ outcome, ...grown }) =>
    outcome.ok ? [roundEvidence(round.round, outcome.deployed, grown)] : [],
  );
  await recorder.appendEvidence(...lines);
}
