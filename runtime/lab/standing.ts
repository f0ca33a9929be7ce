import { type ClaimKind, claims } from '../../bench/model/claims.ts';
import type { Finding } from '../../bench/model/evidence.ts';
import type { Standing } from '../../bench/model/lab.ts';

import type { NetworkStack } from '../inspector/contract.ts';
import { connectionFinding } from './connection-finding.ts';

/**
 * Judges the claims that need no load: where the server stands.
 * Claims about counters are judged per slice, elsewhere; they are passed over here.
 */
export function standingFindings(kinds: readonly ClaimKind[], standing: Standing): readonly Finding[] {
  return kinds.flatMap((kind) => {
    const judged = judge(kind, standing);
    return judged === undefined ? [] : [{ claim: claims[kind], ...judged }];
  });
}

type Judged = Omit<Finding, 'claim'> | undefined;

function judge(kind: ClaimKind, standing: Standing): Judged {
  const { host, server, holder, hostPort, serverPid } = standing;
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
    case 'namespace-of-agent':
      return {
        expected: server.namespace,
        observed: standing.agentNamespace ?? "the agent's namespace was not read",
        holds: standing.agentNamespace === server.namespace,
      };
    case 'only-loopback':
      return { expected: 'lo', observed: names(server), holds: names(server) === 'lo' };
    case 'macvlan-child':
      return macvlanChild(standing);
    case 'no-container':
      return noContainer(standing);
    default:
      return connectionFinding(kind, standing);
  }
}

function macvlanChild({ host, server, link }: Standing): Judged {
  const parent = host.interfaces.find(({ name }) => name === link);
  const children = server.interfaces.filter(({ kind }) => kind === 'macvlan');
  return {
    expected: `a macvlan of ${link ?? 'the link'} (interface ${parent?.index ?? '?'} of the host)`,
    observed:
      children
        .map(({ name, linkIndex }) => `${name}, a macvlan of interface ${linkIndex ?? '?'}`)
        .join(', ') || `no macvlan, but ${names(server)}`,
    holds: parent !== undefined && children.some(({ linkIndex }) => linkIndex === parent.index),
  };
}

function noContainer({ process }: Standing): Judged {
  const rows = Object.entries(process?.namespaces ?? {});
  return {
    expected: rows.map(([kind, { host }]) => `${kind} ${host}`).join(', ') || "the host's namespaces",
    observed: rows.map(([kind, { own }]) => `${kind} ${own}`).join(', ') || 'its namespaces were not read',
    holds: rows.length > 0 && rows.every(([, { own, host }]) => own === host),
  };
}

function names(stack: NetworkStack): string {
  return stack.interfaces
    .map(({ name }) => name)
    .sort()
    .join(' ');
}
