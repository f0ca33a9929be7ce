import { setTimeout as pause } from 'node:timers/promises';
import { type Case, caseId } from '../model/case.ts';
import { counterFindings, splitClaims } from '../model/claims.ts';
import type { Clock } from '../model/clock.ts';
import { Failure, messageOf } from '../model/failure.ts';
import {
  type LoadAgent,
  measureAlone,
  oneTurn,
  type SliceCount,
  type SliceOrder,
  type TurnsOrder,
} from '../model/load-agent.ts';
import type { Growth } from '../model/observed.ts';
import { measuredSeconds, turnSecondsOf } from '../model/paced.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { bulkPlaces, type LoadProfile, rampSecondsOf } from '../model/profile.ts';
import type { Reading } from '../model/reading.ts';
import type { ServerName } from '../model/server.ts';
import type { MachineFigures, Slice, SliceHead } from '../model/slice.ts';
import type { Deployed, DeployOutcome, Stage } from '../model/stage.ts';
import { judgeSlice } from '../model/validity.ts';
import { answersOfAge } from '../plan/warm-up.ts';
import type { Bout } from '../schedule/schedule.ts';
import { roomOfSlices, waitForConnectionRoom } from './connection-room.ts';
import { addTo, type ReadInRound } from './evidence.ts';
import {
  blockFigures,
  type CpuPlaces,
  type MachineFacts,
  machineFigures,
  measuredSlice,
  type Readings,
} from './measured.ts';
import { growth, ownGrowth } from './path-counters.ts';

/** A request times out when it takes longer than this and longer than its slice, so that a slow server is no error. */
const requestTimeoutSeconds = 10;

/** One deployment during a round, with what its counters grew by so far. */
export interface Tally extends ReadInRound {
  readonly outcome: DeployOutcome;
}

/** One case of a bout, to be measured. */
export interface Entry {
  readonly head: Omit<SliceHead, 'startedAt'>;
  readonly standing: Tally;
  readonly profile: LoadProfile;
  /** Seed of the arrivals of an open load. */
  readonly arrivalsSeed?: number;
}

export interface Measuring {
  readonly plan: Plan;
  readonly stage: Stage;
  readonly clock: Clock;
  /** Aborted: the turns that are under way are not waited for. */
  readonly signal: AbortSignal;
  /** The agents never sleep while an answer is awaited; a calibration by a known delay needs it. */
  readonly wakefulAgents?: boolean;
  /** Requests/s of paced load, by server. A server without any answer has none. */
  readonly rates: ReadonlyMap<ServerName, number>;
  /** The same of open load. */
  readonly pacedRates: ReadonlyMap<ServerName, number>;
}

interface Ready extends Entry {
  readonly deployed: Deployed;
}

interface Begun extends Ready {
  readonly head: SliceHead;
}

/** A slice that was counted and not judged yet. */
interface Counted {
  readonly entry: Begun;
  readonly count: SliceCount;
  readonly readings: Readings;
  readonly grown: Growth;
  readonly claims: Deployed['claims'];
}

/** Slices that took turns, or a single one, with the machine's figures from the reading before to the one after. */
interface Measured {
  readonly slices: readonly Counted[];
  readonly machine: MachineFigures;
  readonly failed?: never;
}

interface Failed {
  readonly failed: readonly Slice[];
}

/**
 * Measures the cases of a bout. Cases of one agent take turns, if the plan says so. All others are measured
 * one after the other. Rejects only when the agent, the inspector or the engine is lost. Any other error
 * becomes a `failed` slice.
 * @returns one slice per case, in the bout's order. Slices that were under way at an interruption are left
 *   out.
 */
