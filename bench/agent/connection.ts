import type { Socket } from 'node:net';
import { isExpectedStatus } from '../model/request.ts';
import { AnswerReader, type Expected } from './answer-reader.ts';
import type { AutocannonClient } from './autocannon-client.ts';
import type { Frame } from './frame.ts';
import type { Gate } from './gate.ts';
import { openSocket, readBuffer, type ServerEndpoint } from './socket.ts';
import type { Tally } from './tally.ts';

/** Replaces the moment at which a request was sent: no request is on its way. */
export const nothing = -1;

export interface ConnectionOptions {
  readonly endpoint: ServerEndpoint;
  /** The bytes of each request. */
  readonly request: Buffer;
  readonly expected: Expected;
  /**
   * A request may be sent again where its connection closed before any part of an answer came: it changes nothing
   * at the server (RFC 9110, section 9.2.1).
   */
  readonly repeatable: boolean;
  readonly timeoutSeconds: number;
  /** How the last right answer looked, whichever connection it came on. */
  readonly learned: { frame: Frame | undefined };
  /** After this many broken connections in a row the connection is given up instead of being opened again. */
  readonly hopelessAfter: number;
}

/** One of a slice's connections, which sends one request at a time. */
export interface LoadConnection {
  /** The request that is on its way, by its number; `undefined` if none is. */
  pending(): number | undefined;
  /** How long that request had been on its way at a later moment of `performance.now`, in seconds; 0 if there is none. */
  pendingSeconds(atMs: number): number;
  /** No request is on its way, and the gate holds the next one back. */
  resting(): boolean;
  /** Sends the request that the gate held back, if the gate admits it now. */
  resume(): void;
  /**
   * Ends the connection of a request that is not waited for any more, where its answer could still be read while
   * another server is under load.
   */
  cut(): void;
  destroy(): void;
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
export const longestRestMs = 24 * 60 * 60 * 1000;

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
 *
 * Answers whose length is not fixed come from a service that bench does not know. Such a service may end its
 * connections between two answers, as many do after a number of requests or some seconds of rest:
 *
 * - The next request opens a connection. This is counted as a reconnect, and is no fault. Its latency includes the
 *   connect, and counts: every client of this service has it.
 * - Where the service says with an answer that it ends the connection, the socket is left open for it. The end that
 *   closes first keeps its port in TIME_WAIT, and the agent would run out of ports.
 * - A request that the service cannot have answered, because it ended a used connection first, is sent again if it
 *   is repeatable (RFC 9112, section 9.3.1). This is counted apart. All other requests under way are lost.
 */
export class Connection implements LoadConnection {
  readonly #client: AutocannonClient;
  readonly #options: ConnectionOptions;
  #tally: Tally;
  #gate: Gate;
  readonly #reader: AnswerReader;
  readonly #request: Buffer;
  /** The server is a service that may end its connections between two answers. */
  readonly #mayEnd: boolean;
  /** Absent once a service has ended the connection. */
  #socket: Socket | undefined;
  /** A socket that the service has said it ends. */
  #retired: Socket | undefined;
  /** Requests that were sent before the current socket was opened. */
  #requestsBefore = 0;
  #sentAt = nothing;
  /** When the request that is on its way was due. Only an open loop uses it. */
  #dueAt = 0;
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
    this.#reader = new AnswerReader(client.parser, options.expected);
    this.#request = options.request;
    this.#mayEnd = options.expected.bodyBytes === undefined;
    client.timeout = options.timeoutSeconds * 1000;
    client._connect = () => this.#opened();
  }

  pending(): number | undefined {
    return this.#sentAt === nothing ? undefined : this.#requests;
  }

  pendingSeconds(atMs: number): number {
    return this.#sentAt === nothing ? 0 : (atMs - this.#sentAt) / 1e3;
  }

