import type { Finding } from '../../bench/model/evidence.ts';
import type { Standing } from '../../bench/model/lab.ts';
import { type ClaimKind, claims } from '../../bench/model/network-modes.ts';
import type { NetworkStack } from '../inspector/contract.ts';

/**
 * Judges the claims that need no load: where the server stands (METHOD section 8).
 * Claims about counters are judged per slice, elsewhere; they are passed over here.
 */
export function standingFindings(kinds: readonly ClaimKind[], standing: Standing): readonly Finding[] {
  return kinds.flatMap((kind) => {
    const judged = judge(kind, standing);
    return judged === undefined ? [] : [{ claim: claims[kind], ...judged }];
  });
}

function judge(kind: ClaimKind, { host, server, holder, hostPort, serverPid }: Standing) {
  switch (kind) {
    case 'shares-host-namespace':
      return {
        expected: host.namespace,
        observed: server.namespace,
        holds: server.namespace === host.namespace,
      };
    case 'own-namespace':
      return {
        expected: `not ${host.namespace}`,
        observed: server.namespace,
        holds: server.namespace !== host.namespace,
      };
    case 'namespace-of-holder':
      return {
        expected: holder?.namespace ?? 'the namespace of a holder container',
        observed: server.namespace,
        holds: holder !== undefined && server.namespace === holder.namespace,
      };
    case 'no-own-interface': {
      const [expected, observed] = [names(host), names(server)];
      return { expected, observed, holds: expected === observed };
    }
    case 'listener-in-host-table': {
      const listeners = host.listeners.filter(({ port }) => port === hostPort);
      const owners = listeners.map(
        (l) => `${l.address}:${l.port} owned by ${l.command ?? '?'} (pid ${l.pid ?? '?'})`,
      );
      return {
        expected: `port ${hostPort}, owned by the server (pid ${serverPid})`,
        observed: owners.join(', ') || `nothing listens on port ${hostPort}`,
        holds: listeners.some(({ pid }) => pid === serverPid),
      };
    }
    default:
      return undefined;
  }
}

function names(stack: NetworkStack): string {
  return stack.interfaces
    .map(({ name }) => name)
    .sort()
    .join(' ');
}
