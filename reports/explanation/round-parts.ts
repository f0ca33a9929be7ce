import type { Quantity, UsedSlice } from '../../bench/model/explanation.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import type { CompletedSlice } from '../../bench/model/slice.ts';
import type { RecordedCase } from '../analysis/recorded-cases.ts';
import type { RoundFigures } from '../analysis/round-figures.ts';
import type { FormulaId } from '../formulas.ts';
import { count, known, placeOf, type Quantities, quantitiesOf, quantity } from './explained.ts';

/** What a round's figure is computed from, in a slice or added up over a round. */
interface Parts {
  readonly responses: number;
  readonly servedRequests: number;
  readonly wallSeconds: number;
  readonly load: {
    readonly responses: number;
    readonly serverSeconds?: number | undefined;
    readonly proxySeconds: number;
    readonly agentSeconds: number;
  };
}

/** The formula by which a metric's figure of a round is computed from totals. */
export const roundFormulas = {
  latency_p50_us: 'latency',
  latency_p90_us: 'latency',
  cpu_server_us: 'cpu',
  cpu_agent_us: 'cpu',
  cpu_total_us: 'cpu',
  throughput_rps: 'throughput',
} as const satisfies Record<MetricName, FormulaId>;

/** The totals of a round that its figure is computed from. */
export function roundParts(round: RoundFigures, name: MetricName): Quantities {
  return partsOf(round, name);
}

/** What the counted slices of one case in a round give to its totals. */
export function sliceParts(
  recorded: RecordedCase,
  round: RoundFigures,
  name: MetricName,
): readonly UsedSlice[] {
  return round.blocks.flatMap((block): UsedSlice[] => {
    const slice = recorded.rounds.get(round.round)?.get(block);
    if (slice?.status !== 'completed') return [];
    return [{ ...placeOf(slice), quantities: quantitiesOf(partsOf(ofSlice(slice), name)) }];
  });
}

function ofSlice({ requests, servedRequests, wallSeconds, cpu }: CompletedSlice): Parts {
  return {
    responses: requests,
    servedRequests,
    wallSeconds,
    load: {
      responses: cpu.requests,
      serverSeconds: cpu.serverSeconds,
      proxySeconds: cpu.proxySeconds ?? 0,
      agentSeconds: cpu.agentSeconds,
    },
  };
}

function partsOf({ responses, servedRequests, wallSeconds, load }: Parts, name: MetricName): Quantities {
  const server = {
    server: known(load.serverSeconds, 's'),
    'docker-proxy': load.proxySeconds === 0 ? undefined : seconds(load.proxySeconds),
  };
  const agent = { 'load agent': seconds(load.agentSeconds) };
  const divisor = { responses: count(load.responses) };
  const parts: Record<MetricName, Quantities> = {
    latency_p50_us: { responses: count(responses) },
    latency_p90_us: { responses: count(responses) },
    cpu_server_us: { ...server, ...divisor },
    cpu_agent_us: { ...agent, ...divisor },
    cpu_total_us: { ...server, ...agent, ...divisor },
    throughput_rps: { 'served requests': count(servedRequests), windows: seconds(wallSeconds) },
  };
  return parts[name];
}

function seconds(value: number): Quantity {
  return quantity(value, 's');
}
