import type { Path } from './path.ts';

/** How a connection gets from the dialled address to the server. */
export type Carrier =
  /** The server's own address is dialled, with nothing in between. */
  | 'directly'
  /** A rule of the host's firewall rewrites the destination of the connection's first packet. */
  | 'dnat'
  /** A process on the host accepts the connection and makes another one to the server. */
  | 'docker-proxy';

/** The settings that decide how an engine publishes ports. */
export interface PublishingSettings {
  /** Whether the engine runs a docker-proxy for each published port. */
  readonly userlandProxy: boolean;
  /** Whether the engine writes IPv4 rules (`iptables`). */
  readonly iptables: boolean;
  /** Whether the engine writes IPv6 rules (`ip6tables`; not by default before Engine 27). */
  readonly ip6tables: boolean;
}

/** The default settings of Debian 12's engine (20.10). */
export const usualPublishing: PublishingSettings = { userlandProxy: true, iptables: true, ip6tables: false };

/**
 * How a connection to a published port is carried. With docker-proxy, Docker's chain leaves out packets from
 * 127.0.0.0/8 (OUTPUT) and packets from any of its own bridges (RETURN rules). Those connections end at the
 * port's docker-proxy. Without docker-proxy both go by DNAT, loopback by way of `route_localnet` (moby,
 * libnetwork/iptables and drivers/bridge/setup_ip_tables.go). An engine that writes no rules
 * (`iptables=false`) leaves every published port to docker-proxy. IPv6 is translated only where the engine
 * writes IPv6 rules and the container has an address to translate to. The kernel does not route ::1, so
 * loopback stays with docker-proxy. Where there is no docker-proxy, such a connection is not carried: see
 * `whyUncarried`.
 */
export function carrierOf(path: Path, settings: PublishingSettings): Carrier {
  const { mode, vantage, address } = path;
  const published = mode === 'bridge' || mode === 'user-bridge' || mode === 'mapped';
  if (!published || vantage === 'inside' || address === 'container') return 'directly';
  const leftToProxy = address === 'loopback' || vantage === 'neighbor';
  if (leftToProxy && settings.userlandProxy) return 'docker-proxy';
  return untranslated(path, settings) === undefined ? 'dnat' : 'docker-proxy';
}

/**
 * Why an engine with these settings cannot carry connections to a published port: it runs no docker-proxy,
 * and no rule takes its place. `undefined` where it can, or where no port is published.
 */
export function whyUncarried(path: Path, settings: PublishingSettings): string | undefined {
  if (settings.userlandProxy || carrierOf(path, settings) === 'directly') return undefined;
  return untranslated(path, settings);
}

/** Why no rule rewrites the destination of a packet to a published port, if none does. */
function untranslated(
  { mode, address, family }: Path,
  { iptables, ip6tables }: PublishingSettings,
): string | undefined {
  if (family === undefined) return iptables ? undefined : 'the engine writes no rules: iptables is off';
  if (address === 'loopback') return 'the kernel does not route ::1, so no rule can translate it';
  if (mode !== 'user-bridge') {
    return "a container on Docker's default bridge has no IPv6 address that a rule could translate to";
  }
  return ip6tables ? undefined : 'the engine writes no IPv6 rules: ip6tables is off';
}

/** Engine 27.0 made `ip6tables` the default (its release notes, "IPv6"); before that it was experimental. */
export function writesIpv6Rules(engineVersion: string): boolean {
  return Number.parseInt(engineVersion, 10) >= 27;
}
