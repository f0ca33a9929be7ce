import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from './model/clock.ts';
import { exitCodes } from './model/failure.ts';
import type { Output, Outside } from './outside.ts';

/** The real outside. */
export function processOutside(owner: NodeJS.Process): Outside {
  return {
    env: owner.env,
    directory: owner.cwd(),
    home: homedir(),
    stdout: output(owner.stdout, (error) => owner.stderr.write(`bench: stdout: ${error.message}\n`)),
    stderr: output(owner.stderr, () => {}),
    clock: systemClock,
    random: Math.random,
    catchInterrupts: () => catchInterrupts(owner),
    installation: installationOf(import.meta.dirname),
  };
}

/** The first interrupt aborts the signal, a second one ends the process. */
function catchInterrupts(owner: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    owner.on(signal, () => {
      if (controller.signal.aborted) {
        owner.stderr.write('\nbench: left at once; `bench clean` removes what remains\n');
        owner.exit(exitCodes.interrupted);
      }
      owner.stderr.write('\nbench: stopping; what was measured is kept (again to leave at once)\n');
      controller.abort();
    });
  }
  return controller.signal;
}

/** A reader that has left (`| head`) or a closed terminal ends no measurement: the run folder has it all. */
function output(stream: NodeJS.WriteStream, complain: (error: Error) => void): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') complain(error);
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

/** The nearest folder upwards that holds package.json: from the sources and from dist alike. */
export function installationOf(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('bench is not installed whole: there is no package.json');
  return installationOf(parent);
}
