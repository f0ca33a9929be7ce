import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Failure } from '../model/failure.ts';

const chrt = '/usr/bin/chrt';
const taskset = '/usr/bin/taskset';
/** The lab pins servers and agents below this one. */
const pinnedBelow = 4;

/** Ends by itself when the process that started it is gone. */
const spin =
  'const parent = Number(process.argv[1]); for (;;) { const until = Date.now() + 1000; while (Date.now() < until); process.kill(parent, 0); }';

/**
 * Keeps the processors awake until disposed, with an endless loop on each that runs only when nothing else wants to
 * (SCHED_IDLE). A processor that sleeps wakes up late, by an amount that depends on how long it slept; so a server that
 * answers 50 µs later would be seen even later than that, truly, and the delay would not be the whole difference.
 * @throws {Failure} unfit: util-linux is not installed.
 */
export function keepAwake(): AsyncDisposable {
  if (!existsSync(chrt) || !existsSync(taskset)) {
    throw new Failure('unfit', `${chrt} and ${taskset} keep the processors awake, and are not here`, {
      hint: 'They are in the package util-linux.',
    });
  }
  const loops = cpus()
    .slice(0, pinnedBelow)
    .map((_, cpu) => {
      const loop = [chrt, '--idle', '0', process.execPath, '--eval', spin, String(process.pid)];
      return spawn(taskset, ['-c', String(cpu), ...loop], { stdio: 'ignore' });
    });
  return {
    async [Symbol.asyncDispose]() {
      for (const loop of loops) loop.kill('SIGKILL');
    },
  };
}
