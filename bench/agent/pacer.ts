import { emptyHistogram } from '../model/histogram.ts';
import type { Pacing } from '../model/slice.ts';

/** What is due waits this long at most for the pacer to look. */
const lookEveryMs = 1;

/** A connection that sends what it held back, if it may. */
export interface Resumable {
  resume(): void;
}

/**
 * Requests that fall due at an equal distance from each other, whatever the server does: the same load on every path.
 * A connection that is free takes what is due; what finds none stays due. A timer wakes those that rest.
 */
export class Pacer {
  readonly #ratePerSecond: number;
  readonly #lag = emptyHistogram();
  #connections: readonly Resumable[] = [];
  /** Whose turn it is to send: each in turn, so that all of them bear the load alike. */
  #next = 0;
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  #taken = 0;
  #sent = 0;
  #recording = false;

  constructor(ratePerSecond: number) {
    if (!(ratePerSecond > 0 && Number.isFinite(ratePerSecond))) {
      throw new Error(`a rate of ${ratePerSecond} requests/s cannot be offered: it must be above 0`);
    }
    this.#ratePerSecond = ratePerSecond;
  }

  /** Begins the schedule afresh: the first request is due now. */
  start(connections: readonly Resumable[]): void {
    this.#connections = connections;
    this.#startedAt = performance.now();
    this.#taken = 0;
    this.#timer = setInterval(() => this.#sendDue(), lookEveryMs);
    this.#sendDue();
  }

  /** What is still due is never sent. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** What was due before a window is sent before it, so that a window sees the requests that fall due in it. */
  openWindow(): void {
    this.#sendDue();
    this.#recording = true;
  }

  closeWindow(): void {
    this.#sendDue();
    this.#recording = false;
  }

  /** Takes the request that has been due for longest; false if none is. */
  take(nowMs: number): boolean {
    const lateMs = nowMs - this.#dueAt();
    if (lateMs < 0) return false;
    this.#taken++;
    if (this.#recording) {
      this.#sent++;
      this.#lag.recordValue(lateMs * 1e6);
    }
    return true;
  }

  /** @param wallSeconds of all windows together. */
  pacing(wallSeconds: number): Pacing {
    return {
      offeredPerSecond: this.#ratePerSecond,
      sentPerSecond: wallSeconds === 0 ? 0 : this.#sent / wallSeconds,
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
