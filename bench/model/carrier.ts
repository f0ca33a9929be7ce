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
  /** Whether the engine writes IPv4 rules (`iptables`). */
  readonly iptables: boolean;
  /** Whether the engine writes IPv6 rules (`ip6tables`; not by default before Engine 27). */
  readonly ip6tables: boolean;
}

/** As Debian 12's engine (20.10) is set when nobody says otherwise. */
export const usualPublishing: PublishingSettings = { userlandProxy: true, iptables: true, ip6tables: false };

/**
 * Who carries a connection to a published port. With docker-proxy, Docker's chain leaves out what comes from
 * 127.0.0.0/8 (OUTPUT) and what comes from any of its own bridges (RETURN rules): those connections end at the port's
 * docker-proxy. Without it both go by DNAT, loopback by way of `route_localnet` (moby, libnetwork/iptables and
 * drivers/bridge/setup_ip_tables.go). An engine that writes no rules (`iptables=false`) leaves every published port to
 * docker-proxy. IPv6 is translated only where the engine writes IPv6 rules and the container has
 * an address to translate to; the kernel routes ::1 nowhere, so loopback stays with docker-proxy. Where there is none,
 * nobody carries it: `whyUncarried`.
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
 * Why an engine with these settings carries nobody to a published port: it runs no docker-proxy, and no rule can do
 * without. `undefined` where it does, or where no port is published.
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
  if (address === 'loopback') return 'the kernel routes ::1 nowhere, so that no rule can translate it';
  if (mode !== 'user-bridge') {
    return "a container on Docker's default bridge has no IPv6 address that a rule could translate to";
  }
  return ip6tables ? undefined : 'the engine writes no IPv6 rules: ip6tables is off';
}

/** Engine 27.0 made `ip6tables` the default (its release notes, "IPv6"); before that it was experimental. */
export function writesIpv6Rules(engineVersion: string): boolean {
  return Number.parseInt(engineVersion, 10) >= 27;
}
