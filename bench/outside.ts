import type { Clock } from './model/clock.ts';

/** A stream that text goes to. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
}

/** Everything outside the program that a command may touch, as one argument. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current one. @throws {Failure} unfit: it has gone. */
  readonly directory: string;
  readonly home: string;
  /** Results only. */
  readonly stdout: Output;
  /** Progress, warnings, errors. */
  readonly stderr: Output;
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /**
   * From now on SIGINT, SIGTERM and SIGHUP abort the signal instead of ending the process: for commands that have something
   * to undo, once each.
   */
  readonly catchInterrupts: () => AbortSignal;
  /** Where Dockerfile, bundles, fonts and schemas of this installation are. */
  readonly installation: string;
}

/** Whether colour may be used on an output (no-color.org; CI logs are no terminals). */
export function wantsColor(output: Output, env: Outside['env']): boolean {
  return output.isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}
