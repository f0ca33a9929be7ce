import type { MetricName } from '../../bench/model/metric.ts';
import type { CompletedSlice, InvalidSlice } from '../../bench/model/slice.ts';
import type { FormulaId } from '../words/formulas.ts';
import type { Quantiles } from './quantiles.ts';

/** The totals that the figures are computed from: of one slice, or added up over a round. */
export interface Totals {
  readonly responses: number;
  readonly servedRequests: number;
  /** Duration of the windows. */
  readonly wallSeconds: number;
  readonly latency?:
    | (Pick<Quantiles, 'p50Us' | 'p90Us' | 'p99Us'> & { readonly p999Us?: number | undefined })
    | undefined;
  /** Of new connections: until each was established, and until its first byte came. */
  readonly connect?: { readonly p50Us: number } | undefined;
  readonly firstByte?: { readonly p50Us: number } | undefined;
  /** Length of the body of each response or request. Of bulk load only. */
  readonly payloadBytes?: number | undefined;
  /** Under load, ramps included. */
  readonly load: {
    readonly responses: number;
    /** Absent where it was not read in every slice. */
    readonly serverSeconds?: number | undefined;
    readonly proxySeconds: number;
    readonly agentSeconds: number;
  };
}

/** A part of a figure: a number and its unit. */
export type Part = readonly [value: number, unit: 'count' | 's'];

interface MetricValue {
  readonly formula: FormulaId;
  /** `undefined` where it was not read. */
  readonly of: (totals: Totals) => number | undefined;
  /** The numbers that it is computed from, by name. */
  readonly parts: (totals: Totals) => Readonly<Record<string, Part | undefined>>;
}

/** How each figure is computed from totals, and which of them it uses. */
export const metricValues = {
  latency_p50_us: {
    formula: 'latency',
    of: ({ latency }) => latency?.p50Us,
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  latency_p90_us: {
    formula: 'latency',
    of: ({ latency }) => latency?.p90Us,
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  latency_p99_us: {
    formula: 'latency',
    of: ({ latency }) => latency?.p99Us,
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  latency_p999_us: {
    formula: 'latency',
    of: ({ latency }) => latency?.p999Us,
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  cpu_server_us: {
    formula: 'cpu',
    of: ({ load }) => perRequest(serverSide(load), load),
    parts: ({ load }) => ({ ...serverParts(load), ...divisor(load) }),
  },
  cpu_agent_us: {
    formula: 'cpu',
    of: ({ load }) => perRequest(load.agentSeconds, load),
    parts: ({ load }) => ({ ...agentPart(load), ...divisor(load) }),
  },
  cpu_total_us: {
    formula: 'cpu',
    of: ({ load }) => {
      const server = serverSide(load);
      return perRequest(server === undefined ? undefined : server + load.agentSeconds, load);
    },
    parts: ({ load }) => ({ ...serverParts(load), ...agentPart(load), ...divisor(load) }),
  },
  throughput_rps: {
    formula: 'throughput',
    of: ({ servedRequests, wallSeconds }) => servedRequests / wallSeconds,
    parts: ({ servedRequests, wallSeconds }) => ({
      'served requests': [servedRequests, 'count'],
      windows: [wallSeconds, 's'],
    }),
  },
  connection_p50_us: {
    formula: 'connection',
    of: ({ latency, connect }) => (connect === undefined ? undefined : latency?.p50Us),
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  connect_p50_us: {
    formula: 'connection',
    of: ({ connect }) => connect?.p50Us,
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  first_byte_p50_us: {
    formula: 'connection',
    of: ({ firstByte }) => firstByte?.p50Us,
    parts: ({ responses }) => ({ responses: [responses, 'count'] }),
  },
  cpu_server_us_mb: {
    formula: 'cpuOfTransfer',
    of: (totals) => perMegabyte(serverSide(totals.load), totals),
    parts: ({ load, payloadBytes }) => ({ ...serverParts(load), ...transferDivisor(load, payloadBytes) }),
  },
  cpu_agent_us_mb: {
    formula: 'cpuOfTransfer',
    of: (totals) => perMegabyte(totals.load.agentSeconds, totals),
    parts: ({ load, payloadBytes }) => ({ ...agentPart(load), ...transferDivisor(load, payloadBytes) }),
  },
  cpu_total_us_mb: {
    formula: 'cpuOfTransfer',
    of: (totals) => {
      const server = serverSide(totals.load);
      return perMegabyte(server === undefined ? undefined : server + totals.load.agentSeconds, totals);
    },
    parts: ({ load, payloadBytes }) => ({
      ...serverParts(load),
      ...agentPart(load),
      ...transferDivisor(load, payloadBytes),
    }),
  },
  transfer_mb_s: {
    formula: 'transfer',
    of: ({ servedRequests, wallSeconds, payloadBytes }) =>
      payloadBytes === undefined ? undefined : (servedRequests * payloadBytes) / megabyte / wallSeconds,
    parts: ({ servedRequests, wallSeconds, payloadBytes }) => ({
      'served requests': [servedRequests, 'count'],
      'bytes each': payloadBytes === undefined ? undefined : [payloadBytes, 'count'],
      windows: [wallSeconds, 's'],
    }),
  },
} as const satisfies Record<MetricName, MetricValue>;

/** A figure that has a logarithm. `undefined` if it was not read, or no request was answered. */
export function metricValue(totals: Totals, name: MetricName): number | undefined {
  const value = metricValues[name].of(totals);
  return value !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}

/** A slice's own totals. Comparisons use the totals of a round. */
export function totalsOf({
  requests,
  servedRequests,
  wallSeconds,
  latency,
  connect,
  firstByte,
  payloadBytes,
  cpu,
}: CompletedSlice | InvalidSlice): Totals {
  const { serverSeconds, proxySeconds = 0, agentSeconds } = cpu;
  return {
    responses: requests,
    servedRequests,
    wallSeconds,
    latency,
    connect,
    firstByte,
    payloadBytes,
    load: { responses: cpu.requests, serverSeconds, proxySeconds, agentSeconds },
  };
}

const megabyte = 1e6;

type Load = Totals['load'];

function serverSide({ serverSeconds, proxySeconds }: Load): number | undefined {
  return serverSeconds === undefined ? undefined : serverSeconds + proxySeconds;
}

function perRequest(seconds: number | undefined, { responses }: Load): number | undefined {
  return seconds === undefined || responses === 0 ? undefined : (seconds / responses) * 1e6;
}

function perMegabyte(
  seconds: number | undefined,
  { load, payloadBytes }: Pick<Totals, 'load' | 'payloadBytes'>,
): number | undefined {
  const request = perRequest(seconds, load);
  return request === undefined || payloadBytes === undefined
    ? undefined
    : (request / payloadBytes) * megabyte;
}

function transferDivisor(load: Load, payloadBytes: number | undefined): Record<string, Part | undefined> {
  return { ...divisor(load), 'bytes each': payloadBytes === undefined ? undefined : [payloadBytes, 'count'] };
}

function serverParts({ serverSeconds, proxySeconds }: Load): Record<string, Part | undefined> {
  return {
    server: serverSeconds === undefined ? undefined : [serverSeconds, 's'],
    'docker-proxy': proxySeconds === 0 ? undefined : [proxySeconds, 's'],
  };
}

function agentPart({ agentSeconds }: Load): Record<string, Part> {
  return { 'load agent': [agentSeconds, 's'] };
}

function divisor({ responses }: Load): Record<string, Part> {
  return { responses: [responses, 'count'] };
}
