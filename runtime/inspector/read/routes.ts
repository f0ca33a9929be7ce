import type { RouteEntry } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';
import { parseAddress, shortAddress } from './listeners.ts';

/** Flags of include/uapi/linux/route.h and ipv6_route.h. */
const flag = { up: 0x1, gateway: 0x2, reject: 0x200, anycast: 0x0010_0000, local: 0x8000_0000 } as const;

/** Reads /proc/net/route: the main table of IPv4. Numbers are as a little-endian machine prints them. */
export function parseRoutes4(table: string): RouteEntry[] {
  return table.split('\n').flatMap((line) => {
    const [device = '', destination = '', gateway = '', flags = '', , , , mask = ''] = line.split(/\s+/);
    if (!/^[0-9A-F]{8}$/.test(destination)) return [];
    const set = Number.parseInt(flags, 16);
    if ((set & flag.up) === 0 || (set & flag.reject) !== 0) return [];
    const length = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
    return [
      {
        destination: length === 0 ? 'default' : `${parseAddress(destination)}/${length}`,
        ...((set & flag.gateway) === 0 ? {} : { gateway: parseAddress(gateway) }),
        device,
      },
    ];
  });
}

/**
 * Reads /proc/net/ipv6_route. It holds every table: addresses of the stack itself, anycast and multicast are left out,
 * as `ip -6 route` does.
 */
export function parseRoutes6(table: string): RouteEntry[] {
  return table.split('\n').flatMap((line) => {
    const [destination = '', length = '', , , gateway = '', , , , flags = '', device = ''] = line
      .trim()
      .split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(destination) || destination.startsWith('ff')) return [];
    const set = Number.parseInt(flags, 16);
    const left = flag.reject | flag.anycast | flag.local;
    if ((set & flag.up) === 0 || (set & left) !== 0) return [];
    const bits = Number.parseInt(length, 16);
    return [
      {
        destination: bits === 0 ? 'default' : `${address6(destination)}/${bits}`,
        ...((set & flag.gateway) === 0 ? {} : { gateway: address6(gateway) }),
        device,
      },
    ];
  });
}

/**
 * Routes of the stack that `pid` is in, or of the host's. They are read from /proc, which costs microseconds,
 * and not by `ip`.
 */
export function readRoutes(files: Files, pid: number | 'host'): RouteEntry[] {
  const stack = pid === 'host' ? '/proc/net' : `/proc/${pid}/net`;
  return [
    ...parseRoutes4(readIfPresent(files, `${stack}/route`) ?? ''),
    ...parseRoutes6(readIfPresent(files, `${stack}/ipv6_route`) ?? ''),
  ];
}

/** 32 digits in the order of the network. */
function address6(hex: string): string {
  return shortAddress((hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16)));
}
