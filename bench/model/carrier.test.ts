import { expect, test } from 'vitest';
import { type Carrier, carrierOf, type PublishingSettings, whyUncarried } from './carrier.ts';
import { possiblePaths } from './network-modes.ts';
import { type Path, parsePathId, pathId } from './path.ts';

const usual: PublishingSettings = { userlandProxy: true, iptables: true, ip6tables: false };
const withoutProxy: PublishingSettings = { userlandProxy: false, iptables: true, ip6tables: false };
const noRules: PublishingSettings = { userlandProxy: true, iptables: false, ip6tables: false };
const nobody: PublishingSettings = { userlandProxy: false, iptables: false, ip6tables: false };
const withIpv6Rules: PublishingSettings = { userlandProxy: true, iptables: true, ip6tables: true };
const onlyRules: PublishingSettings = { userlandProxy: false, iptables: true, ip6tables: true };

function parsed(id: string): Path {
  const path = parsePathId(id);
  if (path === undefined) throw new Error(`${id} is no path`);
  return path;
}

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
  ['user-bridge/neighbor/published/ipv6', withIpv6Rules, 'docker-proxy'],
  ['user-bridge/neighbor/published/ipv6', onlyRules, 'dnat'],
  ['user-bridge/host/published/ipv6', onlyRules, 'dnat'],
  ['bridge/external/published', noRules, 'docker-proxy'],
  ['user-bridge/host/published', noRules, 'docker-proxy'],
  ['mapped/neighbor/published', noRules, 'docker-proxy'],
  ['bridge/host/loopback', noRules, 'docker-proxy'],
  ['bridge/host/container', noRules, 'directly'],
  ['host/external', noRules, 'directly'],
])('%s with %o goes by %s', (id, settings, carrier) => {
  expect(carrierOf(parsed(id), settings)).toBe(carrier);
});

test('without docker-proxy and without rules nobody carries a published port, and all else is as it was', () => {
  const stopped = possiblePaths().filter((path) => whyUncarried(path, nobody) !== undefined);
  const published = possiblePaths().filter((path) => carrierOf(path, noRules) === 'docker-proxy');
  expect(stopped).toEqual(published);
  expect(published.length).toBeGreaterThan(10);
  expect(whyUncarried(parsed('bridge/external/published'), nobody)).toContain('iptables is off');
});

/** Ids without `/ipv6`, which all of them end in. */
const uncarried = (settings: PublishingSettings) =>
  possiblePaths()
    .filter((path) => whyUncarried(path, settings) !== undefined)
    .map((path) => pathId(path).replace(/\/ipv6$/, ''))
    .toSorted();

test('without docker-proxy, these paths by IPv6 are carried by nobody, and no others', () => {
  const never = [
    'bridge/external/published',
    'bridge/host/loopback',
    'mapped/external/published',
    'mapped/host/loopback',
    'user-bridge/host/loopback',
  ];
  const byRules = [
    'user-bridge/external/published',
    'user-bridge/host/published',
    'user-bridge/neighbor/published',
  ];
  expect(uncarried(usual)).toEqual([]);
  expect(uncarried(withIpv6Rules)).toEqual([]);
  expect(uncarried(onlyRules)).toEqual(never);
  expect(uncarried(withoutProxy)).toEqual([...never, ...byRules].toSorted());
  expect(whyUncarried(parsed('bridge/host/loopback/ipv6'), withoutProxy)).toContain('::1');
  expect(whyUncarried(parsed('mapped/external/published/ipv6'), withoutProxy)).toContain('default bridge');
  expect(whyUncarried(parsed('user-bridge/host/published/ipv6'), withoutProxy)).toContain('ip6tables');
});
