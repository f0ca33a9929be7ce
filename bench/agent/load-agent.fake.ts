import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { emptyHistogram, type LatencyHistogram, latencyOf } from '../model/histogram.ts';
import type {
  LoadAgent,
  ProbeOrder,
  ProbeResult,
  SliceCount,
  SliceOrder,
  TurnsOrder,
} from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import type { Faults } from '../model/slice.ts';
import type { Survey } from '../model/survey.ts';

/** A server as the fake agent sees it: lognormal latencies. */
interface FakeServer {
  readonly medianSeconds: number;
  /** Requests that it works on at the same time. With more of them, all take longer: its rate grows no further. */
  readonly mostAtOnce?: number;
  /** Standard deviation of the logarithm of the latency. 0.2 if left out. */
  readonly sigma?: number;
  readonly serverHeader?: string;
}

/** What happens at the nth call of its kind (1, 2, 3 …) instead of the ordinary answer. */
type FakeIncident =
  | { readonly call: 'slice'; readonly nth: number; readonly faults: Partial<Faults> }
  | { readonly call: 'slice' | 'probe'; readonly nth: number; readonly error: Error }
  | { readonly call: 'probe'; readonly nth: number; readonly lastProblem: string };

type FakeCall =
  | { readonly call: 'slice'; readonly order: SliceOrder }
  | { readonly call: 'probe'; readonly order: ProbeOrder };

export interface FakeOptions {
  readonly seed: number;
  /** The server behind a URL; `undefined`: there is none, and connections are refused. */
  readonly serverAt: (url: string) => FakeServer | undefined;
  readonly incidents?: readonly FakeIncident[];
  /** What a survey reports of a service that is not as usual. */
  readonly survey?: Partial<Survey>;
  /** Called with the time that a call takes, e.g. to advance a fake clock. Nothing waits if left out. */
  readonly pass?: (seconds: number) => void | Promise<void>;
}

const noFaults: Faults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

/**
 * A load agent without a network: a closed loop, or load at a rate, over seeded lognormal latencies. The same seed and the same
 * orders give the same counts. Little's law holds in the closed loop, and every counted response is in the histogram, as with
 * the real agent. `journal` holds all calls in their order.
 */
export function fakeLoadAgent(
  options: FakeOptions,
): LoadAgent & { readonly journal: readonly FakeCall[]; close(): void } {
  const random = xoroshiro128plus(options.seed);
  const journal: FakeCall[] = [];
  const pass = options.pass ?? (() => undefined);
  /** The connections that orders kept open, by server and number. */
  const kept = new Set<string>();

  function incidentAt(call: FakeCall['call']): FakeIncident | undefined {
    const nth = journal.filter((entry) => entry.call === call).length;
    return options.incidents?.find((incident) => incident.call === call && incident.nth === nth);
  }

  async function slice(order: SliceOrder): Promise<SliceCount> {
    journal.push({ call: 'slice', order });
    const incident = incidentAt('slice');
    if (incident !== undefined && 'error' in incident) throw incident.error;
    const server = busyWith(options.serverAt(order.url), order.connections);
    const sliceSeconds = server === undefined ? order.sliceSeconds : windowSeconds(order, server);
    await pass(order.rampSeconds + sliceSeconds);
    if (server === undefined) return nothingAnswered(order);
    const count = load({ ...order, sliceSeconds }, server, random);
    const faults = incident !== undefined && 'faults' in incident ? incident.faults : {};
    const connections = `${order.connections} to ${order.url}`;
    const opened = order.newConnections === true ? count.totalRequests : order.connections;
    const totalConnections = order.keepOpen === true && kept.has(connections) ? 0 : opened;
    if (order.keepOpen === true) kept.add(connections);
    return { ...count, totalConnections, faults: { ...noFaults, ...faults } };
  }

  return {
    journal,
    async probe(order): Promise<ProbeResult> {
      journal.push({ call: 'probe', order });
      const incident = incidentAt('probe');
      if (incident !== undefined && 'error' in incident) throw incident.error;
      const server = options.serverAt(order.url);
      const lastProblem =
        incident !== undefined && 'lastProblem' in incident ? incident.lastProblem : 'connection refused';
      if (incident !== undefined || server === undefined) {
        await pass(order.withinSeconds);
        return { ready: false, lastProblem };
      }
      await pass(server.medianSeconds);
      const { medianSeconds: seconds, serverHeader } = server;
      return { ready: true, seconds, ...present({ serverHeader }) };
    },
    async survey(order): Promise<Survey> {
      return {
        requests: order.requests,
        statuses: { 200: order.requests },
        failures: 0,
        endedAfter: [],
        endsAnnounced: false,
        mostOnOneConnection: order.requests,
        framings: ['length'],
        ...options.survey,
      };
    },
    async hold(url) {
      const { hostname, port } = new URL(url);
      const remoteAddress = hostname.replace(/^\[|\]$/g, '');
      return { localAddress: remoteAddress, localPort: 40000, remoteAddress, remotePort: Number(port) };
    },
    release: async () => undefined,
    async turns(order) {
      const counts: SliceCount[] = [];
      for (const one of order.slices) counts.push({ ...(await slice(one)), ...fakeWindows(order) });
      return counts;
    },
    clock: async () => 0,
    serveNames: async () => undefined,
    serveNothing: async () => ({ port: 8079 }),
    async timeTask({ task }) {
      if (task.kind === 'lookup') return { count: 1_000, p50Us: 200, p75Us: 300 };
      const server = options.serverAt(task.url);
      if (server === undefined) return { problem: 'connection refused' };
      const p50Us = server.medianSeconds * 1e6;
      return { count: 1_000, p50Us, p75Us: 1.2 * p50Us };
    },
    letGo: async () => kept.clear(),
    jitter: async (seconds) => ({ wallSeconds: seconds, gaps: [{ us: 12, count: 40 }] }),
    localPorts: async () => ({ first: 32_768, last: 60_999, used: 0, timeWait: 0 }),
    bySecondClient: () => Promise.reject(new Error('the fake agent has no second client')),
    close() {},
  };
}

