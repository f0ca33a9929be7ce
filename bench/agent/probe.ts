import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/failure.ts';
import type { ProbeOrder, ProbeResult } from '../model/load-agent.ts';
import { loadSeconds } from '../model/load-time.ts';
import { present } from '../model/present.ts';

/** Time for an answer, besides the time that its body takes. */
const attemptSeconds = 1;
const betweenAttemptsMs = 20;

/**
 * Asks `order.url` on new connections until it answers 200 with the expected number of body bytes, or the
 * time is up. Seconds count from the call. Never rejects because of the server: the result describes the last
 * problem.
 */
export async function probe(order: ProbeOrder, clock: Clock['monotonicSeconds']): Promise<ProbeResult> {
  const startedAt = clock();
  const longest = attemptSeconds + loadSeconds(1, order.expectedBodyBytes ?? 0);
  let lastProblem: string | undefined;
  for (;;) {
    const left = order.withinSeconds - (clock() - startedAt);
    if (left <= 0) {
      return { ready: false, lastProblem: lastProblem ?? 'bench made no attempt, because no time was left' };
    }
    const attempt = await ask(order, Math.min(left, longest));
    if (attempt.problem === undefined) {
      const { serverHeader } = attempt;
      const seconds = clock() - startedAt;
      return { ready: true, seconds, ...present({ serverHeader }) };
    }
    // An attempt that the end of our time cut short says less than the one before it.
    const cutShort = attempt.timedOut === true && left < longest;
    lastProblem = cutShort ? (lastProblem ?? attempt.problem) : attempt.problem;
    await pause(betweenAttemptsMs);
  }
}

interface Attempt {
  readonly problem?: string;
  readonly timedOut?: boolean;
  readonly serverHeader?: string;
}

function ask({ url, expectedBodyBytes }: ProbeOrder, withinSeconds: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false });
    const settle = (attempt: Attempt) => {
      clearTimeout(timer);
      resolve(attempt);
      request.destroy();
    };
    const timer = setTimeout(() => {
      const problem = `no complete answer within ${withinSeconds.toFixed(1)} s (timed out)`;
      settle({ problem, timedOut: true });
    }, withinSeconds * 1000);
    request.on('error', (error) => settle({ problem: inWords(error) }));
    request.on('response', (response) => {
      let bodyBytes = 0;
      response.on('data', (chunk: Buffer) => {
        bodyBytes += chunk.length;
      });
      response.on('error', (error) => settle({ problem: inWords(error) }));
      response.on('end', () => {
        const { statusCode, headers } = response;
        if (statusCode !== 200) settle({ problem: `it answered with status ${statusCode}, not 200` });
        else if (expectedBodyBytes !== undefined && bodyBytes !== expectedBodyBytes) {
          settle({ problem: `its body has ${bodyBytes} bytes, not ${expectedBodyBytes}` });
        } else settle(typeof headers.server === 'string' ? { serverHeader: headers.server } : {});
      });
    });
  });
}

function inWords(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'the connection was closed before the whole answer had arrived';
  return messageOf(error);
}
