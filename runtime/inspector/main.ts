import { existsSync } from 'node:fs';
import { messageOf } from '../../bench/model/failure.ts';
import { serveRpc } from '../../bench/model/rpc.ts';
import { checked } from './arguments.ts';
import { hostGuards } from './change/guards.ts';
import { hostLinks } from './change/links.ts';
import { hostNatives } from './change/natives.ts';
import { hostOpenings } from './change/openings.ts';
import { commandsWith } from './commander.ts';
import { machineFiles } from './files.ts';
import { inspectorHandlers } from './handlers.ts';
import { monotonicClock } from './read/cpu.ts';

/**
 * The inspector program. It answers calls on stdin until stdin ends. Then it ends the servers that it started
 * and removes the links and firewall rules that it made. The CLI holds the other end of stdin, so a killed
 * CLI leaves no link behind. After a SIGKILL of the inspector itself a link exists as long as the stack at
 * its other end: the kernel removes both ends together. A guard stays. It protects the servers that a killed
 * CLI leaves behind, until `bench clean` removes both.
 */
const run = commandsWith(process.env);
const links = hostLinks(machineFiles, run);
const openings = hostOpenings(machineFiles, run);
const guards = hostGuards(machineFiles, run);
const natives = hostNatives(process.env);
/** Mount point in the lab's container. On the host itself, the file system is in its usual place. */
const cgroupRoot = existsSync('/host/cgroup') ? '/host/cgroup' : '/sys/fs/cgroup';

/** Each step is tried even where an earlier one has failed. */
async function leave(exitCode: number): Promise<never> {
  let code = exitCode;
  for (const undo of [natives.stopAll, openings.removeAll, links.removeAll]) {
    await undo().catch((error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      code = 1;
    });
  }
  process.exit(code);
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => leave(0));

try {
  const handlers = inspectorHandlers({
    files: machineFiles,
    run,
    clock: monotonicClock,
    links,
    openings,
    guards,
    natives,
    cgroupRoot,
  });
  await serveRpc({ input: process.stdout, output: process.stdin }, checked(handlers));
  await leave(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  await leave(1);
}
