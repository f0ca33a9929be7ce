import { systemClock } from './model/clock.ts';
import { type OutputOptions, type Outside, outputTo } from './outside.ts';
import { installationOf } from './process-outside.ts';
import { nodeDisk } from './run-folder/disk.ts';

export interface Told {
  stdout: string;
  stderr: string;
}

/** An outside that keeps what it is told, with the writers of the real one. */
export function tellingOutside(
  given: Partial<Omit<Outside, 'stdout' | 'stderr'>> = {},
  options: Partial<OutputOptions> = {},
): { readonly outside: Outside; readonly told: Told } {
  const told: Told = { stdout: '', stderr: '' };
  const output = (name: keyof Told) =>
    outputTo(
      (text) => {
        told[name] += text;
      },
      { isTerminal: false, columns: 80, color: false, ...options },
    );
  const outside: Outside = {
    env: {},
    directory: '/nonexistent/bench-test',
    home: '/nonexistent/home',
    stdout: output('stdout'),
    stderr: output('stderr'),
    disk: nodeDisk(),
    clock: systemClock,
    random: () => 0.5,
    catchInterrupts: () => new AbortController().signal,
    installation: installationOf(import.meta.dirname),
    ...given,
  };
  return { outside, told };
}
