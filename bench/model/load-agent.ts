import type { ArrivalOrder } from './arrivals.ts';
import type { Latency } from './latency.ts';
import type { LocalPorts } from './local-ports.ts';
import type { MachineCpu } from './machine-cpu.ts';
import type { Request } from './request.ts';
import type { Faults, Pacing } from './slice.ts';
import type { Survey, SurveyOrder } from './survey.ts';
import type { TimedTask } from './timed-task.ts';

/** What is asked of a server, and what its answer must be. */
interface AskedOf {
  /** http or https, with the path that is requested. A TLS certificate is not verified. */
  readonly url: string;
  /** What is requested there. Its path is that of the URL. Absent: a GET, which any status from 200 to 299 answers. */
  readonly request?: Request;
  /**
   * Length of the body that every answer must have. Absent: not fixed. The server is then a service that bench does
   * not know: answers of any form are right, and it may close its connections between two answers.
   */
  readonly expectedBodyBytes?: number;
}

/** The order for one slice. */
export interface SliceOrder extends AskedOf {
  readonly connections: number;
  readonly rampSeconds: number;
  readonly sliceSeconds: number;
  /** A request that takes longer is a timeout. */
  readonly timeoutSeconds: number;
  /**
   * Offer this many requests/s, evenly spaced, whatever the server does. The next free connection sends each
   * request. If left out, the load is a closed loop: every connection sends its next request when its last is
   * answered.
   */
  readonly ratePerSecond?: number;
  /**
   * Only with a rate: an open loop. Latencies count from the moment at which a request is due, and the agent
   * looks at the clock without a pause.
   */
  readonly arrivals?: ArrivalOrder;
  /** Use the connections that an earlier order kept open to this server, and keep them open after this one. */
  readonly keepOpen?: boolean;
  /** The name of one of several sets of connections that are kept open to one server. Absent: there is one set. */
  readonly connectionSet?: string;
  /** Each request sends a body of so many bytes. Absent: the request's own, or none. */
  readonly uploadBytes?: number;
  /** Open a new connection for each request, and reset it after the answer. */
  readonly newConnections?: boolean;
  /** Only for a slice of one window: it ends as soon as this many answers have come, ramp included. */
  readonly enoughResponses?: number;
  /** Never sleep while an answer is awaited, but poll for it. Only calibration uses this. */
  readonly wakeful?: boolean;
}

/**
 * When the load of an order begins that several agents share, so that they measure at the same time. All moments are
 * seconds of the machine's monotonic clock, which its processes share.
 */
export interface Appointments {
  /** When the ramp of each slice begins, in the order of the slices. */
  readonly ramps: readonly number[];
  /** When each window opens, turn by turn. */
  readonly windows: readonly number[];
  /** Windows of each slice. The last cycles of the sequence are left out, if there are more. */
  readonly turns: number;
  readonly windowSeconds: number;
  /** Load before each window but that of a single turn. */
  readonly settleSeconds: number;
}

/** A window as it was measured, by the machine's monotonic clock, in seconds. */
export interface MeasuredWindow {
  readonly openedAt: number;
  readonly closedAt: number;
}

/** Slices that are measured in turns: those of several servers, or one by itself in a single turn. */
export interface TurnsOrder {
  readonly slices: readonly SliceOrder[];
  /** Least length of one window. A slice has as many windows as make up its seconds, and at most one a cycle. */
  readonly turnSeconds: number;
  /**
   * The order of turns: places in `slices`, each once in every cycle. Where windows are longer, the last
   * cycles are left out.
   */
  readonly sequence: readonly number[];
  /** Only for an order that several agents share. Absent: the agent begins at once, and finds the length of turns itself. */
  readonly appointments?: Appointments;
}

/**
 * The agent's counts for one slice. The window is the measured part, after the ramp. With turns it is all
 * windows together.
 */
