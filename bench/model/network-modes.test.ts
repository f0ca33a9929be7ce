import { expect, test } from 'vitest';
import { type ClaimKind, claims, claimsOf, usualClaims } from './claims.ts';
import { baselineOf, externalPath, possiblePaths, routeFor } from './network-modes.ts';
import { addresses, networkModes, type Path, parsePathId, pathId, vantages } from './path.ts';

const everyPath: readonly Path[] = networkModes.flatMap((mode) =>
  vantages.flatMap((vantage) => [
    { mode, vantage },
    ...addresses.map((address): Path => ({ mode, vantage, address })),
  ]),
);

function answer(id: string) {
  const path = parsePathId(id);
  if (path === undefined) throw new Error(`${id} is no path`);
  return routeFor(path);
}

function route(id: string) {
  const found = answer(id);
  if (!found.possible) throw new Error(`${id}: ${found.reason}`);
  return found.route;
}

const onBridge = (mode: string, vantage: string, ...words: readonly string[]) =>
  words.map((address) => `${mode}/${vantage}/${address}`);

test('these paths can be measured by IPv4, and no others', () => {
  const bridged = ['bridge', 'user-bridge', 'mapped'];
  const ipv4 = possiblePaths().filter(({ family }) => family === undefined);
  expect(ipv4.map(pathId)).toEqual([
    ...['host/external', 'native/external'],
    ...bridged.map((mode) => `${mode}/external/published`),
    'macvlan/external/container',
    ...['host/host', 'native/host'],
    ...bridged.flatMap((mode) => onBridge(mode, 'host', 'published', 'container', 'loopback')),
    ...['host/neighbor', 'native/neighbor'],
    ...bridged.flatMap((mode) => onBridge(mode, 'neighbor', 'published', 'container')),
    'macvlan/neighbor/container',
    ...['host/inside', 'bridge/inside', 'user-bridge/inside', 'mapped/inside', 'none/inside'],
    'macvlan/inside',
  ]);
});

test('by IPv6 these, and no others: the default bridge has no IPv6 address, and docker-proxy serves its ports', () => {
  const ipv6 = possiblePaths().filter(({ family }) => family === 'ipv6');
  expect(ipv6.map(pathId)).toEqual(
    [
      ...['host/external', 'native/external', 'bridge/external/published'],
      ...['user-bridge/external/published', 'mapped/external/published', 'macvlan/external/container'],
      ...['host/host', 'native/host', 'bridge/host/loopback'],
      ...onBridge('user-bridge', 'host', 'published', 'container', 'loopback'),
      'mapped/host/loopback',
      ...['host/neighbor', 'native/neighbor'],
      ...onBridge('user-bridge', 'neighbor', 'published', 'container'),
      'macvlan/neighbor/container',
      ...['host/inside', 'bridge/inside', 'user-bridge/inside', 'mapped/inside', 'none/inside'],
      'macvlan/inside',
    ].map((id) => `${id}/ipv6`),
  );
});

test('every combination of the words is laid out or refused with a reason', () => {
  for (const path of everyPath) {
    const found = routeFor(path);
    if (found.possible) expect(found.route.path).toEqual(path);
    else expect(found.reason, pathId(path)).toMatch(/\S+ \S+ \S+/);
  }
});

test.each([
  ['none/external', 'by-nature', '`none` has only the interface lo: only `inside` can reach it'],
  ['none/inside/container', 'by-nature', 'it has only loopback addresses'],
  ['none/inside/loopback', 'unclear', 'write it as none/inside'],
  ['bridge/external', 'unclear', 'write it as bridge/external/published'],
  ['bridge/host', 'unclear', 'bridge/host/published or bridge/host/container or bridge/host/loopback'],
  ['bridge/external/container', 'by-nature', 'private to its host'],
  ['bridge/external/loopback', 'by-nature', "client's own network stack"],
  ['bridge/neighbor/loopback', 'by-nature', "client's own network stack"],
  ['host/external/published', 'by-nature', 'Docker publishes no port'],
  ['host/host/container', 'by-nature', 'no address of its own'],
  ['host/host/loopback', 'unclear', 'write it as host/host'],
  ['native/inside', 'by-nature', 'no container whose network stack an agent could join'],
  ['host/inside/loopback', 'unclear', 'write it as host/inside'],
  ['native/neighbor/published', 'by-nature', 'Docker publishes no port'],
  ['bridge/host/container/ipv6', 'by-nature', 'use user-bridge'],
  ['bridge/external/ipv6', 'unclear', 'write it as bridge/external/published/ipv6'],
  ['none/external/ipv6', 'by-nature', 'only the interface lo'],
  ['native/inside/ipv6', 'by-nature', 'use native/host'],
  ['none/inside/container/ipv6', 'by-nature', 'it has only loopback addresses'],
  ['macvlan/host', 'by-nature', 'macvlan'],
  ['macvlan/external/published', 'by-nature', 'Docker publishes no port'],
  ['overlay/neighbor/container', 'not-built', 'swarm mode'],
])('%s is refused: %s', (id, why, words) => {
  expect(answer(id)).toMatchObject({ possible: false, why, reason: expect.stringContaining(words) });
});

test('every path that packets can take is laid, but those that need another engine: overlay in swarm mode', () => {
  const ipv6 = everyPath.map((path): Path => ({ ...path, family: 'ipv6' }));
  const notLaid = [...everyPath, ...ipv6].filter((path) => {
    const found = routeFor(path);
    return !found.possible && found.why === 'not-built';
  });
  expect(new Set(notLaid.map(({ mode }) => mode))).toEqual(new Set(['overlay']));
});

