import { expect, test } from 'vitest';
import {
  baselineOf,
  type ClaimKind,
  claims,
  externalPath,
  possiblePaths,
  routeFor,
  urlOf,
} from './network-modes.ts';
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

test('these paths can be measured, and no others', () => {
  expect(possiblePaths().map(pathId)).toEqual([
    'host/external',
    'bridge/external/published',
    'mapped/external/published',
    'host/host',
    'bridge/host/container',
    'mapped/host/container',
  ]);
});

test('every combination of the words is laid out or refused with a reason', () => {
  for (const path of everyPath) {
    const found = routeFor(path);
    if (found.possible) expect(found.route.path).toEqual(path);
    else expect(found.reason, pathId(path)).toMatch(/\S+ \S+ \S+/);
  }
});

test.each([
  ['none/external', 'by-nature', 'no interface but lo'],
  ['none/inside/container', 'by-nature', 'no address but loopback'],
  ['none/inside', 'not-built', 'none/inside'],
  ['none/inside/loopback', 'not-built', 'yet'],
  ['bridge/external', 'unclear', 'written bridge/external/published'],
  ['bridge/host', 'unclear', 'written bridge/host/container'],
  ['bridge/external/container', 'by-nature', 'private to its host'],
  ['bridge/external/loopback', 'by-nature', "dialler's own stack"],
  ['bridge/host/loopback', 'not-built', 'yet'],
  ['bridge/host/published', 'not-built', 'yet'],
  ['bridge/neighbor/container', 'not-built', 'yet'],
  ['bridge/neighbor/loopback', 'by-nature', "dialler's own stack"],
  ['bridge/inside', 'not-built', 'yet'],
  ['host/external/published', 'by-nature', 'no port is published'],
  ['host/host/container', 'by-nature', 'no address of its own'],
  ['host/host/loopback', 'unclear', 'written host/host'],
  ['host/inside', 'by-nature', 'use vantage host'],
  ['native/external', 'not-built', 'yet'],
  ['macvlan/host', 'by-nature', 'macvlan'],
  ['macvlan/external/container', 'not-built', 'yet'],
  ['overlay/neighbor/container', 'not-built', 'yet'],
  ['user-bridge/external/published', 'not-built', 'yet'],
])('%s is refused: %s', (id, why, words) => {
  expect(answer(id)).toMatchObject({ possible: false, why, reason: expect.stringContaining(words) });
});

test('the agent stands where the vantage says, and never dials across stacks it is not in', () => {
  for (const path of possiblePaths()) {
    const { agent, dialled } = route(pathId(path));
    expect(agent.kind).toBe(path.vantage === 'external' ? 'linked' : 'host');
    if (agent.kind === 'linked') expect(dialled.address).toBe('link');
  }
});

test('what must be seen tells each mode from the others and published from direct', () => {
  const seen = (id: string): readonly ClaimKind[] => route(id).claims;
  const host = ['shares-host-namespace', 'no-own-interface', 'listener-in-host-table'];
  expect(seen('host/external')).toEqual([...host, 'link-counters-grow']);
  expect(seen('host/host')).toEqual(host);
  expect(seen('bridge/external/published')).toEqual([
    'own-namespace',
    'link-counters-grow',
    'dnat-counter-grows',
    'proxy-flat',
    'bridge-counters-grow',
  ]);
  expect(seen('bridge/host/container')).toEqual(['own-namespace', 'bridge-counters-grow', 'no-dnat']);
  for (const like of ['external/published', 'host/container']) {
    expect(new Set(seen(`mapped/${like}`))).toEqual(
      new Set([...seen(`bridge/${like}`), 'namespace-of-holder']),
    );
  }
  for (const path of possiblePaths()) {
    for (const kind of seen(pathId(path))) expect(claims[kind]).toMatch(/\w+/);
  }
});

test('a mapped server needs a holder that is on the bridge', () => {
  expect(route('mapped/external/published').server).toEqual({ kind: 'mapped', holder: { kind: 'bridge' } });
});

test('every measurable path has a measurable baseline in the same vantage', () => {
  for (const path of possiblePaths()) {
    const baseline = baselineOf(path.vantage);
    expect(routeFor(baseline).possible).toBe(true);
    expect(baseline).toEqual({ mode: 'host', vantage: path.vantage });
  }
});

test('a mode alone means the path of a remote client', () => {
  const idOf = (mode: (typeof networkModes)[number]) => {
    const path = externalPath(mode);
    return path && pathId(path);
  };
  expect(idOf('host')).toBe('host/external');
  expect(idOf('mapped')).toBe('mapped/external/published');
  expect(idOf('none')).toBeUndefined();
});

test.each([
  ['host/external', 'http://198.18.0.1:20001/body'],
  ['bridge/external/published', 'http://198.18.0.1:20001/body'],
  ['host/host', 'http://127.0.0.1:20001/body'],
  ['bridge/host/container', 'http://172.17.0.2:8080/body'],
])('%s dials %s', (id, url) => {
  const whereabouts = {
    linkAddress: '198.18.0.1',
    containerAddress: '172.17.0.2',
    hostPort: 20001,
    containerPort: 8080,
  };
  expect(urlOf(route(id), whereabouts)).toBe(url);
});

test('a container without an address cannot be dialled', () => {
  const whereabouts = { linkAddress: '198.18.0.1', hostPort: 20001, containerPort: 8080 };
  expect(() => urlOf(route('bridge/host/container'), whereabouts)).toThrow('bridge/host/container');
});
