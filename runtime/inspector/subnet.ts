import { Failure } from '../../bench/model/failure.ts';
import { checkedSubnet } from '../../bench/model/subnet.ts';
import type { Commander } from './commander.ts';

/** A range of IPv4 addresses: first and last as numbers. */
interface Range {
  readonly first: number;
  readonly last: number;
}

export interface Route extends Range {
  /** As `ip route` prints the destination, e.g. 198.18.0.0/15. */
  readonly destination: string;
  readonly device?: string;
}

/** 198.18.0.0/15 (RFC 2544): two times 256 networks of 256 addresses. */
const benchmarkNetworks = 512;
const firstBenchmarkAddress = addressNumber('198.18.0.0') ?? 0;

/**
 * Reads `ip -j -4 route show table all`. Default routes are left out, also where a VPN has split one in two
 * halves (0.0.0.0/1 and 128.0.0.0/1): they overlap everything, and a link's own route is more specific.
 */
export function parseRoutes(json: string): readonly Route[] {
  const printed: readonly { readonly dst?: string; readonly dev?: string }[] = JSON.parse(json);
  return printed.flatMap(({ dst, dev }) => {
    const range = dst === undefined ? undefined : parseRange(dst);
    if (dst === undefined || range === undefined || range.last - range.first >= 2 ** 31 - 1) return [];
    return [{ destination: dst, ...range, ...(dev === undefined ? {} : { device: dev }) }];
  });
}

/**
 * The first /24 of 198.18.0.0/15 that no route overlaps, or `wanted` if none overlaps it.
 * Throws a `Failure` that names the route in the way.
 */
export function chooseSubnet(routes: readonly Route[], wanted?: string): string {
  if (wanted !== undefined) return checkWanted(routes, wanted);
  const free = Array.from({ length: benchmarkNetworks }, (_, i) => firstBenchmarkAddress + i * 256).find(
    (first) => overlapping(routes, { first, last: first + 255 }) === undefined,
  );
  if (free !== undefined) return `${addressText(free)}/24`;
  const whole = { first: firstBenchmarkAddress, last: firstBenchmarkAddress + benchmarkNetworks * 256 - 1 };
  const route = overlapping(routes, whole);
  throw new Failure('unfit', `no /24 of 198.18.0.0/15 is free: the host routes ${describe(route)}`, {
    hint: 'Name a /24 that this machine does not use: --subnet 10.123.45.0/24.',
  });
}

export async function readFreeSubnet(run: Commander, wanted?: string): Promise<string> {
  const { stdout } = await run('ip', ['-j', '-4', 'route', 'show', 'table', 'all']);
  return chooseSubnet(parseRoutes(stdout), wanted);
}

function checkWanted(routes: readonly Route[], wanted: string): string {
  const subnet = checkedSubnet(wanted);
  const first = addressNumber(subnet.replace(/\/24$/, '')) ?? 0;
  const route = overlapping(routes, { first, last: first + 255 });
  if (route === undefined) return subnet;
  throw new Failure('unfit', `${wanted} is not free: the host routes ${describe(route)}`, {
    hint: 'Name another /24 with --subnet, or leave --subnet out and a free one is chosen.',
  });
}

function overlapping(routes: readonly Route[], range: Range): Route | undefined {
  return routes.find((route) => route.first <= range.last && route.last >= range.first);
}

function describe(route: Route | undefined): string {
  if (route === undefined) return 'it';
  return route.device === undefined ? route.destination : `${route.destination} to ${route.device}`;
}

function parseRange(text: string): Range | undefined {
  const [address = '', length = '32'] = text.split('/');
  const number = addressNumber(address);
  const bits = Number(length);
  if (number === undefined || !/^\d+$/.test(length) || bits > 32) return undefined;
  const size = 2 ** (32 - bits);
  return { first: number, last: number + size - 1 };
}

function addressNumber(text: string): number | undefined {
  const bytes = text.split('.');
  if (bytes.length !== 4 || !bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) < 256))
    return undefined;
  return bytes.reduce((number, byte) => number * 256 + Number(byte), 0);
}

function addressText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
