import { expect, test } from 'vitest';
import { readHeldConnection } from './held-connection.ts';
import { recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
/** In the server's stack: the listener, and a connection from 172.17.0.1:50000 to 172.17.0.2:8080. */
const serverTcp = `${head}   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 901 1
   1: 020011AC:1F90 010011AC:C350 01 00000000:00000000 00:00000000 00000000    33        0 902 1
`;
/** In the host's: the other end of it, held by process 77. */
const hostTcp = `${head}   0: 010011AC:C350 020011AC:1F90 01 00000000:00000000 00:00000000 00000000     0        0 903 1
`;
const tracked =
  'ipv4     2 tcp      6 431999 ESTABLISHED src=198.18.0.2 dst=198.18.0.1 sport=40000 dport=20001 src=172.17.0.2 dst=198.18.0.2 sport=8080 dport=40000 [ASSURED] mark=0 use=1\n';

const agent = { address: '198.18.0.2', port: 40000 };
const dialled = { address: '198.18.0.1', port: 20001 };

function look(conntrack: string) {
  const files = recordedFiles({
    '/proc/31360/net/tcp': serverTcp,
    '/proc/net/tcp': hostTcp,
    '/proc/net/nf_conntrack': conntrack,
    '/proc/77/comm': 'docker-proxy\n',
    '/proc/77/fd/5': { link: 'socket:[903]' },
  });
  return readHeldConnection(files, recordedCommander({}), {
    ...{ serverPid: 31360, serverPort: 8080, agent, dialled },
  });
}

test('the peer that the server sees, and the process of the host that holds that end', async () => {
  const { peers } = await look('');
  expect(peers).toEqual([{ address: '172.17.0.1', port: 50000, command: 'docker-proxy' }]);
});

test("connection tracking says who answers this connection, and nothing of another's", async () => {
  expect((await look(tracked)).conntrack).toMatchObject({
    found: true,
    server: { address: '172.17.0.2', port: 8080 },
  });
  expect((await look(tracked.replace('dport=20001', 'dport=20002'))).conntrack.found).toBe(false);
});
