import type { PathFacts } from '../../model/path-facts.ts';
import { concern, type DoctorFinding, fine } from './finding.ts';

const published = {
  subject: 'published ports',
  why: 'a DNAT rule and docker-proxy cost different amounts, and without docker-proxy some paths by IPv6 do not exist',
};

/**
 * Reports what carries connections to published ports on this engine. No setting is wrong: each is another
 * measurement.
 */
export function publishingFinding({ publishing, changedFile }: PathFacts): DoctorFinding {
  const words =
    publishing === undefined
      ? 'bench cannot read the settings of the engine: it detects them at the first published port of a run'
      : carrierWords(publishing);
  if (changedFile === undefined) return fine(published, words);
  return concern(
    published,
    `${words}; ${changedFile} has changed since dockerd started, and dockerd does not use the change yet`,
    'To apply the file, restart the engine: systemctl restart docker',
  );
}

function carrierWords({ userlandProxy, iptables, ip6tables }: NonNullable<PathFacts['publishing']>): string {
  const rest = userlandProxy ? 'docker-proxy' : 'not forwarded';
  const byRules = userlandProxy ? 'DNAT, or docker-proxy from loopback and from the same bridge' : 'DNAT';
  const ipv4 = iptables ? byRules : rest;
  const ipv6 = ip6tables ? `DNAT to containers with an IPv6 address, else ${rest}` : rest;
  const settings = [
    `userland-proxy=${userlandProxy}`,
    ...(iptables ? [] : ['iptables=false']),
    `ip6tables ${ip6tables ? 'on' : 'off'}`,
  ];
  return `IPv4: ${ipv4}; IPv6: ${ipv6} (${settings.join(', ')})`;
}
