import { setTimeout as pause } from 'node:timers/promises';
import { emptyHistogram } from '../model/histogram.ts';
import type { Pacing } from '../model/slice.ts';

/** A due request waits at most this long for the pacer to look. */
const lookEveryMs = 1;
/**
 * Requests that fell due in a window are sent at most this long after it. A stall at its end is then no missed
 * rate: a hypervisor or a neighbor can hold a CPU for tens of milliseconds.
 */
const longestDrainMs = 100;

/** A connection that sends the request that it held back, if it may. */
export interface Resumable {
  resume(): void;
}

/** When the connections of a slice may send. */
export interface Schedule {
  /** When the request that was taken last was due, milliseconds of `performance.now`. */
  readonly dueAt: number;
  /** Begins the schedule afresh. */
  start(connections: readonly Resumable[]): void;
  /** Requests that are still due are never sent. */
  stop(): void;
  /**
   * Requests that fall due from now on count.
   * @returns the moment, milliseconds of `performance.now`.
   */
  openWindow(): number;
  /**
   * No further request falls due. Resolves when those that are due are sent, or are waited for no longer.
   * @returns how many are given up and count as timeouts.
   */
  closeWindow(): Promise<number>;
  /** Takes the request that has been due for longest; false if none is. */
  take(nowMs: number): boolean;
  /** @param wallSeconds of all windows together. */
  pacing(wallSeconds: number): Pacing;
}

/**
 * Requests that fall due at equal intervals, whatever the server does: the same load on every path. A free
 * connection takes the request that is due. A request that finds no free connection stays due. A timer wakes
 * connections that rest.
 */
export class Pacer implements Schedule {
  dueAt = 0;
  readonly #ratePerSecond: number;
  readonly #lag = emptyHistogram();
  #connections: readonly Resumable[] = [];
  /** The connection that sends next. Connections take turns, so that all of them bear the load alike. */
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #taken = 0;
  #sent = 0;
  #windows = 0;
  /** Windows that ended with requests due. */
  #behind = 0;
  /** Requests that such windows held back and that were sent after their ends, where nothing stayed due. */
  #drained = 0;
  #recording = false;
  /** Nothing falls due from this moment on. */
  #until = Number.POSITIVE_INFINITY;

  constructor(ratePerSecond: number) {
    if (!(ratePerSecond > 0 && Number.isFinite(ratePerSecond))) {
      throw new Error(`invalid rate of ${ratePerSecond} requests/s: it must be above 0`);
    }
    this.#ratePerSecond = ratePerSecond;
  }

  /** Begins the schedule afresh: the first request is due now. */
  start(connections: readonly Resumable[]): void {
    this.#connections = connections;
    this.#startedAt = performance.now();
    this.#taken = 0;
    this.#until = Number.POSITIVE_INFINITY;
    this.#timer = setInterval(() => this.#sendDue(), lookEveryMs);
    this.#sendDue();
  }

  /** Requests that are still due are never sent. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Sends the requests that are already due, so that a window sees only those that fall due in it. */
  openWindow(): number {
    this.#sendDue();
    this.#recording = true;
    return performance.now();
  }

  /**
   * No further request falls due. Those that are due are sent as soon as a connection is free, while patience
   * lasts. Resolves when all of them are sent, or patience is over.
   * @returns 0: what is not sent lowers the rate that was sent, and is no timeout.
   */
  async closeWindow(): Promise<number> {
    const now = performance.now();
    this.#until = now;
    this.#sendDue();
    const sentInTime = this.#sent;
    this.#windows++;
    if (this.#dueAt() < now) this.#behind++;
    while (this.#dueAt() < now && performance.now() < now + longestDrainMs) await pause(lookEveryMs);
    this.#recording = false;
    if (this.#dueAt() >= now) this.#drained += this.#sent - sentInTime;
    this.#sent = sentInTime;
    return 0;
  }

  /** Takes the request that has been due for longest; false if none is. */
  take(nowMs: number): boolean {
    const lateMs = nowMs - this.#dueAt();
    if (lateMs < 0 || this.#dueAt() >= this.#until) return false;
    this.dueAt = this.#dueAt();
    this.#taken++;
    if (this.#recording) {
      this.#sent++;
      this.#lag.recordValue(lateMs * 1e6);
    }
    return true;
  }

  /**
   * Requests that were sent after a window's end count where all that it held back was sent, unless most windows
   * ended with requests due. In both other cases the cause is no stall, and the rate was not kept.
   * @param wallSeconds of all windows together.
   */
  pacing(wallSeconds: number): Pacing {
    const kept = this.#behind <= Math.max(1, this.#windows / 2);
    const sent = this.#sent + (kept ? this.#drained : 0);
    return {
      offeredPerSecond: this.#ratePerSecond,
      sentPerSecond: wallSeconds === 0 ? 0 : sent / wallSeconds,
      sendLagP50Us: this.#lag.quantileNs(0.5) / 1e3,
      sendLagP99Us: this.#lag.quantileNs(0.99) / 1e3,
    };
  }

  #dueAt(): number {
    return this.#startedAt + (this.#taken * 1e3) / this.#ratePerSecond;
  }

  #sendDue(): void {
    const now = performance.now();
    for (let tried = 0; tried < this.#connections.length && this.#dueAt() <= now; tried++) {
      this.#connections[this.#next]?.resume();
      this.#next = (this.#next + 1) % this.#connections.length;
    }
  }
}
