import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { recordMilliseconds } from '../model/histogram.ts';
import type { MonotonicClock } from './clock.ts';
import { parserFunctions, type ResponseParser, strictParser } from './strict-parser.ts';
import type { Tally, Window } from './tally.ts';

/** As `process.hrtime` gives it: autocannon's own clock. */
export type HighResolutionTime = readonly [seconds: number, nanoseconds: number];

/** A request that is on its way, in autocannon's queue. */
interface PendingRequest {
  /** When it was handed to the socket. */
  readonly startTime: HighResolutionTime;
}

/**
 * The parts of an autocannon client (lib/httpClient.js of 9.0.0) that its types do not show. One client is one
 * connection at a time, with one request on its way.
 */
export interface AutocannonClient extends EventEmitter {
  /** Milliseconds. Read once, after `setupClient`. */
  timeout: number;
  readonly destroyed: boolean;
  readonly conn: Socket | undefined;
  readonly parser: ResponseParser;
  readonly pipelinedRequests: {
    size(): number;
    peek(): PendingRequest | undefined;
    clear(): void;
    addBody(data: Buffer): void;
  };
  _connect(): void;
  _doRequest(): void;
  _resetConnection(): void;
  destroy(): void;
}

/** What autocannon hands to `setupClient`, checked: another release may be built otherwise. */
export function autocannonClient(client: object): AutocannonClient {
  const candidate = client as AutocannonClient;
  const { parser, pipelinedRequests: queue } = candidate;
  const functions = [
    ...[candidate._connect, candidate._doRequest, candidate._resetConnection],
    ...[candidate.destroy, candidate.on],
    ...parserFunctions.map((name) => parser?.[name]),
    ...[queue?.size, queue?.peek, queue?.clear, queue?.addBody],
  ];
  if (typeof candidate.timeout !== 'number' || functions.some((part) => typeof part !== 'function')) {
    throw new Error('this release of autocannon is built differently from 9.0.0: bench cannot count with it');
  }
  return candidate;
}

/**
 * How many bytes of an answer may come in a row without a byte of its body: the limit that http-parser-js sets for one
 * head. It covers heads, interim answers, chunk sizes and trailers, because the parser keeps each of them until it ends.
 */
export const mostHeadBytes = 80 * 1024;

export interface ConnectionOptions {
  readonly expectedBodyBytes: number;
  readonly timeoutSeconds: number;
  readonly tally: Tally;
  readonly gate: Gate;
  /** Seconds. */
  readonly clock: MonotonicClock;
  /** Whether to give up instead of connecting again. */
  readonly hopeless: () => boolean;
}

/** Whether the connections of a slice may send. */
export interface Gate {
  open: boolean;
  /** Called when a connection has come to rest behind the closed gate. */
  rested: () => void;
}

/** One connection of a slice. */
export interface Connection {
  /** The request that is on its way: the same object until it is answered or lost. */
  pending(): object | undefined;
  /** How long that request had been on its way at a later moment, in seconds; 0 if there is none. */
  pendingSeconds(at: HighResolutionTime): number;
  /** Nothing is on its way, and the gate holds the next request back. */
  resting(): boolean;
  /** Sends what the gate held back. To be called when it opens. */
  resume(): void;
  destroy(): void;
}

/**
 * Makes one autocannon client count truly, into the slice's tally. To be called from `setupClient`, which is
 * before the client connects.
 *
 * - A reconnect starts afresh. Left alone, autocannon keeps the queue of requests that the old connection
 *   never answered (so each later latency is paired with an older request), the parser in the middle of the
 *   old body, and the old socket's listeners (an error there would open one connection more).
 * - The first response of every connection is discarded: its latency includes the TCP connect.
 * - While the gate is closed no request is sent; the connection stays, and goes on when it is resumed.
 * - A response that began before its window, or ends after it, is counted by the part that lies inside it.
 * - Bodies are counted, not collected into strings.
 * - A body of another length than expected, bytes beyond the announced length, bytes that nobody asked for and bytes
 *   that are not HTTP are mismatches. Left alone, autocannon ignores the parser's errors and waits for the timeout, and
 *   crashes at an answer to no request.
 * - What has no end is cut off: a body as soon as it is longer than expected, and everything else of an answer at
 *   `mostHeadBytes`. So a connection keeps no more than that and one read of the socket.
 * - Every request that fails is counted once: as lost if its connection was closed, as an error if the
 *   connection failed, as a timeout, or as a mismatch.
 */
