import {
  addLatency,
  addPool,
  clearPool,
  emptyPool,
  type LatencyPool,
} from '../../bench/model/latency-pool.ts';
import type { LoadProfile, ProfileName } from '../../bench/model/profile.ts';
import type { CompletedSlice } from '../../bench/model/slice.ts';
import type { Distribution } from '../report-model.ts';
import { type ComparisonGroup, membersOf } from './comparison-group.ts';
import { type CountedBlocks, countedBlocks, faultsOf } from './counted-blocks.ts';
import { distributionPoints } from './pool-quantiles.ts';
import { type OpenTimes, type Quantiles, quantileOf, quantilesOf } from './quantiles.ts';
import type { RecordedCase } from './recorded-cases.ts';

/**
 * One case in one round: totals over the blocks that count. A round has one figure for each metric, and every ratio,
 * difference and printed value comes from these (bench/docs/method.md, section 3).
 */
export interface RoundFigures {
  readonly round: number;
  readonly blocks: readonly number[];
  /** Inside the windows. */
  readonly responses: number;
  readonly servedRequests: number;
  readonly wallSeconds: number;
  /** Under load, ramps included. */
  readonly load: {
    readonly responses: number;
    readonly seconds: number;
    /** Absent where it was not read in every slice. */
    readonly serverSeconds?: number;
    readonly proxySeconds: number;
    readonly agentSeconds: number;
    readonly softirqSeconds?: number;
    readonly serverCpuBusySeconds?: number;
    readonly agentCpuBusySeconds?: number;
  };
  /** Quantiles of the pooled histograms. Present for profiles that have a metric of them. */
  readonly latency?: Quantiles;
  readonly connect?: Quantiles;
  readonly handshake?: Quantiles;
  readonly firstByte?: Quantiles;
  /** Mean length of a body, over all responses. Present for the bulk profile only. */
  readonly payloadBytes?: number;
}

/** The histograms of a slice. */
type Histogram = 'latency' | 'connect' | 'handshake' | 'firstByte';

/** The histograms that the metrics of a profile are quantiles of. */
const pooledHistograms = {
  latency: ['latency'],
  steady: [],
  throughput: [],
  paced: ['latency'],
  churn: ['latency', 'connect', 'handshake', 'firstByte'],
  bulk: [],
} as const satisfies Record<ProfileName, readonly Histogram[]>;

/** Why a case has no figure in a round. */
interface MissedRound {
  readonly round: number;
  readonly rule: string;
  readonly message: string;
}

export interface CaseFigures {
  readonly recorded: RecordedCase;
  /** In ascending order. */
  readonly rounds: readonly RoundFigures[];
  readonly missed: readonly MissedRound[];
  /** Pooled over all rounds. Present for the latency and paced profiles only. */
  readonly distribution?: Distribution;
  /** Present for the paced profile only. */
  readonly open?: OpenTimes;
}

/** A comparison group in figures. */
export interface GroupFigures {
  readonly group: ComparisonGroup;
  readonly blocks: ReadonlyMap<number, CountedBlocks>;
  readonly baseline: CaseFigures;
  readonly twin?: CaseFigures;
  readonly contenders: readonly CaseFigures[];
}

export function groupFigures(group: ComparisonGroup): GroupFigures {
  const blocks = countedBlocks(group);
  const pools = {
    ...{ round: emptyPool(), run: emptyPool(), histograms: histogramsOf(group.profile) },
    distributed: quantileOf(group.profile.declaredMetric) !== undefined,
    ...(group.profile.load === 'open' ? { open: { serviceTime: emptyPool(), sendLag: emptyPool() } } : {}),
  };
  const of = (recorded: RecordedCase) => caseFigures(recorded, blocks, pools);
  const figures = new Map(membersOf(group).map((member) => [member, of(member)]));
  const found = (member: RecordedCase) => figures.get(member) ?? of(member);
  return {
    group,
    blocks,
    baseline: found(group.baseline),
    ...(group.twin === undefined ? {} : { twin: found(group.twin) }),
    contenders: group.contenders.map(found),
  };
}

/** A paced load that was asked for its latency has one, too. */
function histogramsOf({ name, declaredMetric }: LoadProfile): readonly Histogram[] {
  const usual: readonly Histogram[] = pooledHistograms[name];
  return usual.length === 0 && quantileOf(declaredMetric) !== undefined ? ['latency'] : usual;
}

interface Pools {
  /** Whether the distribution over all rounds is shown. */
  readonly distributed: boolean;
  readonly histograms: readonly Histogram[];
  readonly round: LatencyPool;
  readonly run: LatencyPool;
  /** Of open load: what its latencies are made of, over all rounds. */
  readonly open?: { readonly serviceTime: LatencyPool; readonly sendLag: LatencyPool };
}

