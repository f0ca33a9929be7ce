import type { Route } from '../../bench/model/route.ts';
import { bridgeOf, type RunNetworks } from './run-networks.ts';

/**
 * Where a server is reached on the host, and nowhere else: on the address that the path dials, and on loopback. Never on
 * the user's network: a benchmark opens no port to it.
 */
export function hostAddresses(route: Route, networks: RunNetworks): readonly string[] {
  const loopback = route.path.family === 'ipv6' ? '::1' : '127.0.0.1';
  const dialled = dialledOnHost(route, networks);
  return dialled === undefined ? [loopback] : [dialled, loopback];
}

/** The host's address that is dialled, unless it is loopback or none of the host's. */
function dialledOnHost(route: Route, networks: RunNetworks): string | undefined {
  switch (route.dialled.address) {
    case 'link':
      return linkAddress(route, networks);
    case 'gateway':
      return bridgeOf(route, networks)?.gateway;
    default:
      return undefined;
  }
}

export function linkAddress({ path }: Pick<Route, 'path'>, { link }: RunNetworks): string | undefined {
  return path.family === 'ipv6' ? link?.host.v6 : link?.host.v4;
}

/** `address:port` as servers and URLs write it. */
export function socketAddress(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
