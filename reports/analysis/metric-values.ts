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
  /** Of new connections: until TCP was connected, the TLS handshake, and until the first byte came. */
  readonly connect?: { readonly p50Us: number } | undefined;
  readonly handshake?: { readonly p50Us: number } | undefined;
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

const megabyte = 1e6;

/** What CPU time is divided by: `undefined` where it was not read. */
interface Divisor {
  readonly formula: FormulaId;
  readonly of: (totals: Totals) => number | undefined;
  readonly parts: (totals: Totals) => Readonly<Record<string, Part | undefined>>;
}

const byRequest: Divisor = {
  formula: 'cpu',
  of: ({ load }) => load.responses,
  parts: ({ load }) => ({ responses: [load.responses, 'count'] }),
};

const byMegabyte: Divisor = {
  formula: 'cpuOfTransfer',
  of: ({ load, payloadBytes }) =>
    payloadBytes === undefined ? undefined : (load.responses * payloadBytes) / megabyte,
  parts: ({ load, payloadBytes }) => ({
    responses: [load.responses, 'count'],
    'bytes each': payloadBytes === undefined ? undefined : [payloadBytes, 'count'],
  }),
};

/** How each figure is computed from totals, and which of them it uses. */
export const metricValues = {
  latency_p50_us: quantile('latency', ({ latency }) => latency?.p50Us),
  latency_p90_us: quantile('latency', ({ latency }) => latency?.p90Us),
  latency_p99_us: quantile('latency', ({ latency }) => latency?.p99Us),
  latency_p999_us: quantile('latency', ({ latency }) => latency?.p999Us),
  cpu_server_us: cpuTime(['server'], byRequest),
  cpu_agent_us: cpuTime(['agent'], byRequest),
  cpu_total_us: cpuTime(['server', 'agent'], byRequest),
  throughput_rps: {
    formula: 'throughput',
    of: ({ servedRequests, wallSeconds }) => servedRequests / wallSeconds,
    parts: ({ servedRequests, wallSeconds }) => ({
      'served requests': [servedRequests, 'count'],
      windows: [wallSeconds, 's'],
    }),
  },
  connection_p50_us: quantile('connection', ({ latency, connect }) =>
    connect === undefined ? undefined : latency?.p50Us,
  ),
  connect_p50_us: quantile('connection', ({ connect }) => connect?.p50Us),
  handshake_p50_us: quantile('connection', ({ handshake }) => handshake?.p50Us),
  first_byte_p50_us: quantile('connection', ({ firstByte }) => firstByte?.p50Us),
  cpu_server_us_mb: cpuTime(['server'], byMegabyte),
  cpu_agent_us_mb: cpuTime(['agent'], byMegabyte),
  cpu_total_us_mb: cpuTime(['server', 'agent'], byMegabyte),
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
  handshake,
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
    handshake,
    firstByte,
    payloadBytes,
    load: { responses: cpu.requests, serverSeconds, proxySeconds, agentSeconds },
  };
}

type Load = Totals['load'];
type Side = 'server' | 'agent';

/** A quantile of the requests' own times. */
function quantile(formula: FormulaId, of: MetricValue['of']): MetricValue {
  return { formula, of, parts: ({ responses }) => ({ responses: [responses, 'count'] }) };
}

/** CPU time of one side or both, in µs, by what it was spent for. */
function cpuTime(sides: readonly Side[], divisor: Divisor): MetricValue {
  return {
    formula: divisor.formula,
    of(totals) {
      const seconds = sides.map((side) => secondsOf[side](totals.load));
      const by = divisor.of(totals);
      if (by === undefined || by === 0) return undefined;
      // A sum with an unread part is no number, and becomes no figure.
      const sum = seconds.reduce<number>((total, it) => total + (it ?? Number.NaN), 0);
      return Number.isNaN(sum) ? undefined : (sum / by) * 1e6;
    },
    parts: (totals) => ({
      ...Object.assign({}, ...sides.map((side) => partsOf[side](totals.load))),
      ...divisor.parts(totals),
    }),
  };
}

const secondsOf = {
  server: ({ serverSeconds, proxySeconds }) =>
    serverSeconds === undefined ? undefined : serverSeconds + proxySeconds,
  agent: ({ agentSeconds }) => agentSeconds,
} as const satisfies Record<Side, (load: Load) => number | undefined>;

const partsOf = {
  server: ({ serverSeconds, proxySeconds }) => ({
    server: serverSeconds === undefined ? undefined : [serverSeconds, 's'],
    'docker-proxy': proxySeconds === 0 ? undefined : [proxySeconds, 's'],
  }),
  agent: ({ agentSeconds }) => ({ 'load agent': [agentSeconds, 's'] }),
} as const satisfies Record<Side, (load: Load) => Readonly<Record<string, Part | undefined>>>;
