import { present } from '../../bench/model/present.ts';
import type { ServerStart } from '../../bench/model/server-start.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';

/** When a server passed the steps of its start; seconds of one monotonic clock. */
export interface StartMarks {
  readonly begunAt: number;
  /** Absent for a plain process, which has no container. */
  readonly createdAt?: number;
  readonly startedAt: number;
  /** When nothing of bench kept the server from listening any more: at its start, or when its gate was opened. */
  readonly releasedAt: number;
}

/**
 * How long each step took. A server that waits at its gate while the guard is told its address is not slower than
 * others by that: the time is bench's own.
 * @param answeredAt when it gave its first answer.
 * @param atOnce how many servers were started at once.
 */
export function serverStart(
  { begunAt, createdAt, startedAt, releasedAt }: StartMarks,
  answeredAt: number,
  { agent }: Pick<DeploymentOrder, 'agent'>,
  atOnce: number,
): ServerStart {
  const createSeconds = createdAt === undefined ? undefined : createdAt - begunAt;
  // An agent of the round starts after the server, so its first question comes late.
  const answerSeconds = agent.kind === 'standing' ? answeredAt - releasedAt : undefined;
  return {
    ...present({ createSeconds }),
    startSeconds: startedAt - (createdAt ?? begunAt),
    ...present({ answerSeconds }),
    atOnce,
  };
}
