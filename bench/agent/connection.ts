import { connect, type Socket } from 'node:net';
import { AnswerReader, isSuccess } from './answer-reader.ts';
import type { AutocannonClient } from './autocannon-client.ts';
import type { Frame } from './frame.ts';
import type { Gate } from './gate.ts';
import type { Tally } from './tally.ts';

/** Every socket reads into the same bytes: what one read brings is counted before the next begins. */
export const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Replaces the moment at which a request was sent: no request is on its way. */
const nothing = -1;

export interface ConnectionOptions {
  readonly expectedBodyBytes: number;
  readonly timeoutSeconds: number;
  /** How the last right answer looked, whichever connection it came on. */
  readonly learned: { frame: Frame | undefined };
  /** After this many broken connections in a row the connection is given up instead of being opened again. */
  readonly hopelessAfter: number;
}

/** The slice that a connection works for: what counts its answers, and what lets it send. */
export interface Work {
  readonly tally: Tally;
  readonly gate: Gate;
}

/**
 * Longer than any connection rests. Autocannon would end a connection that rests for longer than a request
 * may take.
 */
const longestRestMs = 24 * 60 * 60 * 1000;

/**
 * One connection, for one slice or for several one after another. Autocannon says when to open and to end it,
 * and whether a request took too long. The socket, and all that is done for each request, are our own. The
 * connection is made in `setupClient`, before the client connects.
 *
 * - An answer is recognised by comparison with the last right one. An answer that differs goes through the
 *   parser, so that no fault in it is missed. If it is right, the next ones are compared with it.
 * - A latency is the time from just before the write to the read that brought the last byte.
 * - A reconnect starts afresh. Left alone, autocannon pairs each later latency with an older request, and
 *   keeps the parser in the middle of the old body.
 * - The first response of every connection is discarded: its latency includes the TCP connect.
 * - While the gate admits nothing no request is sent. The connection stays, and continues when it is resumed.
 * - A body of another length than expected, bytes beyond the announced length, bytes that were not requested
 *   and bytes that are not HTTP are mismatches. Left alone, autocannon ignores the parser's errors and waits
 *   for the timeout, and crashes at an answer to no request.
 * - Every request that fails is counted once: as lost if its connection was closed, as an error if the
 *   connection failed, as a timeout, or as a mismatch.
 */
export class Connection {
  readonly #client: AutocannonClient;
  readonly #options: ConnectionOptions;
  #tally: Tally;
  #gate: Gate;
  readonly #reader: AnswerReader;
  readonly #request: Buffer;
  #socket: Socket | undefined;
  #sentAt = nothing;
  /** Requests sent so far. */
  #requests = 0;
  /** The frame that the awaited answer is compared with; none once the parser reads the answer. */
  #frame: Frame | undefined;
  /** Bytes of the answer that came and match the frame. */
  #compared = 0;
  #firstOfConnection = true;

  constructor(client: AutocannonClient, options: ConnectionOptions, { tally, gate }: Work) {
    this.#client = client;
    this.#options = options;
    this.#tally = tally;
    this.#gate = gate;
    this.#reader = new AnswerReader(client.parser, options.expectedBodyBytes);
    this.#request = client.getRequestBuffer();
    client.timeout = options.timeoutSeconds * 1000;
    client._connect = () => this.#opened();
  }

  /** The request that is on its way, by its number; `undefined` if none is. */
  pending(): number | undefined {
    return this.#sentAt === nothing ? undefined : this.#requests;
  }

  /** How long that request had been on its way at a later moment of `performance.now`, in seconds; 0 if there is none. */
  pendingSeconds(atMs: number): number {
    return this.#sentAt === nothing ? 0 : (atMs - this.#sentAt) / 1e3;
  }

  /** No request is on its way, and the gate holds the next one back. */
  resting(): boolean {
    return this.#client.destroyed || this.#sentAt === nothing;
  }

