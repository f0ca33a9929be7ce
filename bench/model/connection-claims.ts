import { endpointText, sameEndpoint } from './connection.ts';
import type { Claim, ConnectionSeen } from './observed.ts';

const proxyCommand = 'docker-proxy';

/** Claims about one connection that the agent held open while it was looked at. */
export const connectionClaims = {
  'peer-is-agent': {
    says: "the server sees the connection come from the load agent's own socket",
    judge: (connection) => ({
      expected: `a connection from ${endpointText(connection.agent)}`,
      observed: peersText(connection),
      holds: connection.peers.some((peer) => sameEndpoint(peer, connection.agent)),
    }),
  },
  'peer-is-proxy': {
    says: 'the server sees the connection come from a socket of docker-proxy',
    judge: (connection) => ({
      expected: `a connection from a socket of ${proxyCommand}, none from ${endpointText(connection.agent)}`,
      observed: peersText(connection),
      holds:
        connection.peers.some(({ command }) => command === proxyCommand) &&
        !connection.peers.some((peer) => sameEndpoint(peer, connection.agent)),
    }),
  },
  'conntrack-dnat': {
    says: 'connection tracking translates the dialled address into one of the server',
    judge: (connection) => ({
      expected: `${endpointText(connection.dialled)} answered by another address`,
      observed: trackedText(connection),
      holds: isTranslated(connection),
    }),
  },
  'conntrack-no-dnat': {
    says: 'connection tracking translates no destination of the connection',
    judge: (connection) => ({
      expected: `${endpointText(connection.dialled)} answered by itself, or no entry`,
      observed: trackedText(connection),
      holds: !isTranslated(connection),
    }),
  },
} as const satisfies Record<string, Claim<ConnectionSeen>>;

function isTranslated({ dialled, conntrack }: ConnectionSeen): boolean {
  return conntrack.found && !sameEndpoint(dialled, conntrack.server);
}

function trackedText({ dialled, conntrack }: ConnectionSeen): string {
  return conntrack.found
    ? `${endpointText(dialled)} answered by ${endpointText(conntrack.server)}`
    : conntrack.why;
}

function peersText({ peers }: ConnectionSeen): string {
  const words = peers.map(
    (peer) => `${endpointText(peer)}${peer.command === undefined ? '' : ` (${peer.command})`}`,
  );
  return words.length === 0 ? 'the server has no open connection' : `a connection from ${words.join(', ')}`;
}
