import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import type { ProbeOrder, ProbeResult } from '../model/load-agent.ts';
import { loadSeconds } from '../model/load-time.ts';
import { present } from '../model/present.ts';
import { isExpectedStatus } from '../model/request.ts';
import { attempting, inWords } from './attempt.ts';

/** Time for an answer, besides the time that its body takes. */
const attemptSeconds = 1;
const betweenAttemptsMs = 20;

/**
 * Asks `order.url` on new connections until it answers with the expected status and number of body bytes, or the
 * time is up. Bench's own servers, whose answers have a fixed length, answer 200. Seconds count from the call. Never rejects because of the server: the result describes the last
 * problem.
 */
export async function probe(order: ProbeOrder, clock: Clock['monotonicSeconds']): Promise<ProbeResult> {
  const startedAt = clock();
  const { expectedBodyBytes } = order;
  // How long a service of the user's works on an answer is not known.
  const longest =
    expectedBodyBytes === undefined
      ? order.withinSeconds
      : attemptSeconds + loadSeconds(1, expectedBodyBytes);
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
    if (order.once === true) return { ready: false, lastProblem };
    await pause(betweenAttemptsMs);
  }
}

interface Attempt {
  readonly problem?: string;
  readonly timedOut?: boolean;
  readonly serverHeader?: string;
}

function ask(order: ProbeOrder, withinSeconds: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const request = attempting(order.url, order.request).begin(false);
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
        const problem = problemOf(order, response, bodyBytes);
        const { server } = response.headers;
        const serverHeader = typeof server === 'string' ? server : undefined;
        settle(present({ problem, serverHeader }));
      });
    });
    request.end(order.request?.body);
  });
}

/** What is wrong with an answer, in words; `undefined` if it is right. */
function problemOf(
  { request, expectedBodyBytes }: ProbeOrder,
  { statusCode, headers: { location } }: IncomingMessage,
  bodyBytes: number,
): string | undefined {
  const ownServer = request === undefined && expectedBodyBytes !== undefined;
  const status = ownServer ? 200 : request?.expectedStatus;
  if (!isExpectedStatus(statusCode, status)) {
    const answered = `it answered with status ${statusCode}${location === undefined ? '' : ` (to ${location})`}`;
    return `${answered}, not ${status ?? '2xx'}`;
  }
  if (expectedBodyBytes === undefined || bodyBytes === expectedBodyBytes) return undefined;
  return `its body has ${bodyBytes} bytes, not ${expectedBodyBytes}`;
}