export async function* measureBout(
  bout: Bout,
  entryOf: (subject: Case, place: number) => Entry,
  measuring: Measuring,
): AsyncGenerator<Slice> {
  const now = () => measuring.clock.now().toISOString();
  const parties = new Map<LoadAgent, { entries: Ready[]; places: number[] }>();
  for (const [place, subject] of bout.cases.entries()) {
    const entry = entryOf(subject, place);
    const { outcome } = entry.standing;
    if (!outcome.ok) {
      yield failedSlice({ ...entry.head, startedAt: now() }, outcome.error);
      continue;
    }
    const agent = measuring.stage.agent(outcome.deployed);
    const party = parties.get(agent) ?? { entries: [], places: [] };
    party.entries.push({ ...entry, deployed: outcome.deployed });
    party.places.push(place);
    parties.set(agent, party);
  }
  const done: (Measured | Failed)[] = [];
  let lost: { readonly error: unknown } | undefined;
  try {
    for (const [agent, { entries, places }] of parties) {
      const { warmupSeconds } = measuring.plan;
      const [first] = entries;
      const turnSeconds = first && turnSecondsOf(measuring.plan, first.profile);
      // The counters that all cases share are read in the warm-up. Without one each case needs the machine to
      // itself.
      const takeTurns = turnSeconds !== undefined && warmupSeconds > 0 && entries.length > 1;
      const sequence = bout.sequence.map((place) => places.indexOf(place)).filter((index) => index >= 0);
      for (const group of takeTurns ? [entries] : entries.map((entry) => [entry])) {
        if (measuring.signal.aborted) break;
        const startedAt = now();
        const begun = group.map((entry) => ({ ...entry, head: { ...entry.head, startedAt } }));
        done.push(await measure(agent, begun, takeTurns ? { turnSeconds, sequence } : oneTurn, measuring));
      }
    }
  } catch (error) {
    lost = { error };
  }
  // A lost agent ends the run. What was measured before it is kept.
  yield* blockSlices(done, measuring);
  if (lost !== undefined) throw lost.error;
}

/**
 * Measures some cases of one agent in turns, or one case that has the machine to itself. Only that one is judged
 * by the counters that all cases share.
 * @returns nothing measured where an interruption came first.
 */
async function measure(
  agent: LoadAgent,
  entries: readonly Begun[],
  turns: Omit<TurnsOrder, 'slices'>,
  measuring: Measuring,
): Promise<Measured | Failed> {
  const { stage, signal } = measuring;
  const alone = entries.length === 1;
  try {
    const orders = entries.map((entry) => sliceOrder(measuring, entry));
    await requireRoom(agent, entries, orders, measuring);
    const before = await readAll(entries, stage, 'before');
    const work = agent.turns({ slices: orders, ...turns });
    // Turns of several cases may take long. One slice ends soon.
    const counts = alone ? await work : await unlessAborted(work, signal);
    if (counts === undefined) return { failed: [] };
    const after = await readAll(entries, stage, 'after');
    const read = entries.map((entry, index) => {
      const [count, from, to] = [counts[index], before[index], after[index]];
      if (count === undefined || from === undefined || to === undefined) {
        throw new Error(`the load agent reported no counts for ${caseId(entry.head)}`);
      }
      return { entry, count, before: from, after: to };
    });
    const slices = read.map(({ entry, count, ...readings }): Counted => {
      const { deployed, standing } = entry;
      const all = growth(readings.before, readings.after, loadOf(count));
      if (alone) standing.alone = addTo(standing.alone, all);
      const grown = alone ? all : ownGrowth(all);
      const claims = alone ? deployed.claims : splitClaims(deployed.claims).own;
      return { entry, count, readings, grown, claims };
    });
    return { slices, machine: machineFigures(read, machineFacts(stage)) };
  } catch (error) {
    if (!costsOneSlice(error)) throw error;
    return { failed: entries.map(({ head }) => failedSlice(head, error)) };
  }
}

/** Slices that open a connection for each request wait until the kernel has room for them. */
async function requireRoom(
  agent: LoadAgent,
  entries: readonly Begun[],
  orders: readonly SliceOrder[],
  { stage, clock, signal }: Measuring,
): Promise<void> {
  const opening = orders.filter(({ newConnections }) => newConnections === true);
  if (opening.length === 0) return;
  const seconds = opening.reduce((sum, it) => sum + it.rampSeconds + it.sliceSeconds, 0);
  const deployed = entries.map((it) => it.deployed);
  await waitForConnectionRoom(deployed, roomOfSlices(seconds), {
    ...{ stage, agent, clock, signal },
    pause: (wait) => pause(wait * 1000),
  });
}

