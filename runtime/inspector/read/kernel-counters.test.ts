import { expect, test } from 'vitest';
import {
  parseConntrackStat,
  parseProtocolCounters,
  parseSoftnet,
  parseSwitches,
  readKernelCounters,
} from './kernel-counters.ts';
import { recordedFiles } from './recorded-machine.fixture.ts';

const snmp = `Ip: Forwarding DefaultTTL InReceives
Ip: 1 64 91
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors
Tcp: 1 200 120000 -1 359356 316976 42138 131057 0 96020979 95794547 209568 0 112182 0
`;
const netstat = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPLostRetransmit
TcpExt: 0 12 13 4
IpExt: InNoRoutes
IpExt: 3
`;

/** Two CPUs of a 6.18 kernel. */
const softnet = `21f90862 00000002 00000036 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
1fcd675a 00000001 00000023 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 00000000 00000000
`;

const conntrack = `entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart
00000001  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 0000000a 00000002 00000000 00000000  00000000 00000000 00000000 00000000
00000001  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 00000001 00000000 00000000  00000000 00000000 00000000 00000000
`;

/** An older kernel has other columns in other places. */
const olderConntrack = `entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error
00000001  00000009 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000011 00000000 00000000 00000000
`;

test("a protocol's values are those below its names", () => {
  expect(parseProtocolCounters(snmp, 'Tcp').get('RetransSegs')).toBe(209_568);
  expect(parseProtocolCounters(netstat, 'TcpExt').get('ListenDrops')).toBe(13);
  expect(parseProtocolCounters(snmp, 'Udp').size).toBe(0);
});

test('softnet counts are hexadecimal, and added up over the CPUs', () => {
  expect(parseSoftnet(softnet)).toEqual({ dropped: 3, squeezed: 0x36 + 0x23 });
});

test("connection tracking's columns are found by name, whatever the kernel", () => {
  expect(parseConntrackStat(conntrack).get('insert_failed')).toBe(11);
  expect(parseConntrackStat(conntrack).get('drop')).toBe(3);
  expect(parseConntrackStat(olderConntrack).get('insert_failed')).toBe(17);
  expect(parseConntrackStat('').size).toBe(0);
});

test('a thread that waited and one that was interrupted', () => {
  expect(
    parseSwitches('Name:\tnginx\nvoluntary_ctxt_switches:\t17\nnonvoluntary_ctxt_switches:\t4\n'),
  ).toEqual({ voluntary: 17, involuntary: 4 });
});

function statusOf(voluntary: number, involuntary: number): string {
  return `voluntary_ctxt_switches:\t${voluntary}\nnonvoluntary_ctxt_switches:\t${involuntary}\n`;
}

const tree = {
  '/proc/7/task/7/status': statusOf(1, 10),
  '/proc/7/task/7/children': '8 \n',
  '/proc/8/task/8/status': statusOf(2, 20),
  '/proc/8/task/8/children': '11 \n',
  '/proc/8/task/9/status': statusOf(4, 40),
  '/proc/11/task/11/status': statusOf(8, 80),
  '/proc/11/task/11/children': '',
  '/proc/7/net/snmp': snmp,
  '/proc/7/net/netstat': netstat,
  '/proc/5/net/snmp': snmp.replace('209568', '7'),
  '/proc/net/softnet_stat': softnet,
  '/proc/net/stat/nf_conntrack': conntrack,
};

test("a deployment's counters: those of all threads of the server and of its children, of both stacks and of the host", () => {
  expect(readKernelCounters(recordedFiles(tree), { server: 7, agent: 5 })).toEqual({
    voluntary_switches: 15,
    involuntary_switches: 150,
    tcp_retransmits: 209_568,
    listen_overflows: 12,
    listen_drops: 13,
    agent_tcp_retransmits: 7,
    softnet_dropped: 3,
    softnet_squeezed: 0x59,
    conntrack_insert_failed: 11,
    conntrack_drops: 3,
  });
});

test('what the machine does not have is left out, and is not 0', () => {
  const { '/proc/net/stat/nf_conntrack': _, '/proc/net/softnet_stat': __, ...less } = tree;
  const reading = readKernelCounters(recordedFiles(less), { server: 7, agent: 6 });
  expect(Object.keys(reading)).toEqual([
    'voluntary_switches',
    'involuntary_switches',
    'tcp_retransmits',
    'listen_overflows',
    'listen_drops',
  ]);
});
