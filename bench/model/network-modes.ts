import {
  type Address,
  addresses,
  type NetworkMode,
  networkModes,
  type Path,
  type PathId,
  pathId,
  pathOf,
  type Vantage,
  vantages,
} from './path.ts';
import { present } from './present.ts';
import type { Dialled, Route, ServerAttachment } from './route.ts';

/**
 * The possible paths, as data: which paths bench can lay, what each of them needs, and what it must show.
 *
 *   mode + vantage [+ address] [+ ipv6] → what to create → where the agent runs → what it dials → what must be seen
 *
 * Nothing here touches an engine, so `bench plan` can report all of this beforehand.
 */

/**
 * Why a path cannot be measured: `by-nature` (packets cannot go that way, whoever builds it), `not-built`
 * (they could, but not without a change of the engine that bench does not make), `unclear` (the address is missing or superfluous).
 */
type Refusal = {
  readonly possible: false;
  readonly why: 'by-nature' | 'not-built' | 'unclear';
  readonly reason: string;
};

interface ModeEntry {
  readonly server?: ServerAttachment;
  /** The dialled address of each path that can be laid, by `vantage[/address]`. */
  readonly routes: Readonly<Record<string, Dialled>>;
  /** Why packets cannot go that way at all, or `undefined` if they can. */
  readonly impossible: (vantage: Vantage, address: Address | undefined) => string | undefined;
  /** Why bench lays none of a mode's paths, although packets could go that way. */
  readonly notLaid?: string;
  /** Why the path cannot be laid by IPv6, where it can be laid by IPv4. */
  readonly impossibleIpv6?: (vantage: Vantage, address: Address | undefined) => string | undefined;
}

const link = { address: 'link', port: 'host' } as const;
const gateway = { address: 'gateway', port: 'host' } as const;
const container = { address: 'container', port: 'container' } as const;
const hostLoopback = { address: 'loopback', port: 'host' } as const;
const ownLoopback = { address: 'loopback', port: 'container' } as const;

const onBridgeRoutes = {
  'external/published': link,
  'host/published': gateway,
  'host/container': container,
  'host/loopback': hostLoopback,
  'neighbor/container': container,
  'neighbor/published': gateway,
  inside: ownLoopback,
} as const;

function inHostStack(_: Vantage, address: Address | undefined): string | undefined {
  if (address === 'published') {
    // Docker's own words: "Published ports are discarded when using host network mode" (moby, daemon/create.go).
    return "a server in the host's stack listens on the host: Docker publishes no port and discards ports given with host mode";
  }
  if (address === 'container') return "a server in the host's stack has no address of its own";
  return undefined;
}

function onBridge(vantage: Vantage, address: Address | undefined): string | undefined {
  if (vantage === 'external' && address === 'container') {
    return "a container's address on a bridge is private to its host: a remote client has no route to it";
  }
  return undefined;
}

/** Docker's default bridge gives no IPv6 address unless the engine has a prefix for it (`fixed-cidr-v6`). */
function onDefaultBridgeIpv6(vantage: Vantage, address: Address | undefined): string | undefined {
  // docker-proxy serves a published port by IPv6 as well. lo has its address, whatever the bridge has.
  if (vantage === 'external' || vantage === 'inside' || address === 'loopback') return undefined;
  return "Docker's default bridge has no IPv6 address unless the engine's fixed-cidr-v6 gives it one: use user-bridge";
}

/** One entry a mode. */
const modes = {
  native: {
    server: { kind: 'native' },
    routes: { external: link, host: hostLoopback, neighbor: gateway },
    impossible(vantage, address) {
      return vantage === 'inside'
        ? 'a native server has no container whose network stack an agent could join: use native/host'
        : inHostStack(vantage, address);
    },
  },
  host: {
    server: { kind: 'host' },
    routes: { external: link, host: hostLoopback, neighbor: gateway, inside: hostLoopback },
    impossible: inHostStack,
  },
  bridge: {
    server: { kind: 'bridge' },
    routes: onBridgeRoutes,
    impossible: onBridge,
    impossibleIpv6: onDefaultBridgeIpv6,
  },
  'user-bridge': { server: { kind: 'user-bridge' }, routes: onBridgeRoutes, impossible: onBridge },
  mapped: {
    server: { kind: 'mapped', holder: { kind: 'bridge' } },
    routes: onBridgeRoutes,
    impossible: onBridge,
    impossibleIpv6: onDefaultBridgeIpv6,
  },
  none: {
    server: { kind: 'none' },
    routes: { inside: ownLoopback },
    impossible(vantage, address) {
      if (vantage !== 'inside') return '`none` has only the interface lo: only `inside` can reach it';
      if (address === 'published' || address === 'container') {
        return '`none` has only the interface lo: it has only loopback addresses';
      }
      return undefined;
    },
  },
  macvlan: {
    server: { kind: 'macvlan' },
    routes: { 'external/container': container, 'neighbor/container': container, inside: ownLoopback },
    impossible(vantage, address) {
      // Docker, "Macvlan network driver": traffic between the parent interface's own stack and its children
      // is filtered by the kernel.
      if (vantage === 'host')
        return 'the kernel does not pass packets between a host and its macvlan children';
      if (address === 'published')
        return 'a macvlan container is on the network itself, so Docker publishes no port';
      return undefined;
    },
  },
  overlay: {
    routes: {},
    notLaid: 'an overlay needs the engine to be in swarm mode, and bench does not change what an engine is',
    impossible(vantage, address) {
      if (vantage === 'external' && address === 'container') {
        return "a container's address on an overlay is private to it: a remote client has no route to it";
      }
      return undefined;
    },
  },
} as const satisfies Record<NetworkMode, ModeEntry>;

