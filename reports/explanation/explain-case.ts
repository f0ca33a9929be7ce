import { formatCount, formatPercent, formatValue } from '../../bench/model/format.ts';
import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { caseSummary } from '../analysis/case-summaries.ts';
import { busyAllTheTime } from '../analysis/limit.ts';
import { metricValue, metricValues } from '../analysis/metric-values.ts';
import type { CaseFigures, GroupFigures } from '../analysis/round-figures.ts';
import { formulaText } from '../words/formulas.ts';
import {
  count,
  type ExplainedFigure,
  explainedFigure,
  known,
  quantity,
  type Reported,
  row,
  step,
} from './explained.ts';
import { caseName, caseWords, loadWords, metricOf } from './figure-names.ts';
import { leftOutStep } from './left-out-step.ts';
import { partsOf, sliceParts } from './round-parts.ts';
import { sliceCountFigure } from './slice-counts.ts';

/** A case with the group whose blocks it is measured in. */
interface Subject {
  readonly name: string;
  readonly found: CaseSummary;
  readonly figures: CaseFigures;
  readonly group: GroupFigures;
}

/**
 * The figures of each case by itself: a value for each metric, the declared one first, its CPU, responses and
 * slices.
 */
export function caseFigures(reported: Reported): readonly ExplainedFigure[] {
  const { analysis, summary } = reported;
  const named = new Set<string>();
  return summary.cases.flatMap((found, index) => {
    const figures = analysis.figures[index];
    const group = analysis.groups.find(
      ({ figures: { baseline, twin, contenders } }) =>
        figures !== undefined && [baseline, twin, ...contenders].includes(figures),
    )?.figures;
    const name = `case:${caseName(found)}`;
    // A path that is compared with two baselines is in the summary twice.
    if (figures === undefined || group === undefined || named.has(name)) return [];
    named.add(name);
    const subject = { name, found, figures, group };
    return [
      ...metricNames.flatMap((it) => valueFigure(reported, subject, it)).sort(declaredFirst),
      ...cpuFigure(reported, subject),
      ...busyFigure(reported, subject),
      requestsFigure(reported, subject),
      sliceCountFigure(reported, name, figures.recorded, found),
    ];
  });
}

function declaredFirst(a: ExplainedFigure, b: ExplainedFigure): number {
  return Number(b.declared) - Number(a.declared);
}

function valueFigure(
  { recorded: { run } }: Reported,
  { name, found, figures, group }: Subject,
  metricName: MetricName,
): readonly ExplainedFigure[] {
  const value = found.values[metricName];
  if (value === undefined) return [];
  const { unit } = metric(metricName);
  const { server, profile } = found;
  const declared = run.plan.profiles.find((it) => it.name === profile)?.declaredMetric;
  const figure = {
    figure: `${name}:${metricName}`,
    kind: 'case' as const,
    shown: formatValue(value, unit),
    reported: { [metricName]: value },
    declared: metricName === declared,
  };
  const explain = () => {
    const recomputed = caseSummary(figures).values[metricName];
    const rows = figures.rounds.map((round) =>
      row(
        `round ${round.round}`,
        { '': known(metricValue(round, metricName), unit), ...partsOf(round, metricName) },
        { slices: sliceParts(figures.recorded, round, metricName) },
      ),
    );
    return {
      question: `${metricOf(metricName, server, profile, run.plan)}: ${caseWords(found)} by itself`,
      reported: recomputed === undefined ? {} : { [metricName]: recomputed },
      steps: [
        step(
          'Rounds: totals over the blocks that count',
          [formulaText(metricValues[metricName].formula)],
          rows,
        ),
        step(
          'Value',
          [
            `The median over ${rows.length} rounds. A comparison prints values of its own, of the rounds that both sides have.`,
          ],
          [row('median', { '': known(recomputed, unit) })],
        ),
        leftOutStep(group, [{ name: caseWords(found), figures }]),
      ],
    };
  };
  return [explainedFigure(figure, explain)];
}

