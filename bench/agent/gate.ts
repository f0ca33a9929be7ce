import type { Pacer } from './pacer.ts';

/**
 * Decides whether the connections of a slice may send. A closed gate admits nothing, and a pacer admits what
 * is due.
 */
export class Gate {
  open = false;
  /** Called when a connection has come to rest, because it may not send. */
  rested: () => void = () => undefined;
  readonly #pacer: Pacer | undefined;

  constructor(pacer?: Pacer) {
    this.#pacer = pacer;
  }

  /** Whether a connection that is free may send its next request at once; if so, it does. */
  admits(nowMs: number): boolean {
    return this.open && (this.#pacer === undefined || this.#pacer.take(nowMs));
  }
}
