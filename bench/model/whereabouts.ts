import { endpointText } from './connection.ts';
import { pathId } from './path.ts';
import type { Route } from './route.ts';

/**
 * The addresses and ports of a deployed server. Addresses are of the path's version of the internet protocol.
 */
interface Whereabouts {
  /** Host's end of the external link, where there is one. */
  readonly linkAddress?: string;
  /** The host's address on the bridge, where the path has one. */
  readonly gatewayAddress?: string;
  /** Address of the server's container (of its holder, where mapped). A server in the host's stack has none. */
  readonly containerAddress?: string;
  /** Loopback address of the host, where it is not 127.0.0.1 (or ::1). */
  readonly loopbackAddress?: string;
  /** Port on the host: where a server in the host's stack listens, or where the port is published. */
  readonly hostPort: number;
  /** Port inside the container: where a server with its own stack listens. */
  readonly containerPort: number;
}

/** What is requested there. */
interface Asked {
  /** With its query. */
  readonly path: string;
  readonly tls?: boolean;
}

/**
 * The URL to dial.
 * @throws {Error} if the route dials an address that does not exist: a defect of the deployment.
 */
export function urlOf(route: Route, whereabouts: Whereabouts, { path, tls = false }: Asked): string {
  const host = hostOf(route, whereabouts);
  const port = route.dialled.port === 'host' ? whereabouts.hostPort : whereabouts.containerPort;
  return `${tls ? 'https' : 'http'}://${endpointText({ address: host, port })}${path}`;
}

function hostOf({ path, dialled }: Route, whereabouts: Whereabouts): string {
  switch (dialled.address) {
    case 'link':
      return present(whereabouts.linkAddress, `${pathId(path)} dials a link that does not exist`);
    case 'gateway':
      return present(whereabouts.gatewayAddress, `${pathId(path)} dials a bridge that does not exist`);
    case 'container':
      return present(whereabouts.containerAddress, `${pathId(path)} dials a container that has no address`);
    case 'loopback':
      return dialled.port === 'host' && whereabouts.loopbackAddress !== undefined
        ? whereabouts.loopbackAddress
        : path.family === 'ipv6'
          ? '::1'
          : '127.0.0.1';
  }
}

function present(address: string | undefined, otherwise: string): string {
  if (address === undefined) throw new Error(otherwise);
  return address;
}
