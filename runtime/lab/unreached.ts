import { Failure } from '../../bench/model/failure.ts';
import type { DeploymentOrder } from '../../bench/model/lab.ts';
import type { NetworkStack } from '../../bench/model/network-stack.ts';
import { holderOf } from './ports.ts';

export interface Unreached {
  readonly order: DeploymentOrder;
  readonly name: string;
  readonly url: string;
  readonly withinSeconds: number;
  /** What the agent saw last. */
  readonly problem: string;
  /** Policy and rules of the chains on the input hook. */
  readonly inputPolicy: string;
  /** The run has inserted a rule for its link. */
  readonly opened: boolean;
  /** The host's stack, now. */
  readonly host: Pick<NetworkStack, 'listeners'>;
  /** Last lines of the server, and where to read more while it runs. */
  readonly lines: string;
  readonly container: string;
}

/** Names of the links of all runs, as a firewall's rule would match them. */
const links = { iptables: 'bench-+', nft: '"bench-*"' } as const;

/** A server that runs and cannot be reached. In the host's stack it may be the host's own firewall that keeps it. */
export function unreached(seen: Unreached): Failure {
  const { name, url, withinSeconds, problem, inputPolicy } = seen;
  const message = `${name} did not answer at ${url} within ${withinSeconds} s`;
  const dropped = firewallSays(seen);
  if (dropped === undefined) {
    return new Failure('casesFailed', `${message}: ${problem}`, {
      hint: `Look at it while it runs: docker logs ${seen.container}. Its last lines:\n${seen.lines || '(none)'}`,
    });
  }
  const chain = chainOf(inputPolicy);
  const allow = /INPUT$/.test(chain)
    ? `iptables -I INPUT -i ${links.iptables} -j ACCEPT`
    : `nft insert rule ${chain} iifname ${links.nft} accept`;
  return new Failure('casesFailed', `${message}: ${dropped}`, {
    hint:
      'Published ports get a rule from Docker; host mode does not. ' +
      (seen.opened
        ? 'The rule that --open-firewall inserted was not enough: something else drops the packets.'
        : `Allow it with: ${allow}\nOr pass --open-firewall: one rule, limited to the link of the run and removed after it.`),
  });
}

/** Whether the firewall drops it: for certain where the server does listen and the way through is closed by policy. */
function firewallSays({ order, problem, inputPolicy, url, host }: Unreached): string | undefined {
  const inHostStack = order.route.server.kind === 'host';
  const overLink = order.route.dialled.address === 'link';
  if (!inHostStack || !overLink || /refused/i.test(problem)) return undefined;
  const closed = / (DROP|REJECT),/.test(inputPolicy);
  if (!closed && !/[1-9]\d* rule/.test(inputPolicy)) return undefined;
  const { hostname, port } = new URL(url);
  const listens = holderOf([{ address: hostname, port: Number(port) }], host.listeners) !== undefined;
  return closed && listens
    ? `it listens there, and the host's firewall drops it (${inputPolicy})`
    : `the host's firewall may drop it (${inputPolicy}): ${problem}`;
}

/** "inet filter input: DROP, 3 rules" → "inet filter input", of the first chain that may drop. */
function chainOf(inputPolicy: string): string {
  const chains = inputPolicy.split('; ');
  const dropping = chains.find((chain) => !/: ACCEPT, no rules/.test(chain)) ?? inputPolicy;
  return dropping.split(':')[0] ?? dropping;
}
