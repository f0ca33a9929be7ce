import { type Files, ifPresent } from '../files.ts';

/**
 * Tells processes of this network stack, which is that of the engine's host, from those of others. Several engines may
 * run on one machine, each in a network namespace of its own and all in sight: a process's name or command line does not
 * tell whose it is.
 */
export function isInOwnStack(files: Files): (pid: number) => boolean {
  const namespaceOf = (pid: number | 'self') => ifPresent(() => files.link(`/proc/${pid}/ns/net`));
  const own = namespaceOf('self');
  return (pid) => own !== undefined && namespaceOf(pid) === own;
}
