import { spelledAs } from './as-called.ts';
import { systemClock } from './model/clock.ts';
import { present } from './model/present.ts';
import {
  type OutputOptions,
  type OutputWish,
  type Outside,
  outputsOf,
  outputTo,
  wantsColor,
} from './outside.ts';
import { installationOf } from './process-outside.ts';
import { nodeDisk } from './run-folder/disk.ts';

export interface Told {
  stdout: string;
  stderr: string;
}

/**
 * An outside that keeps what it is told, with the writers of the real one.
 * @param called how bench was called.
 */
export function tellingOutside(
  given: Partial<Omit<Outside, 'stdout' | 'stderr' | 'errors'>> = {},
  options: Partial<OutputOptions> & { readonly called?: string } = {},
): { readonly outside: Outside; readonly told: Told } {
  const { called = 'bench', ...streams } = options;
  const told: Told = { stdout: '', stderr: '' };
  const asCalled = spelledAs(called);
  const output = (name: keyof Told, color: boolean, spelled?: (text: string) => string) =>
    outputTo(
      (text) => {
        told[name] += text;
      },
      { isTerminal: false, columns: 80, color, ...present({ spelled }), ...streams },
    );
  const outsideFor = (wish: OutputWish): Outside => {
    const color = wantsColor(false, given.env ?? {}, wish.color);
    return {
      env: {},
      directory: '/nonexistent/bench-test',
      home: '/nonexistent/home',
      stdout: output('stdout', color),
      ...outputsOf(output('stderr', color, asCalled), wish),
      asCalled,
      withOutputs: outsideFor,
      open: async () => false,
      disk: nodeDisk(),
      clock: systemClock,
      random: () => 0.5,
      catchInterrupts: () => new AbortController().signal,
      installation: installationOf(import.meta.dirname),
      ...given,
    };
  };
  return { outside: outsideFor({}), told };
}
