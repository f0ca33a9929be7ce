import { expect, test } from 'vitest';
import { addressesOf, healthCheckSeconds, publishedPorts } from './inspected.ts';

const bridge = {
  NetworkID: 'b1',
  Gateway: '172.17.0.1',
  IPAddress: '172.17.0.2',
  GlobalIPv6Address: '',
};
const other = {
  NetworkID: 'a1',
  Gateway: '172.18.0.1',
  IPAddress: '172.18.0.2',
  GlobalIPv6Address: 'fd00::2',
};

function addresses(NetworkMode: string | undefined, Networks: Record<string, typeof bridge>) {
  return addressesOf({ HostConfig: { NetworkMode }, NetworkSettings: { Networks } });
}

test.each([
  ['default', '172.17.0.2'],
  [undefined, '172.17.0.2'],
  ['bridge', '172.17.0.2'],
  ['a-net', '172.18.0.2'],
  ['a1', '172.18.0.2'],
])('started on %s and connected to another network: its address is %s', (mode, address) => {
  expect(addresses(mode, { 'a-net': other, bridge }).address).toBe(address);
});

test('all networks are told, with the gateway where there is one', () => {
  const internal = { ...other, Gateway: '' };
  expect(addresses('default', { 'a-net': internal, bridge }).networks).toEqual([
    { name: 'a-net' },
    { name: 'bridge', gateway: '172.17.0.1' },
  ]);
});

test('of the network that it was started on it was taken off: the address is another one', () => {
  expect(addresses('default', { 'a-net': other })).toMatchObject({
    address: '172.18.0.2',
    address6: 'fd00::2',
  });
  const none = { ...bridge, Gateway: '', IPAddress: '' };
  expect(addresses('none', { none })).toEqual({ address: undefined, networks: [{ name: 'none' }] });
});

const of = (Ports: Parameters<typeof publishedPorts>[0]['NetworkSettings']['Ports']) =>
  publishedPorts({ NetworkSettings: Ports === undefined ? {} : { Ports } });

test('each TCP port on each address; exposed ports, UDP and containers without a network publish nothing', () => {
  expect(
    of({
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '443/tcp': null,
      '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }],
    }),
  ).toEqual([
    { containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 },
    { containerPort: 80, hostAddress: '::', hostPort: 8080 },
  ]);
  expect(of({})).toEqual([]);
  expect(of(null)).toEqual([]);
  expect(of(undefined)).toEqual([]);
});

test.each([
  ['none', undefined, undefined],
  ['a check without an interval', { Test: ['CMD', 'true'] }, 30],
  ['a check as the engine writes one without an interval', { Test: ['CMD-SHELL', 'true'], Interval: 0 }, 30],
  ['a check every 5 s', { Test: ['CMD-SHELL', 'curl -f localhost'], Interval: 5e9 }, 5],
  ['one that is switched off', { Test: ['NONE'] }, undefined],
])('the health checks of an image: %s', (_, Healthcheck, seconds) => {
  expect(healthCheckSeconds({ Healthcheck })).toBe(seconds);
});
