import type { Growth } from '../model/observed.ts';
import type { Reading } from '../model/reading.ts';

/** The counters that grow, by their name in `Growth`, and where a reading has them. */
const counters = {
  dnatPackets: ({ dnatPackets }) => dnatPackets,
  bridgePackets: ({ serverStackPackets }) => serverStackPackets,
  bridgeDevicePackets: ({ bridgeDevicePackets }) => bridgeDevicePackets,
  linkPackets: ({ linkPackets }) => linkPackets,
  proxySeconds: ({ proxySeconds }) => proxySeconds,
} as const satisfies Record<string, (reading: Reading) => number | undefined>;
const counterNames = [
  'dnatPackets',
  'bridgePackets',
  'bridgeDevicePackets',
  'linkPackets',
  'proxySeconds',
] as const;

/** A growth without the counters that other cases have had a part in. */
export function ownGrowth({ linkPackets: _, bridgeDevicePackets: __, ...own }: Growth): Growth {
  return own;
}

export function growth(
  before: Reading,
  after: Reading,
  load: { readonly connections: number; readonly requests: number },
): Growth {
  return withCounters(load, (name) => {
    const [from, to] = [counters[name](before), counters[name](after)];
    return from === undefined || to === undefined || to < from ? undefined : to - from;
  });
}

/** Growth of several slices together: for the evidence of a round. */
export function addGrowth(left: Growth, right: Growth): Growth {
  const load = {
    connections: left.connections + right.connections,
    requests: left.requests + right.requests,
  };
  return withCounters(load, (name) => {
    const [a, b] = [left[name], right[name]];
    return a === undefined || b === undefined ? undefined : a + b;
  });
}

function withCounters(
  load: { readonly connections: number; readonly requests: number },
  grownBy: (name: (typeof counterNames)[number]) => number | undefined,
): Growth {
  const rows = counterNames.flatMap((name) => {
    const value = grownBy(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...load, ...Object.fromEntries(rows) };
}
