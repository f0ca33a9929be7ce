import type { LoadAgent } from '../../bench/model/load-agent.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { LookupPlace, TemporaryAgent } from '../../bench/model/stage.ts';
import type { Attachment, ContainerSpec } from '../engine/engine.ts';
import { Teardown } from '../teardown.ts';
import type { StandingAgent } from './agents.ts';
import { agentSpec, type RunContext } from './containers.ts';
import { serverCpus } from './pinning.ts';
import { pidOf, startAttached } from './programs.ts';
import { type Making, makeUserBridge, type RunNetworks } from './run-networks.ts';

interface Surroundings {
  readonly making: Omit<Making, 'owned'>;
  readonly run: Omit<RunContext, 'networks'>;
  readonly networks: RunNetworks;
  readonly connect: (channel: Channel) => LoadAgent;
}

/** Load agents that are there for a moment, while no load runs. Their caller disposes of them. */
interface ProbePlaces {
  /** One more agent in the stack of another, but on the servers' CPUs. */
  beside(agent: Pick<StandingAgent, 'id'>): Promise<TemporaryAgent>;
  /** An agent in each place where names are looked up in another way. */
  forLookups(): Promise<{ readonly places: readonly LookupPlace[] } & AsyncDisposable>;
}

export function probePlaces({ making, run, networks, connect }: Surroundings): ProbePlaces {
  const { engine, inspector } = making;

  async function start(spec: ContainerSpec, owned: Teardown) {
    const container = await startAttached(engine, spec, owned);
    const pid = await pidOf(engine, container, spec.name);
    return { agent: connect(container.channel), pid };
  }

  /** The run's own bridge, or one for now. */
  async function userBridge(owned: Teardown): Promise<Attachment> {
    if (networks.userBridge !== undefined) return { kind: 'network', id: networks.userBridge.id };
    const subnet = networks.link?.subnet ?? (await inspector.call('free-subnet', {})).subnet;
    const { id } = await makeUserBridge({ ...making, owned }, subnet, noNeeds);
    return { kind: 'network', id };
  }

  return {
    async beside({ id }) {
      await using owned = new Teardown();
      const spec = agentSpec('beside', { kind: 'container', id }, run);
      const { agent } = await start({ ...spec, ...serverCpus(run.cpus.now) }, owned);
      return disposedBy(owned.move(), { agent });
    },

    async forLookups() {
      await using owned = new Teardown();
      const places: readonly (readonly [LookupPlace['mode'], Attachment])[] = [
        ['host', { kind: 'host' }],
        ...(networks.defaultBridge === undefined ? [] : [['bridge', { kind: 'bridge' }] as const]),
        ['user-bridge', await userBridge(owned)],
      ];
      const standing: LookupPlace[] = [];
      for (const [mode, attachment] of places) {
        const spec = agentSpec(`names-${mode}`, attachment, run);
        const { agent, pid } = await start(spec, owned);
        const { resolver } = await inspector.call('stack', { pid });
        standing.push({
          mode,
          agent,
          nameServers: resolver?.nameservers ?? [],
          ...(resolver?.kind === 'docker' ? { ownName: spec.name } : {}),
        });
      }
      return disposedBy(owned.move(), { places: standing });
    },
  };
}

const noNeeds = { vantages: [], servers: [], ipv6: false } as const;

function disposedBy<T extends object>(owned: Teardown, held: T): T & AsyncDisposable {
  return { ...held, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}
