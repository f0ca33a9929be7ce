import { carrierOf, type PublishingSettings, whyUncarried } from './carrier.ts';
import { type Path, type PathId, pathId } from './path.ts';
import type { PathFacts } from './path-facts.ts';

/** A setting that keeps the packets of a path from arriving on some engine or machine. */
export interface Stop {
  /** The setting that is in the way, by its name and with its value, e.g. `net.ipv4.ip_forward=0`. */
  readonly setting: string;
  readonly reason: string;
  /** What the user can do, as a sentence or a command. */
  readonly hint: string;
}

type Obstacle = (path: Path, facts: PathFacts) => Stop | undefined;

/**
 * Everything that is known to stop a path. The first entry that stops a path gives the reason. Every command that asks
 * whether a path can be measured here (`run`, `plan`, `doctor`, `inspect`) asks this table.
 */
const obstacles = {
  noDefaultBridge({ mode }, { defaultBridge }) {
    if (defaultBridge?.exists !== false || (mode !== 'bridge' && mode !== 'mapped')) return undefined;
    return {
      setting: '"bridge": "none"',
      reason: 'the engine has no default bridge',
      hint: 'Use a bridge of bench\'s own instead: --mode user-bridge. For the default bridge, remove "bridge": "none" (or --bridge=none) from the engine\'s configuration and restart it.',
    };
  },

  ipv6Off(path, { ipv6Off = [] }) {
    // The setting of loopback alone stops every path as well: every server also listens on loopback.
    const off = path.family === undefined ? undefined : ipv6Off[0];
    if (off === undefined) return undefined;
    const remedy =
      off === 'ipv6.disable'
        ? 'It is a kernel parameter: boot without it.'
        : `Switch it on with: sysctl -w ${ipv6Off.map((name) => `${name}=0`).join(' ')}`;
    return {
      setting: `${off}=1`,
      reason: 'IPv6 is switched off on this machine',
      hint: `${remedy}\nOr measure the same paths by IPv4: leave out /ipv6.`,
    };
  },

  /**
   * For a bridge with IPv6 the engine enables this setting on the whole machine, permanently. A machine that
   * has its address from a router then loses its way to the internet at once, because the kernel drops the
   * routes that a router advertised to it.
   */
  noIpv6Forwarding(path, { ip6Forward }) {
    if (ip6Forward !== false || !goesOverOwnBridgeByIpv6(path)) return undefined;
    const setting = 'net.ipv6.conf.all.forwarding';
    return {
      setting: `${setting}=0`,
      reason:
        'when the engine creates a bridge with IPv6, it switches this setting on for the whole machine, permanently',
      hint: `bench does not change settings of your machine. Measure these paths in a lab (--lab) or by IPv4 (leave out /ipv6). If this machine learns no route from a router, you can switch the setting on yourself: sysctl -w ${setting}=1`,
    };
  },

  noForwarding(path, { ipForward, publishing }) {
    // Packets from the host's own stack are not forwarded, and docker-proxy makes a connection of its own.
    const arrives = path.vantage === 'external' || path.vantage === 'neighbor';
    if (ipForward !== false || !arrives || path.family !== undefined) return undefined;
    if (!goesByDnat(path, publishing)) return undefined;
    return {
      setting: 'net.ipv4.ip_forward=0',
      reason: 'the kernel does not forward packets from a published port to its container',
      hint: 'Switch it on with: sysctl -w net.ipv4.ip_forward=1. The engine switches it on when it starts. Another program has switched it off since (look in /etc/sysctl.d).',
    };
  },

  noBridgeFilter(path, { bridgeNetfilter, publishing }) {
    if (bridgeNetfilter !== false || path.vantage !== 'neighbor' || path.family !== undefined)
      return undefined;
    if (!goesByDnat(path, publishing)) return undefined;
    return {
      setting: 'net.bridge.bridge-nf-call-iptables=0',
      reason:
        'without docker-proxy a rule translates the published address, and the answers bypass that rule on the bridge',
      hint: 'Switch it on with: modprobe br_netfilter; sysctl -w net.bridge.bridge-nf-call-iptables=1. Or measure the same mode by --path …/neighbor/container.',
    };
  },

  noIcc(path, { defaultBridge, bridgeNetfilter, publishing }) {
    if (defaultBridge?.exists !== true || defaultBridge.icc) return undefined;
    if (path.vantage !== 'neighbor' || (path.mode !== 'bridge' && path.mode !== 'mapped')) return undefined;
    const { device } = defaultBridge;
    const setting = 'icc=false';
    const hint = `Use a bridge of bench's own: --path user-bridge/neighbor/${path.address ?? 'container'}. Or remove "icc": false (--icc=false) from the engine's configuration and restart it.`;
    if (path.address === 'container') {
      if (bridgeNetfilter !== true) return undefined;
      return {
        setting,
        reason: `the firewall (FORWARD) drops packets from ${device} to ${device}, and it filters packets on a bridge (net.bridge.bridge-nf-call-iptables=1)`,
        hint,
      };
    }
    if (!goesByDnat(path, publishing)) return undefined;
    return { setting, reason: `the firewall (FORWARD) drops packets from ${device} to ${device}`, hint };
  },

  uncarried(path, { publishing }) {
    const reason = publishing === undefined ? undefined : whyUncarried(path, publishing);
    if (reason === undefined) return undefined;
    const hint =
      'Put "userland-proxy": true into /etc/docker/daemon.json and restart the engine, or leave these paths out.';
    if (path.family === undefined) {
      return {
        setting: 'iptables=false and userland-proxy=false',
        reason: 'the engine writes no rules and runs no docker-proxy, so published ports are not forwarded',
        hint: `${hint}\nOr let the engine write rules: "iptables": true.`,
      };
    }
    const rules =
      'Without docker-proxy, user-bridge/external/published/ipv6 works by DNAT if the engine writes IPv6 rules: "ip6tables": true in /etc/docker/daemon.json, and before Engine 27 also "experimental": true.';
    return {
      setting: 'userland-proxy=false',
      reason,
      hint: `${hint}\n${rules}`,
    };
  },
} as const satisfies Record<string, Obstacle>;

/**
 * Whether a path goes over the run's own bridge by IPv6. A neighbor dials the host at that bridge, because
 * the default one has no IPv6.
 */
export function goesOverOwnBridgeByIpv6({ family, mode, vantage }: Path): boolean {
  return family === 'ipv6' && (mode === 'user-bridge' || (vantage === 'neighbor' && mode !== 'macvlan'));
}

function goesByDnat(path: Path, publishing: PublishingSettings | undefined): boolean {
  return publishing !== undefined && carrierOf(path, publishing) === 'dnat';
}

/** The setting that stops a path under these facts; `undefined` where none is known. */
export function whatStops(path: Path, facts: PathFacts): Stop | undefined {
  for (const obstacle of Object.values(obstacles)) {
    const stop = obstacle(path, facts);
    if (stop !== undefined) return stop;
  }
  return undefined;
}

/** The settings that stop some of these paths, each once with all paths that it stops. */
export function stopsOf(
  paths: readonly Path[],
  facts: PathFacts,
): readonly (Stop & { readonly paths: readonly PathId[] })[] {
  const bySetting = new Map<string, Stop & { readonly paths: PathId[] }>();
  for (const path of paths) {
    const stop = whatStops(path, facts);
    if (stop === undefined) continue;
    const same = bySetting.get(stop.setting);
    if (same === undefined) bySetting.set(stop.setting, { ...stop, paths: [pathId(path)] });
    else same.paths.push(pathId(path));
  }
  return [...bySetting.values()];
}
