import { expect, test } from 'vitest';
import { freePorts, localPorts } from './local-ports.ts';

/** Ports 2375 and 8080 (listening), 48686 (TIME_WAIT) and 40000 (established). */
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 25155 1
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 25156 1
   2: 0100007F:BE2E 0100007F:0947 06 00000000:00000000 03:000016F2 00000000     0        0 0 3
   3: 0100007F:9C40 0100007F:0947 01 00000000:00000000 00:00000000 00000000     0        0 25157 1
`;

test('counts the sockets of the range, those in TIME_WAIT for themselves', () => {
  const ports = localPorts('40000\t49999\n', [tcp, '']);
  expect(ports).toEqual({ first: 40_000, last: 49_999, used: 1, timeWait: 1 });
  expect(freePorts(ports)).toBe(9_998);
  expect(localPorts('2000 9000', [tcp])).toMatchObject({ used: 2, timeWait: 0 });
});

test('a kernel that does not show its range has the usual one', () => {
  expect(localPorts(undefined, [])).toEqual({ first: 32_768, last: 60_999, used: 0, timeWait: 0 });
});
