import { Failure } from '../model/failure.ts';
import type { LoadAgent, SliceCount, SliceOrder, TurnsOrder } from '../model/load-agent.ts';
import { mergeCounts } from './merge-counts.ts';
import { appointmentsFor } from './pace.ts';

/** How far ahead agents are given their first moment, in seconds: an order reaches them through the engine. */
const leadSeconds = 0.05;

/**
 * Several load agents on one machine that work as one. They share the connections and the rate of each order and
 * measure in the same windows, which are fixed beforehand by the machine's clock. Their counts are merged. The first one
 * does alone whatever is no load: probes, evidence, small tasks. An order of one connection is its own, too.
 *
 * An agent that is lost while it measures costs the slices of that order. The next order reports that it is lost.
 * @param members at least one.
 */
export function team(members: readonly LoadAgent[]): LoadAgent {
  const [first] = members;
  if (first === undefined) throw new Error('a team needs a load agent');
  if (members.length === 1) return first;
  /** Mean latency that was seen last, seconds, by what was asked of whom. */
  const latencies = new Map<string, number>();
  let lost: unknown;

  async function measureTogether(shares: readonly TurnsOrder[], order: TurnsOrder) {
    const slowest = Math.max(0, ...order.slices.map((slice) => latencies.get(loadName(slice)) ?? 0));
    const appointments = appointmentsFor(order, slowest, (await lead.clock()) + leadSeconds);
    // All are waited for: none may bear load when the next order begins.
    const results = await Promise.allSettled(
      shares.flatMap((share, at) => members[at]?.turns({ ...share, appointments }) ?? []),
    );
    const counts = results.map((result, at) => {
      if (result.status === 'fulfilled') return result.value;
      const { reason } = result;
      if (!(reason instanceof Failure) || reason.kind !== 'partial') throw reason;
      lost = reason;
      throw new Failure(
        'casesFailed',
        `load agent ${at + 1} of ${members.length} was lost while it measured`,
        { ...(reason.hint === undefined ? {} : { hint: reason.hint }), cause: reason },
      );
    });
    return order.slices.map((_, at) => mergeCounts(counts.flatMap((ofAgent) => ofAgent[at] ?? [])));
  }

  const lead = first;
  return {
    ...first,
    async turns(order) {
      if (lost !== undefined) throw lost;
      const shares = sharesOf(order, members.length);
      const counts = shares.length === 1 ? await lead.turns(order) : await measureTogether(shares, order);
      for (const [at, slice] of order.slices.entries()) noteLatency(latencies, slice, counts[at]);
      return counts;
    },
    async letGo() {
      await Promise.all(members.map((member) => member.letGo()));
    },
    async jitter(seconds) {
      const counts = await Promise.all(members.map((member) => member.jitter(seconds)));
      return {
        wallSeconds: counts.reduce((sum, { wallSeconds }) => sum + wallSeconds, 0),
        gaps: counts.flatMap(({ gaps }) => gaps),
      };
    },
  };
}

function loadName({ url, connections }: SliceOrder): string {
  return `${connections} to ${url}`;
}

function noteLatency(latencies: Map<string, number>, slice: SliceOrder, count: SliceCount | undefined): void {
  const us = count?.latency?.meanUs;
  if (us !== undefined) latencies.set(loadName(slice), us / 1e6);
}

/**
 * What each agent does of an order: as many connections as the others or one more, and the part of the rate that these
 * connections are of all. There are no more shares than connections.
 *
 * Poisson arrivals at a part of the rate each, with seeds of their own, are together Poisson arrivals at the whole rate.
 * Equal intervals are equal within each agent only.
 */
export function sharesOf(order: TurnsOrder, agents: number): readonly TurnsOrder[] {
  const most = Math.min(agents, ...order.slices.map(({ connections }) => connections));
  return Array.from({ length: most }, (_, at) => ({
    ...order,
    slices: order.slices.map((slice) => shareOf(slice, at, most)),
  }));
}

function shareOf(slice: SliceOrder, at: number, agents: number): SliceOrder {
  const { connections: all, ratePerSecond, enoughResponses, arrivals } = slice;
  const connections = Math.floor(all / agents) + (at < all % agents ? 1 : 0);
  return {
    ...slice,
    connections,
    ...(ratePerSecond === undefined ? {} : { ratePerSecond: (ratePerSecond * connections) / all }),
    ...(enoughResponses === undefined
      ? {}
      : { enoughResponses: Math.ceil((enoughResponses * connections) / all) }),
    // Seeds have 32 bits.
    ...(arrivals === undefined ? {} : { arrivals: { ...arrivals, seed: (arrivals.seed + at) >>> 0 } }),
  };
}
