import { isPublished } from '../../bench/model/route.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Inspector } from '../inspector/client.ts';
import type { CpuPlaces } from './pinning.ts';

/** Published ports that are the run's own: those of a container that servers join are the user's. */
export function ownPorts(orders: readonly DeploymentOrder[]): readonly number[] {
  return orders
    .filter(({ route, joins }) => isPublished(route) && joins === undefined)
    .map((it) => it.hostPort);
}

/** Where docker-proxy runs. The engine starts it wherever the scheduler likes, the agent's CPU included. */
interface ProxyPlaces {
  /** Why it is not kept on the servers' CPUs, in words; `undefined`: it is, or none runs. */
  readonly roam: string | undefined;
  /** Puts the docker-proxy processes of these orders' ports where the servers are now. */
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