export interface SliceCount {
  /** Responses inside the window. */
  readonly requests: number;
  /**
   * Requests, weighted by the part of their latency inside the window: 1 for most, a fraction for those that
   * it opened or closed on. The count of a short window does not depend on where in a burst of answers it
   * ends.
   */
  readonly servedRequests: number;
  readonly bytes: number;
  /** Served requests per second in each window of the slice, in order. */
  readonly turnRates: readonly number[];
  /** The window by the agent's monotonic clock. */
  readonly wallSeconds: number;
  /** All the time under load: ramp, windows, and the time before and after each window. */
  readonly loadSeconds: number;
  /**
   * Part of the counted latencies before the window. It belongs to requests that were on their way when it
   * opened.
   */
  readonly edgeSeconds: number;
  /**
   * Part, inside the window, of the requests that were on their way when it closed. These requests are not
   * counted.
   */
  readonly pendingSeconds: number;
  /** Faults of the ramp count too: a slice with any fault is invalid. */
  readonly faults: Faults;
  readonly latency?: Latency;
  /** Of new connections: from the beginning until TCP was connected. */
  readonly connect?: Latency;
  /** Of new connections over TLS: from then until the handshake was done. */
  readonly handshake?: Latency;
  /** Of new connections: from the beginning until the first byte of the answer. */
  readonly firstByte?: Latency;
  /** Of new connections: time in the window between an answer and the beginning of the next connection. */
  readonly gapSeconds?: number;
  /** All responses from the first connection to the last, ramp included: the divisor for CPU per request. */
  readonly totalRequests: number;
  /** TCP connections opened, reconnects included. */
  readonly totalConnections: number;
  /** Connections that were opened again after a service had closed them between two answers. Absent: none. */
  readonly reconnects?: number;
  /** Requests that were sent again, because a service had closed their connection before it could read them. Absent: none. */
  readonly resent?: number;
  /** CPU time of the agent's process in all the time under load. */
  readonly agentSeconds: number;
  /** CPU time of the whole machine in all the time under load; absent where the agent cannot read it. */
  readonly machine?: MachineCpu;
  /** Busy time of each CPU of the machine, by its number, in all the time under load; absent where it cannot be read. */
  readonly cpuBusySeconds?: readonly number[];
  /** Resolution of `cpuBusySeconds`: nanoseconds of the scheduler, or idle time in ticks of 10 ms. */
  readonly cpuClock?: 'ns' | 'ticks';
  /** Only for load at a rate. */
  readonly pacing?: Pacing;
  /** Only for an open loop: latencies from the actual send. `latency` counts from when a request was due. */
  readonly serviceTime?: Latency;
  /** Only for an open loop: from when a request was due to its send, without the time in which all connections were busy. */
  readonly sendLag?: Latency;
  /** Only of an order with appointments: the windows as they were. */
  readonly windows?: readonly MeasuredWindow[];
  /** Only of several agents together: share of the windows' time, 0 to 1, in which all of them measured. */
  readonly windowsShared?: number;
  /** Only of several agents together: how many of them bore load. */
  readonly agents?: number;
}

/** Gaps in a loop that does nothing but look at the clock: the machine took the CPU away. */
export interface JitterCount {
  readonly wallSeconds: number;
  /** Gaps of at least a microsecond, by their lengths in microseconds with two digits. */
  readonly gaps: readonly { readonly us: number; readonly count: number }[];
}

/** The request to the second client: a closed loop. */
export interface SecondClientOrder {
  readonly url: string;
  readonly connections: number;
  /** A whole number. */
  readonly seconds: number;
}

export interface SecondClientCount {
  readonly responses: number;
  readonly requestsPerSecond: number;
  readonly latencyP50Us: number;
}

export interface ProbeOrder extends AskedOf {
  /** Give up after this long. */
  readonly withinSeconds: number;
  /** One request is sent, whatever comes of it. Absent: as many as it takes. */
  readonly once?: true;
}

/** The first answer of a server. It decides readiness, and explains why a server is not ready. */
export type ProbeResult =
  | { readonly ready: true; readonly seconds: number; readonly serverHeader?: string }
  | { readonly ready: false; readonly lastProblem: string };

/** The request that is answered on a connection before it is held open. Its path is that of the URL. */
export interface HoldOrder {
  readonly url: string;
  readonly request?: Request;
}

/** A small task that the agent times by itself. */
export type ProbeTask =
  /** Opening a TCP connection to the URL's address. */
  | { readonly kind: 'connect'; readonly url: string }
  /** One request on an open connection: a GET, unless the plan has another. */
  | { readonly kind: 'request'; readonly url: string; readonly request?: Request }
  /** Asking for the IPv4 address of a name: a name server, or those of the agent's container if none is named. */
  | { readonly kind: 'lookup'; readonly name: string; readonly server?: string };

