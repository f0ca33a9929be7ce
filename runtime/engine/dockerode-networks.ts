import { setTimeout as pause } from 'node:timers/promises';
import { present } from '../../bench/model/present.ts';
import type { Engine, NetworkSpec } from './engine.ts';

/** The part of dockerode that is used here. */
export interface NetworkClient {
  createNetwork(options: NetworkOptions): Promise<{ readonly id: string }>;
  getNetwork(id: string): Network;
  getContainer(id: string): { inspect(): Promise<{ readonly State: { readonly Status: string } }> };
  listNetworks(options: { readonly filters: Record<string, string[]> }): Promise<readonly PrintedNetwork[]>;
}

interface Network {
  connect(options: { readonly Container: string }): Promise<unknown>;
  disconnect(options: { readonly Container: string; readonly Force: boolean }): Promise<unknown>;
  /** Its endpoints, by the id of their container. */
  inspect(): Promise<{
    readonly Containers?: Record<string, { readonly Name?: string | undefined }> | undefined;
  }>;
  remove(): Promise<unknown>;
}

interface PrintedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Labels?: Record<string, string> | undefined;
  readonly Options?: Record<string, string> | undefined;
}

interface NetworkOptions {
  Name: string;
  Driver: string;
  CheckDuplicate: boolean;
  EnableIPv6: boolean;
  Labels: Record<string, string>;
  IPAM: { Driver: string; Config: Record<string, string>[] };
  Options: Record<string, string>;
}

/** Runs one call; what it throws becomes a `Failure` that says what was tried. */
type Tried = <T>(what: string, call: () => Promise<T>) => Promise<T>;

type Networks = Pick<Engine, 'createNetwork' | 'connect' | 'removeNetwork' | 'networks' | 'defaultBridge'>;

const bridgeOption = 'com.docker.network.bridge';
const deviceOption = `${bridgeOption}.name`;

/** The calls about networks, of a Docker engine. */
export function dockerodeNetworks(docker: NetworkClient, tried: Tried): Networks {
  return {
    async createNetwork(spec) {
      const network = await tried(`create the network ${spec.name}`, () =>
        docker.createNetwork(optionsOf(spec)),
      );
      return network.id;
    },

    async connect(networkId, containerId) {
      await tried(`connect ${containerId.slice(0, 12)} to a network`, () =>
        docker.getNetwork(networkId).connect({ Container: containerId }),
      );
    },

    async removeNetwork(id) {
      await tried(`remove the network ${id.slice(0, 12)}`, () => removed(docker, docker.getNetwork(id)));
    },

    async networks(label) {
      const found = await tried('list networks', () => docker.listNetworks({ filters: { label: [label] } }));
      return found.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
    },

    async defaultBridge() {
      const found = await tried('read the default bridge', () =>
        docker.listNetworks({ filters: { driver: ['bridge'] } }),
      );
      const options = found
        .map((network) => network.Options ?? {})
        .find((option) => option[`${bridgeOption}.default_bridge`] === 'true');
      const device = options?.[deviceOption];
      if (options === undefined || device === undefined) return { exists: false };
      return { exists: true, device, icc: options[`${bridgeOption}.enable_icc`] !== 'false' };
    },
  };
}

function optionsOf({ name, labels, subnets, kind }: NetworkSpec): NetworkOptions {
  return {
    Name: name,
    Driver: kind.driver,
    CheckDuplicate: true,
    EnableIPv6: subnets.some(({ subnet }) => subnet.includes(':')),
    Labels: { ...labels },
    IPAM: {
      Driver: 'default',
      Config: subnets.map(({ subnet, gateway, range }) => ({
        Subnet: subnet,
        Gateway: gateway,
        ...present({ IPRange: range }),
      })),
    },
    Options:
      kind.driver === 'bridge'
        ? { [deviceOption]: kind.device }
        : { parent: kind.parent, macvlan_mode: 'bridge' },
  };
}

/**
 * How long the engine may take to release the endpoints of containers that it has removed, in milliseconds.
 * It may answer a removal before it releases them. Some it never releases by itself (github.com/moby/moby,
 * issues 17217 and 33156).
 */
const releaseMilliseconds = 10_000;

/** github.com/moby/moby, issue 42119. */
const miscounted = 'it lists none, so its count is wrong. Restart the engine, then run: bench clean';

/**
 * Removes a network that no running container is on. The engine may still count a container that is being
 * removed or has gone.
 * @throws {Error} the engine's refusal, with the names of the counted containers.
 */
async function removed(docker: NetworkClient, network: Network): Promise<void> {
  const giveUpAt = performance.now() + releaseMilliseconds;
  for (;;) {
    const refusal = await network.remove().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined || isMissing(refusal)) return;
    if (!(refusal instanceof Error) || !refusal.message.includes('has active endpoints')) throw refusal;
    const endpoints = await endpointsOf(docker, network);
    if (endpoints.some(({ state }) => state === 'running') || performance.now() > giveUpAt) {
      const on = endpoints.map(({ name, state }) => `${name} (${state})`).join(', ') || miscounted;
      throw new Error(`${refusal.message}: ${on}`, { cause: refusal });
    }
    for (const { name, state } of endpoints) {
      // By name: an engine that has forgotten the container does not know its id. The endpoint may be
      // released meanwhile.
      if (state === 'gone') await network.disconnect({ Container: name, Force: true }).catch(() => undefined);
    }
    await pause(50);
  }
}

interface CountedEndpoint {
  /** Name of its container. */
  readonly name: string;
  /** State of its container, e.g. `running` or `removing`. */
  readonly state: string;
}

async function endpointsOf(docker: NetworkClient, network: Network): Promise<readonly CountedEndpoint[]> {
  const { Containers: endpoints = {} } = await network.inspect();
  const found = Object.entries(endpoints).map(async ([container, { Name: name = container }]) => {
    const inspected = await docker
      .getContainer(container)
      .inspect()
      .catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
    return { name, state: inspected === undefined ? 'gone' : inspected.State.Status };
  });
  return Promise.all(found);
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'statusCode') === 404;
}
