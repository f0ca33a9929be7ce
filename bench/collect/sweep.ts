import { setTimeout as pause } from 'node:timers/promises';
import { type Case, type Deployment, deploymentId } from '../model/case.ts';
import { Failure } from '../model/failure.ts';
import type { LoadAgent } from '../model/load-agent.ts';
import { baselineOf } from '../model/network-modes.ts';
import { pathId, pathOf } from '../model/path.ts';
import type { Slice } from '../model/slice.ts';
import { hasStoppedGrowing, problemOf, type SweepStep, sweepConnections, sweepStep } from '../model/sweep.ts';
import { sweepLoad, sweepWarmupSeconds } from '../plan/sweep.ts';
import type { Bout, RoundSchedule } from '../schedule/schedule.ts';
import { type Measuring, measureBout, type Tally, warmUp } from './bout.ts';
import { waitForConnectionRoom } from './connection-room.ts';

/** How many steps the first round took, by server and baseline. All later rounds take the same. */
export type SweepEnds = Map<string, number>;

interface Sweeping extends Measuring {
  readonly ends: SweepEnds;
  /** Called before each step. */
  readonly beforeStep: (connections: number) => void;
  /** Seconds under load are added to it. */
  readonly totals: { slicesSeconds: number };
}

/** What one step is done with. */
interface Step {
  readonly bout: Bout;
  readonly connections: number;
  readonly round: RoundSchedule;
  readonly exchanged: boolean;
}

/**
 * Loads 1, 2, 4, 8 … connections on each path, where the plan asks for it: one group of compared paths after the other,
 * and the paths of a group in turns. The first round that answers decides where a group ends: when none of its paths has a
 * rate that grows. Later rounds take the same steps, so that each step has as many rounds as the others. Rejects only
 * when the agent, the inspector or the engine is lost.
 *
 *     each group:  each step:  close connections → is there room? → open and warm up → turns → judge → enough?
 */
export async function sweepPaths(
  sweeping: Sweeping,
  round: RoundSchedule,
  { standings, exchanged }: { readonly standings: ReadonlyMap<string, Tally>; readonly exchanged: boolean },
): Promise<void> {
  const { plan, ends, signal } = sweeping;
  if (plan.sweep === undefined || round.sweep === undefined) return;
  const all = sweepConnections(plan.sweep.mostConnections);
  for (const bout of round.sweep) {
    const group = groupOf(bout);
    const known = ends.get(group);
    const rates = new Map<string, number[]>();
    let taken = 0;
    let hasRoom = true;
    for (const connections of all.slice(0, known)) {
      if (signal.aborted) return;
      sweeping.beforeStep(connections);
      const steps = await takeStep({ bout, connections, round, exchanged }, standings, sweeping);
      if (signal.aborted) return;
      for (const [id, { step, rate }] of steps) {
        const standing = standings.get(id);
        if (standing !== undefined) standing.sweep = [...(standing.sweep ?? []), step];
        if (rate !== undefined) rates.set(id, [...(rates.get(id) ?? []), rate]);
      }
      // Room that is missing has been waited for. Larger steps would wait again.
      hasRoom = [...steps.values()].every(({ rate }) => rate !== undefined);
      if (!hasRoom) break;
      taken += 1;
      if (known === undefined && [...rates.values()].every(hasStoppedGrowing)) break;
    }
    const answered = [...rates.values()].flat().some((rate) => rate > 0);
    if (!hasRoom || (known === undefined && answered)) ends.set(group, taken);
  }
}

/** All paths of a bout have one server and one baseline. */
function groupOf({ cases: [first] }: Bout): string {
  return first === undefined ? '' : `${first.server} ${pathId(baselineOf(pathOf(first.path)))}`;
}

interface TakenStep {
  readonly step: SweepStep;
  /**
   * Requests/s, whether or not they count: a disturbance of the machine is no end of growth. `undefined` where the kernel
   * has no room for the connections.
   */
  readonly rate: number | undefined;
}

