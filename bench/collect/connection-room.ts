import type { Clock } from '../model/clock.ts';
import { Failure } from '../model/failure.ts';
import { formatCount, formatDuration } from '../model/format.ts';
import type { LoadAgent } from '../model/load-agent.ts';
import { freePorts, type LocalPorts } from '../model/local-ports.ts';
import type { Deployed, Stage } from '../model/stage.ts';

/** More connections than one load agent makes in a second on any machine. */
const mostPerSecond = 10_000;
/** A connection through docker-proxy is two for the host's connection tracking. */
const entriesEach = 2;
/** Ports that an agent needs: each connection gives its port back before the next one takes one. */
const portsOfAgent = 100;
/** TIME_WAIT lasts a minute. An entry of connection tracking lasts ten seconds after a reset. */
const longestWaitSeconds = 65;
const lookEverySeconds = 1;

interface Surroundings {
  readonly stage: Pick<Stage, 'connectionRoom'>;
  readonly agent: Pick<LoadAgent, 'localPorts'>;
  readonly clock: Pick<Clock, 'monotonicSeconds'>;
  readonly signal: AbortSignal;
  /** Waits for so many seconds. */
  readonly pause: (seconds: number) => Promise<void>;
}

/** Room that is needed. */
interface RoomNeeds {
  /** Connections that may be opened. */
  readonly connections: number;
  /** Local ports of the load agent's stack that they take at the same time. */
  readonly agentPorts: number;
  /** What may open them. */
  readonly by: string;
  /** What a user can do so that it needs less. */
  readonly instead: string;
}

/** Slices that open one connection for each request. @param loadSeconds of all slices of the order together. */
export function roomOfSlices(loadSeconds: number): RoomNeeds {
  return {
    connections: Math.ceil(mostPerSecond * loadSeconds),
    agentPorts: portsOfAgent,
    by: 'a slice',
    instead: 'shorten the slices: --slice-seconds',
  };
}

/** What leaves too little room. */
interface Lack {
  readonly message: string;
  readonly hint: string;
}

/**
 * Waits until the kernel has room for connections that are about to be opened. Without room they would fail, and that
 * would count as a fault of the server. Connection tracking and, for docker-proxy, the local ports are those of the
 * engine's host. The agent's local ports are those of its own stack.
 * @throws {Failure} casesFailed: there is no room after a minute, with what is full.
 */
export async function waitForConnectionRoom(
  deployed: readonly Pick<Deployed, 'claims'>[],
  needs: RoomNeeds,
  { stage, agent, clock, signal, pause }: Surroundings,
): Promise<void> {
  const proxied = deployed.some(({ claims }) => claims.includes('proxy-works'));
  const until = clock.monotonicSeconds() + longestWaitSeconds;
  for (;;) {
    const { conntrack, ports } = await stage.connectionRoom();
    const lack =
      conntrackLack(conntrack, needs) ??
      (proxied
        ? portsLack(ports, needs.connections, needs, "the host's stack, from which docker-proxy connects,")
        : undefined) ??
      portsLack(await agent.localPorts(), needs.agentPorts, needs, "the load agent's stack");
    if (lack === undefined || signal.aborted) return;
    if (clock.monotonicSeconds() >= until) {
      const waited = formatDuration(longestWaitSeconds, 0);
      throw new Failure('casesFailed', `${lack.message}, also after ${waited}`, { hint: lack.hint });
    }
    await pause(lookEverySeconds);
  }
}

function conntrackLack(
  table: { readonly entries: number; readonly limit: number } | undefined,
  { connections, by, instead }: RoomNeeds,
): Lack | undefined {
  const needed = connections * entriesEach;
  if (table === undefined || table.limit - table.entries >= needed) return undefined;
  const { entries, limit } = table;
  return {
    message: `no room for new connections: connection tracking has ${formatCount(entries)} of at most ${formatCount(limit)} entries, and ${by} may add ${formatCount(needed)}`,
    hint: `Raise the limit: sysctl -w net.netfilter.nf_conntrack_max=${Math.max(262_144, entries + 2 * needed)}. Or ${instead}.`,
  };
}

function portsLack(
  ports: LocalPorts,
  needed: number,
  { by, instead }: RoomNeeds,
  where: string,
): Lack | undefined {
  if (freePorts(ports) >= needed) return undefined;
  const { first, last, used, timeWait } = ports;
  return {
    message:
      `no room for new connections: ${where} has ${formatCount(freePorts(ports))} free local ports of ${first} to ${last} ` +
      `(${formatCount(used)} in use, ${formatCount(timeWait)} in TIME_WAIT), and ${by} may need ${formatCount(needed)}`,
    hint: `Widen the range: sysctl -w net.ipv4.ip_local_port_range="10240 65535". Or ${instead}.`,
  };
}