/** CPU time of a request by component, from totals over all rounds. */
function cpuFigure(
  { recorded: { run } }: Reported,
  { name, found, figures }: Subject,
): readonly ExplainedFigure[] {
  const split = cpuNumbers(found);
  if (split === undefined) return [];
  const shown = Object.entries(split).map(([who, us]) => `${cpuWords[who] ?? who} ${formatValue(us, 'us')}`);
  const figure = {
    figure: `${name}:cpu`,
    kind: 'case' as const,
    shown: shown.join(', '),
    reported: split,
    declared: false,
  };
  const explain = () => {
    const sum = (of: (load: (typeof figures.rounds)[number]['load']) => number | undefined) =>
      figures.rounds.reduce((total, { load }) => total + (of(load) ?? Number.NaN), 0);
    const seconds = (value: number) => known(Number.isNaN(value) ? undefined : value, 's');
    return {
      question: `CPU a request of ${loadWords(found.server, found.profile, run.plan)}, ${caseWords(found)}, by who used it`,
      reported: cpuNumbers(caseSummary(figures)) ?? {},
      steps: [
        step(
          'Totals over all rounds',
          [
            formulaText('cpu'),
            'Softirq is of the whole machine and by ticks: an estimate. On kernels without IRQ-time accounting it is part of the others.',
          ],
          [
            row('responses under load', { '': count(sum(({ responses }) => responses)) }),
            row('server', { '': seconds(sum(({ serverSeconds }) => serverSeconds)) }),
            ...(split['proxy_us'] === undefined
              ? []
              : [row('docker-proxy', { '': seconds(sum(({ proxySeconds }) => proxySeconds)) })]),
            row('load agent', { '': seconds(sum(({ agentSeconds }) => agentSeconds)) }),
            row('softirq', { '': seconds(sum(({ softirqSeconds }) => softirqSeconds)) }),
          ],
        ),
        step(
          'CPU a request',
          ['Each total over the responses.'],
          Object.entries(split).map(([who, us]) => row(cpuWords[who] ?? who, { '': quantity(us, 'us') })),
        ),
      ],
    };
  };
  return [explainedFigure(figure, explain)];
}

const cpuWords: Readonly<Record<string, string>> = {
  server_us: 'server',
  proxy_us: 'docker-proxy',
  agent_us: 'load agent',
  softirq_us: 'of which softirq',
};

function cpuNumbers({ cpu }: CaseSummary): Record<string, number> | undefined {
  if (cpu === undefined) return undefined;
  const { serverUs, proxyUs, agentUs, softirqUs } = cpu;
  return numbers({ server_us: serverUs, proxy_us: proxyUs, agent_us: agentUs, softirq_us: softirqUs });
}

/** How busy the CPUs of both ends were, and therefore which end was the limit. */
function busyFigure(
  { recorded: { run } }: Reported,
  { name, found, figures }: Subject,
): readonly ExplainedFigure[] {
  const { limit } = found;
  if (limit === undefined) return [];
  const busy = busyNumbers(found);
  const figure = {
    figure: `${name}:busy`,
    kind: 'case' as const,
    shown: `${Object.values(busy).map(formatPercent).join(' and ')} busy: the limit is ${limit}`,
    reported: busy,
    declared: false,
  };
  return [
    explainedFigure(figure, () => ({
      question: `How busy the CPUs of server and load agent were: ${loadWords(found.server, found.profile, run.plan)}, ${caseWords(found)}`,
      reported: busyNumbers(caseSummary(figures)),
      steps: [
        step(
          'Rounds',
          [formulaText('busy')],
          figures.rounds.map(({ round, load }) =>
            row(`round ${round}`, {
              'under load': quantity(load.seconds, 's'),
              'server’s CPU busy': known(load.serverCpuBusySeconds, 's'),
              'load agent’s CPU busy': known(load.agentCpuBusySeconds, 's'),
            }),
          ),
        ),
        step(
          'Shares',
          [`Over all rounds. From ${formatPercent(busyAllTheTime)} on, a CPU counts as busy all the time.`],
          [row('limit', busyQuantities(busy), { note: limit })],
        ),
      ],
    })),
  ];
}

function busyNumbers({ serverBusy, agentBusy }: CaseSummary): Record<string, number> {
  return numbers({ server_busy: serverBusy, agent_busy: agentBusy });
}

function busyQuantities({ server_busy: server, agent_busy: agent }: Record<string, number>) {
  return { server: known(server, 'share'), 'load agent': known(agent, 'share') };
}

function requestsFigure(
  { recorded: { run } }: Reported,
  { name, found, figures, group }: Subject,
): ExplainedFigure {
  const { requests, rounds, missedRounds, server, profile } = found;
  const figure = {
    figure: `${name}:requests`,
    kind: 'case' as const,
    shown: `${formatCount(requests)} in ${formatCount(rounds)} rounds`,
    reported: { requests, rounds, missed_rounds: missedRounds },
    declared: false,
  };
  return explainedFigure(figure, () => {
    const again = caseSummary(figures);
    return {
      question: `Responses that count of ${loadWords(server, profile, run.plan)}, ${caseWords(found)}`,
      reported: { requests: again.requests, rounds: again.rounds, missed_rounds: again.missedRounds },
      steps: [
        step(
          'Rounds',
          ['Responses inside the windows of the blocks that count; ramps and warm-up are not counted.'],
          figures.rounds.map((round) =>
            row(
              `round ${round.round}`,
              { '': count(round.responses) },
              { slices: sliceParts(figures.recorded, round, 'latency_p50_us') },
            ),
          ),
        ),
        step(
          'Sum',
          [],
          [
            row('sum', {
              '': count(again.requests),
              rounds: count(again.rounds),
              'rounds without a figure': count(again.missedRounds),
            }),
          ],
        ),
        leftOutStep(group, [{ name: caseWords(found), figures }]),
      ],
    };
  });
}

/** The numbers that are defined. */
function numbers(given: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
