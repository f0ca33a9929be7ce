import { expect, test } from 'vitest';
import { fakeParts } from './parts.fake.ts';
import { furtherAddresses, linkIn, userBridgeIn } from './run-subnet.ts';
import { startStage } from './start-stage.ts';

test('one /24 holds all that a run makes, each part beside the others', () => {
  const { host, peer, networks, macvlans } = linkIn('10.123.45.0/24');
  expect([host.v4, peer.v4, networks.v4, macvlans.v4]).toEqual([
    '10.123.45.1',
    '10.123.45.2',
    '10.123.45.0/25',
    '10.123.45.96/27',
  ]);
  const bridge = userBridgeIn('10.123.45.0/24');
  expect([bridge.networks.v4, bridge.gateway.v4]).toEqual(['10.123.45.128/25', '10.123.45.129']);
  expect(bridge.networks.v6).not.toBe(networks.v6);
  expect(bridge.gateway.v6.startsWith(bridge.networks.v6.replace(/::\/64$/, '::'))).toBe(true);
});

test('servers that share one port take addresses below those of macvlan children; more of them are refused', () => {
  expect(furtherAddresses('198.18.0.0/24', 93).at(-1)).toBe('198.18.0.95');
  expect(() => furtherAddresses('198.18.0.0/24', 94)).toThrow('95 servers cannot share one port');
});

test('the subnet that is asked for is that of the user bridge and the macvlan network too', async () => {
  const parts = fakeParts({ routes: ['198.18.0.0/15'] });
  const needs = { vantages: ['host', 'external'], servers: ['user-bridge', 'macvlan'], ipv6: false } as const;
  const asked: unknown[] = [];
  const engine = {
    ...parts.engine,
    createNetwork(spec: Parameters<typeof parts.engine.createNetwork>[0]) {
      asked.push(...spec.subnets.map(({ subnet }) => subnet));
      return parts.engine.createNetwork(spec);
    },
  };
  await using _lab = await startStage({ ...parts.options, engine, needs, subnet: '10.123.45.0/24' });
  expect(asked).toEqual(['10.123.45.128/25', '10.123.45.0/25']);
});

test.each(['bench-k3f9', 'bench-k3f9u'])(
  'packets that the machine sends elsewhere than over %s end the run before it begins, by name',
  async (device) => {
    const parts = fakeParts({ detours: { [device]: 'tailscale0 (table 52)' } });
    const needs = { vantages: ['external'], servers: ['user-bridge'], ipv6: false } as const;
    await expect(startStage({ ...parts.options, needs })).rejects.toMatchObject({
      kind: 'unfit',
      message: expect.stringMatching(
        new RegExp(`sends packets to 198\\.18\\.0\\.\\d+ over tailscale0 \\(table 52\\), .* ${device}$`),
      ),
      hint: expect.stringContaining('ip rule'),
    });
    expect(parts.engine.names()).toEqual([]);
  },
);