/**
 * Judges the slices of one block. The machine's figures are those of the whole block, also where its cases were measured
 * one after the other: in a fifth of a second, a process of 40 ms would be a tenth of the machine.
 */
function blockSlices(done: readonly (Measured | Failed)[], measuring: Measuring): readonly Slice[] {
  const stretches = done.flatMap((it) => (it.failed === undefined ? [it.machine] : []));
  const machine = stretches.length === 0 ? undefined : blockFigures(stretches);
  return done.flatMap((it) => {
    if (it.failed !== undefined || machine === undefined) return it.failed ?? [];
    return it.slices.map((slice) => judged(slice, machine, measuring));
  });
}

/**
 * The deployment that is read last before the load is read first after it. Its readings enclose little else.
 */
async function readAll(
  entries: readonly Begun[],
  stage: Stage,
  edge: 'before' | 'after',
): Promise<readonly Reading[]> {
  if (edge === 'before') return Promise.all(entries.map(({ deployed }) => stage.read(deployed, edge)));
  const readings = await Promise.all(entries.toReversed().map(({ deployed }) => stage.read(deployed, edge)));
  return readings.toReversed();
}

function machineFacts({ environment }: Stage): MachineFacts {
  return { cpus: environment.cpuCount, irqApart: environment.irqTimeAccounting === true };
}

/**
 * Resolves to `undefined` when the signal is aborted first. A later result or error of the work is ignored.
 */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}

function judged(
  { entry: { head, standing, profile, deployed }, count, readings, grown, claims }: Counted,
  machine: MachineFigures,
  { stage }: Measuring,
): Slice {
  standing.own = addTo(standing.own, ownGrowth(grown));
  const contradictions = [...deployed.findings, ...counterFindings(claims, grown)].filter(
    ({ holds }) => !holds,
  );
  const cpus = cpuPlaces(stage, head);
  const payloadBytes = payloadOf(profile, deployed, count);
  const measured = measuredSlice(count, profile, readings, {
    ...{ machine, grown, cpus },
    ...present({ payloadBytes }),
  });
  return judgeSlice(head, measured, { contradictions });
}

/** The CPU of each end; `undefined` where they share their CPUs. */
function cpuPlaces({ environment: { pinning } }: Stage, { cpusExchanged }: SliceHead): CpuPlaces | undefined {
  if (pinning.kind === 'shared') return undefined;
  const server = Number(pinning.serverCpus);
  const [first = server, ...others] = pinning.agentCpus.split(',').map(Number);
  return cpusExchanged === true
    ? { server: first, agents: [server, ...others] }
    : { server, agents: [first, ...others] };
}

/** The result of one unrecorded slice. */
interface WarmUp {
  readonly loadSeconds: number;
  /** Responses in it; none where it failed. */
  readonly responses: number;
}

/**
 * One unrecorded slice of closed-loop load, on the connections that the round's slices use. It opens the
 * connections if there are none yet. It ends when they are of age, or after `longestSeconds`. The counters
 * that all cases share (the link, the bridge) are read around it, because here a case has the machine to
 * itself. A lasting fault is reported by the recorded slices.
 * @param responses number of responses that is enough.
 */
export async function warmUp(
  measuring: Omit<Measuring, 'rates' | 'pacedRates'>,
  standing: Tally,
  profile: LoadProfile,
  longestSeconds: number,
  responses = profile.connections * answersOfAge,
): Promise<WarmUp> {
  const { stage } = measuring;
  const nothing = { loadSeconds: 0, responses: 0 };
  if (!standing.outcome.ok) return nothing;
  const { deployed } = standing.outcome;
  try {
    const before = await stage.read(deployed, 'before');
    const load = { rampSeconds: 0, sliceSeconds: longestSeconds };
    const order = closedLoop(measuring, deployed, profile, load);
    const count = await measureAlone(stage.agent(deployed), { ...order, enoughResponses: responses });
    const after = await stage.read(deployed, 'after');
    const grown = growth(before, after, loadOf(count));
    // Connections are opened here, so counters of connections grow here.
    standing.own = addTo(standing.own, ownGrowth(grown));
    standing.alone = addTo(standing.alone, grown);
    return { loadSeconds: count.loadSeconds, responses: count.totalRequests };
  } catch (error) {
    if (!costsOneSlice(error)) throw error;
    return nothing;
  }
}

