import {
  type Address,
  addresses,
  type NetworkMode,
  networkModes,
  type Path,
  pathId,
  type Vantage,
  vantages,
} from './path.ts';

/**
 * What is possible, as data: which paths bench can lay, and what each of them needs and must show.
 *
 *   mode + vantage [+ address] → what to create → where the agent stands → what it dials → what must be seen
 *
 * Nothing here touches an engine, so `bench plan` can say all of this beforehand.
 */

/** How the server's container is attached. Ports are bound to the link's address and to loopback only. */
export type ServerAttachment =
  /** In the host's network stack, listening on a port of the host. */
  | { readonly kind: 'host' }
  /** On the default bridge, with its port published. */
  | { readonly kind: 'bridge' }
  /** In the stack of a holder container (`--network container:X`); the holder owns address and ports. */
  | { readonly kind: 'mapped'; readonly holder: { readonly kind: 'bridge' } };

/** The network of the load agent's container: its vantage. */
export type AgentNetwork =
  /** Started with network `none`, then joined to the host by the external veth link. */
  | { readonly kind: 'linked' }
  /** In the host's network stack. */
  | { readonly kind: 'host' };

/** Which address and port the agent dials. */
export type Dialled =
  /** The host's end of the external link, at the port on which the server listens or is published. */
  | { readonly address: 'link'; readonly port: 'host' }
  /** The container's address on the bridge (the holder's, where mapped), at the port inside. */
  | { readonly address: 'container'; readonly port: 'container' }
  /** 127.0.0.1 of the agent's own stack, at the port on the host. */
  | { readonly address: 'loopback'; readonly port: 'host' };

/** What must be seen if the packets took a path (METHOD section 8), in words. */
export const claims = {
  'shares-host-namespace': "the server's network namespace is the host's",
  'no-own-interface': 'the server sees exactly the interfaces of the host and none besides',
  'listener-in-host-table': "the server's listening socket is in the host's socket table",
  'own-namespace': "the server's network namespace is not the host's",
  'namespace-of-holder': "the server's network namespace is that of the container it is mapped to",
  'dnat-counter-grows': "the published port's DNAT rule counts the connections made",
  'proxy-flat': 'docker-proxy uses no CPU time while requests flow',
  'bridge-counters-grow': "the counters of the server's veth pair grow with the requests",
  'no-dnat': 'no DNAT rule counts the connections made',
  'link-counters-grow': 'the counters of the external link grow with the requests',
} as const;
export type ClaimKind = keyof typeof claims;

/** One path, laid out. */
export interface Route {
  readonly path: Path;
  readonly server: ServerAttachment;
  readonly agent: AgentNetwork;
  readonly dialled: Dialled;
  readonly claims: readonly ClaimKind[];
}

/**
 * Why a path cannot be measured: `by-nature` (packets cannot go that way, whoever builds it), `not-built`
 * (they could, but bench cannot lay that path yet), `unclear` (the address is missing or superfluous).
 */
export type Refusal = {
  readonly possible: false;
  readonly why: 'by-nature' | 'not-built' | 'unclear';
  readonly reason: string;
};

interface ModeEntry {
  /** Paths that can be laid, keyed by `vantage[/address]`. */
  readonly routes: Readonly<Record<string, Omit<Route, 'path'>>>;
  /** Why packets cannot go that way at all, or `undefined` if they can. */
  readonly impossible: (vantage: Vantage, address: Address | undefined) => string | undefined;
}

const linked = { kind: 'linked' } as const;
const onHost = { kind: 'host' } as const;
const linkAddress = { address: 'link', port: 'host' } as const;
const containerAddress = { address: 'container', port: 'container' } as const;
const loopback = { address: 'loopback', port: 'host' } as const;

const bridge = { kind: 'bridge' } as const;
const mapped = { kind: 'mapped', holder: bridge } as const;

const hostClaims = ['shares-host-namespace', 'no-own-interface', 'listener-in-host-table'] as const;
const externalHostClaims = [...hostClaims, 'link-counters-grow'] as const;
const publishedClaims = [
  'link-counters-grow',
  'dnat-counter-grows',
  'proxy-flat',
  'bridge-counters-grow',
] as const;
const containerClaims = ['bridge-counters-grow', 'no-dnat'] as const;

function inHostStack(vantage: Vantage, address: Address | undefined): string | undefined {
  if (vantage === 'inside') return "the inside of a server in the host's stack is the host: use vantage host";
  if (address === 'published') return "a server in the host's stack listens itself: no port is published";
  if (address === 'container') return "a server in the host's stack has no address of its own";
  return undefined;
}

function onBridge(vantage: Vantage, address: Address | undefined): string | undefined {
  if (vantage === 'external' && address === 'container') {
    return "a container's address on a bridge is private to its host: a remote client has no route to it";
  }
  return undefined;
}

