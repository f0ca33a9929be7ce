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
      ? 'no daemon shows how it publishes: it is seen at the first port of a run'
      : carrierWords(publishing);
  if (changedFile === undefined) return fine(published, words);
  return concern(
    published,
    `${words}; ${changedFile} has changed since dockerd started, and what it says now does not hold`,
    'Restart the engine where the file shall hold: systemctl restart docker',
  );
}

function carrierWords({ userlandProxy, iptables, ip6tables }: NonNullable<PathFacts['publishing']>): string {
  const rest = userlandProxy ? 'docker-proxy' : 'nobody';
  const byRules = userlandProxy ? 'DNAT, or docker-proxy from loopback and from the same bridge' : 'DNAT';
  const ipv4 = iptables ? byRules : rest;
  const ipv6 = ip6tables ? `DNAT to containers with an IPv6 address, else ${rest}` : rest;
  const settings = [
    `userland-proxy=${userlandProxy}`,
    ...(iptables ? [] : ['iptables=false']),
    `ip6tables ${ip6tables ? 'on' : 'off'}`,
  ];
  return `IPv4 by ${ipv4}; IPv6 by ${ipv6} (${settings.join(', ')})`;
}
