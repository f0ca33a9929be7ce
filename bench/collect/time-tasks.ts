import { Failure } from '../model/failure.ts';
import type { LoadAgent, ProbeTask } from '../model/load-agent.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { isProbed } from '../model/probed-rounds.ts';
import type { Stage } from '../model/stage.ts';
import { type TimedTask, taskSeconds } from '../model/timed-task.ts';
import type { Tally } from './bout.ts';

interface Timing {
  readonly plan: Plan;
  readonly stage: Stage;
  /** Aborted: no further task begins. */
  readonly signal: AbortSignal;
}

/**
 * Times small tasks on each path, one path and one task at a time, in the rounds in which the plan asks for it. No load runs meanwhile.
 * Rejects only when an agent is lost.
 */
export async function timeTasks(
  { plan, stage, signal }: Timing,
  round: number,
  standings: ReadonlyMap<string, Tally>,
): Promise<void> {
  if (!isProbed(plan, round)) return;
  for (const standing of standings.values()) {
    if (!standing.outcome.ok || signal.aborted) continue;
    const { deployed } = standing.outcome;
    const agent = stage.agent(deployed);
    const { url } = deployed;
    const connect = await timed(agent, { kind: 'connect', url });
    if (signal.aborted) return;
    const { request } = plan;
    standing.probes = {
      connect,
      request: await timed(agent, { kind: 'request', url, ...present({ request }) }),
    };
  }
}

/** A task that the agent cannot do has a problem and no figure. */
async function timed(agent: LoadAgent, task: ProbeTask): Promise<TimedTask> {
  try {
    return await agent.timeTask({ task, seconds: taskSeconds });
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'partial') throw error;
    return { problem: error.message };
  }
}
