import { systemClock } from '../model/clock.ts';
import { measureAlone, type SliceCount, type SliceOrder } from '../model/load-agent.ts';
import { cpuReader } from './cpus.ts';
import { garbageCollector } from './heap.ts';
import { KeptConnections } from './kept-connections.ts';
import { machineReader } from './machine.ts';
import type { SmallServer } from './servers.fixture.ts';
import type { Instruments } from './target.ts';
import { runTurns } from './turns.ts';

export const instruments = {
  clock: systemClock.monotonicSeconds,
  machine: machineReader(),
  cpus: cpuReader(),
  collectGarbage: garbageCollector(),
  kept: new KeptConnections(),
};
export const noFaults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

export function orderFor(url: string, change: Partial<SliceOrder> = {}): SliceOrder {
  return {
    url,
    connections: 2,
    rampSeconds: 0.04,
    sliceSeconds: 0.1,
    expectedBodyBytes: 100,
    timeoutSeconds: 5,
    ...change,
  };
}

/** The same for a service whose answers have no fixed length. */
export function serviceOrder(
  url: string,
  change: Partial<Omit<SliceOrder, 'expectedBodyBytes'>> = {},
): SliceOrder {
  const { expectedBodyBytes: _, ...order } = orderFor(url, change);
  return order;
}

export function runSlice(order: SliceOrder, by: Instruments = instruments): Promise<SliceCount> {
  return measureAlone({ turns: (turns) => runTurns(turns, by) }, order);
}

export function slice(server: SmallServer, change: Partial<SliceOrder> = {}): Promise<SliceCount> {
  return runSlice(orderFor(server.url, change));
}

/** The count, and how long the whole slice took. */
export async function timed(run: () => Promise<SliceCount>): Promise<{ count: SliceCount; seconds: number }> {
  const startedAt = systemClock.monotonicSeconds();
  const count = await run();
  return { count, seconds: systemClock.monotonicSeconds() - startedAt };
}

/** Time that the counted requests took, in connection-seconds. */
export function busySeconds(count: SliceCount): number {
  return (count.requests * (count.latency?.meanUs ?? 0)) / 1e6;
}
