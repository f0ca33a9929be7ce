import type { Path } from './path.ts';

/** What takes a connection from the dialled address to the server. */
export type Carrier =
  /** Nothing stands in between: the server's own address is dialled. */
  | 'directly'
  /** A rule of the host's firewall rewrites the destination of the connection's first packet. */
  | 'dnat'
  /** A process on the host accepts the connection and makes another one to the server. */
  | 'docker-proxy';

/** What decides how an engine publishes ports. */
export interface PublishingSettings {
  /** Whether the engine runs a docker-proxy for each published port. */
  readonly userlandProxy: boolean;
  /** Whether the engine writes IPv6 rules (`ip6tables`; not by default before Engine 27). */
  readonly ip6tables: boolean;
}

/** As Debian 12's engine (20.10) is set when nobody says otherwise. */
export const usualPublishing: PublishingSettings = { userlandProxy: true, ip6tables: false };

/**
 * Who carries a connection to a published port. With docker-proxy, Docker's chain leaves out what comes from
 * 127.0.0.0/8 (OUTPUT) and what comes from any of its own bridges (RETURN rules): those connections end at the port's
 * docker-proxy. Without it both go by DNAT, loopback by way of `route_localnet` (moby, libnetwork/iptables and
 * drivers/bridge/setup_ip_tables.go). IPv6 is translated only where the engine writes IPv6 rules and the container has
 * an address to translate to; the kernel routes ::1 nowhere, so loopback stays with docker-proxy.
 */
export function carrierOf(path: Path, { userlandProxy, ip6tables }: PublishingSettings): Carrier {
  const { mode, vantage, address, family } = path;
  const published = mode === 'bridge' || mode === 'user-bridge' || mode === 'mapped';
  if (!published || vantage === 'inside' || address === 'container') return 'directly';
  if (family === 'ipv6') {
    const translated = ip6tables && mode === 'user-bridge' && address === 'published';
    return translated && vantage !== 'neighbor' ? 'dnat' : 'docker-proxy';
  }
  const leftToProxy = address === 'loopback' || vantage === 'neighbor';
  return leftToProxy && userlandProxy ? 'docker-proxy' : 'dnat';
}

/** Engine 27.0 made `ip6tables` the default (its release notes, "IPv6"); before that it was experimental. */
export function writesIpv6Rules(engineVersion: string): boolean {
  return Number.parseInt(engineVersion, 10) >= 27;
}