export interface TimeTaskOrder {
  readonly task: ProbeTask;
  /** How long it is repeated. */
  readonly seconds: number;
}

/** A connection that the agent holds open, by its own end and the end that it dialled. */
export interface HeldConnection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** The load agent as the collecting loop sees it. */
export interface LoadAgent {
  probe(order: ProbeOrder): Promise<ProbeResult>;
  /** Asks a service that bench does not know, at low load, and reports what is unusual about it. */
  survey(order: SurveyOrder): Promise<Survey>;
  /** Opens one connection, has one request answered on it, and keeps it open until `release`. */
  hold(url: string, request?: Request): Promise<HeldConnection>;
  /** Closes what `hold` opened. No error if there is nothing. */
  release(): Promise<void>;
  /**
   * Runs the slices of an order in turns. One count for each, in the order's order. Rejects if the agent itself
   * failed, not if requests did: those are counted.
   */
  turns(order: TurnsOrder): Promise<readonly SliceCount[]>;
  /** Repeats one small task and takes quantiles of its duration. Resolves to the problem if the task fails. */
  timeTask(order: TimeTaskOrder): Promise<TimedTask>;
  /** Serves the smallest possible answer on a port of 127.0.0.1, as long as the agent lives. */
  serveNothing(): Promise<{ readonly port: number }>;
  /** Answers DNS questions on port 53, as long as the agent lives. Rejects where the agent may not listen there. */
  serveNames(): Promise<void>;
  /** Closes the connections that orders kept open. */
  letGo(): Promise<void>;
  /** The machine's monotonic clock, in seconds. */
  clock(): Promise<number>;
  /** Looks at the clock without a pause for so long. */
  jitter(seconds: number): Promise<JitterCount>;
  /** The local ports of the network stack that the agent is in. */
  localPorts(): Promise<LocalPorts>;
  /**
   * Count of a second client, wrk, that runs where the agent runs: for `npm run agree`. Rejects if wrk met
   * faults.
   */
  bySecondClient(order: SecondClientOrder): Promise<SecondClientCount>;
}

/** For an order of one slice: one window, as long as the slice. */
export const oneTurn: Omit<TurnsOrder, 'slices'> = { turnSeconds: 0, sequence: [0] };

/** Measures one slice by itself, in one window. Rejects as `turns` does. */
export async function measureAlone(agent: Pick<LoadAgent, 'turns'>, slice: SliceOrder): Promise<SliceCount> {
  const [count] = await agent.turns({ slices: [slice], ...oneTurn });
  if (count === undefined) throw new Error(`the load agent did not count ${slice.url}`);
  return count;
}

/** The calls that the load agent answers, over JSON lines (rpc.ts). */
export type AgentContract = {
  /** Asks one URL until it answers properly or the time is up. */
  probe: { input: ProbeOrder; output: ProbeResult };
  /** Asks a service again and again, and ends within the order's time. */
  survey: { input: SurveyOrder; output: Survey };
  /** Opens one connection and keeps it open until `release`, or until the next `hold`. */
  hold: { input: HoldOrder; output: HeldConnection };
  release: { input: Record<string, never>; output: Record<string, never> };
  /** Slices of several servers, or of one, measured in turns. */
  turns: { input: TurnsOrder; output: readonly SliceCount[] };
  /** One small task, repeated by itself. */
  timeTask: { input: TimeTaskOrder; output: TimedTask };
  /** Becomes a server that does nothing. */
  serveNothing: { input: Record<string, never>; output: { port: number } };
  /** Becomes a name server. */
  serveNames: { input: Record<string, never>; output: Record<string, never> };
  /** Closes the connections that orders kept open. */
  letGo: { input: Record<string, never>; output: Record<string, never> };
  /** The machine's monotonic clock. */
  clock: { input: Record<string, never>; output: { seconds: number } };
  /** The gaps in which the agent's CPU did something else. */
  jitter: { input: { readonly seconds: number }; output: JitterCount };
  /** Room for connections in the agent's own network stack. */
  localPorts: { input: Record<string, never>; output: LocalPorts };
  /** wrk's own count, from where the agent runs. */
  wrk: { input: SecondClientOrder; output: SecondClientCount };
};