  resting(): boolean {
    return this.#client.destroyed || this.#sentAt === nothing;
  }

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
    this.#retired?.destroy();
    this.#client.destroy();
  }

  cut(): void {
    if (this.resting() || !this.#mayEnd) return;
    this.#sentAt = nothing;
    this.#drop();
  }

  /** Handles this many bytes, which have come and are in `readBuffer`. */
  receive(bytes: number): void {
    const now = performance.now();
    const frame = this.#frame;
    if (this.#sentAt === nothing) this.#unasked(readBuffer.subarray(0, bytes));
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
    if (outcome === 'broken') {
      const { status } = reader;
      const asExpected = status === undefined || isExpectedStatus(status, this.#options.expected.status);
      this.#unfit(asExpected ? 'mismatches' : 'non2xx');
      return;
    }
    this.#parsed(now);
  }

  #parsed(now: number): void {
    const { status, bodyBytes, bytes, surplus, frame, closes } = this.#reader;
    const { expected, learned } = this.#options;
    if (frame !== undefined) learned.frame = frame;
    if (closes && this.#mayEnd) this.#retire();
    const asLong = expected.bodyBytes === undefined || bodyBytes === expected.bodyBytes;
    this.#answered(now, isExpectedStatus(status, expected.status), asLong, bytes, surplus);
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
    const dueAt = this.#dueAt;
    // The next request first: counting this one then costs the client's time and not the loop's.
    this.#ask(now);
    if (this.#firstOfConnection) tally.countFirst(sentAt, now);
    else tally.count(sentAt, now, bytes, dueAt);
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
    this.#dueAt = this.#gate.dueAt();
    const socket = this.#socket ?? this.#reopened();
    this.#requests++;
    this.#frame = this.#options.learned.frame;
    this.#compared = 0;
    socket.write(this.#request);
    this.#client.timeoutTicker.reschedule(this.#client.timeout);
  }

  /** Bytes came while no answer was awaited. */
  #unasked(bytes: Buffer): void {
    // RFC 9110, section 15.5.9: a server that ends an idle connection may say so with this status.
    if (this.#mayEnd && /^HTTP\/1\.\d 408 /.test(bytes.toString('latin1', 0, 16))) this.#drop();
    else this.#unfit('mismatches');
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
    if (this.#closedBetweenAnswers()) return;
    if (this.#mayEnd && this.#reader.ended()) {
      this.#drop();
      this.#parsed(performance.now());
      return;
    }
    if (this.#sentAt !== nothing) this.#tally.faults.lostOnReconnect++;
    this.#startAfresh();
  }

  #failed({ code }: NodeJS.ErrnoException): void {
    // A request that crosses the server's close on its way is answered by a reset.
    if ((code === 'ECONNRESET' || code === 'EPIPE') && this.#closedBetweenAnswers()) return;
    this.#tally.faults.errors++;
    this.#startAfresh();
  }

  /** Handles the end of a connection that a service has ended between two answers. False if it is another end. */
  #closedBetweenAnswers(): boolean {
    if (!this.#mayEnd) return false;
    if (this.#sentAt === nothing) {
      this.#drop();
      return true;
    }
    const used = this.#requests - this.#requestsBefore > 1;
    const begun = this.#compared > 0 || this.#reader.underWay();
    if (begun || !used || !this.#options.repeatable) return false;
    this.#drop();
    this.#tally.resent++;
    this.#frame = this.#options.learned.frame;
    const socket = this.#reopened();
    this.#requestsBefore = this.#requests - 1;
    socket.write(this.#request);
    return true;
  }

  #startAfresh(): void {
    this.#tally.brokenInARow++;
    this.#client._destroyConnection();
    this.#open();
  }

  /** The service has ended the connection. The next request opens one. */
  #drop(): void {
    this.#client._destroyConnection();
    this.#socket = undefined;
  }

  /** The same, where the service says so before it does so. */
  #retire(): void {
    if (this.#socket === undefined) return;
    this.#retired?.destroy();
    this.#retired = this.#socket;
    this.#socket = undefined;
  }

  #reopened(): Socket {
    this.#tally.reconnects++;
    return this.#connected();
  }

  #open(): void {
    this.#sentAt = nothing;
    this.#firstOfConnection = true;
    if (this.#tally.brokenInARow >= this.#options.hopelessAfter) {
      this.#client.destroy();
      this.#gate.rested();
      return;
    }
    this.#connected();
    this.#ask(performance.now());
  }

  #connected(): Socket {
    this.#reader.begin();
    this.#requestsBefore = this.#requests;
    const current = () => this.#socket === socket;
    // A retired socket has nothing to say. Only a service's is ever retired.
    const receive = this.#mayEnd
      ? (bytes: number) => {
          if (current()) this.receive(bytes);
          return true;
        }
      : (bytes: number) => {
          this.receive(bytes);
          return true;
        };
    const socket: Socket = openSocket(this.#options.endpoint, receive);
    this.#socket = socket;
    this.#client.conn = socket;
    socket.once('connect', () => {
      this.#tally.totalConnections++;
    });
    socket.on('error', (error) => {
      if (current()) this.#failed(error);
    });
    socket.on('end', () => {
      if (current()) this.#ended();
    });
    return socket;
  }
}
