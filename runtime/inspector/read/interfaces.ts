import { Failure } from '../../../bench/model/failure.ts';
import { present } from '../../../bench/model/present.ts';
import type { RunCommand } from '../commander.ts';
import type { NetworkInterface, TrafficReading } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';
import { processGone } from './cgroup.ts';

/** The part of `ip -j -d addr` that is used (iproute2, ip/ipaddress.c). */
interface PrintedInterface {
  readonly ifindex: number;
  readonly ifname: string;
  /** The other end of a veth that is in another namespace. */
  readonly link_index?: number;
  /** The other end of a veth that is in this namespace. */
  readonly link?: string;
  /** The bridge that it is a port of. */
  readonly master?: string;
  readonly flags?: readonly string[];
  readonly link_type?: string;
  readonly linkinfo?: { readonly info_kind?: string };
  readonly mtu: number;
  readonly addr_info?: readonly { readonly local?: string }[];
}

/** Reads the output of `ip -j -d addr`. */
export function parseInterfaces(json: string): NetworkInterface[] {
  const printed: readonly PrintedInterface[] = JSON.parse(json);
  // Hidden addresses are printed as empty objects.
  const shown = printed.filter(({ ifname }) => ifname !== undefined);
  const indexOf = (name: string | undefined) => shown.find(({ ifname }) => ifname === name)?.ifindex;
  return shown.map((each) => {
    const linkIndex = each.link_index ?? indexOf(each.link);
    return {
      name: each.ifname,
      index: each.ifindex,
      ...present({ linkIndex }),
      kind: each.linkinfo?.info_kind ?? (each.link_type === 'loopback' ? 'loopback' : 'device'),
      ...present({ master: each.master }),
      up: each.flags?.includes('UP') ?? false,
      mtu: each.mtu,
      addresses: (each.addr_info ?? []).flatMap(({ local }) => (local === undefined ? [] : [local])),
    };
  });
}

/** Interfaces of the stack that `pid` is in, or of the host's. */
export async function readInterfaces(run: RunCommand, pid: number | 'host'): Promise<NetworkInterface[]> {
  const ip = ['ip', '-j', '-d', 'addr'];
  const [command = '', ...args] = pid === 'host' ? ip : ['nsenter', '-t', String(pid), '-n', ...ip];
  return parseInterfaces((await run(command, args)).stdout);
}

/** Reads /proc/net/dev: counters of each interface, by name. */
export function parseTraffic(dev: string): ReadonlyMap<string, TrafficReading> {
  const rows = dev.split('\n').flatMap((line): [string, TrafficReading][] => {
    const match = /^\s*(\S+):\s*(.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    const columns = match[2].trim().split(/\s+/).map(Number);
    const [rxBytes = 0, rxPackets = 0, , , , , , , txBytes = 0, txPackets = 0] = columns;
    return [[match[1], { rxPackets, txPackets, rxBytes, txBytes }]];
  });
  return new Map(rows);
}

/** Counters of the stack that `pid` is in, summed over all interfaces but loopback. */
export function readStackTraffic(files: Files, pid: number, owner: string): TrafficReading {
  const dev = readIfPresent(files, `/proc/${pid}/net/dev`);
  if (dev === undefined) throw processGone(pid, owner);
  const sum = { rxPackets: 0, txPackets: 0, rxBytes: 0, txBytes: 0 };
  for (const [name, traffic] of parseTraffic(dev)) {
    if (name === 'lo') continue;
    sum.rxPackets += traffic.rxPackets;
    sum.txPackets += traffic.txPackets;
    sum.rxBytes += traffic.rxBytes;
    sum.txBytes += traffic.txBytes;
  }
  return sum;
}

/** Counters of the named host interfaces. Fails if one is missing: it is on the path, so it must be there. */
export function readHostTraffic(files: Files, names: readonly string[]): Record<string, TrafficReading> {
  if (names.length === 0) return {};
  const all = parseTraffic(files.read('/proc/net/dev'));
  return Object.fromEntries(
    names.map((name) => {
      const traffic = all.get(name);
      if (traffic === undefined) {
        throw new Failure('casesFailed', `the host has no interface ${name}`, {
          hint: `Its interfaces: ${[...all.keys()].join(', ')}.`,
        });
      }
      return [name, traffic];
    }),
  );
}