/** One entry a mode. */
const modes = {
  host: {
    routes: {
      external: { server: onHost, agent: linked, dialled: linkAddress, claims: externalHostClaims },
      host: { server: onHost, agent: onHost, dialled: loopback, claims: hostClaims },
    },
    impossible: inHostStack,
  },
  bridge: {
    routes: {
      'external/published': {
        server: bridge,
        agent: linked,
        dialled: linkAddress,
        claims: ['own-namespace', ...publishedClaims],
      },
      'host/container': {
        server: bridge,
        agent: onHost,
        dialled: containerAddress,
        claims: ['own-namespace', ...containerClaims],
      },
    },
    impossible: onBridge,
  },
  mapped: {
    routes: {
      'external/published': {
        server: mapped,
        agent: linked,
        dialled: linkAddress,
        claims: ['own-namespace', 'namespace-of-holder', ...publishedClaims],
      },
      'host/container': {
        server: mapped,
        agent: onHost,
        dialled: containerAddress,
        claims: ['own-namespace', 'namespace-of-holder', ...containerClaims],
      },
    },
    impossible: onBridge,
  },
  native: { routes: {}, impossible: inHostStack },
  'user-bridge': { routes: {}, impossible: onBridge },
  none: {
    routes: {},
    impossible(vantage, address) {
      if (vantage !== 'inside')
        return 'the server has no interface but lo: only the vantage inside reaches it';
      if (address === 'published' || address === 'container') {
        return 'the server has no interface but lo: it has no address but loopback';
      }
      return undefined;
    },
  },
  macvlan: {
    routes: {},
    impossible(vantage, address) {
      // Docker, "Macvlan network driver": traffic between the parent interface's own stack and its children
      // is filtered by the kernel.
      if (vantage === 'host')
        return 'the kernel passes no packets between a host and its own macvlan children';
      if (address === 'published')
        return 'a macvlan container is on the network itself: no port is published';
      return undefined;
    },
  },
  overlay: {
    routes: {},
    impossible(vantage, address) {
      if (vantage === 'external' && address === 'container') {
        return "a container's address on an overlay is private to it: a remote client has no route to it";
      }
      return undefined;
    },
  },
} as const satisfies Record<NetworkMode, ModeEntry>;

/** Lays out a path, or says why it cannot be measured. */
export function routeFor(path: Path): { readonly possible: true; readonly route: Route } | Refusal {
  const { mode, vantage, address } = path;
  const entry: ModeEntry = modes[mode];
  const route = entry.routes[address === undefined ? vantage : `${vantage}/${address}`];
  if (route !== undefined) return { possible: true, route: { path, ...route } };

  const reason = loopbackOfAnother(path) ?? entry.impossible(vantage, address);
  if (reason !== undefined) return { possible: false, why: 'by-nature', reason };

  const sameEnds = Object.keys(entry.routes).filter((key) => key.split('/')[0] === vantage);
  if (sameEnds.length > 0 && (address === undefined || sameEnds.includes(vantage))) {
    const ids = sameEnds.map((key) => `${mode}/${key}`).join(' or ');
    return { possible: false, why: 'unclear', reason: `this path is written ${ids}` };
  }
  return { possible: false, why: 'not-built', reason: `bench cannot lay the path ${pathId(path)} yet` };
}

/** 127.0.0.1 is the dialler's own stack: from the outside nobody reaches the server's or the host's. */
function loopbackOfAnother({ vantage, address }: Path): string | undefined {
  if (address !== 'loopback' || vantage === 'host' || vantage === 'inside') return undefined;
  return `loopback is the dialler's own stack: from the vantage ${vantage} it does not lead to the server`;
}

/** Every path that can be measured, baselines first within a vantage. */
export function possiblePaths(): Path[] {
  return vantages.flatMap((vantage) =>
    orderedModes.flatMap((mode) =>
      [undefined, ...addresses]
        .map((address): Path => ({ mode, vantage, ...(address === undefined ? {} : { address }) }))
        .filter((path) => routeFor(path).possible),
    ),
  );
}

const orderedModes: readonly NetworkMode[] = ['host', ...networkModes.filter((mode) => mode !== 'host')];

/** What paths of a vantage are compared with: host mode, seen from the same place. */
export function baselineOf(vantage: Vantage): Path {
  return { mode: 'host', vantage };
}

export function isBaseline(path: Path): boolean {
  return pathId(path) === pathId(baselineOf(path.vantage));
}

/** The path of a mode as a remote client takes it, if bench can lay it. */
export function externalPath(mode: NetworkMode): Path | undefined {
  return possiblePaths().find((path) => path.vantage === 'external' && path.mode === mode);
}

/** Every lab server answers here with its static body. */
export const bodyPath = '/body';

/** Where a deployed server is found. */
export interface Whereabouts {
  /** Host's end of the external link, where there is one. */
  readonly linkAddress?: string;
  /** Address of the server's container (of its holder, where mapped) on the bridge. Host mode has none. */
  readonly containerAddress?: string;
  /** On the host: where a host-mode server listens, or where the port is published. */
  readonly hostPort: number;
  /** Inside the container: where a server with its own stack listens. */
  readonly containerPort: number;
}

/**
 * The URL to dial.
 * @throws {Error} if the route dials the container's address and there is none: a defect of the deployment.
 */
export function urlOf(route: Route, whereabouts: Whereabouts): string {
  switch (route.dialled.address) {
    case 'link': {
      const { linkAddress: host, hostPort: port } = whereabouts;
      if (host === undefined) throw new Error(`${pathId(route.path)} dials a link that is not there`);
      return `http://${host}:${port}${bodyPath}`;
    }
    case 'loopback':
      return `http://127.0.0.1:${whereabouts.hostPort}${bodyPath}`;
    case 'container': {
      const { containerAddress: host, containerPort: port } = whereabouts;
      if (host === undefined) throw new Error(`${pathId(route.path)} dials a container that has no address`);
      return `http://${host}:${port}${bodyPath}`;
    }
  }
}
