import { Failure } from '../../bench/model/failure.ts';
import { present } from '../../bench/model/present.ts';
import { ownRequest } from '../../bench/model/request.ts';
import type { RunningSource } from '../../bench/model/service.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import { urlOf } from '../../bench/model/whereabouts.ts';
import type { ContainerSpec, CreatedContainer, Engine } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import { linkAddress, loopbackAddress } from './addresses.ts';
import {
  containerPortOf,
  holderSpec,
  isHeld,
  nativeOrder,
  type RunContext,
  serverSpec,
} from './containers.ts';
import type { Guard } from './guard.ts';
import { hearOfCpus } from './pinning.ts';
import { createOwned, runningState } from './programs.ts';
import { bridgeOf } from './run-networks.ts';
import type { StartMarks } from './start-times.ts';

/** A server that runs: a container, with the holder of its stack where it is mapped, or a plain process. */
export interface RunningServer {
  readonly serverId?: string;
  readonly holderId?: string;
  readonly pid: number;
  readonly marks: StartMarks;
}

/** The servers of a round. */
export interface Servers {
  start(order: DeploymentOrder): Promise<RunningServer>;
  /** The URL at which the order's agent dials it. */
  urlOf(order: DeploymentOrder, server: RunningServer): Promise<string>;
  /**
   * Moves all servers that are containers, and the other services that they need. Resolves to the engine's messages. The holder of a stack stays: it
   * only sleeps.
   */
  moveToCpus(cpus: string): Promise<readonly string[]>;
  /** Removes all of them. */
  clear(): Promise<void>;
}

/** @param now the monotonic clock, seconds: starts are timed by it. */
export function stageServers(
  engine: Engine,
  inspector: Inspector,
  run: RunContext,
  guard: Guard,
  now: () => number,
): Servers {
  const undoing = new Set<() => Promise<void>>();
  /** The containers that serve. A holder is not among them: it only sleeps, on any CPU. */
  const serving = new Set<string>();
  const natives = new Set<number>();

  function create(spec: ContainerSpec): Promise<CreatedContainer> {
    const { created, undo } = createOwned(engine, spec);
    undoing.add(undo);
    return created;
  }

  async function holderOf(order: DeploymentOrder): Promise<{ readonly holderId?: string }> {
    if (order.route.server.kind !== 'mapped') return {};
    if (order.joins !== undefined) return { holderId: order.joins.containerId };
    const holder = await create(holderSpec(order, run));
    await holder.start();
    const { address, address6 } = await runningState(engine, holder, `the holder of ${nameOf(order)}`);
    await guard.keepContainer([address, address6]);
    return { holderId: holder.id };
  }

  /** The user's container is looked up each round: it may have been started again, with another pid. */
  async function found({ container }: RunningSource): Promise<RunningServer> {
    const state = await engine.inspect(container);
    if (state?.running !== true) {
      throw new Failure('casesFailed', `the container ${container} no longer runs`, {
        hint: 'bench does not start it again. See: docker ps -a',
      });
    }
    const at = now();
    return { serverId: state.id, pid: state.pid, marks: { begunAt: at, startedAt: at, releasedAt: at } };
  }

  return {
    async start(order) {
      const running = order.service?.running;
      if (running !== undefined) return found(running);
      if (order.route.server.kind === 'native') {
        const begunAt = now();
        const { pid } = await inspector.call('start-native', nativeOrder(order, run));
        const startedAt = now();
        natives.add(pid);
        return { pid, marks: { begunAt, startedAt, releasedAt: startedAt } };
      }
      const held = await holderOf(order);
      const begunAt = now();
      const server = await create(serverSpec(order, run, held.holderId));
      const createdAt = now();
      hearOfCpus(run.cpus, server.warnings);
      serving.add(server.id);
      await server.start();
      const startedAt = now();
      let releasedAt = startedAt;
      const { pid, address, address6 } = await runningState(engine, server, nameOf(order));
      // A container's address on the engine's bridge is known when it runs.
      if (order.route.server.kind === 'bridge') await guard.keepContainer([address, address6]);
      if (isHeld(order)) {
        await inspector.call('open-gate', { pid });
        releasedAt = now();
      }
      return { serverId: server.id, ...held, pid, marks: { begunAt, createdAt, startedAt, releasedAt } };
    },

    async urlOf(order, { serverId, holderId }) {
      const { route, hostPort, request = ownRequest, tls = false } = order;
      const id = holderId ?? serverId;
      const state = id === undefined ? undefined : await engine.inspect(id);
      const link = linkAddress(order, run.networks);
      const published = order.service?.running?.published;
      const gateway = published?.address ?? bridgeOf(route, run.networks)?.gateway;
      const own = route.path.family === 'ipv6' ? state?.address6 : state?.address;
      const at = {
        ...present({ linkAddress: link, gatewayAddress: gateway, containerAddress: own }),
        loopbackAddress: loopbackAddress(order),
        hostPort,
        containerPort: containerPortOf(order),
      };
      return urlOf(route, at, { path: request.path, tls });
    },

    async moveToCpus(cpus) {
      const ids = [...serving, ...(run.companions ?? []).map(({ id }) => id)];
      return (await Promise.all(ids.map((id) => engine.moveToCpus(id, cpus)))).flat();
    },

    async clear() {
      const undo = [...undoing].reverse();
      const pids = [...natives];
      undoing.clear();
      serving.clear();
      natives.clear();
      await Promise.all([
        ...undo.map((each) => each()),
        ...pids.map((pid) => inspector.call('stop-native', { pid })),
      ]);
      await guard.clear();
    },
  };
}

export function nameOf({ deployment }: DeploymentOrder): string {
  return `${deployment.server} (${deployment.path})`;
}
