import type { Derivation, UsedSlice } from '../../bench/model/derivation.ts';
import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import type { CompletedSlice } from '../../bench/model/slice.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { type CaseRound, type CaseValue, caseRounds, caseValue } from '../analysis/case-summaries.ts';
import { isPooled, type SliceMetric, sliceValue } from '../analysis/metric-values.ts';
import type { RecordedCase } from '../analysis/recorded-cases.ts';
import { formatCount, formatValue } from '../format.ts';
import {
  count,
  derivation,
  type ExplainedFigure,
  leftOutSlices,
  quantity,
  type Reported,
  row,
  step,
} from './explained.ts';
import { caseName, caseWords, loadWords, metricOf } from './figure-names.ts';
import { sliceCountFigure } from './slice-counts.ts';

/** What each case measured on its own: a value for each metric, the declared one first, its responses and its slices. */
export function caseFigures(reported: Reported): readonly ExplainedFigure[] {
  const { analysis, summary } = reported;
  const named = new Set<string>();
  return summary.cases.flatMap((found, index) => {
    const recorded = analysis.cases[index];
    const name = `case:${caseName(found)}`;
    // A path that is compared with two baselines is in the summary twice, with the same values.
    if (recorded === undefined || named.has(name)) return [];
    named.add(name);
    const { profiles } = reported.recorded.run.plan;
    const declared = profiles.find((it) => it.name === found.profile)?.primaryMetric;
    const given = metricNames.filter((it) => found.values[it] !== undefined);
    const names = [...given.filter((it) => it === declared), ...given.filter((it) => it !== declared)];
    return [
      ...names.flatMap((it) => valueFigure(reported, name, it, recorded, found, it === declared)),
      requestsFigure(reported, name, recorded, found),
      sliceCountFigure(reported, name, recorded, found),
    ];
  });
}

/** What a metric is in one slice, in words. */
const sliceWords = {
  throughput: 'responses counted in its window / length of the window by the agent’s clock',
  'latency-p50': 'median of its latency histogram',
  'latency-p90': '90th percentile of its latency histogram',
  'latency-mean': 'mean of its latencies',
  'cpu-per-request':
    'busy time of the whole machine between the two readings around it / all responses between them',
} as const satisfies Record<SliceMetric, string>;

function valueFigure(
  { recorded: { run }, analysis }: Reported,
  name: string,
  metricName: MetricName,
  recorded: RecordedCase,
  found: CaseSummary,
  primary: boolean,
): readonly ExplainedFigure[] {
  const value = found.values[metricName];
  if (value === undefined) return [];
  const { unit } = metric(metricName);
  const head = { figure: `${name}:${metricName}`, kind: 'case' as const, shown: formatValue(value, unit) };
  const { server, profile } = found;
  const question = `${metricOf(metricName, server, profile, run.plan)}: ${caseWords(found)} by itself`;
  return [
    {
      ...head,
      reported: { [metricName]: value },
      primary,
      explain: () => {
        const computed = caseValue(caseRounds(recorded), metricName, analysis.latencies);
        const reported: Record<string, number> =
          computed === undefined ? {} : { [metricName]: computed.value };
        return derivation(
          head,
          { kind: 'case', question, reported },
          valueSteps(metricName, recorded, computed),
        );
      },
    },
  ];
}

function valueSteps(
  name: MetricName,
  recorded: RecordedCase,
  computed: CaseValue | undefined,
): Derivation['steps'] {
  const { unit, minResponses } = metric(name);
  const rounds = computed?.rounds ?? [];
  const ofRound = isPooled(name)
    ? [`Of each round: the ${metric(name).label} of the pooled histograms of its completed slices.`]
    : [`Of each completed slice: ${sliceWords[name]}.`, 'Of each round: the median over its slices.'];
  const needs =
    minResponses > 1
      ? [`Needs ${formatCount(minResponses)} responses in every round: with fewer, it is not shown.`]
      : [];
  return [
    step(
      'Rounds',
      [...ofRound, ...needs],
      rounds.map(({ of, value }) =>
        row(
          `round ${of.round}`,
          { '': quantity(value, unit), responses: count(of.responses) },
          { slices: slicesOf(of, name) },
        ),
      ),
    ),
    step(
      'Value',
      [`The median over ${rounds.length} rounds.`],
      [...(computed === undefined ? [] : [row('median', { '': quantity(computed.value, unit) })])],
    ),
    leftOutStep(recorded),
  ];
}

function slicesOf({ all }: CaseRound, name: MetricName): readonly UsedSlice[] {
  return [...all.values()].map((slice): UsedSlice => {
    const { round, block } = slice;
    if (isPooled(name)) return { round, block, quantity: count(slice.requests) };
    const value = sliceValue(slice, name);
    return { round, block, ...(value === undefined ? {} : { quantity: quantity(value, metric(name).unit) }) };
  });
}

function leftOutStep({ slices }: RecordedCase): Derivation['steps'][number] {
  const left = leftOutSlices(slices);
  if (left.length === 0) return step('Slices left out', ['None: every slice of the case counts.']);
  return step('Slices left out', [], [row('the case', { slices: count(left.length) }, { slices: left })]);
}

function requestsFigure(
  { recorded: { run } }: Reported,
  name: string,
  recorded: RecordedCase,
  { requests, server, profile, ...rest }: CaseSummary,
): ExplainedFigure {
  const head = { figure: `${name}:requests`, kind: 'case' as const, shown: formatCount(requests) };
  const question = `Responses that count of ${loadWords(server, profile, run.plan)}, ${caseWords(rest)}`;
  return {
    ...head,
    reported: { requests },
    primary: false,
    explain: () => {
      const rounds = caseRounds(recorded);
      const total = rounds.reduce((sum, { responses }) => sum + responses, 0);
      return derivation(head, { kind: 'case', question, reported: { requests: total } }, [
        step(
          'Rounds',
          [
            'Responses that arrived inside the windows of the completed slices; ramps and warm-up are not counted.',
          ],
          rounds.map((it) =>
            row(
              `round ${it.round}`,
              { '': count(it.responses) },
              { slices: [...it.all.values()].map(requestsOf) },
            ),
          ),
        ),
        step('Sum', [`Over ${rounds.length} rounds.`], [row('sum', { '': count(total) })]),
        leftOutStep(recorded),
      ]);
    },
  };
}

function requestsOf({ round, block, requests }: CompletedSlice): UsedSlice {
  return { round, block, quantity: count(requests) };
}
