import { type Files, ifPresent } from '../files.ts';

/**
 * Distinguishes processes of this network stack, which is that of the engine's host, from those of others.
 * Several engines may run on one machine, each in a network namespace of its own, with all processes visible.
 * A process's name or command line does not say which engine it belongs to.
 */
export function isInOwnStack(files: Files): (pid: number) => boolean {
  const namespaceOf = (pid: number | 'self') => ifPresent(() => files.link(`/proc/${pid}/ns/net`));
  const own = namespaceOf('self');
  return (pid) => own !== undefined && namespaceOf(pid) === own;
}
