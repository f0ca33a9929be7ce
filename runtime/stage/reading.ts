import { present } from '../../bench/model/present.ts';
import type { CgroupCpu, Reading } from '../../bench/model/reading.ts';
import type { Snapshot, TrafficReading } from '../inspector/contract.ts';

const agentName = 'agent';

/** The first processes of the load agents that share a slice, by the names under which `readingOf` finds them. */
export function agentCgroups(pids: readonly number[]): Readonly<Record<string, number>> {
  return Object.fromEntries(pids.map((pid, place) => [`${agentName}${place === 0 ? '' : place + 1}`, pid]));
}

/**
 * The figures of a snapshot about one deployment. A figure is absent if the thing that it measures does not
 * exist.
 * @param at the published port, and the host's interfaces on the way.
 * @param benchSeconds CPU time of this process, where it is on the snapshot's machine.
 */
export function readingOf(
  snapshot: Snapshot,
  at: { readonly port: number; readonly link: string | undefined; readonly bridge: string | undefined },
  benchSeconds: number,
): Reading {
  const { server } = snapshot.cgroups;
  const agent = allAgents(snapshot.cgroups);
  const stack = snapshot.stacks['server'];
  const linked = snapshot.hostInterfaces[at.link ?? ''];
  const bridged = snapshot.hostInterfaces[at.bridge ?? ''];
  const proxy = snapshot.proxies[at.port];
  const dnat = snapshot.dnat[at.port];
  const { cpu, ownSeconds, memoryStallSeconds } = snapshot;
  return {
    atSeconds: snapshot.atSeconds,
    machine: cpu,
    ownSeconds: ownSeconds + benchSeconds,
    ...present({ memoryStallSeconds, server, agent }),
    ...(proxy === undefined ? {} : { proxySeconds: proxy.cpuSeconds }),
    ...(dnat === undefined ? {} : { dnatPackets: dnat.packets }),
    ...(stack === undefined ? {} : { serverStackPackets: packets(stack) }),
    ...(bridged === undefined ? {} : { bridgeDevicePackets: packets(bridged) }),
    ...(linked === undefined ? {} : { linkPackets: packets(linked) }),
  };
}

function packets({ rxPackets, txPackets }: TrafficReading): number {
  return rxPackets + txPackets;
}

/** CPU time of all agents together. A throttled agent is one too many, so their times are added as well. */
function allAgents(cgroups: Snapshot['cgroups']): CgroupCpu | undefined {
  const agents = Object.entries(cgroups).flatMap(([name, cpu]) => (name.startsWith(agentName) ? [cpu] : []));
  const [first, ...others] = agents;
  if (first === undefined) return undefined;
  return others.reduce(
    (sum, it) => ({
      cpuSeconds: sum.cpuSeconds + it.cpuSeconds,
      ...(sum.throttledSeconds === undefined || it.throttledSeconds === undefined
        ? {}
        : { throttledSeconds: sum.throttledSeconds + it.throttledSeconds }),
    }),
    first,
  );
}
