import type { Engine, NetworkSpec } from './engine.ts';

/** The part of dockerode that is used here. */
export interface NetworkClient {
  createNetwork(options: NetworkOptions): Promise<{ readonly id: string }>;
  getNetwork(id: string): {
    connect(options: { readonly Container: string }): Promise<unknown>;
    remove(): Promise<unknown>;
  };
  listNetworks(options: { readonly filters: Record<string, string[]> }): Promise<readonly PrintedNetwork[]>;
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
      await tried(`remove the network ${id.slice(0, 12)}`, async () => {
        try {
          await docker.getNetwork(id).remove();
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      });
    },

    async networks(label) {
      const found = await tried('list networks', () => docker.listNetworks({ filters: { label: [label] } }));
      return found.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
    },

    async defaultBridge() {
      const found = await tried('look at the default bridge', () =>
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
        ...(range === undefined ? {} : { IPRange: range }),
      })),
    },
    Options:
      kind.driver === 'bridge'
        ? { [deviceOption]: kind.device }
        : { parent: kind.parent, macvlan_mode: 'bridge' },
  };
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'statusCode') === 404;
}