/** The step of each deployment that runs, by its id. */
async function takeStep(
  { bout, connections, round, exchanged }: Step,
  standings: ReadonlyMap<string, Tally>,
  measuring: Sweeping,
): Promise<ReadonlyMap<string, TakenStep>> {
  const tallies = new Map(
    bout.cases.flatMap((subject) => {
      const standing = standings.get(deploymentId(subject));
      // The counters of a sweep are no evidence of the round.
      return standing?.outcome.ok === true
        ? [[deploymentId(subject), { outcome: standing.outcome, own: undefined, alone: undefined }] as const]
        : [];
    }),
  );
  const running = bout.cases.filter((it) => tallies.has(deploymentId(it)));
  function tallyOf(subject: Deployment): Tally {
    const tally = tallies.get(deploymentId(subject));
    if (tally === undefined) throw new Error(`not running: ${deploymentId(subject)}`);
    return tally;
  }

  try {
    await makeRoom([...tallies.values()], connections, measuring);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'partial') throw error;
    const step = { connections, problem: problemOf(error) };
    return new Map([...tallies.keys()].map((id) => [id, { step, rate: undefined }]));
  }
  let latencySeconds = 0;
  for (const subject of running) {
    if (measuring.signal.aborted) return new Map();
    const longest = sweepWarmupSeconds(connections, measuring.plan);
    if (longest === 0) continue;
    const warm = await warmUp(measuring, tallyOf(subject), sweepLoad(connections), longest);
    measuring.totals.slicesSeconds += warm.loadSeconds;
    // Where nothing was answered, an answer takes at least so long.
    const answersEach = Math.max(1, warm.responses / connections);
    latencySeconds = Math.max(latencySeconds, warm.loadSeconds / answersEach);
  }
  const profile = sweepLoad(connections, latencySeconds);
  const entryOf = (subject: Case, place: number) => ({
    standing: tallyOf(subject),
    profile,
    head: {
      ...{ ...subject, round: round.round, block: 1, position: place + 1 },
      ...(exchanged ? { cpusExchanged: true as const } : {}),
    },
  });
  const taken = new Map<string, TakenStep>();
  for await (const slice of measureBout(onlyOf(bout, running), entryOf, measuring)) {
    if (slice.status !== 'failed') measuring.totals.slicesSeconds += slice.rampSeconds + slice.wallSeconds;
    taken.set(deploymentId(slice), { step: sweepStep(connections, slice), rate: rateOf(slice) });
  }
  return taken;
}

function onlyOf({ cases, sequence }: Bout, running: readonly Case[]): Bout {
  const turns = sequence.flatMap((place) => {
    const subject = cases[place];
    return subject === undefined || !running.includes(subject) ? [] : [running.indexOf(subject)];
  });
  return { cases: [...running], sequence: turns };
}

function rateOf(slice: Slice): number {
  return slice.status === 'failed' ? 0 : slice.servedRequests / slice.wallSeconds;
}

/**
 * Closes the connections of the step before, and waits until the kernel has room for those of this one.
 * @throws {Failure} casesFailed: there is none.
 */
async function makeRoom(
  tallies: readonly Tally[],
  connections: number,
  { stage, clock, signal }: Measuring,
): Promise<void> {
  const deployed = tallies.flatMap(({ outcome }) => (outcome.ok ? [outcome.deployed] : []));
  const agents = new Map<LoadAgent, number>();
  for (const it of deployed) agents.set(stage.agent(it), (agents.get(stage.agent(it)) ?? 0) + 1);
  for (const [agent, servers] of agents) {
    await agent.letGo();
    const opened = connections * servers;
    const needs = {
      connections: opened,
      agentPorts: opened,
      by: 'a step of the sweep',
      instead: `sweep fewer connections: --sweep-connections ${Math.max(2, connections / 2)}`,
    };
    await waitForConnectionRoom(deployed, needs, {
      ...{ stage, agent, clock, signal },
      pause: (seconds) => pause(seconds * 1000),
    });
  }
}
