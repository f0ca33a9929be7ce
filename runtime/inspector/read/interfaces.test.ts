import { expect, test } from 'vitest';
import { parseInterfaces, parseTraffic, readHostTraffic, readStackTraffic } from './interfaces.ts';
import { recordedFiles } from './recorded-machine.fixture.ts';
import { containerAddr, hostNetDev, recordedTree } from './recorded-processes.fixture.ts';

test('a container has loopback and one end of a veth whose other end is outside', () => {
  expect(parseInterfaces(containerAddr)).toEqual([
    { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] },
    { name: 'eth0', index: 20, linkIndex: 21, kind: 'veth', up: true, mtu: 1500, addresses: ['172.17.0.2'] },
  ]);
});

test('a veth whose both ends are in one stack is linked by name', () => {
  const printed = [
    { ifindex: 4, ifname: 'left', link: 'right', mtu: 1500, addr_info: [] },
    { ifindex: 5, ifname: 'right', link: 'left', mtu: 1500, addr_info: [] },
  ];
  const [left, right] = parseInterfaces(JSON.stringify(printed));
  expect([left?.linkIndex, right?.linkIndex]).toEqual([5, 4]);
});

test('reads counters also where a wide number leaves no space after the name', () => {
  expect(parseTraffic(hostNetDev).get('docker0')).toEqual({
    rxBytes: 43737,
    rxPackets: 546,
    txBytes: 37154884,
    txPackets: 939,
  });
});

test("a stack's traffic leaves loopback out", () => {
  expect(readStackTraffic(recordedFiles(recordedTree), 31360, 'server')).toEqual({
    rxBytes: 49160,
    rxPackets: 612,
    txBytes: 111884,
    txPackets: 402,
  });
});

test('reads the host interfaces that are asked for and names one that is missing', () => {
  const files = recordedFiles(recordedTree);
  expect(readHostTraffic(files, ['bench-k3f9'])).toEqual({
    'bench-k3f9': { rxBytes: 591, rxPackets: 8, txBytes: 1077, txPackets: 6 },
  });
  expect(() => readHostTraffic(files, ['bench-gone'])).toThrow('the host has no interface bench-gone');
  expect(readHostTraffic(recordedFiles({}), [])).toEqual({});
});
