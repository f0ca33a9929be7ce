import { isExpectedStatus } from '../model/request.ts';
import { AnswerReader } from './answer-reader.ts';
import type { AutocannonClient } from './autocannon-client.ts';
import {
  type ConnectionOptions,
  type LoadConnection,
  longestRestMs,
  nothing,
  type Work,
} from './connection.ts';
import type { Frame } from './frame.ts';
import { openShort, type ShortConnection } from './socket.ts';

/**
 * A connection for each request: connect, ask, read the whole answer, reset, and begin again. Its latency is
 * the time from just before the connect to the read that brought the last byte. With TLS, each connection
 * makes a whole handshake, whose time is counted apart.
 *
 * The client ends each connection with a reset (RST) after the whole answer. An orderly close leaves a socket in
 * TIME_WAIT for a minute at the end that closes first, and an entry of connection tracking for two minutes
 * (nf_conntrack_tcp_timeout_time_wait). At the client it would use up the local ports at 470 connections a
 * second; at the server, too, the entries would fill the table. After a reset both sockets are gone, and the
 * entry stays for ten seconds (nf_conntrack_tcp_timeout_close).
 *
 * Every request that fails is counted once: as an error if the connection failed, as lost if the server closed
 * it before the answer was whole, as a timeout, or as a mismatch.
 */
export class ChurnConnection implements LoadConnection {
  readonly #client: AutocannonClient;
  readonly #options: ConnectionOptions;
  readonly #work: Work;
  readonly #reader: AnswerReader;
  /** The connection of the request that is on its way. */
  #current: ShortConnection | undefined;
  #begunAt = nothing;
  #connectedAt = nothing;
  /** When its TLS handshake was done; with plain TCP that is when it was connected. */
  #establishedAt = nothing;
  #firstByteAt = nothing;
  #answeredAt = nothing;
  /** Requests begun so far. */
  #requests = 0;
  /** The frame that the awaited answer is compared with; none once the parser reads the answer. */
  #frame: Frame | undefined;
  /** Bytes of the answer that came and match the frame. */
  #compared = 0;

  constructor(client: AutocannonClient, options: ConnectionOptions, work: Work) {
    this.#client = client;
    this.#options = options;
    this.#work = work;
    this.#reader = new AnswerReader(client.parser, options.expected);
    client.timeout = options.timeoutSeconds * 1000;
    // Called by autocannon: at first, and when its timeout has ended the connection.
    client._connect = () => this.#connectAgain();
    client._destroyConnection = () => this.#reset();
  }

  pending(): number | undefined {
    return this.#begunAt === nothing ? undefined : this.#requests;
  }

  pendingSeconds(atMs: number): number {
    return this.#begunAt === nothing ? 0 : (atMs - this.#begunAt) / 1e3;
  }

  resting(): boolean {
    return this.#client.destroyed || this.#begunAt === nothing;
  }

