import { present } from '../../bench/model/present.ts';
import type { Inspector } from '../inspector/client.ts';
import { remarkOf } from '../labels.ts';
import type { Agents } from './agents.ts';
import {
  assertLeadsOver,
  findDefaultBridge,
  type Making,
  makeMacvlan,
  makeUserBridge,
  type NetworkNeeds,
  needsLink,
  needsUserBridge,
  type RunNetworks,
} from './run-networks.ts';
import { furtherAddresses, linkIn } from './run-subnet.ts';

/**
 * Brings up the agents that stand for the whole run, and the networks that they and the servers are on:
 *
 *   host agent · external agent → its link → bridges → macvlan on the link → neighbor agent, on all of the bridges
 */
export async function standAgents(
  needs: NetworkNeeds & { readonly subnet?: string },
  agents: Agents,
  making: Making,
): Promise<RunNetworks> {
  const { inspector, engine, prefix, owned } = making;
  const defaultBridge = await findDefaultBridge(making);
  const subnet = await subnetFor(needs, defaultBridge !== undefined, inspector);
  const link = subnet !== undefined && needsLink(needs) ? linkOf(subnet, prefix) : undefined;
  // A macvlan needs a parent: the link, which needs a stack at its other end.
  const extra = link !== undefined && !needs.vantages.includes('external') ? (['external'] as const) : [];
  for (const vantage of [...needs.vantages, ...extra]) {
    if (vantage === 'neighbor') continue;
    const { pid } = await agents.standAt(vantage, needs);
    if (vantage !== 'external' || link === undefined) continue;
    const { host, peer } = link;
    const ipv6 = { hostAddress6: host.v6, peerAddress6: peer.v6 };
    await inspector.call('create-link', {
      ...{ name: prefix, remark: remarkOf(making.labels), pid, hostAddress: host.v4, peerAddress: peer.v4 },
      ...(needs.ipv6 ? ipv6 : {}),
      ...(needs.linkAddresses === undefined
        ? {}
        : { furtherAddresses: [...furtherAddresses(link.subnet, needs.linkAddresses - 1)] }),
    });
    owned.defer(() => inspector.call('delete-link', { name: prefix }));
    await assertLeadsOver(inspector, { device: prefix, from: host.v4, to: peer.v4 });
  }
  const userBridge =
    subnet !== undefined && needsUserBridge(needs, defaultBridge !== undefined)
      ? await makeUserBridge(making, subnet, needs)
      : undefined;
  const macvlan =
    needs.servers.includes('macvlan') && link !== undefined
      ? await makeMacvlan(making, link, needs)
      : undefined;
  let neighbor: string | undefined;
  if (needs.vantages.includes('neighbor')) {
    const first = defaultBridge === undefined ? userBridge : undefined;
    const { id } = await agents.standAt('neighbor', {
      ...(first === undefined ? {} : { attachment: { kind: 'network', id: first.id } }),
    });
    neighbor = first === undefined ? (await engine.inspect(id))?.address : undefined;
    for (const network of [userBridge, macvlan]) {
      if (network !== undefined && network !== first) await engine.connect(network.id, id);
    }
  }
  return {
    ...present({ link }),
    ...(defaultBridge === undefined ? {} : { defaultBridge: { ...defaultBridge, ...present({ neighbor }) } }),
    ...present({ userBridge, macvlan }),
  };
}

function linkOf(subnet: string, device: string): NonNullable<RunNetworks['link']> {
  const { host, peer } = linkIn(subnet);
  return { device, subnet, host, peer };
}

/** The /24 of the run's own networks, where it makes any. */
async function subnetFor(
  needs: NetworkNeeds & { readonly subnet?: string },
  hasDefaultBridge: boolean,
  inspector: Inspector,
): Promise<string | undefined> {
  if (!needsLink(needs) && !needsUserBridge(needs, hasDefaultBridge)) return undefined;
  const wanted = needs.subnet === undefined ? {} : { wanted: needs.subnet };
  return (await inspector.call('free-subnet', wanted)).subnet;
}
