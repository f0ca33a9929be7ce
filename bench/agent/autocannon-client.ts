import type { Socket } from 'node:net';
import { parserEvents, parserFunctions, type ResponseParser } from './strict-parser.ts';

/**
 * The parts of an autocannon client (lib/httpClient.js of 9.0.0) that its types do not show. One client is one
 * connection at a time, with one request on its way.
 */
export interface AutocannonClient {
  /** Milliseconds. Read once, after `setupClient`. */
  timeout: number;
  /** There after `setupClient`. When it fires, the connection is destroyed and `_connect` called. */
  readonly timeoutTicker: { reschedule(milliseconds: number): void };
  readonly destroyed: boolean;
  conn: Socket | undefined;
  readonly parser: ResponseParser;
  _connect(): void;
  _destroyConnection(): void;
  destroy(): void;
}

/** What autocannon hands to `setupClient`, checked: another release may be built otherwise. */
export function autocannonClient(client: object): AutocannonClient {
  const candidate = client as AutocannonClient;
  const { parser } = candidate;
  const functions = [
    ...[candidate._connect, candidate._destroyConnection, candidate.destroy],
    ...parserFunctions.map((name) => parser?.[name]),
  ];
  const numbers = [candidate.timeout, ...parserEvents.map((name) => parser?.constructor[name])];
  if (
    typeof parser?.connection !== 'string' ||
    numbers.some((part) => typeof part !== 'number') ||
    functions.some((part) => typeof part !== 'function')
  ) {
    throw new Error('this release of autocannon differs from 9.0.0: bench cannot count its responses');
  }
  return candidate;
}
