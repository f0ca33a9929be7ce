import type { Resolver } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';

/** Docker's embedded DNS server listens here in every container on a network of the user's. */
const embeddedServer = '127.0.0.11';

/**
 * The files of the host's name servers. The first is the inspector's own. Docker copies it from the host's,
 * because the inspector is in the host's stack. Where the host's file names only systemd's stub, containers
 * with a stack of their own cannot reach it, and Docker takes the second file for them (moby,
 * libnetwork/resolvconf).
 */
const hostFiles = ['/etc/resolv.conf', '/proc/1/root/run/systemd/resolve/resolv.conf'] as const;

/** Addresses of the `nameserver` lines (resolv.conf(5)). */
export function parseNameservers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].flatMap((match) => match[1] ?? []);
}

/** The name servers that the processes of a stack ask, from the resolv.conf that `pid` sees. */
export function readResolver(files: Files, pid: number | 'host'): Resolver | undefined {
  const path = pid === 'host' ? hostFiles[0] : `/proc/${pid}/root/etc/resolv.conf`;
  const text = readIfPresent(files, path);
  if (text === undefined) return undefined;
  const nameservers = parseNameservers(text);
  if (nameservers.includes(embeddedServer)) return { kind: 'docker', nameservers };
  const hosts = hostFiles.map((file) => parseNameservers(readIfPresent(files, file) ?? '').join(' '));
  const isHosts = pid === 'host' || (nameservers.length > 0 && hosts.includes(nameservers.join(' ')));
  return { kind: isHosts ? 'host' : 'other', nameservers };
}
