import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { messageOf } from '../model/failure.ts';
import type { ProbeOrder, ProbeResult } from '../model/load-agent.ts';
import { loadSeconds } from '../model/load-time.ts';
import { present } from '../model/present.ts';
import { hasRightStatus } from './answer-reader.ts';
import { hostHeaderOf, plainGet } from './request-bytes.ts';
import { endpointOf } from './socket.ts';

/** Time for an answer, besides the time that its body takes. */
const attemptSeconds = 1;
const betweenAttemptsMs = 20;

/**
 * Asks `order.url` on new connections until it answers with the expected status and number of body bytes, or the
 * time is up. The status is 200 where the order names no request. Seconds count from the call. Never rejects because of the server: the result describes the last
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

function ask(order: ProbeOrder, withinSeconds: number): Promise<Attempt> {
  const { url, request: asked = plainGet } = order;
  const { tls } = endpointOf(url, hostHeaderOf(asked));
  const { method, headers, body } = { body: undefined, ...asked };
  const options = { method, headers, agent: false } as const;
  return new Promise((resolve) => {
    const request =
      tls === undefined
        ? http.request(url, options)
        : // The certificate of a service under test is one of its own making.
          https.request(url, { ...options, ...tls, rejectUnauthorized: false });
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
    request.end(body);
  });
}

/** What is wrong with an answer, in words; `undefined` if it is right. */
function problemOf(
  { request, expectedBodyBytes }: ProbeOrder,
  { statusCode, headers: { location } }: http.IncomingMessage,
  bodyBytes: number,
): string | undefined {
  const status = request === undefined ? 200 : request.expectedStatus;
  if (!hasRightStatus(statusCode, present({ status }))) {
    const answered = `it answered with status ${statusCode}${location === undefined ? '' : ` (to ${location})`}`;
    return `${answered}, not ${status ?? '2xx'}`;
  }
  if (expectedBodyBytes === undefined || bodyBytes === expectedBodyBytes) return undefined;
  return `its body has ${bodyBytes} bytes, not ${expectedBodyBytes}`;
}

function inWords(error: Error): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED') return 'connection refused';
  if (code === 'ECONNRESET') return 'the connection was closed before the whole answer had arrived';
  return messageOf(error);
}
