import type { Observed } from '../../bench/model/observed.ts';
import { present } from '../../bench/model/present.ts';
import type { NetworkInterface, NetworkStack } from '../inspector/contract.ts';

/**
 * The raw evidence for the findings about a server's place. Of the host's stack it contains bench's own part
 * only. The host's other addresses, routes, name servers and listeners are the user's, and no evidence.
 * @param ports ports on which the server may listen.
 * @param linkAddress address of the host on the external link.
 */
export function rawStanding(
  { host, server, holder, serverPid }: Observed,
  ports: readonly number[],
  linkAddress: string | undefined,
): Readonly<Record<string, unknown>> {
  const shared = server.namespace === host.namespace;
  const own = ['127.0.0.1', '::1', linkAddress];
  const shown = (address: string) => !shared || own.includes(address);
  const resolver = withoutHosts(server.resolver);
  const serverStack: NetworkStack = {
    namespace: server.namespace,
    interfaces: server.interfaces.map((it) => ({ ...it, addresses: it.addresses.filter(shown) })),
    routes: shared ? [] : server.routes,
    listeners: server.listeners.filter(({ port }) => ports.includes(port)),
    ...present({ resolver }),
  };
  return {
    serverPid,
    hostNamespace: host.namespace,
    serverNamespace: server.namespace,
    ...(holder === undefined ? {} : { holderNamespace: holder.namespace }),
    serverStack,
    ...(shared ? {} : { hostEnds: hostEnds(host, server) }),
  };
}

/** The host's interfaces at the other end of a stack's: its veth peers, and the parents of its macvlans. */
export function hostEnds(host: NetworkStack, stack: NetworkStack): readonly NetworkInterface[] {
  const ends = stack.interfaces.flatMap(({ name, linkIndex }) => (name === 'lo' ? [] : (linkIndex ?? [])));
  return host.interfaces.filter(({ index }) => ends.includes(index));
}

function withoutHosts(resolver: NetworkStack['resolver']): NetworkStack['resolver'] {
  return resolver?.kind === 'host' ? { kind: 'host', nameservers: [] } : resolver;
}
