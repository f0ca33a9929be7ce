import type { Deployment } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { present } from '../../bench/model/present.ts';
import type { Cpu } from '../../bench/model/slice.ts';
import type { Swept } from '../../bench/model/summary.ts';
import { countsInSweep, type MeasuredStep } from '../../bench/model/sweep.ts';
import { asValues, median } from '../statistics/location.ts';
import type { Statistics } from './estimate.ts';
import { limitOf } from './limit.ts';
import { byRound, pairedChange } from './paired-change.ts';

/** A step that counts, in its round. */
interface Taken extends MeasuredStep {
  readonly round: number;
}

/**
 * Rate and latency of each deployment under each number of connections, over the rounds that have figures. Contenders and
 * the twin are paired with the baseline round by round. Each interval has the plan's level by itself.
 */
export function sweptPaths(
  { servers, comparisons }: Plan,
  evidence: readonly Evidence[],
  statistics: Statistics,
): readonly Swept[] {
  return servers.flatMap((server) =>
    comparisons.flatMap(({ baseline, contenders }) => {
      const deployments: readonly Deployment[] = [
        { server, path: baseline, role: 'baseline' },
        { server, path: baseline, role: 'twin' },
        ...contenders.map((path) => ({ server, path, role: 'contender' }) as const),
      ];
      const own = stepsOf(evidence, { server, path: baseline, role: 'baseline' });
      return deployments.flatMap((deployment) => {
        const steps = stepsOf(evidence, deployment);
        return [...new Set(steps.map(({ connections }) => connections))]
          .sort((a, b) => a - b)
          .flatMap((connections) => {
            const at = (of: readonly Taken[]) => of.filter((it) => it.connections === connections);
            return sweptStep({ ...deployment, baseline, connections }, at(steps), at(own), statistics);
          });
      });
    }),
  );
}

function stepsOf(evidence: readonly Evidence[], { server, path, role }: Deployment): readonly Taken[] {
  return evidence
    .filter((it) => it.server === server && it.path === path && it.role === role)
    .filter(({ verdict }) => verdict !== 'contradicted')
    .flatMap(({ round, sweep = [] }) => sweep.filter(countsInSweep).map((step) => ({ ...step, round })));
}

function sweptStep(
  head: Pick<Swept, 'server' | 'path' | 'role' | 'baseline' | 'connections'>,
  steps: readonly Taken[],
  baseline: readonly Taken[],
  statistics: Statistics,
): readonly Swept[] {
  const rates = asValues(steps.map((it) => it.requestsPerSecond));
  const latencies = asValues(steps.map((it) => it.latencyP50Us));
  if (rates === undefined || latencies === undefined) return [];
  const change = (figure: (of: Taken) => number) => {
    if (head.role === 'baseline') return undefined;
    const changed = pairedChange(byRound(baseline, figure), byRound(steps, figure), statistics);
    if (changed === undefined) return undefined;
    const { ratio, ratioLow, ratioHigh, confidence, rounds } = changed;
    return { ratio, ratioLow, ratioHigh, confidence, rounds };
  };
  return [
    {
      ...head,
      rounds: steps.length,
      requestsPerSecond: median(rates),
      lowestRequestsPerSecond: Math.min(...rates),
      highestRequestsPerSecond: Math.max(...rates),
      latencyP50Us: median(latencies),
      lowestLatencyP50Us: Math.min(...latencies),
      highestLatencyP50Us: Math.max(...latencies),
      ...present({
        rateChange: change((it) => it.requestsPerSecond),
        latencyChange: change((it) => it.latencyP50Us),
      }),
      ...busyIn(steps.map(({ cpu }) => cpu)),
    },
  ];
}

/** How busy the CPUs of both ends were over all rounds together, as for the slices of a closed loop. */
function busyIn(parts: readonly Cpu[]): Pick<Swept, 'serverBusy' | 'agentBusy' | 'limit'> {
  const sum = (of: (cpu: Cpu) => number | undefined, missing: number) =>
    parts.reduce((total, cpu) => total + (of(cpu) ?? missing), 0);
  const seconds = sum((it) => it.loadSeconds, 0);
  const server = sum((it) => it.serverCpuBusySeconds, Number.NaN) / seconds;
  const agent = sum((it) => it.agentCpuBusySeconds, Number.NaN) / seconds;
  if (!Number.isFinite(server) || !Number.isFinite(agent)) return {};
  const byProxy = sum((it) => it.proxySeconds, 0) > sum((it) => it.serverSeconds, 0);
  return {
    serverBusy: server,
    agentBusy: agent,
    limit: limitOf({ server, agent }, byProxy ? 'proxy' : 'server'),
  };
}
