import { expect, test } from 'vitest';
import type { Connection } from '../../model/connection.ts';
import type { TracedRule } from './document.ts';
import { judgeConnection, type Observation } from './judge-connection.ts';

const local = { address: '127.0.0.1', port: 40000 };
const published = { address: '127.0.0.1', port: 8081 };
const server = { address: '172.17.0.2', port: 8080 };
const nginx = { pid: 77, command: 'nginx', container: 'c'.repeat(64) };
const rule: TracedRule = {
  table: 'iptables-nft',
  chain: 'DOCKER',
  number: 2,
  rule: '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.17.0.2:8080',
  target: '172.17.0.2:8080',
  packets: 41,
  grew: 1,
};
const untouched: TracedRule = { ...rule, grew: 0 };
const ownAddress = { device: 'lo', kind: 'loopback', local: true };
const farEnd = {
  namespace: 'net:[2]',
  local: server,
  peer: { address: '172.17.0.1', port: 50000 },
  owner: nginx,
};

/** Tracked, and not translated. */
function plainEntry(remote = published): Connection['conntrack'] {
  return { found: true, server: remote, client: local, entry: 'tcp 6 …' };
}
const translatedEntry: Connection['conntrack'] = { found: true, server, client: local, entry: 'tcp 6 …' };
const noEntry: Connection['conntrack'] = { found: false, why: 'the kernel tracks no such connection' };

function judge(connection: Partial<Connection>, changes: Partial<Observation> = {}) {
  return judgeConnection({
    local,
    remote: published,
    rules: [],
    closedAtOnce: false,
    nameOf: (id) => (id === nginx.container ? 'web' : undefined),
    ...changes,
    connection: {
      boot: 'b',
      namespace: 'net:[1]',
      conntrack: plainEntry(),
      route: ownAddress,
      ...connection,
    },
  });
}

const proxyEnd = { accepted: true, owner: { pid: 31, command: 'docker-proxy' } };

test('docker-proxy: its pid, where it sends to, and whom the server takes for its client', () => {
  const proxy = { pid: 31, target: server };
  const { path, sentence, evidence, cannotTell } = judge(
    { hostEnd: proxyEnd, proxy, farEnd },
    { rules: [untouched] },
  );
  expect(path).toBe('docker-proxy');
  expect(sentence).toBe(
    'docker-proxy (pid 31) accepted the connection and forwards it to 172.17.0.2:8080, where nginx (pid 77, container web) answers.',
  );
  expect(evidence.join('\n')).toContain('it sees 172.17.0.1:50000 as its client');
  expect(evidence.join('\n')).toContain('41 → 41 connections');
  expect(cannotTell).toEqual([]);
});

test('docker-proxy whose container does not answer: says what it cannot tell', () => {
  const proxy = { pid: 31, target: server };
  const { cannotTell } = judge({ hostEnd: proxyEnd, proxy }, { closedAtOnce: true });
  expect(cannotTell).toEqual([
    expect.stringMatching(/^which process answers at 172.17.0.2:8080/),
    expect.stringMatching(/closed the connection at once/),
  ]);
});

test('DNAT: the number of the rule and its counter, and that no proxy was in between', () => {
  const { path, sentence, cannotTell } = judge({ conntrack: translatedEntry, farEnd }, { rules: [rule] });
  expect(path).toBe('dnat');
  expect(sentence).toBe(
    'DNAT by rule 2 of chain DOCKER (iptables-nft; counter 40 → 41) sent the connection to 172.17.0.2:8080, where nginx (pid 77, container web) answers. No proxy was involved.',
  );
  expect(cannotTell).toEqual([]);
});

test('a counter that other traffic shares: the own conntrack entry still tells, and the rest is said', () => {
  const { path, cannotTell } = judge(
    { conntrack: translatedEntry, farEnd },
    { rules: [{ ...rule, grew: 7 }] },
  );
  expect(path).toBe('dnat');
  expect(cannotTell).toEqual([expect.stringMatching(/the other 6 .*other traffic shares the counter/)]);
});

test('without connection tracking a counter that grew by one tells, and one that is shared does not', () => {
  const alone = judge({ conntrack: noEntry }, { rules: [rule] });
  expect(alone.path).toBe('dnat');
  const shared = judge({ conntrack: noEntry }, { rules: [{ ...rule, grew: 3 }] });
  expect(shared.path).toBe('unknown');
  expect(shared.cannotTell.join('\n')).toMatch(
    /rule 2 of DOCKER counted 3 connections.*other traffic shares the counters/,
  );
});

test('translated by a rule that bench cannot count: says so', () => {
  const { path, cannotTell } = judge({ conntrack: translatedEntry, farEnd });
  expect(path).toBe('dnat');
  expect(cannotTell).toEqual([expect.stringMatching(/^which rule translated it/)]);
});

test("a process in the host's stack, by loopback or by another address of the host", () => {
  const hostEnd = { accepted: true, owner: nginx };
  expect(judge({ hostEnd })).toMatchObject({
    path: 'loopback',
    sentence: expect.stringContaining(
      "directly to a process in the host's network stack: nginx (pid 77, container web)",
    ),
    cannotTell: [],
  });
  const remote = { address: '203.0.113.9', port: 8081 };
  expect(judge({ hostEnd, conntrack: plainEntry(remote) }, { remote }).path).toBe('host-stack');
});

test('an owner that this user may not see leaves open whether it is a docker-proxy', () => {
  expect(judge({ hostEnd: { accepted: true } }).cannotTell).toEqual([expect.stringMatching(/docker-proxy/)]);
});

test("a container's own address: the bridge, without translation", () => {
  const route = { device: 'docker0', kind: 'bridge', local: false };
  const seen = judge({ conntrack: plainEntry(server), route, farEnd }, { remote: server });
  expect(seen).toMatchObject({ path: 'bridge', cannotTell: [] });
  expect(seen.sentence).toContain('docker0');
  const veth = { device: 'bench-k3f9', kind: 'veth', local: false };
  expect(judge({ conntrack: plainEntry(server), route: veth, farEnd }, { remote: server }).path).toBe(
    'routed',
  );
});

test('a remote host: where the connection leaves, and that the rest cannot be seen from here', () => {
  const route = { device: 'eth0', kind: 'device', gateway: '192.0.2.1', local: false };
  const remote = { address: '198.51.100.7', port: 443 };
  const seen = judge({ conntrack: noEntry, route }, { remote });
  expect(seen.path).toBe('remote');
  expect(seen.sentence).toBe('The connection leaves this machine by 192.0.2.1 over eth0 (device).');
  expect(seen.cannotTell.join('\n')).toMatch(/run bench trace on the machine with the address 198.51.100.7/);
});

test('nothing seen: nothing claimed', () => {
  expect(judge({ conntrack: noEntry }).path).toBe('unknown');
});
