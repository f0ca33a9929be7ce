import { expect, test } from 'vitest';
import { type PublishingSettings, usualPublishing } from './carrier.ts';
import { possiblePaths } from './network-modes.ts';
import { stopsOf, whatStops } from './obstacles.ts';
import { parsePathId, pathId } from './path.ts';
import type { PathFacts } from './path-facts.ts';

const bridge = { exists: true, device: 'docker0', icc: true } as const;
const withoutProxy: PublishingSettings = { ...usualPublishing, userlandProxy: false };
const usual: PathFacts = {
  publishing: usualPublishing,
  defaultBridge: bridge,
  ipForward: true,
  bridgeNetfilter: true,
  ipv6Off: [],
};

/** Ids of the paths by IPv4 that are stopped, each with the setting. */
const stopped = (facts: PathFacts) =>
  possiblePaths()
    .filter(({ family }) => family === undefined)
    .flatMap((path) => whatStops(path, facts)?.setting.concat(' stops ', pathId(path)) ?? [])
    .toSorted();

test('nothing stops a path where everything is as usual, and nothing that was not read does', () => {
  expect(stopsOf(possiblePaths(), usual)).toEqual([]);
  expect(stopsOf(possiblePaths(), {})).toEqual([]);
});

test('"bridge": "none" stops the modes that are on that bridge, and no others', () => {
  const stops = stopsOf(possiblePaths(), { ...usual, defaultBridge: { exists: false } });
  expect(stops).toEqual([
    expect.objectContaining({
      setting: '"bridge": "none"',
      hint: expect.stringContaining('--mode user-bridge'),
    }),
  ]);
  const onIt = possiblePaths().filter(({ mode }) => mode === 'bridge' || mode === 'mapped');
  expect(stops[0]?.paths).toEqual(onIt.map(pathId));
});

test('ip_forward=0 stops what a rule translates and the kernel passes on; not what starts in the host', () => {
  const rule = 'net.ipv4.ip_forward=0 stops ';
  const external = ['bridge', 'mapped', 'user-bridge'].map((mode) => `${rule}${mode}/external/published`);
  expect(stopped({ ...usual, ipForward: false })).toEqual(external);
  const neighbor = ['bridge', 'mapped', 'user-bridge'].map((mode) => `${rule}${mode}/neighbor/published`);
  expect(stopped({ ...usual, publishing: withoutProxy, ipForward: false })).toEqual(
    [...external, ...neighbor].toSorted(),
  );
  // docker-proxy makes a connection of its own.
  expect(
    stopped({ ...usual, publishing: { ...usualPublishing, iptables: false }, ipForward: false }),
  ).toEqual([]);
});

test('IPv6 forwarding off stops what needs a bridge with IPv6, and nothing else by IPv6', () => {
  const stops = stopsOf(possiblePaths(), { ...usual, ip6Forward: false });
  expect(stops).toEqual([
    expect.objectContaining({
      setting: 'net.ipv6.conf.all.forwarding=0',
      hint: expect.stringContaining('--lab'),
    }),
  ]);
  const paths = stops[0]?.paths ?? [];
  expect(paths).toContain('user-bridge/external/published/ipv6');
  expect(paths).toContain('host/neighbor/ipv6');
  expect(paths.filter((path) => !/^user-bridge\/.*\/ipv6$|^\w+\/neighbor\/.*ipv6$/.test(path))).toEqual([]);
  expect(paths.filter((path) => /^(macvlan|bridge)\//.test(path))).toEqual([]);
  expect(stopsOf(possiblePaths(), { ...usual, ip6Forward: true })).toEqual([]);
});

test('icc=false stops neighbors as far as the firewall sees what they send', () => {
  const noIcc = { ...usual, defaultBridge: { ...bridge, icc: false } };
  const direct = ['icc=false stops bridge/neighbor/container', 'icc=false stops mapped/neighbor/container'];
  expect(stopped(noIcc)).toEqual(direct);
  expect(stopped({ ...noIcc, bridgeNetfilter: false })).toEqual([]);
  expect(stopped({ ...noIcc, publishing: withoutProxy })).toEqual(
    [
      ...direct,
      'icc=false stops bridge/neighbor/published',
      'icc=false stops mapped/neighbor/published',
    ].toSorted(),
  );
});

test('without docker-proxy, a neighbor reaches a published port only where rules see what is on a bridge', () => {
  const facts = { ...usual, bridgeNetfilter: false };
  expect(stopped(facts)).toEqual([]);
  const off = 'net.bridge.bridge-nf-call-iptables=0 stops ';
  expect(stopped({ ...facts, publishing: withoutProxy })).toEqual(
    ['bridge', 'mapped', 'user-bridge'].map((mode) => `${off}${mode}/neighbor/published`),
  );
});

test('any setting that switches IPv6 off stops all of it, and the hint undoes all that are', () => {
  const names = ['net.ipv6.conf.all.disable_ipv6', 'net.ipv6.conf.lo.disable_ipv6'];
  const stops = stopsOf(possiblePaths(), { ...usual, ipv6Off: names });
  expect(stops).toEqual([
    expect.objectContaining({
      setting: 'net.ipv6.conf.all.disable_ipv6=1',
      hint: expect.stringContaining(
        'sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.lo.disable_ipv6=0',
      ),
    }),
  ]);
  expect(stops[0]?.paths).toEqual(
    possiblePaths()
      .filter(({ family }) => family === 'ipv6')
      .map(pathId),
  );
});

test('iptables=false and userland-proxy=false: nobody carries a published port', () => {
  const neither = { ...usual, publishing: { ...withoutProxy, iptables: false } };
  const path = parsePathId('bridge/external/published');
  expect(path && whatStops(path, neither)).toMatchObject({
    setting: 'iptables=false and userland-proxy=false',
    reason: expect.stringContaining('published ports are not forwarded'),
    hint: expect.stringContaining('"userland-proxy": true'),
  });
  expect(stopped(neither).filter((line) => line.includes('container'))).toEqual([]);
});
