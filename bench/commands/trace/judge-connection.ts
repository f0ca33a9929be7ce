import {
  type Connection,
  type Endpoint,
  endpointText,
  type SocketOwner,
  sameEndpoint,
} from '../../model/connection.ts';
import type { TracedPath, TracedRule } from './document.ts';

/** Observations of one connection while it was open. */
export interface Observation {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly connection: Connection;
  /** Every rule that redirects the dialled port. */
  readonly rules: readonly TracedRule[];
  /** Whether the server closed the connection as soon as it was open. */
  readonly closedAtOnce: boolean;
  /** Name of a container, where an engine could be asked for it. */
  readonly nameOf: (container: string) => string | undefined;
}

export interface Judgement {
  readonly path: TracedPath;
  readonly sentence: string;
  readonly evidence: string[];
  readonly cannotTell: string[];
}

/**
 * Decides which path a connection took. Evidence of this connection alone comes first: its socket's other
 * end, then its conntrack entry. Counters of rules only confirm, because other traffic shares them.
 */
export function judgeConnection(seen: Observation): Judgement {
  const { connection, remote } = seen;
  const { path, sentence, notes = [] } = chosenPath(seen);
  const { route, conntrack, farEnd } = connection;
  const evidence = [
    ...(route === undefined ? [] : [routeWords(remote, route)]),
    conntrack.found ? `connection tracking: ${conntrack.entry}` : undefined,
    ...seen.rules.map(ruleWords),
    connection.hostEnd === undefined
      ? undefined
      : `its other end is a socket in the host's stack (${connection.namespace}), held by ${ownerWords(connection.hostEnd.owner, seen)}`,
    connection.proxy === undefined
      ? undefined
      : `this docker-proxy was started for ${endpointText(connection.proxy.target)}`,
    farEnd === undefined
      ? undefined
      : `the server's socket is ${endpointText(farEnd.local)} in the stack ${farEnd.namespace}, held by ${ownerWords(farEnd.owner, seen)}; it sees ${endpointText(farEnd.peer)} as its client`,
  ].filter((it) => it !== undefined);
  const cannotTell = [
    ...notes,
    ...(conntrack.found || path === 'docker-proxy' || path === 'loopback' || path === 'host-stack'
      ? []
      : [`whether the address was translated: there is no conntrack entry (${conntrack.why})`]),
    ...(seen.closedAtOnce
      ? [
          'which server answers: the other end closed the connection at once, perhaps because no process listens behind it',
        ]
      : []),
  ];
  return { path, sentence, evidence, cannotTell };
}

interface Choice {
  readonly path: TracedPath;
  readonly sentence: string;
  readonly notes?: readonly string[];
}

function chosenPath(seen: Observation): Choice {
  const { connection, remote } = seen;
  const { proxy, hostEnd, farEnd, conntrack, route } = connection;
  if (proxy !== undefined) {
    const server = farEnd?.owner === undefined ? '' : `, where ${ownerWords(farEnd.owner, seen)} answers`;
    return {
      path: 'docker-proxy',
      sentence: `docker-proxy (pid ${proxy.pid}) accepted the connection and forwards it to ${endpointText(proxy.target)}${server}.`,
      ...(farEnd === undefined ? { notes: [noFarEnd(proxy.target)] } : {}),
    };
  }
  if (hostEnd !== undefined) {
    const loopback = isLoopback(remote.address);
    const owner =
      hostEnd.owner === undefined
        ? 'a process that is not visible to this user'
        : ownerWords(hostEnd.owner, seen);
    const waiting = hostEnd.accepted ? '' : ', which has not accepted the connection yet';
    return {
      path: loopback ? 'loopback' : 'host-stack',
      sentence: `The connection went ${loopback ? 'over loopback' : 'to an address of the host'}, directly to a process in the host's network stack: ${owner}${waiting}. No rule and no proxy was involved.`,
      ...(hostEnd.owner === undefined
        ? { notes: ['whether the process is a docker-proxy: its owner is not visible to this user'] }
        : {}),
    };
  }
  if (conntrack.found && !sameEndpoint(conntrack.server, remote)) return translated(seen, conntrack.server);
  const grown = seen.rules.filter(({ grew }) => grew > 0);
  if (!conntrack.found && route?.local === true && grown.length > 0) return translatedByCounter(grown);
  if (farEnd !== undefined && route !== undefined) {
    const kind = route.kind === 'bridge' ? 'bridge' : 'routed';
    return {
      path: kind,
      sentence: `The connection went over ${kind === 'bridge' ? `the bridge ${route.device}` : `${route.device} (${route.kind})`} to the server's own address, without translation: ${ownerWords(farEnd.owner, seen)} answers.`,
    };
  }
  if (route !== undefined && !route.local) return leaving(seen, route);
  return {
    path: 'unknown',
    sentence: 'The evidence does not show which path the connection took.',
    notes: [
      'which process answers: the other end of the connection is in a network stack that this user cannot read',
    ],
  };
}