test('inside by IPv6 shows what inside by IPv4 does: the agent in the stack, its own socket, nothing that leaves', () => {
  for (const mode of ['bridge', 'user-bridge', 'mapped', 'none', 'macvlan']) {
    const laid = route(`${mode}/inside/ipv6`);
    const kinds = usualClaims(laid);
    expect(laid.dialled).toEqual({ address: 'loopback', port: 'container' });
    expect(kinds).toEqual(usualClaims(route(`${mode}/inside`)));
    expect(kinds).toEqual(expect.arrayContaining(['namespace-of-agent', 'peer-is-agent']));
  }
});

test("a neighbor dials a server in the host's stack over the bridge, whose host end counts it", () => {
  for (const id of ['host/neighbor', 'native/neighbor', 'host/neighbor/ipv6', 'native/neighbor/ipv6']) {
    expect(route(id).dialled).toEqual({ address: 'gateway', port: 'host' });
    expect(usualClaims(route(id))).toEqual(expect.arrayContaining(['peer-is-agent', 'bridge-device-grows']));
  }
});

test('the agent stands where the vantage says, and never dials across stacks it is not in', () => {
  const standsAt = { external: 'linked', host: 'host', neighbor: 'neighbor', inside: 'inside' };
  for (const path of possiblePaths()) {
    const { agent, dialled, server } = route(pathId(path));
    expect(agent.kind).toBe(standsAt[path.vantage]);
    if (agent.kind === 'linked')
      expect(dialled.address).toBe(server.kind === 'macvlan' ? 'container' : 'link');
    if (agent.kind === 'inside') {
      expect(dialled).toEqual({ address: 'loopback', port: server.kind === 'host' ? 'host' : 'container' });
    }
    if (agent.kind === 'neighbor') expect(dialled.address).not.toBe('loopback');
  }
});

test('what must be seen tells each mode from the others', () => {
  const seen = (id: string): readonly ClaimKind[] => usualClaims(route(id));
  expect(seen('host/external')).toEqual(
    expect.arrayContaining(['shares-host-namespace', 'listener-in-host-table', 'link-counters-grow']),
  );
  expect(seen('native/external')).toEqual(
    expect.arrayContaining(['no-container', 'listener-in-host-table', 'link-counters-grow']),
  );
  expect(seen('none/inside')).toEqual(
    expect.arrayContaining(['own-namespace', 'only-loopback', 'namespace-of-agent']),
  );
  expect(seen('macvlan/external/container')).toEqual(
    expect.arrayContaining(['macvlan-child', 'macvlan-counters-grow', 'link-counters-grow']),
  );
  for (const like of [
    'external/published',
    'host/container',
    'host/loopback',
    'neighbor/container',
    'inside',
  ]) {
    expect(new Set(seen(`mapped/${like}`))).toEqual(
      new Set([...seen(`bridge/${like}`), 'namespace-of-holder']),
    );
  }
  for (const path of possiblePaths()) {
    for (const kind of seen(pathId(path))) expect(claims[kind]).toMatch(/\w+/);
  }
});

test('every published path says which of DNAT and docker-proxy carries it, and no other path says either', () => {
  for (const path of possiblePaths()) {
    const laid = route(pathId(path));
    const { dialled, server } = laid;
    const kinds = usualClaims(laid);
    const published = ['bridge', 'user-bridge', 'mapped'].includes(server.kind) && dialled.port === 'host';
    const byDnat = kinds.includes('dnat-counter-grows') && kinds.includes('proxy-flat');
    const byProxy = kinds.includes('proxy-works') && kinds.includes('no-dnat');
    expect([byDnat, byProxy].filter(Boolean), pathId(path)).toHaveLength(published ? 1 : 0);
    if (!published) expect(kinds).toEqual(expect.arrayContaining(['peer-is-agent', 'conntrack-no-dnat']));
  }
  expect(usualClaims(route('bridge/external/published/ipv6'))).toContain('peer-is-proxy');
  const byRules = claimsOf(route('user-bridge/external/published/ipv6'), 'dnat', false);
  expect(byRules).toEqual(expect.arrayContaining(['conntrack-dnat', 'dnat-counter-grows']));
  expect(byRules).not.toContain('proxy-flat');
  expect(usualClaims(route('bridge/external/published'))).toContain('conntrack-dnat');
  expect(usualClaims(route('bridge/host/published'))).toContain('conntrack-dnat');
  expect(usualClaims(route('bridge/host/loopback'))).toContain('peer-is-proxy');
  expect(usualClaims(route('bridge/neighbor/published'))).toContain('peer-is-proxy');
});

test('a mapped server needs a holder that is on the bridge', () => {
  expect(route('mapped/external/published').server).toEqual({ kind: 'mapped', holder: { kind: 'bridge' } });
});

test('every measurable path has a measurable baseline: host mode, from the same vantage', () => {
  for (const path of possiblePaths()) {
    const baseline = baselineOf(path);
    expect(routeFor(baseline).possible, pathId(baseline)).toBe(true);
    expect(baseline.mode).toBe('host');
    expect(baseline.vantage).toBe(path.vantage);
    expect(baseline.family).toBe(path.family);
  }
});

test('a mode alone means the path of a remote client', () => {
  const idOf = (mode: (typeof networkModes)[number]) => {
    const path = externalPath(mode);
    return path && pathId(path);
  };
  expect(idOf('host')).toBe('host/external');
  expect(idOf('mapped')).toBe('mapped/external/published');
  expect(idOf('macvlan')).toBe('macvlan/external/container');
  expect(idOf('none')).toBeUndefined();
});