  resume(): void {
    if (!this.resting() || this.#client.destroyed) return;
    this.#begin();
  }

  cut(): void {
    this.#begunAt = nothing;
    this.#answeredAt = nothing;
    this.#reset();
  }

  destroy(): void {
    this.#client.destroy();
  }

  #connectAgain(): void {
    if (this.#begunAt !== nothing) this.#work.tally.faults.timeouts++;
    this.#begin();
  }

  #begin(): void {
    const { tally, gate } = this.#work;
    if (tally.brokenInARow >= this.#options.hopelessAfter) {
      this.#begunAt = nothing;
      this.#client.destroy();
      gate.rested();
      return;
    }
    const now = performance.now();
    if (!gate.admits(now)) {
      this.#begunAt = nothing;
      this.#answeredAt = nothing;
      this.#client.timeoutTicker.reschedule(longestRestMs);
      gate.rested();
      return;
    }
    this.#requests++;
    this.#reader.begin();
    this.#frame = this.#options.learned.frame;
    this.#compared = 0;
    this.#connectedAt = nothing;
    this.#establishedAt = nothing;
    this.#firstByteAt = nothing;
    this.#client.timeoutTicker.reschedule(this.#client.timeout);
    this.#begunAt = performance.now();
    if (this.#answeredAt !== nothing) tally.countGap(this.#answeredAt, this.#begunAt);
    this.#open();
  }

  #open(): void {
    const short: ShortConnection = openShort(this.#options.endpoint, (bytes) => {
      if (this.#current === short) this.#receive(bytes);
    });
    this.#current = short;
    const { socket, below } = short;
    below?.once('connect', () => {
      if (this.#current === short) this.#connectedAt = performance.now();
    });
    socket.once(below === undefined ? 'connect' : 'secureConnect', () => {
      this.#establishedAt = performance.now();
      if (below === undefined) this.#connectedAt = this.#establishedAt;
      this.#work.tally.totalConnections++;
      socket.write(this.#options.request);
    });
    socket.on('error', () => {
      if (this.#current === short) this.#broken('errors');
    });
    socket.on('end', () => {
      if (this.#current === short) this.#ended();
    });
  }

  /** Handles bytes that came. */
  #receive(bytes: Buffer): void {
    const now = performance.now();
    if (this.#firstByteAt === nothing) this.#firstByteAt = now;
    const frame = this.#frame;
    if (frame === undefined) this.#parse(now, bytes);
    else if (frame.fits(bytes, this.#compared, bytes.length)) {
      this.#compared += bytes.length;
      if (this.#compared > frame.answerBytes) this.#broken('mismatches');
      else if (this.#compared === frame.answerBytes) this.#answered(now, frame.answerBytes);
    } else {
      this.#frame = undefined;
      // The bytes before these are the beginning of the frame's head: the parser reads them from there.
      if (this.#compared > 0) this.#parse(now, frame.head.subarray(0, this.#compared));
      this.#parse(now, bytes);
    }
  }

  #parse(now: number, bytes: Buffer): void {
    const outcome = this.#reader.read(bytes);
    if (outcome === 'more') return;
    if (outcome === 'whole') {
      this.#parsed(now);
      return;
    }
    const { status } = this.#reader;
    const asExpected = status === undefined || isExpectedStatus(status, this.#options.expected.status);
    this.#broken(asExpected ? 'mismatches' : 'non2xx');
  }

  #parsed(now: number): void {
    const { status, bodyBytes, bytes, surplus, frame } = this.#reader;
    const { expected, learned } = this.#options;
    const { faults } = this.#work.tally;
    if (frame !== undefined) learned.frame = frame;
    const asLong = expected.bodyBytes === undefined || bodyBytes === expected.bodyBytes;
    if (!isExpectedStatus(status, expected.status)) faults.non2xx++;
    else if (!asLong || surplus) faults.mismatches++;
    this.#answered(now, bytes);
  }

  /** The server has closed the connection. Where an answer has no length, this is its end. */
  #ended(): void {
    if (this.#options.expected.bodyBytes === undefined && this.#reader.ended()) {
      this.#parsed(performance.now());
    } else this.#broken('lostOnReconnect');
  }

  #answered(now: number, bytes: number): void {
    const { tally } = this.#work;
    const moments = {
      begunAt: this.#begunAt,
      connectedAt: this.#connectedAt,
      ...(this.#options.endpoint.tls === undefined ? {} : { handshakenAt: this.#establishedAt }),
      firstByteAt: this.#firstByteAt,
    };
    this.#reset();
    tally.totalRequests++;
    tally.brokenInARow = 0;
    tally.countConnection(moments, now, bytes);
    this.#answeredAt = now;
    this.#begin();
  }

  #broken(fault: 'errors' | 'lostOnReconnect' | 'mismatches' | 'non2xx'): void {
    const { tally } = this.#work;
    tally.faults[fault]++;
    tally.brokenInARow++;
    this.#answeredAt = nothing;
    this.#reset();
    this.#begin();
  }

  #reset(): void {
    this.#current?.reset();
    this.#current = undefined;
  }
}
