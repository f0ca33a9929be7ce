import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuReader } from '../../agent/cpus.ts';
import { garbageCollector } from '../../agent/heap.ts';
import { KeptConnections } from '../../agent/kept-connections.ts';
import { type MachineReader, machineReader } from '../../agent/machine.ts';
import { runTurns } from '../../agent/turns.ts';
import { systemClock } from '../../model/clock.ts';
import { measureAlone, type SliceCount, type TurnsOrder } from '../../model/load-agent.ts';
import { planDefaults } from '../../plan/options.ts';
import { answersOfAge } from '../../plan/warm-up.ts';
import type { Figures, Stretch } from './figures.ts';
import { spreadOf } from './spread.ts';

/** As many cases as a default plan has for one server, with its slices and turns. */
const cases = 4;
const { sliceSeconds, turnSeconds, rampSeconds, bodyBytes } = planDefaults;

/**
 * bench's agent, as slices are really measured: in turns, on connections that are of age, with its gate and
 * its garbage collection.
 */
export async function measureAgent({ url, connections, seconds }: Stretch): Promise<Figures> {
  const garbage = garbageWatch();
  const cycle = Array.from({ length: cases }, (_, place) => place);
  const order: TurnsOrder = {
    slices: cycle.map((place) => ({
      ...{ connections, rampSeconds, sliceSeconds, expectedBodyBytes: bodyBytes, timeoutSeconds: 10 },
      // Connections are kept by URL, and each case has its own.
      url: `${url}?case=${place}`,
      keepOpen: true,
    })),
    turnSeconds,
    sequence: Array.from({ length: Math.round(sliceSeconds / turnSeconds) }, () => cycle).flat(),
  };
  const instruments = {
    clock: systemClock.monotonicSeconds,
    machine: garbage.atEdgesOfLoad(machineReader()),
    cpus: cpuReader(),
    collectGarbage: garbageCollector(),
    kept: new KeptConnections(),
  };
  const agent = { turns: (turns: TurnsOrder) => runTurns(turns, instruments) };
  for (const slice of order.slices) {
    await measureAlone(agent, {
      ...slice,
      sliceSeconds: planDefaults.warmupSeconds,
      enoughResponses: connections * answersOfAge,
    });
  }
  garbage.forget();
  const counts: SliceCount[] = [];
  while (counts.length * sliceSeconds < seconds) counts.push(...(await agent.turns(order)));
  instruments.kept.letGo();
  requireNoFaults(counts);
  const sum = (part: (count: SliceCount) => number) => counts.reduce((total, it) => total + part(it), 0);
  return {
    requestsPerSecond: sum((it) => it.servedRequests) / sum((it) => it.wallSeconds),
    cpuUsPerRequest: (1e6 * sum((it) => it.agentSeconds)) / sum((it) => it.totalRequests),
    medianUs: spreadOf(counts.map((it) => it.latency?.p50Us ?? Number.NaN)).median,
    garbageShare: (await garbage.secondsUnderLoad()) / sum((it) => it.loadSeconds),
  };
}

function requireNoFaults(counts: readonly SliceCount[]): void {
  for (const { faults } of counts) {
    if (Object.values(faults).some((number) => number > 0)) {
      throw new Error(`the agent met faults: ${JSON.stringify(faults)}`);
    }
  }
}

/** Times the garbage collections that fall into load. Those between turns cost no server anything. */
function garbageWatch() {
  const edges: number[] = [];
  const seen: { startTime: number; duration: number }[] = [];
  const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    /** The machine is read when a turn's load begins and when it has ended. */
    atEdgesOfLoad(read: MachineReader): MachineReader {
      return () => {
        edges.push(performance.now());
        return read();
      };
    },
    /** Discards all edges until now. */
    forget() {
      edges.length = 0;
    },
    async secondsUnderLoad() {
      // Entries arrive in a later turn of the event loop.
      await pause(20);
      observer.disconnect();
      const underLoad = (at: number) => edges.filter((edge) => edge <= at).length % 2 === 1;
      return seen
        .filter(({ startTime }) => underLoad(startTime))
        .reduce((sum, { duration }) => sum + duration / 1e3, 0);
    },
  };
}
