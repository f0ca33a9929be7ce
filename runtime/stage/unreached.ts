import type { Carrier } from '../../bench/model/carrier.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { NetworkStack } from '../../bench/model/network-stack.ts';
import { inHostStack, type Route } from '../../bench/model/route.ts';
import { holderOf } from './ports.ts';
import { bridgeOf, type RunNetworks } from './run-networks.ts';

interface Unreached {
  readonly name: string;
  readonly url: string;
  readonly withinSeconds: number;
  /** The last problem that the agent saw. */
  readonly problem: string;
  /** Where the connection arrives at the host itself, if it does. */
  readonly entrance: Entrance | undefined;
  /** Policy and rules of the chains on the input hook, for the path's version of the protocol. */
  readonly inputPolicy: string;
  /** The run has inserted rules for its link and bridges. */
  readonly opened: boolean;
  /** The host's stack, now. */
  readonly host: Pick<NetworkStack, 'listeners'>;
  /** Last lines of the server, and where to read more while it runs. */
  readonly lines: string;
  /** Name of the server's container, if it runs in one. */
  readonly container?: string;
}

/** The host's interface on which a connection to a socket of the host arrives, and the socket's owner. */
interface Entrance {
  readonly device: string;
  readonly kind: 'link' | 'bridge';
  readonly listens: 'server' | 'docker-proxy';
}

/**
 * Where a path's connection arrives at the host itself: at a server in the host's stack, or at docker-proxy.
 * `undefined` if it is passed on to a container, or comes from the host's own stack.
 */
export function entranceOf(route: Route, carrier: Carrier, networks: RunNetworks): Entrance | undefined {
  const ofHost = inHostStack(route);
  if (!ofHost && carrier !== 'docker-proxy') return undefined;
  const listens = ofHost ? 'server' : 'docker-proxy';
  const { agent } = route;
  const link = agent.kind === 'linked' ? networks.link?.device : undefined;
  if (link !== undefined) return { device: link, kind: 'link', listens };
  const bridge = agent.kind === 'neighbor' ? bridgeOf(route, networks)?.device : undefined;
  return bridge === undefined ? undefined : { device: bridge, kind: 'bridge', listens };
}

/** Names of the links and bridges of all runs, as a firewall's rule would match them. */
const ofAllRuns = { iptables: 'bench-+', nft: '"bench-*"' } as const;

/**
 * The failure of a server that runs and cannot be reached. If the host itself is dialled, its firewall may
 * block it.
 */
export function unreached(seen: Unreached): Failure {
  const { name, url, withinSeconds, problem, inputPolicy, entrance } = seen;
  const message = `${name} did not answer at ${url} within ${withinSeconds} s`;
  const dropped = firewallSays(seen);
  if (dropped === undefined || entrance === undefined) {
    const where =
      seen.container === undefined ? '' : `Read its log while it runs: docker logs ${seen.container}. `;
    return new Failure('casesFailed', `${message}: ${problem}`, {
      hint: `${where}Its last lines:\n${seen.lines || '(none)'}`,
    });
  }
  return new Failure('casesFailed', `${message}: ${dropped}`, {
    hint:
      `${whyNoRule(entrance)} ` +
      (seen.opened
        ? 'The rules that --open-firewall inserted were not enough: another rule drops the packets.'
        : `Allow it with: ${allowing(entrance, inputPolicy)}\nOr pass --open-firewall: it adds a rule for the link and each bridge of the run, and removes these rules after the run.`),
  });
}

function whyNoRule({ kind, listens }: Entrance): string {
  if (listens === 'docker-proxy') {
    return 'docker-proxy accepts this connection on the host, and Docker adds no rule for it.';
  }
  return kind === 'link'
    ? 'Published ports get a rule from Docker; host mode does not.'
    : "A neighbor dials the host's own address over the bridge, and Docker adds no rule for it.";
}

function allowing({ device }: Entrance, inputPolicy: string): string {
  const chain = chainOf(inputPolicy);
  const own = device.startsWith('bench-');
  if (!/INPUT$/.test(chain)) {
    return `nft insert rule ${chain} iifname ${own ? ofAllRuns.nft : `"${device}"`} accept`;
  }
  const tool = /\bip6/.test(chain) ? 'ip6tables' : 'iptables';
  return `${tool} -I INPUT -i ${own ? ofAllRuns.iptables : device} -j ACCEPT`;
}

/**
 * Says that the firewall drops the connection. It is certain if a process listens and the policy closes the
 * way in.
 */
function firewallSays({ entrance, problem, inputPolicy, url, host }: Unreached): string | undefined {
  if (entrance === undefined || /refused/i.test(problem)) return undefined;
  const closed = / (DROP|REJECT),/.test(inputPolicy);
  if (!closed && !/[1-9]\d* rule/.test(inputPolicy)) return undefined;
  const { hostname, port } = new URL(url);
  const address = hostname.replace(/^\[|\]$/g, '');
  const listens = holderOf([{ address, port: Number(port) }], host.listeners) !== undefined;
  const from = entrance.kind === 'bridge' ? ` packets from ${entrance.device}` : ' the packets';
  return closed && listens
    ? `${entrance.listens === 'server' ? 'the server' : 'docker-proxy'} listens there, but the host's firewall drops${from} (${inputPolicy})`
    : `the host's firewall may drop${from} (${inputPolicy}): ${problem}`;
}

/** "inet filter input: DROP, 3 rules" → "inet filter input", of the first chain that may drop. */
function chainOf(inputPolicy: string): string {
  const chains = inputPolicy.split('; ');
  const dropping = chains.find((chain) => !/: ACCEPT, no rules/.test(chain)) ?? inputPolicy;
  return dropping.split(':')[0] ?? dropping;
}
