import { expect, test } from 'vitest';
import { recordedFiles } from './recorded-machine.fixture.ts';
import { parseRoutes4, parseRoutes6, readRoutes } from './routes.ts';

/** /proc/net/route and ipv6_route as Linux 6.18 prints them: a default route, a link, and what must be left out. */
const route = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
*	000112C6	00000000	0201	0	0	0	00FFFFFF	0	0	0
`;
const route6 = `20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003     eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo
ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000002 00000000 00000001     eth0
`;

test('reads the main table of IPv4 as `ip route` would print it', () => {
  expect(parseRoutes4(route)).toEqual([
    { destination: 'default', gateway: '172.17.0.1', device: 'eth0' },
    { destination: '172.17.0.0/16', device: 'eth0' },
  ]);
});

test('of IPv6 the addresses of the stack itself, refusals and multicast are left out', () => {
  expect(parseRoutes6(route6)).toEqual([
    { destination: '2001:db8::/64', device: 'eth0' },
    { destination: 'default', gateway: '2001:db8::1', device: 'eth0' },
  ]);
});

test('a stack without IPv6 has the routes of IPv4 alone', () => {
  expect(readRoutes(recordedFiles({ '/proc/7/net/route': route }), 7)).toHaveLength(2);
  expect(readRoutes(recordedFiles({ '/proc/net/route': route }), 'host')).toHaveLength(2);
  expect(readRoutes(recordedFiles({}), 8)).toEqual([]);
});
