import type { ProcessPlace } from '../../../bench/model/observed.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';
import { processGone } from './cgroup.ts';

/**
 * The namespaces and the cgroup of a process. The host's network namespace is the inspector's, because the
 * engine may run in another one than process 1. The host's pid and cgroup namespaces are those of process 1.
 * Where a process with more capabilities than ours hides them, the inspector's are used: the engine started
 * it in the host's.
 */
export function readProcessPlace(files: Files, pid: number): ProcessPlace {
  const cgroup = readIfPresent(files, `/proc/${pid}/cgroup`);
  if (cgroup === undefined) throw processGone(pid, 'the requested process');
  const namespace = (owner: number | 'self', kind: string) =>
    ifPresent(() => files.link(`/proc/${owner}/ns/${kind}`));
  const ofHost = (kind: string) => namespace(1, kind) ?? namespace('self', kind) ?? 'unread';
  const own = (kind: string) => namespace(pid, kind) ?? 'not readable';
  return {
    namespaces: {
      net: { own: own('net'), host: namespace('self', 'net') ?? 'unread' },
      pid: { own: own('pid'), host: ofHost('pid') },
      cgroup: { own: own('cgroup'), host: ofHost('cgroup') },
    },
    cgroup: cgroup.trim(),
  };
}
