import type { Resolver } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';

/** Docker's embedded DNS server listens here in every container on a network of the user's. */
const embeddedServer = '127.0.0.11';

/**
 * The host's name servers: the inspector's own file, which Docker copies from the host's because it is in the host's
 * stack; and the file that Docker takes for containers with a stack of their own where the host's names nothing but
 * systemd's stub, which they could not reach (moby, libnetwork/resolvconf).
 */
const hostFiles = ['/etc/resolv.conf', '/proc/1/root/run/systemd/resolve/resolv.conf'] as const;

/** Addresses of the `nameserver` lines (resolv.conf(5)). */
export function parseNameservers(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\S+)/gm)].flatMap((match) => match[1] ?? []);
}

/** Whom the processes of a stack ask for names: through the resolv.conf that `pid` sees. */
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
