import type { PublishingSettings } from '../model/carrier.ts';
import { type DoctorFinding, fine } from './finding.ts';

const published = {
  subject: 'published ports',
  why: 'a DNAT rule and docker-proxy cost different amounts, and without docker-proxy some paths by IPv6 do not exist',
};

/** Who carries connections to published ports on this engine. No setting is wrong: each is another measurement. */
export function publishingFinding(settings: PublishingSettings | undefined): DoctorFinding {
  if (settings === undefined) {
    return fine(published, 'no daemon in sight: how it publishes is seen at the first port of a run');
  }
  const { userlandProxy, ip6tables } = settings;
  const words = `userland-proxy=${userlandProxy}, ip6tables ${ip6tables ? 'on' : 'off'}`;
  const rest = userlandProxy ? 'docker-proxy' : 'nobody';
  const ipv4 = userlandProxy ? 'DNAT, or docker-proxy from loopback and from the same bridge' : 'DNAT';
  const ipv6 = ip6tables ? `DNAT to containers with an IPv6 address, else ${rest}` : rest;
  return fine(published, `IPv4 by ${ipv4}; IPv6 by ${ipv6} (${words})`);
}
