import { Failure } from '../../bench/model/failure.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import { forbidden } from '../../bench/model/unguarded.ts';
import { nothing } from '../inspector/change/guard-rules.ts';
import type { Inspector } from '../inspector/client.ts';
import type { GuardBackend, GuardedPlaces } from '../inspector/contract.ts';
import type { Teardown } from '../teardown.ts';
import { everywhere, hostSockets, type RunContext } from './containers.ts';
import type { MapTarget } from './map-target.ts';
import type { RunNetworks } from './run-networks.ts';
import { linkIn } from './run-subnet.ts';

/**
 * Blocks all packets to a run's servers that do not arrive over loopback, the run's link or a bridge that it
 * measures. Linux answers for any of its addresses on every interface (RFC 1122, 3.3.4.2: the weak host
 * model). An engine before 28 forwards to a container whatever is routed to its address. Binding to the
 * link's address alone therefore blocks nothing.
 *
 *   raised, with the run's own networks → [sockets of a round → an address a container → … → emptied] → removed
 *
 * The guard covers a place before a server listens there.
 */
export interface Guard {
  /** Its firewall backend, or the reason why there is no guard. */
  readonly made: { readonly backend: GuardBackend } | { readonly refused: string };
  /** Covers the sockets on the host that the servers of a round, or the engine for them, will take. */
  keepSockets(orders: readonly DeploymentOrder[], run: RunContext): Promise<void>;
  /** Covers the addresses that a container got on the engine's bridge. */
  keepContainer(addresses: readonly (string | undefined)[]): Promise<void>;
  /**
   * Covers the ports that servers of a round take in the user's container. The user decides how it publishes
   * them.
   */
  keepJoined(orders: readonly DeploymentOrder[], target: MapTarget): Promise<void>;
  /** Stops covering the places of a round. */
  clear(): Promise<void>;
}

interface GuardedRun {
  readonly prefix: string;
  /** Names the run and its owner. */
  readonly remark: string;
  readonly networks: RunNetworks;
  /** False if the user forbids the guard. */
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
    // Removed even if the answer is lost: the table may have been made.
    owned.defer(() => inspector.call('remove-guard', { name: prefix }));
    try {
      return await inspector.call('raise-guard', {
        name: prefix,
        remark,
        near: nearInterfaces(networks),
        networks: ownNetworks(networks),
      });
    } catch (error) {
      // A lost engine or inspector is not a refusal: it ends the run.
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
    keepSockets(orders, run) {
      const taken = orders.flatMap((order) => hostSockets(order, run));
      return more({
        sockets: taken.filter(({ address }) => address !== everywhere),
        ports: taken.filter(({ address }) => address === everywhere).map(({ port }) => port),
      });
    },
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

/**
 * The interfaces on which packets of a run arrive. Those of a macvlan child arrive over the link, its parent,
 * or not at all.
 */
function nearInterfaces({ link, defaultBridge, userBridge }: RunNetworks): readonly string[] {
  return ['lo', link?.device, defaultBridge?.device, userBridge?.device].filter((it) => it !== undefined);
}

/** Networks that bench made. The engine's own bridge is left out: other people's containers are on it. */
function ownNetworks({ link, userBridge }: RunNetworks): readonly string[] {
  const networks = [link === undefined ? undefined : linkIn(link.subnet).networks, userBridge?.networks];
  return networks.flatMap((own) => (own === undefined ? [] : [own.v4, own.v6]));
}