function caseFigures(
  recorded: RecordedCase,
  blocks: ReadonlyMap<number, CountedBlocks>,
  pools: Pools,
): CaseFigures {
  const rounds: RoundFigures[] = [];
  const missed: MissedRound[] = [];
  for (const pool of [pools.run, ...Object.values(pools.open ?? {})]) clearPool(pool);
  for (const [round, { counted }] of blocks) {
    const slices = recorded.rounds.get(round);
    if (slices === undefined) continue;
    const own = counted.flatMap((block) => slices.get(block) ?? []);
    const [fault] = own.flatMap(faultsOf);
    const completed = own.filter((slice) => slice.status === 'completed');
    if (fault !== undefined) missed.push({ round, rule: fault.rule, message: fault.message });
    else if (completed.length === 0) {
      missed.push({ round, rule: 'disturbed', message: 'no block of the round counts' });
    } else rounds.push(roundFigures(round, counted, completed, pools));
  }
  if (!pools.distributed || pools.run.total === 0) return { recorded, rounds, missed };
  const distribution: Distribution = {
    case: recorded.case,
    responses: pools.run.total,
    points: distributionPoints(pools.run),
  };
  if (pools.open === undefined) return { recorded, rounds, missed, distribution };
  const open: OpenTimes = {
    response: quantilesOf(pools.run),
    serviceTime: quantilesOf(pools.open.serviceTime),
    sendLag: quantilesOf(pools.open.sendLag),
  };
  return { recorded, rounds, missed, distribution, open };
}

function roundFigures(
  round: number,
  blocks: readonly number[],
  slices: readonly CompletedSlice[],
  pools: Pools,
): RoundFigures {
  const sum = (part: (slice: CompletedSlice) => number) =>
    slices.reduce((total, slice) => total + part(slice), 0);
  const known = (part: (slice: CompletedSlice) => number | undefined): number | undefined => {
    const total = sum((slice) => part(slice) ?? Number.NaN);
    return Number.isNaN(total) ? undefined : total;
  };
  const optional = <K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> =>
    value === undefined ? {} : ({ [key]: value } as Partial<Record<K, number>>);
  return {
    round,
    blocks,
    responses: sum(({ requests }) => requests),
    servedRequests: sum(({ servedRequests }) => servedRequests),
    wallSeconds: sum(({ wallSeconds }) => wallSeconds),
    load: {
      responses: sum(({ cpu }) => cpu.requests),
      seconds: sum(({ cpu }) => cpu.loadSeconds),
      proxySeconds: sum(({ cpu }) => cpu.proxySeconds ?? 0),
      agentSeconds: sum(({ cpu }) => cpu.agentSeconds),
      ...optional(
        'serverSeconds',
        known(({ cpu }) => cpu.serverSeconds),
      ),
      ...optional(
        'softirqSeconds',
        known(({ cpu }) => cpu.softirqSeconds),
      ),
      ...optional(
        'serverCpuBusySeconds',
        known(({ cpu }) => cpu.serverCpuBusySeconds),
      ),
      ...optional(
        'agentCpuBusySeconds',
        known(({ cpu }) => cpu.agentCpuBusySeconds),
      ),
    },
    ...pooled(slices, pools),
    ...payloadOf(slices),
  };
}

function payloadOf(slices: readonly CompletedSlice[]): Pick<RoundFigures, 'payloadBytes'> {
  let [bytes, responses] = [0, 0];
  for (const { payloadBytes, cpu } of slices) {
    bytes += (payloadBytes ?? Number.NaN) * cpu.requests;
    responses += cpu.requests;
  }
  return bytes > 0 ? { payloadBytes: bytes / responses } : {};
}

function pooled(
  slices: readonly CompletedSlice[],
  { histograms, round, run, open }: Pools,
): Partial<Record<Histogram, Quantiles>> {
  for (const { serviceTime, sendLag } of slices) {
    if (open !== undefined && serviceTime !== undefined) addLatency(open.serviceTime, serviceTime);
    if (open !== undefined && sendLag !== undefined) addLatency(open.sendLag, sendLag);
  }
  const quantiles = histograms.flatMap((histogram) => {
    clearPool(round);
    for (const { [histogram]: times } of slices) if (times !== undefined) addLatency(round, times);
    if (histogram === 'latency') addPool(run, round);
    return round.total === 0 ? [] : [[histogram, quantilesOf(round)] as const];
  });
  return Object.fromEntries(quantiles);
}
