import { Failure } from '../../../bench/model/failure.ts';
import { attempt, type RunCommand } from '../commander.ts';
import { type Files, readIfPresent } from '../files.ts';
import { proxyReader } from '../read/proxies.ts';

/**
 * Keeps the docker-proxy processes of ports on some CPUs, e.g. "0", with all their threads. Threads that they
 * start later stay there, too. The kernel lets only a process with CAP_SYS_NICE move one that has more
 * capabilities than itself.
 * @returns why one of them was not moved, in the command's words; `undefined` where all were moved, or none
 *   runs.
 */
export function proxyPinner(
  files: Files,
  run: RunCommand,
): (ports: readonly number[], cpus: string) => Promise<string | undefined> {
  const readProxies = proxyReader(files);
  return async (ports, cpus) => {
    for (const { pids } of Object.values(readProxies(ports))) {
      for (const pid of pids) {
        const moved = await attempt(run, 'taskset', ['-a', '-c', '-p', cpus, String(pid)]);
        const lives = readIfPresent(files, `/proc/${pid}/cmdline`) !== undefined;
        if (moved instanceof Failure && lives) return moved.message;
      }
    }
    return undefined;
  };
}
