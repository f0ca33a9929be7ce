import { Failure } from '../../bench/model/failure.ts';
import type { Engine, NetworkSpec } from './engine.ts';
import { hasLabel } from './labels.fake.ts';

type NetworkCall = 'create-network' | 'connect' | 'remove-network' | 'networks';

interface Surroundings {
  /** Runs before every call. It throws if the engine is unplugged or the call is scripted to fail. */
  readonly enter: (call: NetworkCall, name: string, words?: string) => void;
  /** A container's name. */
  readonly nameOf: (containerId: string) => string;
  /** Whether a running container is on a network. */
  readonly attachedTo: (networkId: string) => boolean;
}

/** The networks of the engine in memory. */
export function fakeNetworks({ enter, nameOf, attachedTo }: Surroundings) {
  const networks = new Map<string, NetworkSpec>();
  let made = 0;
  const nameOfNetwork = (id: string) => networks.get(id)?.name ?? id.slice(0, 12);

  const calls = {
    async createNetwork(spec) {
      enter('create-network', spec.name);
      made += 1;
      const id = `${made.toString(16).padStart(8, '0')}`.padEnd(64, 'e');
      networks.set(id, spec);
      return id;
    },
    async connect(networkId, containerId) {
      enter('connect', `${nameOf(containerId)} to ${nameOfNetwork(networkId)}`);
    },
    async removeNetwork(id) {
      enter('remove-network', nameOfNetwork(id));
      if (attachedTo(id)) {
        throw new Failure(
          'casesFailed',
          `the engine refused to remove the network ${nameOfNetwork(id)}: it has active endpoints`,
        );
      }
      networks.delete(id);
    },
    async networks(label) {
      enter('networks', label, 'list networks');
      return [...networks]
        .map(([id, { name, labels }]) => ({ id, name, labels }))
        .filter(({ labels }) => hasLabel(labels, label));
    },
    defaultBridge: async () => ({ exists: true, device: 'docker0', icc: true }),
  } satisfies Partial<Engine>;

  return {
    calls,
    /** The first three bytes of a network's IPv4 addresses. */
    prefixOf: (id: string) => networks.get(id)?.subnets[0]?.subnet.split('.').slice(0, 3).join('.'),
  };
}
