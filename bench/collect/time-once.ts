import { Failure } from '../model/failure.ts';
import { measureAlone } from '../model/load-agent.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import type { Deployed, Stage } from '../model/stage.ts';
import type { AgentCeiling, Lookup } from '../model/timed-once.ts';
import { taskSeconds } from '../model/timed-task.ts';

/** What a run times once. */
export interface TimedOnce {
  /** Only of a plan that asks for small tasks. */
  readonly lookups?: Lookup[];
  readonly agentCeiling?: AgentCeiling;
}

interface Timing {
  readonly plan: Plan;
  readonly stage: Stage;
  /** Aborted: nothing further begins. */
  readonly signal: AbortSignal;
}

/**
 * Times the load agent against a server that does nothing, and DNS lookups where the plan asks for small tasks. A place
 * that cannot be made costs its own figures. Rejects only when an agent or the engine is lost.
 * @returns undefined where nothing could be timed yet.
 * @param deployed servers that run; the first one's agent is measured.
 */
export async function timeOnce(
  { plan, stage, signal }: Timing,
  deployed: readonly Deployed[],
): Promise<TimedOnce | undefined> {
  const [first] = deployed;
  if (signal.aborted || first === undefined) return undefined;
  const lookups = plan.probes === true ? await unlessUnfit(() => lookUp(stage, signal)) : undefined;
  // A machine with a running container of the user's bears no full load, not even of bench's own server.
  const skipped = signal.aborted || plan.service?.running !== undefined;
  const agentCeiling = skipped ? undefined : await unlessUnfit(() => ceilingOf(stage, first));
  return present({ lookups, agentCeiling });
}

async function lookUp(stage: Stage, signal: AbortSignal): Promise<Lookup[]> {
  await using standing = await stage.lookupPlaces();
  const lookups: Lookup[] = [];
  for (const { mode, agent, nameServers, questions } of standing.places) {
    for (const { asked, name, server } of questions) {
      if (signal.aborted) return lookups;
      const task = { kind: 'lookup', name, ...present({ server }) } as const;
      const timed = await agent.timeTask({ task, seconds: taskSeconds });
      lookups.push({ mode, nameServers: server === undefined ? [...nameServers] : [server], asked, timed });
    }
  }
  return lookups;
}

const ceilingConnections = 32;

/** The same client as in every slice, in a closed loop, over the loopback of its own stack. */
async function ceilingOf(stage: Stage, deployed: Deployed): Promise<AgentCeiling | undefined> {
  await using beside = await stage.agentBeside(deployed);
  const { port } = await beside.agent.serveNothing();
  const count = await measureAlone(stage.agent(deployed), {
    url: `http://127.0.0.1:${port}/`,
    connections: ceilingConnections,
    rampSeconds: 0.1,
    sliceSeconds: 0.3,
    expectedBodyBytes: 1,
    timeoutSeconds: 1,
  });
  const requestsPerSecond = count.requests / count.wallSeconds;
  if (requestsPerSecond === 0) return undefined;
  return {
    requestsPerSecond,
    connections: ceilingConnections,
    agentBusy: count.agentSeconds / count.loadSeconds / (count.agents ?? 1),
  };
}

async function unlessUnfit<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'partial') throw error;
    return undefined;
  }
}
