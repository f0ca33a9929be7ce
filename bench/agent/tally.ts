import { emptyHistogram, type LatencyHistogram, latencyOf } from '../model/histogram.ts';
import type { SliceCount } from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import type { Faults } from '../model/slice.ts';

/** A measured window of a slice, in milliseconds of `performance.now`. */
export interface Window {
  readonly openedAt: number;
  /** Infinity as long as it is open. */
  closedAt: number;
}

/** What a new connection came to, and when. */
interface ConnectionMoments {
  /** Just before it was opened. */
  readonly begunAt: number;
  readonly connectedAt: number;
  /** When the TLS handshake that followed was done. Absent: there is no TLS. */
  readonly handshakenAt?: number;
  readonly firstByteAt: number;
}

/** What one slice has counted so far. Every connection of the slice counts into the same tally. */
export class Tally {
  /** The window that is open or was closed last; none before the first and between a window and the next ramp. */
  window: Window | undefined;
  requests = 0;
  bytes = 0;
  totalRequests = 0;
  totalConnections = 0;
  /** Connections that were opened again, because the service had ended them between two answers. */
  reconnects = 0;
  /** Requests that were sent again, because the service had ended their connection before it could read them. */
  resent = 0;
  readonly faults: { -readonly [K in keyof Faults]: Faults[K] } = {
    errors: 0,
    timeouts: 0,
    non2xx: 0,
    mismatches: 0,
    lostOnReconnect: 0,
  };
  readonly histogram = emptyHistogram();
  /** Requests by the share of their latency that lies inside a window, those included that a window closed on. */
  served = 0;
  /** Part of the counted latencies that lies before their window opened, milliseconds. */
  edgeMs = 0;
  /** Sum and number of all latencies since the slice began but each connection's first, windows or not. */
  #seenMs = 0;
  #seen = 0;
  /** The longest latency of a connection's first answer. */
  #firstMs = 0;
  /** Time inside windows between an answer and the beginning of the next connection, milliseconds. */
  gapMs = 0;
  /** Of new connections only: until TCP was connected, the TLS handshake, and until the first byte of its answer came. */
  #connecting: Readonly<Record<'connect' | 'handshake' | 'firstByte', LatencyHistogram>> | undefined;
  /** Connections that broke in a row, without one good response between them. */
  brokenInARow = 0;

  /** The first answer of a connection, whose latency includes the connect. */
  countFirst(sentAt: number, answeredAt: number): void {
    this.#firstMs = Math.max(this.#firstMs, answeredAt - sentAt);
  }

  /** Mean latency so far, seconds. The longest first one, where there is no other; `undefined` before any answer. */
  meanSeconds(): number | undefined {
    if (this.#seen > 0) return this.#seenMs / 1e3 / this.#seen;
    return this.#firstMs > 0 ? this.#firstMs / 1e3 : undefined;
  }

  /** A latency whether or not it is counted, milliseconds. */
  protected note(latency: number): void {
    this.#seenMs += latency;
    this.#seen++;
  }

  /**
   * An answer of `bytes` bytes; all moments in milliseconds of `performance.now`. One that began before its window,
   * or came after it, is served by the part that lies inside.
   * @param _dueAt when the request was to be sent. Only an open loop counts from there.
   */
  count(sentAt: number, answeredAt: number, bytes: number, _dueAt: number): void {
    const latency = answeredAt - sentAt;
    this.note(latency);
    const { window } = this;
    if (window === undefined) return;
    const before = Math.max(0, window.openedAt - sentAt);
    const after = Math.max(0, answeredAt - window.closedAt);
    if (before === 0 && after === 0) this.served++;
    else this.served += Math.max(0, latency - before - after) / latency;
    if (window.closedAt !== Number.POSITIVE_INFINITY) return;
    this.requests++;
    this.bytes += bytes;
    this.edgeMs += before;
    this.histogram.recordValue(latency * 1e6);
  }

  /** An answer on a connection of its own. All moments are in milliseconds of `performance.now`. */
  countConnection(
    { begunAt, connectedAt, handshakenAt, firstByteAt }: ConnectionMoments,
    answeredAt: number,
    bytes: number,
  ): void {
    this.count(begunAt, answeredAt, bytes, begunAt);
    if (this.window?.closedAt !== Number.POSITIVE_INFINITY) return;
    this.#connecting ??= {
      connect: emptyHistogram(),
      handshake: emptyHistogram(),
      firstByte: emptyHistogram(),
    };
    this.#connecting.connect.recordValue((connectedAt - begunAt) * 1e6);
    if (handshakenAt !== undefined) {
      this.#connecting.handshake.recordValue((handshakenAt - connectedAt) * 1e6);
    }
    this.#connecting.firstByte.recordValue((firstByteAt - begunAt) * 1e6);
  }

  /** Connection by connection: the last one was answered, and the next one begins. */
  countGap(answeredAt: number, begunAt: number): void {
    if (this.window?.closedAt !== Number.POSITIVE_INFINITY) return;
    this.gapMs += begunAt - Math.max(answeredAt, this.window.openedAt);
  }

  /** What new connections took, and the client between them; empty where there were none. */
  connecting(): Pick<SliceCount, 'connect' | 'handshake' | 'firstByte' | 'gapSeconds'> {
    if (this.#connecting === undefined) return {};
    const { connect, handshake, firstByte } = this.#connecting;
    const times = present({
      connect: latencyOf(connect),
      handshake: latencyOf(handshake),
      firstByte: latencyOf(firstByte),
    });
    return { ...times, gapSeconds: this.gapMs / 1e3 };
  }
}

/**
 * The counts of an open loop. A request belongs to the window in which it was due, whenever it was sent or
 * answered: the slow ones must not get lost at the end of a window.
 */
export class OpenTally extends Tally {
  /** From the actual send. `histogram` has the time from when a request was due. */
  readonly serviceTime = emptyHistogram();

  override count(sentAt: number, answeredAt: number, bytes: number, dueAt: number): void {
    this.note(answeredAt - sentAt);
    if (this.window === undefined || dueAt < this.window.openedAt) return;
    this.served++;
    this.requests++;
    this.bytes += bytes;
    this.histogram.recordValue((answeredAt - dueAt) * 1e6);
    this.serviceTime.recordValue((answeredAt - sentAt) * 1e6);
  }
}
