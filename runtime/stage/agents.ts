import type { LoadAgent } from '../../bench/model/load-agent.ts';
import type { Vantage } from '../../bench/model/path.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Attachment, ContainerSpec, Engine } from '../engine/engine.ts';
import { Teardown } from '../teardown.ts';
import { agentSpec, type RunContext, startsOn } from './containers.ts';
import { agentCpus, type DisjointPinning, hearOfCpus } from './pinning.ts';
import { pidOf, startAttached } from './programs.ts';

/** The container of a load agent. */
interface AgentContainer {
  readonly id: string;
  /** Pid of its first process, in the host's pid namespace. */
  readonly pid: number;
}

/** A load agent that runs. */
export interface StandingAgent extends AgentContainer {
  readonly agent: LoadAgent;
  /** All containers that work as this agent: its own first, then those that share its load and its stack. */
  readonly members: readonly AgentContainer[];
}

/** Several agents at each vantage that share the load. */
export interface Sharing {
  /** How many there are at a vantage. */
  readonly agents: number;
  /** Makes one of them all. The first does alone what is no load. */
  readonly join: (agents: readonly LoadAgent[]) => LoadAgent;
}

/** The load agents of a run: those that stay at their vantage, and those that live for one round. */
export interface Agents {
  /** Starts the agent that stands at a vantage for the whole run. */
  standAt(
    vantage: Exclude<Vantage, 'inside'>,
    settings?: {
      readonly ipv6?: boolean;
      /** Its attachment, if it is not the usual one at that vantage. */
      readonly attachment?: Attachment;
    },
  ): Promise<StandingAgent>;
  /**
   * The agent for an order.
   * @param serverId id of the container whose stack an agent inside joins.
   */
  forOrder(order: DeploymentOrder, serverId: string | undefined): Promise<StandingAgent>;
  /** All agents that run now, including those of the round. */
  all(): Promise<readonly StandingAgent[]>;
  /** Moves all agents, each to its own CPU. Resolves to the engine's messages. */
  moveToCpus(to: DisjointPinning): Promise<readonly string[]>;
  /** Removes the agents of the round. */
  clear(): Promise<void>;
}

/** An engine turns IPv6 off in a container that it gives no network. */
const withIpv6 = {
  'net.ipv6.conf.all.disable_ipv6': '0',
  'net.ipv6.conf.default.disable_ipv6': '0',
} as const;

export function stageAgents(
  engine: Engine,
  run: Omit<RunContext, 'networks'>,
  connectAgent: (channel: Channel) => LoadAgent,
  owned: Teardown,
  sharing?: Sharing,
): Agents {
  const standing = new Map<Vantage, StandingAgent>();
  const ofRound = new Map<string, Promise<StandingAgent>>();
  let round = new Teardown();
  let made = 0;

  async function startOne(name: string, spec: ContainerSpec, owner: Teardown) {
    const container = await startAttached(engine, spec, owner);
    hearOfCpus(run.cpus, container.warnings);
    const pid = await pidOf(engine, container, `the load agent at ${name}`);
    return { id: container.id, agent: connectAgent(container.channel), pid };
  }

  async function start(
    name: string,
    attachment: Attachment,
    owner: Teardown,
    sysctls?: ContainerSpec['sysctls'],
  ): Promise<StandingAgent> {
    const first = await startOne(name, agentSpec(name, attachment, run, sysctls), owner);
    const { agents: size, join } = sharing ?? { agents: 1, join: () => first.agent };
    const members = [first];
    for (let place = 1; place < size; place++) {
      const spec = agentSpec(`${name}-${place + 1}`, besideFirst(attachment, first), run);
      members.push(await startOne(name, { ...spec, ...agentCpus(run.cpus.now, place) }, owner));
    }
    const { id, pid } = first;
    return { id, pid, agent: join(members.map(({ agent }) => agent)), members };
  }

  async function all(): Promise<readonly StandingAgent[]> {
    // An agent that did not start has failed its own cases of this round. It is left out here.
    const fresh = await Promise.allSettled(ofRound.values());
    return [...standing.values(), ...fresh.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []))];
  }

  return {
    async standAt(vantage, { ipv6 = false, attachment = startsOn[vantage] } = {}) {
      const sysctls = ipv6 && vantage === 'external' ? withIpv6 : undefined;
      const agent = await start(vantage, attachment, owned, sysctls);
      standing.set(vantage, agent);
      return agent;
    },

    async forOrder({ agent, route }, serverId) {
      const { vantage } = route.path;
      if (agent.kind === 'standing') {
        const found = standing.get(vantage);
        if (found === undefined) throw new Error(`no load agent runs at ${vantage}`);
        return found;
      }
      const known = ofRound.get(agent.key);
      if (known !== undefined) return known;
      made += 1;
      const starting = start(`${vantage}-${made}`, attachmentFor(vantage, serverId), round);
      ofRound.set(agent.key, starting);
      return starting;
    },

    all,

    async moveToCpus(to) {
      const moves = (await all()).flatMap(({ members }) =>
        members.map(({ id }, place) => engine.moveToCpus(id, agentCpus(to, place).cpus ?? to.agentCpus)),
      );
      return (await Promise.all(moves)).flat();
    },

    async clear() {
      const ended = round;
      round = new Teardown();
      ofRound.clear();
      await ended[Symbol.asyncDispose]();
    },
  };
}

/** The stack of the first agent. What is no stack of its own is joined as the first one joins it. */
function besideFirst(attachment: Attachment, { id }: AgentContainer): Attachment {
  const isForeign = attachment.kind === 'host' || attachment.kind === 'container';
  return isForeign ? attachment : { kind: 'container', id };
}

function attachmentFor(vantage: Vantage, serverId: string | undefined): Attachment {
  if (vantage !== 'inside') return startsOn[vantage];
  if (serverId === undefined) throw new Error('an agent inside needs the container whose stack it joins');
  return { kind: 'container', id: serverId };
}
