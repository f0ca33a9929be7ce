import type { Clock } from './model/clock.ts';
import { printable } from './model/printable.ts';
import { type Text, terminalText } from './model/styled-text.ts';
import type { Disk } from './run-folder/disk.ts';

/**
 * A stream that text goes to. Only `outputTo` makes one. It lets no control character through but its own, because parts
 * of the text come from servers, engines, files and users.
 */
export interface Output {
  /** Writes text of any origin. On a terminal a drawn line is erased first. */
  write(text: Text): void;
  /** Draws one line over the one drawn last; an empty line erases it. Does nothing where there is no terminal. */
  draw(line: string): void;
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
}

/** Everything outside the program that a command may touch, as one argument. */
export interface Outside {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current one. @throws {Failure} unfit: it no longer exists. */
  readonly directory: string;
  readonly home: string;
  /** Results only. */
  readonly stdout: Output;
  /** Progress and warnings. Commands in them are spelled as bench was called. */
  readonly stderr: Output;
  /** Errors. They are told with --quiet as well. Commands in them are spelled as bench was called. */
  readonly errors: Output;
  /** Spells every `bench COMMAND` in a text as bench was called here, e.g. `npx bench COMMAND`. */
  readonly asCalled: (text: string) => string;
  /** The same outside, with outputs as a command's flags ask for them. */
  readonly withOutputs: (wish: OutputWish) => Outside;
  /** Shows a file in the user's own program for it. False: there is none, or it failed at once. */
  readonly open: (path: string) => Promise<boolean>;
  /** Where results are written. Created files belong to the user who called bench, through sudo as well. */
  readonly disk: Disk;
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

export interface OutputOptions {
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Whether styles of text are shown as colours. */
  readonly color: boolean;
  /** Applied to each text before it is shown. */
  readonly spelled?: (text: string) => string;
}

/** @param sink receives the text that is safe to show, unchanged. */
export function outputTo(
  sink: (text: string) => void,
  { isTerminal, columns, color, spelled = (text) => text }: OutputOptions,
): Output {
  let drawn = 0;
  function draw(line: string): void {
    if (!isTerminal || (line === '' && drawn === 0)) return;
    const shown = printable(line.replace(/[\n\t]/g, ' ')).slice(0, Math.max(20, columns - 1));
    sink(`\r${shown.padEnd(drawn)}${shown === '' ? '\r' : ''}`);
    drawn = shown.length;
  }
  return {
    write(text) {
      draw('');
      const words =
        typeof text === 'string'
          ? spelled(text)
          : text.map((piece) => ({ ...piece, text: spelled(piece.text) }));
      sink(terminalText(words, color));
    },
    draw,
    isTerminal,
    columns,
  };
}

/** When colours are shown: `--color`. */
export const colorChoices = ['auto', 'always', 'never'] as const;

/** What a command's flags ask of its outputs. */
export interface OutputWish {
  readonly color?: (typeof colorChoices)[number];
  /** Only the result and errors. */
  readonly quiet?: boolean;
}

/**
 * Whether colours are used. The flag comes before the variables, and these before what the stream is:
 * FORCE_COLOR (as Node reads it), NO_COLOR (no-color.org). CI logs are no terminals.
 */
export function wantsColor(
  isTerminal: boolean,
  env: Outside['env'],
  choice: OutputWish['color'] = 'auto',
): boolean {
  if (choice !== 'auto') return choice === 'always';
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return !/^(0|false|no|off)$/i.test(forced);
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

/** The outputs of a command: with `quiet`, progress and warnings go nowhere. */
export function outputsOf(stderr: Output, { quiet = false }: OutputWish): Pick<Outside, 'stderr' | 'errors'> {
  if (!quiet) return { stderr, errors: stderr };
  const silent = outputTo(() => {}, { isTerminal: false, columns: stderr.columns, color: false });
  return { stderr: silent, errors: stderr };
}
