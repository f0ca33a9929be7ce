import type { NetworkStack } from './network-stack.ts';
import type { Claim, Judged, Observed } from './observed.ts';

/** Claims about where the server stands. They need no load. */
export const placeClaims = {
  'shares-host-namespace': {
    says: "the server's network namespace is the host's",
    judge: ({ host, server }) => ({
      expected: host.namespace,
      observed: server.namespace,
      holds: server.namespace === host.namespace,
    }),
  },
  'listener-in-host-table': {
    says: "the server's listening socket is in the host's socket table",
    judge: listenerInHostTable,
  },
  'no-container': {
    says: "the server is a plain process: its network, pid and cgroup namespaces are the host's",
    judge: noContainer,
  },
  'own-namespace': {
    says: "the server's network namespace is not the host's",
    judge: ({ host, server }) => ({
      expected: `not ${host.namespace}`,
      observed: server.namespace,
      holds: server.namespace !== host.namespace,
    }),
  },
  'namespace-of-holder': {
    says: "the server's network namespace is that of the container it is mapped to",
    judge: ({ holder, server }) => ({
      expected: holder?.namespace ?? 'the namespace of a holder container',
      observed: server.namespace,
      holds: holder !== undefined && server.namespace === holder.namespace,
    }),
  },
  'namespace-of-agent': {
    says: "the load agent's network namespace is the server's",
    judge: ({ server, agentNamespace }) => ({
      expected: server.namespace,
      observed: agentNamespace ?? "the agent's namespace was not read",
      holds: agentNamespace === server.namespace,
    }),
  },
  'only-loopback': {
    says: "the server's network namespace has no interface but lo",
    judge: ({ server }) => ({ expected: 'lo', observed: names(server), holds: names(server) === 'lo' }),
  },
  'macvlan-child': {
    says: "the server's interface is a macvlan child of the external link",
    judge: macvlanChild,
  },
} as const satisfies Record<string, Claim<Observed>>;

function listenerInHostTable({ host, hostPort, serverPid, listeningPids = [] }: Observed): Judged {
  const listeners = host.listeners.filter(({ port }) => port === hostPort);
  const owners = listeners.map(
    (l) => `${l.address}:${l.port} owned by ${l.command ?? '?'} (pid ${l.pid ?? '?'})`,
  );
  return {
    expected: `port ${hostPort}, owned by the server (pid ${[serverPid, ...listeningPids].join(' or ')})`,
    observed: owners.join(', ') || `nothing listens on port ${hostPort}`,
    holds: listeners.some(({ pid }) => pid !== undefined && [serverPid, ...listeningPids].includes(pid)),
  };
}

function macvlanChild({ host, server, link }: Observed): Judged {
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

function noContainer({ process }: Observed): Judged {
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
