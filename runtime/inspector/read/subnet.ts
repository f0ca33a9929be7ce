import { Failure } from '../../../bench/model/failure.ts';
import { present } from '../../../bench/model/present.ts';
import { checkedSubnet } from '../../../bench/model/subnet.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { DetourOrder } from '../contract.ts';

/** A range of IPv4 addresses: first and last as numbers. */
interface Range {
  readonly from: number;
  readonly to: number;
}

interface Route extends Range {
  /** As `ip route` prints the destination, e.g. 198.18.0.0/15. */
  readonly destination: string;
  readonly device?: string;
  /** Whether an interface's address made it: hosts of that network are on the wire. */
  readonly connected: boolean;
  /** Whether its table is asked before the main one, which contains a run's own routes. */
  readonly beforeMain: boolean;
}

/** 198.18.0.0/15 (RFC 2544): two times 256 networks of 256 addresses. */
const benchmarkNetworks = 512;
const firstBenchmarkAddress = addressNumber('198.18.0.0') ?? 0;

/** The part of `ip -j -4 route show table all` that is used (iproute2, ip/iproute.c). */
interface PrintedRoute {
  readonly dst?: string;
  readonly dev?: string;
  /** `kernel` where an interface's address made it. */
  readonly protocol?: string;
  /** Absent: the main table. */
  readonly table?: string;
}

/**
 * Reads `ip -j -4 route show table all`. Default routes are left out, also where a VPN has split one in two
 * halves (0.0.0.0/1 and 128.0.0.0/1): they overlap everything, and a link's own route is more specific.
 */
export function parseRoutes(json: string): readonly Route[] {
  const printed: readonly PrintedRoute[] = JSON.parse(json);
  return printed.flatMap(({ dst, dev, protocol, table }) => {
    const range = dst === undefined ? undefined : parseRange(dst);
    if (dst === undefined || range === undefined || range.to - range.from >= 2 ** 31 - 1) return [];
    return [
      {
        destination: dst,
        ...range,
        ...present({ device: dev }),
        connected: protocol === 'kernel',
        beforeMain: table === 'local',
      },
    ];
  });
}

/**
 * The first /24 of 198.18.0.0/15 that no route overlaps. Otherwise the first that is more specific than every
 * route that overlaps it, such as a VPN's 196.0.0.0/6: packets to it take the run's own route (RFC 1812,
 * 5.2.4.3). Or `wanted`, if no route conflicts with it.
 * Throws a `Failure` that names the conflicting route.
 */
export function chooseSubnet(routes: readonly Route[], wanted?: string): string {
  const free = freeSubnet(routes);
  if (wanted !== undefined) return checkWanted(routes, wanted, free);
  if (free !== undefined) return free;
  const route = inTheWay(routes, network(firstBenchmarkAddress));
  throw new Failure('unfit', `no /24 of 198.18.0.0/15 is free: the host routes ${describe(route)}`, {
    hint: 'Name a /24 that this machine does not use: --subnet 10.123.45.0/24, or BENCH_SUBNET=10.123.45.0/24.',
  });
}

function freeSubnet(routes: readonly Route[]): string | undefined {
  const candidates = Array.from({ length: benchmarkNetworks }, (_, i) => firstBenchmarkAddress + i * 256);
  const first =
    candidates.find((from) => !routes.some((route) => overlap(route, network(from)))) ??
    candidates.find((from) => inTheWay(routes, network(from)) === undefined);
  return first === undefined ? undefined : `${addressText(first)}/24`;
}

export async function readFreeSubnet(run: RunCommand, wanted?: string): Promise<string> {
  const { stdout } = await run('ip', ['-j', '-4', 'route', 'show', 'table', 'all']);
  return chooseSubnet(parseRoutes(stdout), wanted);
}

function checkWanted(routes: readonly Route[], wanted: string, free: string | undefined): string {
  const subnet = checkedSubnet(wanted);
  const route = inTheWay(routes, network(addressNumber(subnet.replace(/\/24$/, '')) ?? 0));
  if (route === undefined) return subnet;
  throw new Failure('unfit', `${wanted} is not free: the host routes ${describe(route)}`, {
    hint: `Name another /24 that this machine does not use${free === undefined ? '.' : `, or name none: bench then takes ${free}, which is free.`}`,
  });
}

/**
 * The first route that would take packets away from a /24, or lose them to it: one that is as specific, one
 * to a network whose hosts are on the wire, or one in a table that is asked first. The /24's own route
 * overrules any other.
 */
function inTheWay(routes: readonly Route[], range: Range): Route | undefined {
  return routes.find(
    (route) =>
      overlap(route, range) &&
      (route.connected || route.beforeMain || route.to - route.from <= range.to - range.from),
  );
}

function overlap(a: Range, b: Range): boolean {
  return a.from <= b.to && a.to >= b.from;
}

/** The /24 that begins at an address. */
function network(from: number): Range {
  return { from, to: from + 255 };
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
  return { from: number, to: number + size - 1 };
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

/**
 * Where the host sends packets that should leave by a device of the run's; `undefined` if they leave by it.
 * Rules of its policy routing (ip-rule(8)) may ask another table before the main one, as those of some VPNs
 * do. Only the kernel can say which route wins.
 */
export async function readDetour(
  run: RunCommand,
  { device, from, to }: DetourOrder,
): Promise<string | undefined> {
  const output = await attempt(run, 'ip', ['-j', 'route', 'get', to, 'from', from]);
  if (output instanceof Failure) return undefined; // no route at all, as long as no interface is on a bridge
  const [way]: readonly PrintedRoute[] = JSON.parse(output.stdout);
  if (way?.dev === undefined || way.dev === device) return undefined;
  return way.table === undefined ? way.dev : `${way.dev} (table ${way.table})`;
}