const agentAt = {
  external: { kind: 'linked' },
  host: { kind: 'host' },
  neighbor: { kind: 'neighbor' },
  inside: { kind: 'inside' },
} as const satisfies Record<Vantage, Route['agent']>;

/**
 * The route of a path in a plan.
 * @throws {Error} the path cannot be laid: no plan holds such a path.
 */
export function routeOf(id: PathId): Route {
  const laid = routeFor(pathOf(id));
  if (!laid.possible) throw new Error(`the path ${id} is impossible: ${laid.reason}`);
  return laid.route;
}

/** Lays out a path, or says why it cannot be measured. */
export function routeFor(path: Path): { readonly possible: true; readonly route: Route } | Refusal {
  const { mode, vantage, address, family } = path;
  const entry: ModeEntry = modes[mode];
  const dialled = entry.routes[address === undefined ? vantage : `${vantage}/${address}`];
  if (dialled !== undefined && entry.server !== undefined) {
    const noIpv6 = family === undefined ? undefined : entry.impossibleIpv6?.(vantage, address);
    if (noIpv6 !== undefined) return { possible: false, why: 'by-nature', reason: noIpv6 };
    return { possible: true, route: { path, server: entry.server, agent: agentAt[vantage], dialled } };
  }

  const reason = loopbackOfAnother(path) ?? entry.impossible(vantage, address);
  if (reason !== undefined) return { possible: false, why: 'by-nature', reason };

  const sameEnds = Object.keys(entry.routes).filter((key) => key.split('/')[0] === vantage);
  if (sameEnds.length > 0 && (address === undefined || sameEnds.includes(vantage))) {
    const ids = sameEnds.map((key) => [mode, key, family].filter((word) => word !== undefined).join('/'));
    return { possible: false, why: 'unclear', reason: `write it as ${ids.join(' or ')}` };
  }
  return {
    possible: false,
    why: 'not-built',
    reason: `bench does not lay the path ${pathId(path)}: ${entry.notLaid ?? 'it knows none like it'}`,
  };
}

/**
 * 127.0.0.1 is the dialler's own stack. From outside it reaches neither the server's stack nor the host's.
 */
function loopbackOfAnother({ vantage, address }: Path): string | undefined {
  if (address !== 'loopback' || vantage === 'host' || vantage === 'inside') return undefined;
  return `a loopback address stays in the client's own network stack: from the vantage ${vantage} it does not reach the server`;
}

/** Every path that can be measured, IPv4 before IPv6, baselines first within a vantage. */
export function possiblePaths(): Path[] {
  return [{}, { family: 'ipv6' as const }].flatMap((family) =>
    vantages.flatMap((vantage) =>
      orderedModes.flatMap((mode) =>
        [undefined, ...addresses]
          .map((address): Path => ({ mode, vantage, ...present({ address }), ...family }))
          .filter((path) => routeFor(path).possible),
      ),
    ),
  );
}

const orderedModes: readonly NetworkMode[] = ['host', ...networkModes.filter((mode) => mode !== 'host')];

/**
 * The baseline of a path: host mode by the same version of the internet protocol, seen from the same vantage.
 * From inside, every server is dialled by a separate agent, at loopback of the stack that both are in. For a
 * server in host mode, that is the host's stack (bench/docs/method.md, section 8).
 */
export function baselineOf({ vantage, family }: Pick<Path, 'vantage' | 'family'>): Path {
  return { mode: 'host', vantage, ...present({ family }) };
}

export function isBaseline(path: Path): boolean {
  return pathId(path) === pathId(baselineOf(path));
}

/** The path of a mode as a remote client takes it, if bench can lay it. */
export function externalPath(mode: NetworkMode): Path | undefined {
  return possiblePaths().find((path) => path.vantage === 'external' && path.mode === mode);
}
