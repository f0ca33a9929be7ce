import { Failure } from './failure.ts';

/**
 * Between two steps of work that has something to undo: what was begun is undone on the way out.
 * @throws {Failure} interrupted.
 */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new Failure('interrupted', 'interrupted before anything was measured');
}
