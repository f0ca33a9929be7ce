import { plainAutocannon } from '../agent/autocannon.ts';
import { type MonotonicClock, monotonicClock } from '../agent/clock.ts';
import { garbageCollector } from '../agent/heap.ts';
import { machineReader } from '../agent/machine.ts';
import { runSlice } from '../agent/turns.ts';
import { serveRpc } from '../model/rpc.ts';

/** One stretch of load on keep-alive connections. */
export interface Stretch {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Figures {
  readonly requestsPerSecond: number;
  /** CPU time of the contender's process: tells them apart when something else keeps the cores busy. */
  readonly cpuSecondsPerRequest: number;
}

/** One stretch by bench's load agent, or by autocannon as it comes. */
export type ContenderContract = {
  agent: { input: Stretch; output: Figures };
  autocannon: { input: Stretch; output: Figures };
};
export type Contender = keyof ContenderContract;

async function byAgent({ url, connections, seconds }: Stretch, clock: MonotonicClock): Promise<Figures> {
  const order = { url, connections, rampSeconds: 0, sliceSeconds: seconds };
  const count = await runSlice(
    { ...order, expectedBodyBytes: 1024, timeoutSeconds: 10 },
    { clock, machine: machineReader(), collectGarbage: garbageCollector() },
  );
  const faults = Object.entries(count.faults).filter(([, number]) => number > 0);
  if (faults.length > 0)
    throw new Error(`the agent met faults: ${JSON.stringify(Object.fromEntries(faults))}`);
  return {
    requestsPerSecond: count.requests / count.wallSeconds,
    cpuSecondsPerRequest: (count.coreShare * count.wallSeconds) / count.requests,
  };
}

/**
 * Time is taken from the call to autocannon's last `tick`, which is the moment that it stops counting: its own
 * `duration` includes the compression of its histograms.
 */
function byAutocannon({ url, connections, seconds }: Stretch, clock: MonotonicClock): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const startedAt = clock();
    const cpuAtStart = process.cpuUsage();
    let endedAt = startedAt;
    let cpu = cpuAtStart;
    const instance = plainAutocannon(
      { url, connections, duration: seconds, sampleInt: 100 },
      (error, result) => {
        if (error !== null) reject(error);
        else {
          resolve({
            requestsPerSecond: result['2xx'] / (endedAt - startedAt),
            cpuSecondsPerRequest: (cpu.user + cpu.system) / 1e6 / result['2xx'],
          });
        }
      },
    );
    instance.on('tick', () => {
      endedAt = clock();
      cpu = process.cpuUsage(cpuAtStart);
    });
  });
}

await serveRpc<ContenderContract>(
  { input: process.stdout, output: process.stdin },
  {
    agent: (stretch) => byAgent(stretch, monotonicClock),
    autocannon: (stretch) => byAutocannon(stretch, monotonicClock),
  },
);
