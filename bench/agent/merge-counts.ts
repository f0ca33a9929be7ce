import { mergedLatency } from '../model/histogram.ts';
import type { MeasuredWindow, SliceCount } from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import type { Faults, Pacing } from '../model/slice.ts';

/**
 * The counts of one slice by several agents that measured at the same time, as those of one: counts, CPU times and rates
 * are added, and histograms are merged exactly. Wall times are the mean, as the rates are per second of each agent's own
 * windows. The machine's figures and the time under load are the first agent's: all agents read the same counters.
 * @throws {Error} there are no counts.
 */
export function mergeCounts(counts: readonly SliceCount[]): SliceCount {
  const [first] = counts;
  if (first === undefined) throw new Error('no load agent reported a count');
  const sum = (of: (count: SliceCount) => number | undefined) =>
    counts.reduce((total, count) => total + (of(count) ?? 0), 0);
  /** Absent where no agent has it. */
  const anySum = (of: (count: SliceCount) => number | undefined) =>
    counts.some((count) => of(count) !== undefined) ? sum(of) : undefined;
  const latencies = (
    of: 'latency' | 'connect' | 'handshake' | 'firstByte' | 'serviceTime' | 'sendLag',
    far = false,
  ) =>
    mergedLatency(
      counts.map((count) => count[of]),
      far,
    );
  const open = first.serviceTime !== undefined;
  const turns = Math.min(...counts.map(({ turnRates }) => turnRates.length));
  return {
    requests: sum((it) => it.requests),
    servedRequests: sum((it) => it.servedRequests),
    bytes: sum((it) => it.bytes),
    turnRates: Array.from({ length: turns }, (_, turn) => sum((it) => it.turnRates[turn])),
    wallSeconds: sum((it) => it.wallSeconds) / counts.length,
    loadSeconds: first.loadSeconds,
    edgeSeconds: sum((it) => it.edgeSeconds),
    pendingSeconds: sum((it) => it.pendingSeconds),
    faults: faultsOf(counts),
    ...present({
      latency: latencies('latency', open),
      connect: latencies('connect'),
      handshake: latencies('handshake'),
      firstByte: latencies('firstByte'),
      serviceTime: latencies('serviceTime', true),
      sendLag: latencies('sendLag', true),
      gapSeconds: anySum((it) => it.gapSeconds),
      reconnects: anySum((it) => it.reconnects),
      resent: anySum((it) => it.resent),
      machine: first.machine,
      cpuBusySeconds: first.cpuBusySeconds,
      cpuClock: first.cpuClock,
      pacing: pacingOf(counts),
      windowsShared: windowsShared(counts.flatMap(({ windows }) => (windows === undefined ? [] : [windows]))),
    }),
    totalRequests: sum((it) => it.totalRequests),
    totalConnections: sum((it) => it.totalConnections),
    agentSeconds: sum((it) => it.agentSeconds),
    agents: counts.length,
  };
}

function faultsOf(counts: readonly SliceCount[]): Faults {
  const sum = (of: keyof Faults) => counts.reduce((total, { faults }) => total + faults[of], 0);
  return {
    errors: sum('errors'),
    timeouts: sum('timeouts'),
    non2xx: sum('non2xx'),
    mismatches: sum('mismatches'),
    lostOnReconnect: sum('lostOnReconnect'),
  };
}

/** The lag has no histogram under load at even intervals. It is then that of the agent that was later. */
function pacingOf(counts: readonly SliceCount[]): Pacing | undefined {
  const paced = counts.flatMap(({ pacing }) => pacing ?? []);
  if (paced.length === 0) return undefined;
  const sum = (of: keyof Pacing) => paced.reduce((total, pacing) => total + pacing[of], 0);
  const most = (of: keyof Pacing) => Math.max(...paced.map((pacing) => pacing[of]));
  return {
    offeredPerSecond: sum('offeredPerSecond'),
    sentPerSecond: sum('sentPerSecond'),
    sendLagP50Us: most('sendLagP50Us'),
    sendLagP99Us: most('sendLagP99Us'),
  };
}

/**
 * Share of the time of windows, 0 to 1, in which all agents measured: the n-th windows of all agents are one. `undefined`
 * where no agent reports windows.
 * @param ofAgents the windows of each agent, in order. A window that an agent did not have is shared by none.
 */
export function windowsShared(ofAgents: readonly (readonly MeasuredWindow[])[]): number | undefined {
  const most = Math.max(0, ...ofAgents.map((windows) => windows.length));
  if (most === 0) return undefined;
  let [shared, all] = [0, 0];
  for (let turn = 0; turn < most; turn++) {
    const one = ofAgents.flatMap((windows) => windows[turn] ?? []);
    const opened = one.map(({ openedAt }) => openedAt);
    const closed = one.map(({ closedAt }) => closedAt);
    all += Math.max(...closed) - Math.min(...opened);
    if (one.length === ofAgents.length) shared += Math.max(0, Math.min(...closed) - Math.max(...opened));
  }
  return all === 0 ? 0 : shared / all;
}
