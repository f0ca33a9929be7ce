import { Failure } from '../../bench/model/failure.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import { forbidden } from '../../bench/model/unguarded.ts';
import { nothing } from '../inspector/change/guard-rules.ts';
import type { Inspector } from '../inspector/client.ts';
import type { GuardBackend, GuardedPlaces } from '../inspector/contract.ts';
import type { Teardown } from '../teardown.ts';
import { hostSockets, type RunContext } from './containers.ts';
import type { MapTarget } from './map-target.ts';
import type { RunNetworks } from './run-networks.ts';
import { linkIn } from './run-subnet.ts';

/**
 * Keeps a run's servers from everybody who does not come over loopback, the run's link or a bridge that it measures. Linux
 * answers for any of its addresses on every interface (RFC 1122, 3.3.4.2: the weak host model), and an engine before 28
 * forwards to a container whatever is routed to its address: binding to the link's address alone keeps nobody out.
 *
 *   raised, with the run's own networks → [sockets of a round → an address a container → … → emptied] → removed
 *
 * The guard covers a place before a server listens there.
 */
export interface Guard {
  /** What it is made of, or why there is none. */
  readonly made: { readonly backend: GuardBackend } | { readonly refused: string };
  /** The sockets on the host that servers of a round will take, theirs or the engine's for them. */
  keepSockets(orders: readonly DeploymentOrder[], run: RunContext): Promise<void>;
  /** The addresses that a container got on the engine's bridge. */
  keepContainer(addresses: readonly (string | undefined)[]): Promise<void>;
  /** The ports that servers of a round take in the user's container, which publishes them as the user likes. */
  keepJoined(orders: readonly DeploymentOrder[], target: MapTarget): Promise<void>;
  /** Forgets the places of a round. */
  clear(): Promise<void>;
}

interface GuardedRun {
  readonly prefix: string;
  /** The run, and its owner. */
  readonly remark: string;
  readonly networks: RunNetworks;
  /** False: the user forbids it. */
  readonly wanted: boolean;
}

export async function raiseGuard(
  inspector: Inspector,
  { prefix, remark, networks, wanted }: GuardedRun,
  owned: Teardown,
): Promise<Guard> {
  const made = wanted ? await raised() : { refused: forbidden };
  const up = 'backend' in made;
  let places = nothing;

  async function raised(): Promise<Guard['made']> {
    // Also where the answer is lost: the table may have been made.
    owned.defer(() => inspector.call('remove-guard', { name: prefix }));
    try {
      return await inspector.call('raise-guard', {
        name: prefix,
        remark,
        near: nearInterfaces(networks),
        networks: ownNetworks(networks),
      });
    } catch (error) {
      // That the engine or the inspector went away is no refusal: it ends the run.
      if (!(error instanceof Failure) || error.kind === 'partial') throw error;
      return { refused: error.message };
    }
  }

  async function keep(wanted: GuardedPlaces): Promise<void> {
    places = wanted;
    if (up) await inspector.call('guard-places', { name: prefix, ...places });
  }

  async function more({ addresses = [], sockets = [], ports = [] }: Partial<GuardedPlaces>): Promise<void> {
    if (addresses.length + sockets.length + ports.length === 0) return;
    await keep({
      addresses: [...places.addresses, ...addresses],
      sockets: [...places.sockets, ...sockets],
      ports: [...places.ports, ...ports],
    });
  }

  return {
    made,
    keepSockets: (orders, run) => more({ sockets: orders.flatMap((order) => hostSockets(order, run)) }),
    keepContainer: (addresses) => more({ addresses: addresses.filter((it) => it !== undefined) }),
    keepJoined(orders, { addresses, published }) {
      const taken = new Set(orders.flatMap(({ joins }) => joins?.containerPort ?? []));
      return more({
        sockets: addresses.flatMap((address) => [...taken].map((port) => ({ address, port }))),
        ports: published
          .filter(({ containerPort }) => taken.has(containerPort))
          .map(({ hostPort }) => hostPort),
      });
    },
    async clear() {
      if (places !== nothing) await keep(nothing);
    },
  };
}

/** Where packets of a run come in. A macvlan child's come in over the link, its parent, or not at all. */
function nearInterfaces({ link, defaultBridge, userBridge }: RunNetworks): readonly string[] {
  return ['lo', link?.device, defaultBridge?.device, userBridge?.device].filter((it) => it !== undefined);
}

/** Networks that bench made. The engine's own bridge is left out: other people's containers are on it. */
function ownNetworks({ link, userBridge }: RunNetworks): readonly string[] {
  const networks = [link === undefined ? undefined : linkIn(link.subnet).networks, userBridge?.networks];
  return networks.flatMap((own) => (own === undefined ? [] : [own.v4, own.v6]));
}