  /** Sends the request that the gate held back, if the gate admits it now. */
  resume(): void {
    if (!this.resting() || this.#client.destroyed) return;
    this.#ask(performance.now());
  }

  /**
   * Works for another slice from now on. A pending answer is not waited for: its connection is opened anew.
   */
  workFor({ tally, gate }: Work): void {
    this.#tally = tally;
    this.#gate = gate;
    if (this.resting()) return;
    this.#client._destroyConnection();
    this.#open();
  }

  destroyed(): boolean {
    return this.#client.destroyed;
  }

  destroy(): void {
    this.#client.destroy();
  }

  /** Handles this many bytes, which have come and are in `readBuffer`. */
  receive(bytes: number): void {
    const now = performance.now();
    const frame = this.#frame;
    if (this.#sentAt === nothing) this.#unfit('mismatches');
    else if (frame === undefined) this.#parse(now, readBuffer.subarray(0, bytes));
    else if (frame.fits(readBuffer, this.#compared, bytes)) {
      this.#compared += bytes;
      const surplus = this.#compared > frame.answerBytes;
      if (surplus || this.#compared === frame.answerBytes) {
        this.#answered(now, true, true, frame.answerBytes, surplus);
      }
    } else {
      this.#frame = undefined;
      // The bytes before these are the beginning of the frame's head: the parser reads them from there.
      if (this.#compared > 0) this.#parse(now, frame.head.subarray(0, this.#compared));
      this.#parse(now, readBuffer.subarray(0, bytes));
    }
  }

  #parse(now: number, chunk: Buffer): void {
    const reader = this.#reader;
    const outcome = reader.read(chunk);
    if (outcome === 'more') return;
    const { status, bodyBytes, bytes, surplus, frame } = reader;
    if (outcome === 'broken') {
      this.#unfit(status === undefined || isSuccess(status) ? 'mismatches' : 'non2xx');
      return;
    }
    if (frame !== undefined) this.#options.learned.frame = frame;
    this.#answered(now, isSuccess(status), bodyBytes === this.#options.expectedBodyBytes, bytes, surplus);
  }

  #answered(now: number, success: boolean, asLong: boolean, bytes: number, surplus: boolean): void {
    const tally = this.#tally;
    tally.totalRequests++;
    if (!success) tally.faults.non2xx++;
    else if (!asLong) tally.faults.mismatches++;
    if (surplus) {
      if (asLong) tally.faults.mismatches++;
      this.#startAfresh();
      return;
    }
    tally.brokenInARow = 0;
    const sentAt = this.#sentAt;
    // The next request first: counting this one then costs the client's time and not the loop's.
    this.#ask(now);
    if (this.#firstOfConnection) tally.countFirst(sentAt, now);
    else tally.count(sentAt, now, bytes);
    this.#firstOfConnection = false;
  }

  #ask(now: number): void {
    if (!this.#gate.admits(now)) {
      this.#sentAt = nothing;
      this.#client.timeoutTicker.reschedule(longestRestMs);
      this.#gate.rested();
      return;
    }
    this.#sentAt = now;
    this.#requests++;
    this.#frame = this.#options.learned.frame;
    this.#compared = 0;
    this.#socket?.write(this.#request);
    this.#client.timeoutTicker.reschedule(this.#client.timeout);
  }

  /** The bytes that came cannot be the answer, or were not requested. */
  #unfit(fault: 'mismatches' | 'non2xx'): void {
    this.#tally.faults[fault]++;
    this.#startAfresh();
  }

  /** Called by autocannon: at first, and when its timeout has ended the connection. */
  #opened(): void {
    // Behind the gate no answer is awaited: the connection ended only because it rested for long.
    if (this.#sentAt !== nothing) this.#tally.faults.timeouts++;
    this.#open();
  }

  #ended(): void {
    if (this.#sentAt !== nothing) this.#tally.faults.lostOnReconnect++;
    this.#startAfresh();
  }

  #failed(): void {
    this.#tally.faults.errors++;
    this.#startAfresh();
  }

  #startAfresh(): void {
    this.#tally.brokenInARow++;
    this.#client._destroyConnection();
    this.#open();
  }

  #open(): void {
    this.#sentAt = nothing;
    this.#firstOfConnection = true;
    this.#reader.begin();
    if (this.#tally.brokenInARow >= this.#options.hopelessAfter) {
      this.#client.destroy();
      this.#gate.rested();
      return;
    }
    const { hostname: host, port } = this.#client.opts;
    const onread = {
      buffer: readBuffer,
      callback: (bytes: number) => {
        this.receive(bytes);
        return true;
      },
    };
    const socket = connect({ host, port: Number(port), noDelay: true, onread });
    this.#socket = socket;
    this.#client.conn = socket;
    socket.once('connect', () => {
      this.#tally.totalConnections++;
    });
    socket.on('error', () => this.#failed());
    socket.on('end', () => this.#ended());
    this.#ask(performance.now());
  }
}
