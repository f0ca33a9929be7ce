import type { Schedule } from './pacer.ts';

/**
 * Decides whether the connections of a slice may send. A closed gate admits nothing, and a schedule admits what
 * is due.
 */
export class Gate {
  open = false;
  /** Called when a connection has come to rest, because it may not send. */
  rested: () => void = () => undefined;
  readonly #schedule: Schedule | undefined;

  constructor(schedule?: Schedule) {
    this.#schedule = schedule;
  }

  /** Whether a connection that is free may send its next request at once; if so, it does. */
  admits(nowMs: number): boolean {
    return this.open && (this.#schedule === undefined || this.#schedule.take(nowMs));
  }

  /** When the request that was admitted last was due; 0 in a closed loop, which knows no such moment. */
  dueAt(): number {
    return this.#schedule === undefined ? 0 : this.#schedule.dueAt;
  }
}
