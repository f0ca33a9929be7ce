import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { recordMilliseconds } from '../model/histogram.ts';
import type { Tally } from './tally.ts';

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
  readonly parser: {
    readonly type: string;
    /** Where in the current chunk the parser stands, and where the chunk ends. */
    readonly offset: number;
    readonly end: number;
    /** Returns a parse error; it does not throw it. */
    execute(chunk: Buffer): number | Error;
    reinitialize(type: string): void;
  };
  readonly pipelinedRequests: {
    size(): number;
    peek(): PendingRequest | undefined;
    clear(): void;
    addBody(data: Buffer): void;
  };
  _connect(): void;
  _resetConnection(): void;
  destroy(): void;
}

/** What autocannon hands to `setupClient`, checked: another release may be built otherwise. */
export function autocannonClient(client: object): AutocannonClient {
  const candidate = client as AutocannonClient;
  const { parser, pipelinedRequests: queue } = candidate;
  const functions = [
    ...[candidate._connect, candidate._resetConnection, candidate.destroy, candidate.on],
    ...[parser?.execute, parser?.reinitialize, queue?.size, queue?.peek, queue?.clear, queue?.addBody],
  ];
  if (typeof candidate.timeout !== 'number' || functions.some((part) => typeof part !== 'function')) {
    throw new Error('this release of autocannon is built differently from 9.0.0: bench cannot count with it');
  }
  return candidate;
}

export interface ConnectionOptions {
  readonly expectedBodyBytes: number;
  readonly timeoutSeconds: number;
  readonly tally: Tally;
  /** Milliseconds since the measured window opened. */
  readonly sinceOpenMs: () => number;
  /** Whether to give up instead of connecting again. */
  readonly hopeless: () => boolean;
}

/** One connection of a slice. */
export interface Connection {
  /** The request that is on its way: the same object until it is answered or lost. */
  pending(): object | undefined;
  /** How long that request had been on its way at a later moment, in seconds; 0 if there is none. */
  pendingSeconds(at: HighResolutionTime): number;
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
 * - Of the first counted response, the time that its request was on its way before the window is noted.
 * - Bodies are counted, not collected into strings.
 * - A body of another length than expected, bytes beyond the announced length and bytes that are not HTTP are
 *   mismatches. Left alone, autocannon ignores the parser's errors and waits for the timeout.
 * - Every request that fails is counted once: as lost if its connection was closed, as an error if the
 *   connection failed, as a timeout, or as a mismatch.
 */
export function tapConnection(client: AutocannonClient, options: ConnectionOptions): Connection {
  const { parser, pipelinedRequests: queue } = client;
  const { tally, expectedBodyBytes, sinceOpenMs, hopeless } = options;
  const { faults, histogram } = tally;
  let bodyBytes = 0;
  let firstOfConnection = true;
  let firstOfWindow = true;
  let failed = false;
  let garbled = false;

  client.timeout = options.timeoutSeconds * 1000;

  queue.addBody = (data) => {
    bodyBytes += data.length;
  };

  client.on('response', (status: number | undefined, bytes: number, milliseconds: number) => {
    if (garbled) return;
    tally.totalRequests++;
    const mismatch = bodyBytes !== expectedBodyBytes;
    bodyBytes = 0;
    if (status === undefined || status < 200 || status > 299) faults.non2xx++;
    else if (mismatch) faults.mismatches++;
    if (parser.offset < parser.end) {
      // One request is on its way at a time, so nothing may follow its response.
      garbled = true;
      if (!mismatch) faults.mismatches++;
      return;
    }
    tally.brokenInARow = 0;
    if (firstOfConnection) {
      firstOfConnection = false;
      return;
    }
    if (!tally.measuring) return;
    tally.requests++;
    tally.bytes += bytes;
    recordMilliseconds(histogram, milliseconds);
    if (!firstOfWindow) return;
    firstOfWindow = false;
    tally.edgeMs += Math.max(0, milliseconds - sinceOpenMs());
  });

  const execute = parser.execute;
  parser.execute = (chunk) => {
    const outcome = execute.call(parser, chunk);
    if (garbled || typeof outcome !== 'number') {
      if (!garbled) faults.mismatches++;
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
    faults.timeouts++;
  });

  const connect = client._connect;
  client._connect = () => {
    const old = client.conn;
    if (old !== undefined) {
      // After a timeout or a mismatch the queue is empty already: those have been counted.
      const unanswered = queue.size();
      if (unanswered > 0) tally.brokenInARow++;
      if (!failed) faults.lostOnReconnect += unanswered;
      old.removeAllListeners();
      old.on('error', () => undefined);
      old.destroy();
      queue.clear();
      parser.reinitialize(parser.type);
    }
    bodyBytes = 0;
    firstOfConnection = true;
    failed = false;
    garbled = false;
    if (hopeless()) {
      client.destroy();
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
    destroy: () => client.destroy(),
  };
}
