import { isPublished } from '../../bench/model/route.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Inspector } from '../inspector/client.ts';
import type { CpuPlaces } from './pinning.ts';

/** Published ports of the run itself. Those of a container that servers join, or that is measured itself, are the user's. */
export function ownPorts(orders: readonly DeploymentOrder[]): readonly number[] {
  return orders
    .filter(
      ({ route, joins, service }) =>
        isPublished(route) && joins === undefined && service?.running === undefined,
    )
    .map((it) => it.hostPort);
}

/**
 * The place of docker-proxy. The engine starts it on any CPU that the scheduler picks, even on the agent's.
 */
interface ProxyPlaces {
  /** Why it is not kept on the servers' CPUs, in words. `undefined` if it is, or if none runs. */
  readonly roam: string | undefined;
  /** Moves the docker-proxy processes of these orders' ports to the CPUs that the servers have now. */
  follow(orders: readonly DeploymentOrder[]): Promise<void>;
}

/** @param refused why the inspector may not move them, where that is known. */
export function proxyPlaces(inspector: Inspector, cpus: CpuPlaces, refused: string | undefined): ProxyPlaces {
  let roam: string | undefined;
  return {
    get roam() {
      return roam;
    },
    async follow(orders) {
      const ports = ownPorts(orders);
      if (cpus.now.kind !== 'disjoint' || ports.length === 0 || roam !== undefined) return;
      const order = { ports, cpus: cpus.now.serverCpus };
      roam = refused ?? (await inspector.call('pin-proxies', order)).refused;
    },
  };
}
