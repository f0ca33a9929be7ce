import type { PathFacts } from '../../bench/model/path-facts.ts';
import { present } from '../../bench/model/present.ts';
import type { Engine } from '../engine/engine.ts';
import type { Machine } from '../inspector/contract.ts';
import type { Publishing } from './publishing.ts';

/** The facts from the engine's API, before an inspector has looked at its machine. */
export async function engineFacts(engine: Pick<Engine, 'defaultBridge'>): Promise<PathFacts> {
  return { defaultBridge: await engine.defaultBridge() };
}

/** The facts from the engine and its machine together. */
export async function pathFacts(
  engine: Pick<Engine, 'defaultBridge'>,
  { sysctls, network, ipv6Off, daemon }: Machine,
  { known }: Publishing,
): Promise<PathFacts> {
  const forward = sysctls['net.ipv4.ip_forward'];
  const forward6 = sysctls['net.ipv6.conf.all.forwarding'];
  return {
    ...(await engineFacts(engine)),
    ...present({ publishing: known }),
    ...(forward === undefined ? {} : { ipForward: forward === '1' }),
    ...(forward6 === undefined ? {} : { ip6Forward: forward6 === '1' }),
    bridgeNetfilter: network.bridgeNetfilter,
    ipv6Off,
    ...(daemon?.changedFile === undefined ? {} : { changedFile: daemon.changedFile }),
  };
}
