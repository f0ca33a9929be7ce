import type { Limit } from '../../bench/model/summary.ts';
import type { CaseFigures } from './round-figures.ts';

/**
 * From this share of the time on, a CPU counts as busy all the time. The rest is the time between two turns.
 */
export const busyAllTheTime = 0.95;

/** How busy the CPUs of both ends were, as shares of the time under load, and which end was the limit. */
export interface Busy {
  readonly server?: number;
  readonly agent?: number;
  /** Absent where neither was read, or both ends share their CPUs. */
  readonly limit?: Limit;
}

/**
 * Finds which end was the limit of a case (bench/docs/method.md, section 1). It reads how busy the CPUs are
 * that each end is pinned to, and not the agent's own CPU time. Most kernels charge the network's work to the
 * process that it interrupts. The agent of an open load never rests, so how busy its CPU is says nothing.
 */
export function busyOf({ rounds, open }: CaseFigures): Busy {
  let [seconds, server, agent, own, proxy] = [0, 0, 0, 0, 0];
  for (const { load } of rounds) {
    seconds += load.seconds;
    server += load.serverCpuBusySeconds ?? Number.NaN;
    agent += load.agentCpuBusySeconds ?? Number.NaN;
    own += load.serverSeconds ?? 0;
    proxy += load.proxySeconds;
  }
  if (!(seconds > 0) || Number.isNaN(server) || Number.isNaN(agent)) return {};
  const shares = { server: server / seconds, agent: agent / seconds };
  if (open !== undefined) {
    const limit = limitOf({ ...shares, agent: 0 }, proxy > own ? 'proxy' : 'server');
    return { server: shares.server, limit };
  }
  return { ...shares, limit: limitOf(shares, proxy > own ? 'proxy' : 'server') };
}

/** The end whose CPU was busy all the time, by the shares of the time in which the CPUs were busy. */
export function limitOf(
  { server, agent }: { readonly server: number; readonly agent: number },
  serverSide: 'server' | 'proxy',
): Limit {
  if (Math.max(server, agent) < busyAllTheTime) return 'none';
  return agent > server ? 'agent' : serverSide;
}

/**
 * The limit of a comparison. A limit that spoils it on either side comes first (`agent`, `none`), then the
 * docker-proxy, then the server.
 */
export function limitOfBoth(one: Limit | undefined, other: Limit | undefined): Limit | undefined {
  if (one === undefined || other === undefined) return undefined;
  const both: readonly Limit[] = [one, other];
  return (['agent', 'none', 'proxy'] as const).find((limit) => both.includes(limit)) ?? 'server';
}

/** Whether a closed loop's rate says what the server's side can carry. */
export function isServerSide(limit: Limit | undefined): boolean {
  return limit === 'server' || limit === 'proxy';
}
