import type { Reading } from '../../bench/model/reading.ts';
import type { Snapshot } from '../inspector/contract.ts';

/**
 * What a snapshot says about one deployment.
 * @param port that is published, @param link of the vantage: a figure is absent where there is none.
 */
export function readingOf(snapshot: Snapshot, port: number, link: string): Reading {
  const { server, agent } = snapshot.cgroups;
  const stack = snapshot.stacks['server'];
  const linked = snapshot.hostInterfaces[link];
  const proxy = snapshot.proxies[port];
  const dnat = snapshot.dnat[port];
  const { cpu, memoryStallSeconds } = snapshot;
  return {
    atSeconds: snapshot.atSeconds,
    machine: cpu,
    ...(memoryStallSeconds === undefined ? {} : { memoryStallSeconds }),
    ...(server === undefined ? {} : { server }),
    ...(agent === undefined ? {} : { agent }),
    ...(proxy === undefined ? {} : { proxySeconds: proxy.cpuSeconds }),
    ...(dnat === undefined ? {} : { dnatPackets: dnat.packets }),
    ...(stack === undefined ? {} : { serverStackPackets: stack.rxPackets + stack.txPackets }),
    ...(linked === undefined ? {} : { linkPackets: linked.rxPackets + linked.txPackets }),
  };
}
