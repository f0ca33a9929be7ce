import { expect, test } from 'vitest';
import { type ClaimKind, counterFindings } from '../model/claims.ts';
import type { Growth } from '../model/observed.ts';
import type { Reading } from '../model/reading.ts';
import { addGrowth, growth } from './path-counters.ts';

const machine = {
  userSeconds: 1,
  systemSeconds: 1,
  irqSeconds: 0,
  softirqSeconds: 0,
  stealSeconds: 0,
  busySeconds: 2,
};
const start: Reading = {
  atSeconds: 100,
  machine,
  dnatPackets: 40,
  serverStackPackets: 5_000,
  linkPackets: 7_000,
  proxySeconds: 0.5,
};
const load = { connections: 32, requests: 1_000 };

function holds(kind: ClaimKind, grown: Growth): boolean | undefined {
  return counterFindings([kind], grown)[0]?.holds;
}

test('what grew is the later reading less the earlier one', () => {
  const end = {
    ...start,
    dnatPackets: 72,
    serverStackPackets: 7_400,
    linkPackets: 9_500,
    proxySeconds: 0.501,
  };
  const grown = growth(start, end, load);
  expect(grown).toMatchObject({ ...load, dnatPackets: 32, bridgePackets: 2_400, linkPackets: 2_500 });
  expect(grown.proxySeconds).toBeCloseTo(0.001, 9);
});

test('a counter that was made anew, or that is missing at one end, has no growth rather than a negative one', () => {
  const { linkPackets: _, ...unlinked } = start;
  const grown = growth(start, { ...unlinked, dnatPackets: 3, proxySeconds: 0 }, load);
  expect(grown).toEqual({ ...load, bridgePackets: 0 });
  expect(holds('dnat-counter-grows', grown)).toBe(false);
  expect(holds('link-counters-grow', grown)).toBe(false);
});

test('growth of a round is that of its slices together; what one of them lacks is unknown of all', () => {
  const one: Growth = { ...load, dnatPackets: 32, bridgePackets: 2_000 };
  expect(addGrowth(one, { connections: 1, requests: 10, dnatPackets: 1 })).toEqual({
    connections: 33,
    requests: 1_010,
    dnatPackets: 33,
  });
});

test.each<[ClaimKind, Partial<Growth>, boolean]>([
  ['dnat-counter-grows', { dnatPackets: 32 }, true],
  ['dnat-counter-grows', { dnatPackets: 31 }, false],
  ['dnat-counter-grows', {}, false],
  ['no-dnat', { dnatPackets: 0 }, true],
  ['no-dnat', {}, true],
  ['no-dnat', { dnatPackets: 1 }, false],
  // 2 ms of its own, and a microsecond a request: 3 ms for a thousand.
  ['proxy-flat', { proxySeconds: 0.0029 }, true],
  ['proxy-flat', { proxySeconds: 0.0031 }, false],
  ['proxy-flat', {}, true],
  ['bridge-counters-grow', { bridgePackets: 1_000 }, true],
  ['bridge-counters-grow', { bridgePackets: 999 }, false],
  ['bridge-counters-grow', {}, false],
  // 4 µs a request: 4 ms for a thousand.
  ['proxy-works', { proxySeconds: 0.0041 }, true],
  ['proxy-works', { proxySeconds: 0.0039 }, false],
  ['proxy-works', {}, false],
  ['bridge-device-grows', { bridgeDevicePackets: 1_000 }, true],
  ['bridge-device-grows', { bridgeDevicePackets: 999 }, false],
  // A hundred strays, and one for fifty requests.
  ['bridge-device-flat', { bridgeDevicePackets: 120 }, true],
  ['bridge-device-flat', { bridgeDevicePackets: 121 }, false],
  ['bridge-device-flat', {}, false],
  ['stack-counters-flat', { bridgePackets: 0 }, true],
  ['stack-counters-flat', { bridgePackets: 2_000 }, false],
  ['macvlan-counters-grow', { bridgePackets: 1_000 }, true],
  ['macvlan-counters-grow', { bridgePackets: 999 }, false],
  ['link-counters-grow', { linkPackets: 1_000 }, true],
  ['link-counters-grow', { linkPackets: 999 }, false],
  ['link-counters-grow', {}, false],
])('%s with %j: %s', (kind, counters, expected) => {
  expect(holds(kind, { ...load, ...counters })).toBe(expected);
});

test.each<ClaimKind>(['dnat-counter-grows', 'no-dnat'])(
  'where no connection was opened %s is not judged',
  (kind) => {
    expect(counterFindings([kind], { connections: 0, requests: 1_000, dnatPackets: 0 })).toEqual([]);
    expect(counterFindings([kind], { connections: 0, requests: 1_000, dnatPackets: 5 })).toEqual([]);
  },
);

test('claims about where a server stands are not judged by counters', () => {
  expect(counterFindings(['own-namespace', 'listener-in-host-table'], load)).toEqual([]);
});
