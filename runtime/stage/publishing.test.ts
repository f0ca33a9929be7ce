import { expect, test } from 'vitest';
import type { Machine } from '../inspector/contract.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { publishingOf } from './publishing.ts';
import { startStage } from './start-stage.ts';
import { only } from './started-stage.fixture.ts';

const daemon = { pid: 1, userlandProxy: true };

test.each<[string, Pick<Machine, 'daemon' | 'dockerIpv6'>, string, boolean]>([
  ['a daemon before 27 that was told nothing', { daemon, dockerIpv6: false }, '20.10.24', false],
  ['the same, with chains that an earlier setting left', { daemon, dockerIpv6: true }, '26.1.5', false],
  ['a daemon before 27 that was told to', { daemon: { ...daemon, ip6tables: true } }, '20.10.24', true],
  ['a daemon of 27 that was told nothing', { daemon, dockerIpv6: true }, '27.0.1', true],
  ['one whose firewall cannot be read', { daemon }, '28.3.0', true],
  ['one that was told not to', { daemon: { ...daemon, ip6tables: false } }, '28.3.0', false],
  ['one that could not make its chains', { daemon, dockerIpv6: false }, '28.3.0', false],
])('whether IPv6 rules are written: %s', (_, machine, version, ip6tables) => {
  const { known } = publishingOf(machine, version, fakeParts().inspector);
  expect(known).toEqual({ userlandProxy: true, iptables: true, ip6tables });
});

const proxies = { 20001: { cpuSeconds: 0, pids: [77] } };
const dnat = { 20001: { packets: 0, target: '172.17.0.2:8080' } };

test('with no daemon in sight, a published port that has a docker-proxy and no rule shows that none are written', async () => {
  const { inspector } = fakeParts({ grow: () => ({ proxies }) });
  const publishing = publishingOf({}, '20.10.24', inspector);
  const settings = { userlandProxy: true, iptables: false, ip6tables: false };
  expect(await publishing.learn([{ order: orderFor('bridge/external/published') }])).toEqual(settings);
});

test('a daemon whose file has changed since its start, and that shows nothing else, is seen at its first port', async () => {
  const { inspector } = fakeParts({ grow: () => ({ proxies, dnat }) });
  const edited = { daemon: { pid: 1, iptables: true, changedFile: '/etc/docker/daemon.json' } };
  const publishing = publishingOf(edited, '20.10.24', inspector);
  expect(publishing.known).toBeUndefined();
  const settings = { userlandProxy: true, iptables: true, ip6tables: false };
  expect(await publishing.learn([{ order: orderFor('bridge/external/published') }])).toEqual(settings);
});

test.each<[Pick<Machine, 'dockerIpv6'>, string, boolean]>([
  [{ dockerIpv6: true }, '26.1.5', true],
  [{ dockerIpv6: false }, '28.3.0', false],
  [{}, '28.3.0', true],
  [{}, '26.1.5', false],
])('with no daemon in sight it goes by what is there: %j, engine %s', async (machine, version, ip6tables) => {
  const { inspector } = fakeParts({ grow: () => ({ proxies, dnat }) });
  const publishing = publishingOf(machine, version, inspector);
  const settings = { userlandProxy: true, iptables: true, ip6tables };
  expect(await publishing.learn([{ order: orderFor('host/external') }])).toEqual(settings);
  expect(publishing.known).toBeUndefined();
  expect(await publishing.learn([{ order: orderFor('bridge/external/published') }])).toEqual(settings);
  expect(publishing.known).toEqual(settings);
});

test('on an engine without docker-proxy the loopback path is claimed to go by DNAT', async () => {
  const parts = fakeParts();
  const needs = { vantages: ['host'], servers: ['bridge'], ipv6: false } as const;
  await using stage = await startStage({ ...parts.options, needs });
  const outcome = only(await stage.deploy([orderFor('bridge/host/loopback')]));
  if (!outcome.ok) throw outcome.error;
  expect(outcome.deployed.claims).toContain('dnat-counter-grows');
  expect(outcome.deployed.claims.filter((kind) => /proxy/.test(kind))).toEqual([]);
  expect(stage.environment.engine.userlandProxy).toBe(false);
});