/** An agent that is never late. */
export function fakeWindows({ appointments }: TurnsOrder): Pick<SliceCount, 'windows'> {
  if (appointments === undefined) return {};
  const { windows, windowSeconds } = appointments;
  return { windows: windows.map((openedAt) => ({ openedAt, closedAt: openedAt + windowSeconds })) };
}

/** The server under so many connections. */
function busyWith(server: FakeServer | undefined, connections: number): FakeServer | undefined {
  if (server?.mostAtOnce === undefined) return server;
  const queue = Math.max(1, connections / server.mostAtOnce);
  return { ...server, medianSeconds: server.medianSeconds * queue };
}

function nothingAnswered(order: SliceOrder): SliceCount {
  return {
    requests: 0,
    servedRequests: 0,
    bytes: 0,
    turnRates: [0],
    wallSeconds: order.sliceSeconds,
    loadSeconds: order.rampSeconds + order.sliceSeconds,
    edgeSeconds: 0,
    pendingSeconds: 0,
    faults: { ...noFaults, errors: order.connections },
    totalRequests: 0,
    totalConnections: 0,
    agentSeconds: 0,
    ...pacingOf(order, 0),
  };
}

/** Length of the window: the order's time, or about the time in which its `enoughResponses` come. */
function windowSeconds(
  { sliceSeconds, enoughResponses, connections }: SliceOrder,
  server: FakeServer,
): number {
  if (enoughResponses === undefined) return sliceSeconds;
  return Math.min(sliceSeconds, (enoughResponses / connections) * server.medianSeconds);
}

/**
 * Each connection sends its next request when the last is answered, until the window ends or no more requests
 * are due in it.
 */
function load(
  order: SliceOrder,
  server: FakeServer,
  random: RandomGenerator,
): Omit<SliceCount, 'totalConnections'> {
  const headBytes = 200;
  const histogram = emptyHistogram();
  const due = Math.round((order.ratePerSecond ?? Number.POSITIVE_INFINITY) * order.sliceSeconds);
  for (let connection = 0; connection < order.connections; connection++) {
    let elapsed = 0;
    for (;;) {
      const seconds = lognormal(server, random);
      elapsed += seconds;
      if (elapsed > order.sliceSeconds || histogram.totalCount === due) break;
      histogram.recordValue(seconds * 1e9);
    }
  }
  const requests = histogram.totalCount;
  const latency = latencyOf(histogram);
  return {
    requests,
    servedRequests: requests,
    turnRates: [requests / order.sliceSeconds],
    loadSeconds: order.rampSeconds + order.sliceSeconds,
    bytes: requests * ((order.expectedBodyBytes ?? 0) + headBytes),
    wallSeconds: order.sliceSeconds,
    edgeSeconds: 0,
    pendingSeconds: 0,
    faults: noFaults,
    ...present({ latency }),
    ...(order.arrivals === undefined ? {} : openTimesOf(histogram)),
    ...(order.newConnections === true
      ? present({
          connect: latency,
          handshake: order.url.startsWith('https:') ? latency : undefined,
          firstByte: latency,
        })
      : {}),
    totalRequests: Math.round(requests * (1 + order.rampSeconds / order.sliceSeconds)),
    agentSeconds: (order.sliceSeconds * order.connections) / (order.connections + 10),
    ...pacingOf(order, requests),
  };
}

/** The latencies of an open loop whose client is never late, and whose requests always find a free connection. */
function openTimesOf(histogram: LatencyHistogram): Pick<SliceCount, 'latency' | 'serviceTime' | 'sendLag'> {
  const lag = emptyHistogram();
  lag.recordValue(1_000, histogram.totalCount);
  const [latency, serviceTime] = [latencyOf(histogram, true), latencyOf(histogram, true)];
  return present({ latency, serviceTime, sendLag: latencyOf(lag, true) });
}

/** A timer of 1 ms sends the requests that fell due since it fired last. */
function pacingOf(order: SliceOrder, requests: number): Pick<SliceCount, 'pacing'> {
  if (order.ratePerSecond === undefined) return {};
  const sentPerSecond = requests / order.sliceSeconds;
  const pacing = { offeredPerSecond: order.ratePerSecond, sentPerSecond };
  return { pacing: { ...pacing, sendLagP50Us: 500, sendLagP99Us: 1_000 } };
}

/** Box-Muller; `1 - u` keeps the logarithm off zero. */
function lognormal({ medianSeconds, sigma = 0.2 }: FakeServer, random: RandomGenerator): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
  const normal = radius * Math.cos(2 * Math.PI * uniformFloat64(random));
  return medianSeconds * Math.exp(sigma * normal);
}
