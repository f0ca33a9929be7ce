import { Failure } from './failure.ts';

/**
 * Called between two steps of work that has something to undo. The error makes the caller undo what it began.
 * @throws {Failure} interrupted.
 */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('interrupted', 'interrupted before the measurement began');
}
