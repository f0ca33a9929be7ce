import { setImmediate as nextLook } from 'node:timers/promises';
import type { ArrivalOrder } from '../model/arrivals.ts';
import { emptyHistogram } from '../model/histogram.ts';
import type { Pacing } from '../model/slice.ts';
import { type Gaps, windowGaps } from './arrivals.ts';
import type { Resumable, Schedule } from './pacer.ts';

/** Sent in a row before the sockets are looked at again: a burst must not keep answers waiting. */
const mostInARow = 4;

/** How long the requests that a window held back are waited for. Those that are not sent by then never are. */
const longestDrainMs = 500;

/**
 * Requests that fall due by a schedule, whatever the server does, and whose latency counts from the moment at
 * which they were due. A request that finds all connections busy waits for the next free one. It is sent even
 * after the end of its window.
 *
 * The event loop turns without a pause as long as the schedule runs, because a timer is late by up to a
 * millisecond. Each turn looks at the sockets and at the clock.
 *
 * The send lag is the client's own lateness: the time from when a request was due until it was sent, without
 * the time in which every connection was busy. The latter is the server's.
 */
export class OpenLoop implements Schedule {
  /** When the request that was taken last was due, milliseconds of `performance.now`. */
  dueAt = 0;
  readonly lag = emptyHistogram();
  readonly #nextWindow: () => Gaps;
  #gap: Gaps;
  #connections: readonly Resumable[] = [];
  /** The connection that is tried next. Connections take turns, so that all of them bear the load alike. */
  #next = 0;
  #look: NodeJS.Immediate | undefined;
  #nextDueAt = 0;
  /** Requests that fall due from this moment on count; none before the window opens. */
  #openedAt = Number.POSITIVE_INFINITY;
  /** Nothing falls due from this moment on. */
  #until = Number.POSITIVE_INFINITY;
  /** Since when a request is due and every connection is busy. NaN while one is free. */
  #busySince = Number.NaN;
  /** A free connection is sending, as opposed to one whose answer has just come. */
  #resuming = false;
  /** Requests that fell due in windows and were sent. */
  #sent = 0;
  /** Those of them that were sent after the end of their window. */
  #late = 0;
  /** Requests that fell due in windows and were never sent. */
  #unsent = 0;
  #windows = 0;
  /** Windows that ended with requests due. */
  #behind = 0;

  /** @param ratePerSecond above 0. */
  constructor(ratePerSecond: number, arrivals: ArrivalOrder) {
    this.#nextWindow = windowGaps(arrivals, ratePerSecond);
    this.#gap = this.#nextWindow();
  }

  start(connections: readonly Resumable[]): void {
    this.#connections = connections;
    this.#gap = this.#nextWindow();
    this.#nextDueAt = performance.now() + this.#gap();
    this.#openedAt = Number.POSITIVE_INFINITY;
    this.#until = Number.POSITIVE_INFINITY;
    this.#busySince = Number.NaN;
    this.#look = setImmediate(this.#lookAgain);
  }

  stop(): void {
    clearImmediate(this.#look);
  }

  openWindow(): number {
    this.#openedAt = performance.now();
    return this.#openedAt;
  }

  /** @returns how many requests of the window are given up. They count as timeouts. */
  async closeWindow(): Promise<number> {
    const now = performance.now();
    this.#until = now;
    this.#sendDue();
    this.#windows++;
    const inTime = this.#sent;
    if (this.#nextDueAt < now) this.#behind++;
    while (this.#nextDueAt < now && performance.now() < now + longestDrainMs) await nextLook();
    this.#late += this.#sent - inTime;
    let unsent = 0;
    for (; this.#nextDueAt < now; this.#nextDueAt += this.#gap()) {
      if (this.#nextDueAt >= this.#openedAt) unsent++;
    }
    this.#unsent += unsent;
    return unsent;
  }

  take(nowMs: number): boolean {
    const dueAt = this.#nextDueAt;
    if (nowMs < dueAt || dueAt >= this.#until) {
      this.#busySince = Number.NaN;
      return false;
    }
    this.dueAt = dueAt;
    this.#nextDueAt += this.#gap();
    if (dueAt >= this.#openedAt) {
      this.#sent++;
      // The client noticed at `busySince` that no connection was free. What came before is its own lateness.
      const noticedAt = this.#resuming || Number.isNaN(this.#busySince) ? nowMs : this.#busySince;
      this.lag.recordValue(Math.max(0, noticedAt - dueAt) * 1e6);
    }
    return true;
  }

  /**
   * The offered rate is that of the requests that fell due, which are not exactly as many as the rate says
   * where they arrive at random. What was sent after a window's end counts as sent, unless most windows ended
   * with requests due: then the server does not bear the rate.
   */
  pacing(wallSeconds: number): Pacing {
    const perSecond = (requests: number) => (wallSeconds === 0 ? 0 : requests / wallSeconds);
    const kept = this.#behind <= Math.max(1, this.#windows / 2);
    return {
      offeredPerSecond: perSecond(this.#sent + this.#unsent),
      sentPerSecond: perSecond(this.#sent - (kept ? 0 : this.#late)),
      sendLagP50Us: this.lag.quantileNs(0.5) / 1e3,
      sendLagP99Us: this.lag.quantileNs(0.99) / 1e3,
    };
  }

  /** One function for all turns of the event loop: a new one each time is garbage, and to collect it stops the agent. */
  readonly #lookAgain = (): void => {
    this.#sendDue();
    this.#look = setImmediate(this.#lookAgain);
  };

  #sendDue(): void {
    const connections = this.#connections;
    let inARow = 0;
    for (let tried = 0; tried < connections.length; tried++) {
      const dueAt = this.#nextDueAt;
      if (inARow === mostInARow || dueAt >= this.#until || performance.now() < dueAt) return;
      this.#resuming = true;
      connections[this.#next]?.resume();
      this.#resuming = false;
      this.#next = (this.#next + 1) % connections.length;
      if (this.#nextDueAt !== dueAt) inARow++;
    }
    if (Number.isNaN(this.#busySince)) this.#busySince = performance.now();
  }
}
