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
      : `that docker-proxy was started for ${endpointText(connection.proxy.target)}`,
    farEnd === undefined
      ? undefined
      : `the server's socket is ${endpointText(farEnd.local)} in the stack ${farEnd.namespace}, held by ${ownerWords(farEnd.owner, seen)}; it sees ${endpointText(farEnd.peer)} as its client`,
  ].filter((it) => it !== undefined);
  const cannotTell = [
    ...notes,
    ...(conntrack.found || path === 'docker-proxy' || path === 'loopback' || path === 'host-stack'
      ? []
      : [`there is no entry of connection tracking to show translation: ${conntrack.why}`]),
    ...(seen.closedAtOnce
      ? ['the far end closed the connection at once: perhaps nothing listens behind it']
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
      sentence: `docker-proxy (pid ${proxy.pid}) took the connection and carries it to ${endpointText(proxy.target)}${server}.`,
      ...(farEnd === undefined ? { notes: [noFarEnd(proxy.target)] } : {}),
    };
  }
  if (hostEnd !== undefined) {
    const loopback = isLoopback(remote.address);
    const owner =
      hostEnd.owner === undefined ? 'a process that this user may not see' : ownerWords(hostEnd.owner, seen);
    const waiting = hostEnd.accepted ? '' : ', which has not accepted the connection yet';
    return {
      path: loopback ? 'loopback' : 'host-stack',
      sentence: `${loopback ? 'Over loopback' : "By an address of the host's own"}, straight to a process in the host's network stack: ${owner}${waiting}. No rule and no proxy was in between.`,
      ...(hostEnd.owner === undefined
        ? { notes: ['whether the process is a docker-proxy: its owner is out of sight'] }
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
      sentence: `Over ${kind === 'bridge' ? `the bridge ${route.device}` : `${route.device} (${route.kind})`} to the server's own address, without translation: ${ownerWords(farEnd.owner, seen)} answers.`,
    };
  }
  if (route !== undefined && !route.local) return leaving(seen, route);
  return {
    path: 'unknown',
    sentence: 'The evidence does not tell which path the connection took.',
    notes: ["who answers: the connection's other end is in no stack that this user may look into"],
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
      ? ['which rule translated it: none with a counter for this port sends there']
      : rule.grew > 1
        ? [
            `whose connections the other ${rule.grew - 1} are that rule ${rule.number} counted meanwhile: the counter is shared; this connection's own entry shows that it is among them`,
          ]
        : []),
    ...(farEnd === undefined ? [noFarEnd(server)] : []),
  ];
  return {
    path: 'dnat',
    sentence: `DNAT${rule === undefined ? '' : ` by rule ${rule.number} of chain ${rule.chain} (${rule.table}; counter ${rule.packets - rule.grew} → ${rule.packets})`} sent the connection to ${endpointText(server)}${answers}. No proxy was in between.`,
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
    sentence: "The connection did not end in the host's stack; most likely a rule translated it.",
    notes: [
      `which rule: ${grown.map(({ number, chain, grew }) => `rule ${number} of ${chain} counted ${grew} connections`).join(', ')} meanwhile, and counters are shared with other traffic`,
    ],
  };
}

function leaving({ remote, rules }: Observation, route: NonNullable<Connection['route']>): Choice {
  const hop = route.gateway === undefined ? '' : ` by ${route.gateway}`;
  if (route.kind === 'bridge') {
    return {
      path: 'bridge',
      sentence: `Over the bridge ${route.device} to ${endpointText(remote)}, without translation.`,
      notes: [noFarEnd(remote)],
    };
  }
  return {
    path: 'remote',
    sentence: `The connection leaves this machine${hop} over ${route.device} (${route.kind}).`,
    notes: [
      `what happens beyond ${route.device}: run bench trace on the machine that has ${remote.address}`,
      ...(rules.length === 0
        ? []
        : ['whether a rule there has the same number: the rules listed are those of this machine']),
    ],
  };
}

function noFarEnd(server: Endpoint): string {
  return `who answers at ${endpointText(server)}: its socket is in no network stack that this user may look into`;
}

function routeWords(
  remote: Endpoint,
  { device, kind, gateway, local }: NonNullable<Connection['route']>,
): string {
  if (local) return `route: ${remote.address} is an address of the host itself`;
  const hop = gateway === undefined ? '' : ` by ${gateway}`;
  return `route: ${remote.address} lies over ${device} (${kind})${hop}`;
}

function ruleWords({ table, chain, number, rule, packets, grew }: TracedRule): string {
  return `${table}, chain ${chain}, rule ${number}: ${packets - grew} → ${packets} connections: ${rule}`;
}

function ownerWords(owner: SocketOwner | undefined, { nameOf }: Pick<Observation, 'nameOf'>): string {
  if (owner === undefined) return 'a process out of sight';
  const { pid, command, container } = owner;
  const where = container === undefined ? '' : `, container ${nameOf(container) ?? container.slice(0, 12)}`;
  return `${command} (pid ${pid}${where})`;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