function translated(seen: Observation, server: Endpoint): Choice {
  const { rules, connection } = seen;
  const to = rules.filter(({ target }) => target === endpointText(server));
  const rule = to.find(({ grew }) => grew > 0) ?? to[0];
  const { farEnd } = connection;
  const answers = farEnd?.owner === undefined ? '' : `, where ${ownerWords(farEnd.owner, seen)} answers`;
  const notes = [
    ...(rule === undefined
      ? ['which rule translated it: no rule with a counter for this port has that target']
      : rule.grew > 1
        ? [
            `where the other ${rule.grew - 1} connections that rule ${rule.number} counted come from: other traffic shares the counter. The conntrack entry of this connection shows that the rule counted it`,
          ]
        : []),
    ...(farEnd === undefined ? [noFarEnd(server)] : []),
  ];
  return {
    path: 'dnat',
    sentence: `DNAT${rule === undefined ? '' : ` by rule ${rule.number} of chain ${rule.chain} (${rule.table}; counter ${rule.packets - rule.grew} → ${rule.packets})`} sent the connection to ${endpointText(server)}${answers}. No proxy was involved.`,
    ...(notes.length === 0 ? {} : { notes }),
  };
}

function translatedByCounter(grown: readonly TracedRule[]): Choice {
  const [rule] = grown;
  const sure = grown.length === 1 && rule?.grew === 1;
  if (rule !== undefined && sure) {
    return {
      path: 'dnat',
      sentence: `DNAT by rule ${rule.number} of chain ${rule.chain} (${rule.table}; counter ${rule.packets - 1} → ${rule.packets}) sent the connection to ${rule.target}.`,
    };
  }
  return {
    path: 'unknown',
    sentence: "The connection did not end in the host's stack: most likely a rule translated it.",
    notes: [
      `which rule: ${grown.map(({ number, chain, grew }) => `rule ${number} of ${chain} counted ${grew} connections`).join(', ')} at the same time, and other traffic shares the counters`,
    ],
  };
}

function leaving({ remote, rules }: Observation, route: NonNullable<Connection['route']>): Choice {
  const hop = route.gateway === undefined ? '' : ` by ${route.gateway}`;
  if (route.kind === 'bridge') {
    return {
      path: 'bridge',
      sentence: `The connection went over the bridge ${route.device} to ${endpointText(remote)}, without translation.`,
      notes: [noFarEnd(remote)],
    };
  }
  return {
    path: 'remote',
    sentence: `The connection leaves this machine${hop} over ${route.device} (${route.kind}).`,
    notes: [
      `the path beyond ${route.device}: run bench trace on the machine with the address ${remote.address}`,
      ...(rules.length === 0
        ? []
        : ['whether these rules matter: they are rules of this machine, and the connection leaves it']),
    ],
  };
}

function noFarEnd(server: Endpoint): string {
  return `which process answers at ${endpointText(server)}: its socket is in a network stack that this user cannot read`;
}

function routeWords(
  remote: Endpoint,
  { device, kind, gateway, local }: NonNullable<Connection['route']>,
): string {
  if (local) return `route: ${remote.address} is an address of the host`;
  const hop = gateway === undefined ? '' : ` by ${gateway}`;
  return `route: ${remote.address} is reached over ${device} (${kind})${hop}`;
}

function ruleWords({ table, chain, number, rule, packets, grew }: TracedRule): string {
  return `${table}, chain ${chain}, rule ${number}: ${packets - grew} → ${packets} connections: ${rule}`;
}

function ownerWords(owner: SocketOwner | undefined, { nameOf }: Pick<Observation, 'nameOf'>): string {
  if (owner === undefined) return 'an unknown process';
  const { pid, command, container } = owner;
  const where = container === undefined ? '' : `, container ${nameOf(container) ?? container.slice(0, 12)}`;
  return `${command} (pid ${pid}${where})`;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
