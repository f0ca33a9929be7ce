import { expect, test } from 'vitest';
import { type Carrier, carrierOf, type PublishingSettings } from './carrier.ts';
import { parsePathId } from './path.ts';

const usual: PublishingSettings = { userlandProxy: true, ip6tables: false };
const withoutProxy: PublishingSettings = { userlandProxy: false, ip6tables: false };
const withIpv6Rules: PublishingSettings = { userlandProxy: true, ip6tables: true };

test.each<[string, PublishingSettings, Carrier]>([
  ['bridge/external/published', usual, 'dnat'],
  ['bridge/external/published', withoutProxy, 'dnat'],
  ['user-bridge/host/published', usual, 'dnat'],
  ['bridge/host/loopback', usual, 'docker-proxy'],
  ['bridge/host/loopback', withoutProxy, 'dnat'],
  ['mapped/neighbor/published', usual, 'docker-proxy'],
  ['mapped/neighbor/published', withoutProxy, 'dnat'],
  ['bridge/host/container', usual, 'directly'],
  ['bridge/inside', usual, 'directly'],
  ['host/host', usual, 'directly'],
  ['macvlan/external/container', usual, 'directly'],
  ['bridge/external/published/ipv6', usual, 'docker-proxy'],
  ['bridge/external/published/ipv6', withIpv6Rules, 'docker-proxy'],
  ['user-bridge/external/published/ipv6', usual, 'docker-proxy'],
  ['user-bridge/external/published/ipv6', withIpv6Rules, 'dnat'],
  ['user-bridge/host/loopback/ipv6', withIpv6Rules, 'docker-proxy'],
])('%s with %o goes by %s', (id, settings, carrier) => {
  const path = parsePathId(id);
  if (path === undefined) throw new Error(`${id} is no path`);
  expect(carrierOf(path, settings)).toBe(carrier);
});
