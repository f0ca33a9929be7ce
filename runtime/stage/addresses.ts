import type { DeploymentOrder } from '../../bench/model/stage.ts';
import { bridgeOf, type RunNetworks } from './run-networks.ts';
import { furtherAddresses } from './run-subnet.ts';

/** The part of an order that decides which addresses its server takes. */
type Place = Pick<DeploymentOrder, 'route' | 'addressIndex'>;

/**
 * The only addresses at which a server is reached on the host: the one that the path dials, and loopback. The
 * user's network is never among them: a benchmark opens no port to it.
 */
export function hostAddresses(order: Place, networks: RunNetworks): readonly string[] {
  const loopback = loopbackAddress(order);
  const dialled = dialledOnHost(order, networks);
  return dialled === undefined ? [loopback] : [dialled, loopback];
}

/** The dialled address of the host. Undefined for loopback, or if it is not the host's. */
export function dialledOnHost(order: Place, networks: RunNetworks): string | undefined {
  switch (order.route.dialled.address) {
    case 'link':
      return linkAddress(order, networks);
    case 'gateway':
      return bridgeOf(order.route, networks)?.gateway;
    default:
      return undefined;
  }
}

export function linkAddress(
  { route: { path }, addressIndex }: Place,
  { link }: RunNetworks,
): string | undefined {
  if (path.family === 'ipv6') return link?.host.v6;
  if (addressIndex === 0) return link?.host.v4;
  return link === undefined ? undefined : furtherAddresses(link.subnet, addressIndex).at(-1);
}

/** 127.0.0.1 for the first server, 127.0.0.2 for the next: all of 127.0.0.0/8 is loopback (RFC 1122, 3.2.1.3). */
export function loopbackAddress({ route: { path }, addressIndex }: Place): string {
  return path.family === 'ipv6' ? '::1' : `127.0.0.${1 + addressIndex}`;
}