export function tapConnection(client: AutocannonClient, options: ConnectionOptions): Connection {
  const { parser, pipelinedRequests: queue } = client;
  const { tally, gate, clock, expectedBodyBytes, hopeless } = options;
  const { faults, histogram } = tally;
  let bodyBytes = 0;
  let headBytes = 0;
  let firstOfConnection = true;
  let lastWindow: Window | undefined;
  let held = false;
  let failed = false;
  let garbled = false;

  client.timeout = options.timeoutSeconds * 1000;
  strictParser(parser);

  queue.addBody = (data) => {
    bodyBytes += data.length;
    headBytes = 0;
  };

  /** The first response of a window may have begun before it, the one after it ends outside. */
  function partsOf(seconds: number, { openedAt, closedAt }: Window) {
    const answeredAt = clock();
    const secondsBefore = Math.min(seconds, Math.max(0, openedAt - (answeredAt - seconds)));
    const secondsAfter = closedAt === undefined ? 0 : answeredAt - closedAt;
    return { secondsBefore, inside: Math.max(0, seconds - secondsBefore - secondsAfter) / seconds };
  }

  function count(bytes: number, milliseconds: number): void {
    tally.seen.milliseconds += milliseconds;
    tally.seen.responses++;
    const { window } = tally;
    if (window === undefined) return;
    const whole = window === lastWindow && window.closedAt === undefined;
    const parts = whole ? undefined : partsOf(milliseconds / 1000, window);
    tally.served += parts === undefined ? 1 : parts.inside;
    lastWindow = window;
    if (window.closedAt !== undefined) return;
    tally.requests++;
    tally.bytes += bytes;
    tally.edgeSeconds += parts?.secondsBefore ?? 0;
    recordMilliseconds(histogram, milliseconds);
  }

  client.on('response', (status: number | undefined, bytes: number, milliseconds: number) => {
    if (garbled) return;
    tally.totalRequests++;
    const mismatch = bodyBytes !== expectedBodyBytes;
    bodyBytes = 0;
    headBytes = 0;
    if (!isSuccess(status)) faults.non2xx++;
    else if (mismatch) faults.mismatches++;
    if (parser.offset < parser.end) {
      // One request is on its way at a time, so nothing may follow its response: the parser stops here.
      parser.offset = parser.end;
      garbled = true;
      if (!mismatch) faults.mismatches++;
      return;
    }
    tally.brokenInARow = 0;
    if (firstOfConnection) {
      firstOfConnection = false;
      return;
    }
    count(bytes, milliseconds);
  });

  /** Counts what is wrong with an answer that is not complete, or that nobody asked for; false if nothing is. */
  function countBroken(asked: boolean, outcome: number | Error): boolean {
    if (garbled) return true; // counted with its response
    if (!asked || typeof outcome !== 'number' || headBytes > mostHeadBytes) faults.mismatches++;
    else if (bodyBytes <= expectedBodyBytes) return false;
    else if (isSuccess(parser.info.statusCode)) faults.mismatches++;
    else faults.non2xx++;
    return true;
  }

  const execute = parser.execute;
  parser.execute = (chunk) => {
    const asked = queue.size() > 0;
    headBytes += chunk.length;
    const outcome = asked ? execute.call(parser, chunk) : 0;
    if (countBroken(asked, outcome)) {
      tally.brokenInARow++;
      if (!client.destroyed) client._resetConnection();
    }
    return outcome;
  };

  client.on('connError', () => {
    failed = true;
    faults.errors++;
  });
  client.on('timeout', () => {
    // Behind the gate nothing is awaited: that connection was only left alone for long.
    if (!held) faults.timeouts++;
  });

  const send = client._doRequest;
  client._doRequest = () => {
    held = !gate.open;
    if (held) gate.rested();
    else send.call(client);
  };

  const connect = client._connect;
  client._connect = () => {
    const old = client.conn;
    if (old !== undefined) {
      // After a timeout or a mismatch the queue is empty already: those have been counted.
      const unanswered = queue.size();
      if (unanswered > 0 || held) tally.brokenInARow++;
      if (!failed) faults.lostOnReconnect += unanswered;
      old.removeAllListeners();
      old.on('error', () => undefined);
      old.destroy();
      queue.clear();
      parser.reinitialize(parser.type);
    }
    bodyBytes = 0;
    headBytes = 0;
    firstOfConnection = true;
    failed = false;
    garbled = false;
    if (hopeless()) {
      client.destroy();
      gate.rested();
      return;
    }
    connect.call(client);
    client.conn?.once('connect', () => {
      tally.totalConnections++;
    });
  };

  return {
    pending: () => queue.peek(),
    pendingSeconds([seconds, nanoseconds]) {
      const request = queue.peek();
      if (request === undefined) return 0;
      const [sentSeconds, sentNanoseconds] = request.startTime;
      return seconds - sentSeconds + (nanoseconds - sentNanoseconds) / 1e9;
    },
    resting: () => client.destroyed || held,
    resume() {
      if (!held || client.destroyed) return;
      held = false;
      send.call(client);
    },
    destroy: () => client.destroy(),
  };
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status <= 299;
}
