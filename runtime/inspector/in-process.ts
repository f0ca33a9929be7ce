import { hostGuards } from './change/guards.ts';
import { hostLinks } from './change/links.ts';
import { hostNatives } from './change/natives.ts';
import { hostOpenings } from './change/openings.ts';
import type { Inspector } from './client.ts';
import { commandsWith } from './commander.ts';
import { machineFiles } from './files.ts';
import { inspectorHandlers } from './handlers.ts';
import { monotonicClock } from './read/cpu.ts';

/**
 * The inspector's calls answered by this process, with this user's rights and the machine's own tools.
 * Commands that only look use it where no engine can run a container of ours. Values that may not be read are
 * absent in the answers.
 */
export function inProcessInspector(environment: NodeJS.ProcessEnv): Inspector {
  const run = commandsWith(environment);
  const links = hostLinks(machineFiles, run);
  const handlers = inspectorHandlers({
    files: machineFiles,
    run,
    clock: monotonicClock,
    links,
    natives: hostNatives(environment),
    openings: hostOpenings(machineFiles, run),
    guards: hostGuards(machineFiles, run),
    cgroupRoot: '/sys/fs/cgroup',
  });
  return { call: (call, input) => handlers[call](input), close: () => {} };
}
