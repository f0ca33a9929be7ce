import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress, parseListeners, readListeners } from './listeners.ts';
import { recordedFiles } from './recorded-machine.fixture.ts';
import { hostTcp, recordedTree } from './recorded-processes.fixture.ts';

test('only sockets that listen are listeners', () => {
  expect(parseListeners(hostTcp)).toEqual([
    { address: '127.0.0.1', port: 8087, inode: '57609' },
    { address: '0.0.0.0', port: 2024, inode: '1679' },
    { address: '198.18.0.1', port: 8087, inode: '57585' },
  ]);
});

test.each([
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000001000000', '::1'],
  ['000080FE00000000FF00FC02010000FE', 'fe80::2fc:ff:fe00:1'],
  ['B80D0120000000000000010001000000', '2001:db8::1:0:0:1'],
  ['0000000000000000FFFF0000010012C6', '::ffff:198.18.0.1'],
])('%s is %s', (hex, address) => {
  expect(parseAddress(hex)).toBe(address);
});

test('a process that names itself in escape sequences and line ends is named on one line', () => {
  const tree = { ...recordedTree, '/proc/31360/comm': 'ok\n\u001b[2Jbench\u202e\n' };
  const names = readListeners(recordedFiles(tree), 31360).map(({ command }) => command);
  expect(names).toContain('ok \\u001b[2Jbench\\u202e');
});

test('every IPv4 address comes back from the way the kernel prints it', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
      const printed = bytes.toReversed().map((each) => each.toString(16).padStart(2, '0').toUpperCase());
      expect(parseAddress(printed.join(''))).toBe(bytes.join('.'));
    }),
  );
});

test("every IPv6 address reads as the same address in the URL parser's canonical form", () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const hex = groups.map((each) => each.toString(16).padStart(4, '0')).join('');
      const printed = (hex.match(/.{8}/g) ?? []).map((word) => (word.match(/../g) ?? []).reverse().join(''));
      const full = groups.map((each) => each.toString(16)).join(':');
      fc.pre(!full.startsWith('0:0:0:0:0:ffff:'));
      expect(`[${parseAddress(printed.join(''))}]`).toBe(new URL(`http://[${full}]/`).hostname);
    }),
  );
});

test('of a master and its worker the master owns the listener, whichever pid is lower', () => {
  expect(readListeners(recordedFiles(recordedTree), 31360)).toEqual([
    { protocol: 'tcp', address: '0.0.0.0', port: 80, pid: 31360, command: 'nginx' },
    { protocol: 'tcp', address: '::', port: 80, pid: 31360, command: 'nginx' },
  ]);
});

test('a listener whose process is out of sight has no owner', () => {
  expect(readListeners(recordedFiles(recordedTree), 'host')).toEqual([
    { protocol: 'tcp', address: '127.0.0.1', port: 8087 },
    { protocol: 'tcp', address: '0.0.0.0', port: 2024 },
    { protocol: 'tcp', address: '198.18.0.1', port: 8087, pid: 31304, command: 'docker-proxy' },
  ]);
});

test('a UDP socket without a peer waits for datagrams; one with a peer does not', () => {
  const udp = `   0: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 700 2 0 0
   1: 0100007F:9C40 0100007F:0035 01 00000000:00000000 00:00000000 00000000     0        0 701 2 0 0
`;
  expect(parseListeners(udp, 'udp')).toEqual([{ address: '0.0.0.0', port: 53, inode: '700' }]);
  const files = recordedFiles({
    '/proc/9/net/udp': udp,
    '/proc/9/fd/3': { link: 'socket:[700]' },
    '/proc/9/comm': 'named',
  });
  expect(readListeners(files, 9)).toEqual([
    { protocol: 'udp', address: '0.0.0.0', port: 53, pid: 9, command: 'named' },
  ]);
});