/** @throws {Failure} casesFailed: the load is paced, and no rate is known for the server. */
function sliceOrder(measuring: Measuring, { deployed, profile, arrivalsSeed: seed }: Ready): SliceOrder {
  const { plan } = measuring;
  const { server } = deployed.order.deployment;
  const open = profile.load === 'open';
  const ratePerSecond = (open ? measuring.pacedRates : measuring.rates).get(server);
  const sliceSeconds = measuredSeconds(plan, profile, ratePerSecond);
  const load = { rampSeconds: rampSecondsOf(plan, profile), sliceSeconds };
  const order = closedLoop(measuring, deployed, profile, load);
  if (profile.load !== 'paced' && !open) return order;
  if (ratePerSecond === undefined) {
    throw new Failure(
      'casesFailed',
      `there is no rate for ${server}: none of its paths answered in the warm-up`,
      {
        hint: `Find out why no path answered, or set a rate with --${open ? 'paced-rate' : 'rate'}.`,
      },
    );
  }
  if (!open) return { ...order, ratePerSecond };
  const kind = plan.paced?.arrivals;
  if (kind === undefined || seed === undefined) throw new Error('an open load has no arrivals');
  // The connections of the warm-up go on, which have this timeout, however long a slice is.
  return { ...order, ratePerSecond, arrivals: { kind, seed }, timeoutSeconds: requestTimeoutSeconds };
}

function closedLoop(
  { plan, wakefulAgents }: Omit<Measuring, 'rates' | 'pacedRates'>,
  deployed: Deployed,
  profile: LoadProfile,
  load: { readonly rampSeconds: number; readonly sliceSeconds: number },
): SliceOrder {
  return {
    ...askedOf(plan, deployed, profile),
    connections: profile.connections,
    rampSeconds: load.rampSeconds,
    sliceSeconds: load.sliceSeconds,
    timeoutSeconds: Math.max(requestTimeoutSeconds, load.sliceSeconds),
    ...(profile.load === 'churn' ? { newConnections: true } : { keepOpen: true }),
    ...present({ wakeful: wakefulAgents, connectionSet: connectionSetOf(deployed) }),
  };
}

/** The twin of a running container is the container itself, asked once more: on connections of its own. */
function connectionSetOf({ order: { service, deployment } }: Deployed): string | undefined {
  return service?.running === undefined ? undefined : deployment.role;
}

/** What is requested, and which answer is right. */
function askedOf(
  { service, request, bodyBytes }: Plan,
  { url }: Deployed,
  { bulk }: LoadProfile,
): Pick<SliceOrder, 'url' | 'request' | 'uploadBytes' | 'expectedBodyBytes'> {
  const uploadBytes = bulk?.direction === 'up' ? bulk.bytes : undefined;
  if (service !== undefined) return { url, ...present({ request, uploadBytes }) };
  if (bulk === undefined) return { url, expectedBodyBytes: bodyBytes };
  const { path, answerBytes = bulk.bytes } = bulkPlaces[bulk.direction];
  return { url: new URL(path, url).href, expectedBodyBytes: answerBytes, ...present({ uploadBytes }) };
}

/** Length of the bodies of bulk load. A user's service answers with what it has. */
function payloadOf(
  { bulk }: LoadProfile,
  { order: { service } }: Deployed,
  { bytes, requests }: SliceCount,
): number | undefined {
  if (bulk === undefined || requests === 0) return undefined;
  return service === undefined || bulk.direction === 'up' ? bulk.bytes : bytes / requests;
}

function loadOf(count: SliceCount): { readonly connections: number; readonly requests: number } {
  return { connections: count.totalConnections, requests: count.totalRequests };
}

/**
 * Whether an error concerns one slice only. A lost program ends the run, and a defect of ours is reported as
 * one.
 */
function costsOneSlice(error: unknown): error is Failure {
  return error instanceof Failure && error.kind !== 'partial';
}

function failedSlice(head: SliceHead, error: Failure): Slice {
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return { ...head, status: 'failed', error: { message: messageOf(error), ...hint } };
}
