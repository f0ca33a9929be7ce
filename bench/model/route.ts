import type { Path } from './path.ts';

/** How the server is attached. Ports are bound to bench's link, to a bridge's own end and to loopback only. */
export type ServerAttachment =
  /** A process beside the containers: the lab image's own binary in the host's network stack. */
  | { readonly kind: 'native' }
  /** In the host's network stack, listening on a port of the host. */
  | { readonly kind: 'host' }
  /** On the default bridge, with its port published. */
  | { readonly kind: 'bridge' }
  /** On a bridge of the run's own (`docker network create`), with its port published. */
  | { readonly kind: 'user-bridge' }
  /** In the stack of a holder container (`--network container:X`); the holder owns address and ports. */
  | { readonly kind: 'mapped'; readonly holder: { readonly kind: 'bridge' } }
  /** In a stack of its own without any interface but lo. */
  | { readonly kind: 'none' }
  /** With an address of its own on the external link, as a macvlan child of the link's host end. */
  | { readonly kind: 'macvlan' };

/** The network of the load agent's container: its vantage. */
type AgentNetwork =
  /** Started with network `none`, then joined to the host by the external veth link. */
  | { readonly kind: 'linked' }
  /** In the host's network stack. */
  | { readonly kind: 'host' }
  /** On the same bridge (or macvlan) as the servers. */
  | { readonly kind: 'neighbor' }
  /** In the server's own stack: one agent a server. */
  | { readonly kind: 'inside' };

/** Which address and port the agent dials. */
export type Dialled =
  /** The host's end of the external link, at the port on which the server listens or is published. */
  | { readonly address: 'link'; readonly port: 'host' }
  /** The host's own address on the server's bridge, at that port. */
  | { readonly address: 'gateway'; readonly port: 'host' }
  /** The server's own address (the holder's, where mapped), at the port inside. */
  | { readonly address: 'container'; readonly port: 'container' }
  /** Loopback of the agent's own stack: the host's, or the server's where the agent is inside. */
  | { readonly address: 'loopback'; readonly port: 'host' | 'container' };

/** One path, laid out. */
export interface Route {
  readonly path: Path;
  readonly server: ServerAttachment;
  readonly agent: AgentNetwork;
  readonly dialled: Dialled;
}

/** Whether the server runs in the host's own stack. */
export function inHostStack({ server }: Pick<Route, 'server'>): boolean {
  return server.kind === 'host' || server.kind === 'native';
}

/** Whether the server's port is published on the host. */
export function isPublished({ server }: Pick<Route, 'server'>): boolean {
  return server.kind === 'bridge' || server.kind === 'user-bridge' || server.kind === 'mapped';
}
