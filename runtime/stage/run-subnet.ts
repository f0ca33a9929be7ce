import { Failure } from '../../bench/model/failure.ts';

/*
 * How the one /24 is divided that a run's own networks take:
 *
 *   .0/25    the external link: .1 the host's end, .2 the agent's, .3 and up further ones of the host's end
 *   .96/27     of that, the macvlan children of the link
 *   .128/25  the user bridge: .129 the host's end, .130 and up the containers
 */

/** An IPv4 value and the corresponding IPv6 value. */
export interface Pair {
  readonly v4: string;
  readonly v6: string;
}

const firstFurther = 3;
const firstMacvlan = 96;
const userBridgeHalf = 128;

/** The external link, and the range of its subnet that macvlan children get their addresses from. */
export function linkIn(subnet: string) {
  const pair = (last: number): Pair => ({
    v4: hostOf(subnet, last),
    v6: `${ipv6Prefix(subnet, 0)}::${last}`,
  });
  return {
    host: pair(1),
    peer: pair(2),
    networks: halfOf(subnet, 0),
    macvlans: { v4: `${hostOf(subnet, firstMacvlan)}/27`, v6: `${ipv6Prefix(subnet, 0)}::1:0/112` },
  };
}

/** The user bridge: the host's end, and the first address that a container can have. */
export function userBridgeIn(subnet: string) {
  const gateway: Pair = {
    v4: hostOf(subnet, userBridgeHalf + 1),
    v6: `${ipv6Prefix(subnet, userBridgeHalf)}::1`,
  };
  return { gateway, first: hostOf(subnet, userBridgeHalf + 2), networks: halfOf(subnet, userBridgeHalf) };
}

/**
 * Addresses of the link's host end besides its first, for servers that share one port.
 * @throws {Failure} usage: the link does not have that many addresses.
 */
export function furtherAddresses(subnet: string, count: number): readonly string[] {
  const room = firstMacvlan - firstFurther;
  if (count > room) {
    throw new Failure(
      'usage',
      `${count + 1} servers cannot share one port: the external link has room for ${room + 1} addresses`,
      { hint: 'Compare fewer paths, or one server at a time (--server nginx).' },
    );
  }
  return Array.from({ length: count }, (_, index) => hostOf(subnet, firstFurther + index));
}

function halfOf(subnet: string, first: number): Pair {
  return { v4: `${hostOf(subnet, first)}/25`, v6: `${ipv6Prefix(subnet, first)}::/64` };
}

/** The /24's address with this last byte. */
function hostOf(subnet: string, last: number): string {
  return `${subnet.slice(0, subnet.lastIndexOf('.'))}.${last}`;
}

/**
 * A unique local IPv6 network (RFC 4193) for each half of a /24: its third and fourth groups are those of the IPv4
 * network, so that it is free if that is.
 * @param first last byte of the half's first address.
 */
function ipv6Prefix(subnet: string, first: number): string {
  const [a = 0, b = 0, c = 0] = subnet.split('.').map(Number);
  // Plus one, so that no group is 0 and the address is written in its usual form (RFC 5952).
  const fourth = c + 1 + (first < userBridgeHalf ? 0 : 0x1000);
  return `fdbe:6e63:${(a * 256 + b).toString(16)}:${fourth.toString(16)}`;
}
