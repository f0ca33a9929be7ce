import type { LoadAgent } from '../../bench/model/load-agent.ts';
import { present } from '../../bench/model/present.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { LookupPlace, TemporaryAgent } from '../../bench/model/stage.ts';
import type { Attachment, ContainerSpec } from '../engine/engine.ts';
import { Teardown } from '../teardown.ts';
import type { StandingAgent } from './agents.ts';
import { agentSpec, type RunContext } from './containers.ts';
import { serverCpus } from './pinning.ts';
import { runningState, startAttached } from './programs.ts';
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
  /**
   * An agent in each place where names are looked up in another way, and a name server of bench's own: asked directly,
   * and through the engine's resolver, it shows what that adds.
   */
  forLookups(): Promise<{ readonly places: readonly LookupPlace[] } & AsyncDisposable>;
}

export function probePlaces({ making, run, networks, connect }: Surroundings): ProbePlaces {
  const { engine, inspector } = making;

  async function start(spec: ContainerSpec, owned: Teardown) {
    const container = await startAttached(engine, spec, owned);
    const { pid, address } = await runningState(engine, container, spec.name);
    return { agent: connect(container.channel), pid, address };
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
      const bridge = await userBridge(owned);
      const names = await start(
        { ...agentSpec('name-server', bridge, run), ...serverCpus(run.cpus.now) },
        owned,
      );
      const { address = '' } = names;
      await names.agent.serveNames();

      async function place(
        mode: LookupPlace['mode'],
        attachment: Attachment,
        questions: (name: string) => LookupPlace['questions'],
        dns?: ContainerSpec['dns'],
      ): Promise<LookupPlace> {
        const spec = agentSpec(`names-${mode}`, attachment, run);
        const { agent, pid } = await start({ ...spec, ...present({ dns }) }, owned);
        const { resolver } = await inspector.call('stack', { pid });
        return { mode, agent, nameServers: resolver?.nameservers ?? [], questions: questions(spec.name) };
      }

      const localhost = { asked: 'localhost', name: 'localhost' } as const;
      const ours = { asked: 'bench', name: 'name.bench.test' } as const;
      const places = [
        await place('host', { kind: 'host' }, () => [{ ...ours, server: address }, localhost]),
        ...(networks.defaultBridge === undefined
          ? []
          : [await place('bridge', { kind: 'bridge' }, () => [localhost])]),
        await place('user-bridge', bridge, (name) => [ours, { asked: 'container', name }], [address]),
      ];
      return disposedBy(owned.move(), { places });
    },
  };
}

const noNeeds = { vantages: [], servers: [], ipv6: false } as const;

function disposedBy<T extends object>(owned: Teardown, held: T): T & AsyncDisposable {
  return { ...held, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}
