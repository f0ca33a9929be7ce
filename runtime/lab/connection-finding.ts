import type { ClaimKind } from '../../bench/model/claims.ts';
import type { Endpoint } from '../../bench/model/connection.ts';
import type { Finding } from '../../bench/model/evidence.ts';
import type { ConnectionSeen, Standing } from '../../bench/model/lab.ts';

const proxyCommand = 'docker-proxy';

/** Judges the claims about one connection that the agent held open; passes over all others. */
export function connectionFinding(
  kind: ClaimKind,
  { connection }: Pick<Standing, 'connection'>,
): Omit<Finding, 'claim'> | undefined {
  if (!/^(peer|conntrack)-/.test(kind)) return undefined;
  if (connection === undefined) {
    return { expected: 'an open connection', observed: 'none was looked at', holds: false };
  }
  switch (kind) {
    case 'peer-is-agent':
      return {
        expected: `a connection from ${text(connection.agent)}`,
        observed: peersText(connection),
        holds: connection.peers.some((peer) => same(peer, connection.agent)),
      };
    case 'peer-is-proxy':
      return {
        expected: `a connection from a socket of ${proxyCommand}, none from ${text(connection.agent)}`,
        observed: peersText(connection),
        holds:
          connection.peers.some(({ command }) => command === proxyCommand) &&
          !connection.peers.some((peer) => same(peer, connection.agent)),
      };
    case 'conntrack-dnat':
      return {
        expected: `${text(connection.dialled)} answered by another address`,
        observed: trackedText(connection),
        holds: isTranslated(connection),
      };
    case 'conntrack-no-dnat':
      return {
        expected: `${text(connection.dialled)} answered by itself, or no entry`,
        observed: trackedText(connection),
        holds: !isTranslated(connection),
      };
    default:
      return undefined;
  }
}

function isTranslated({ dialled, conntrack }: ConnectionSeen): boolean {
  return conntrack.found && !same(dialled, conntrack.server);
}

function trackedText({ dialled, conntrack }: ConnectionSeen): string {
  return conntrack.found ? `${text(dialled)} answered by ${text(conntrack.server)}` : conntrack.why;
}

function peersText({ peers }: ConnectionSeen): string {
  const words = peers.map((peer) => `${text(peer)}${peer.command === undefined ? '' : ` (${peer.command})`}`);
  return words.length === 0 ? 'the server has no open connection' : `a connection from ${words.join(', ')}`;
}

function same(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}

function text({ address, port }: Endpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
