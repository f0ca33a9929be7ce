import { caseId } from '../../bench/model/case.ts';
import type { Quantity, UsedSlice } from '../../bench/model/derivation.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { ComparisonGroup } from '../analysis/comparison-group.ts';
import { isPooled, sliceValue } from '../analysis/metric-values.ts';
import {
  type CaseHalves,
  isInFirstHalf,
  type SteadyStateTests,
  steadyState,
} from '../analysis/steady-state.ts';
import { formatPercentChange, formatPValue } from '../format.ts';
import { count, derivation, type ExplainedFigure, quantity, type Reported, row, step } from './explained.ts';
import { metricOf } from './figure-names.ts';

type Test = { readonly change: number; readonly pValue: number; readonly differs: boolean };

/** First against second half of the rounds: all rounds of a server, profile and baseline, then each by itself. */
export function steadyStateFigures(reported: Reported): readonly ExplainedFigure[] {
  const { steady } = reported.analysis;
  const shown = steadyState(steady);
  const groups = reported.analysis.compared.map((group) => ({
    group,
    trends: steady.trends.flatMap((test, index) => {
      const found = shown.trends[index];
      return test.group === group && found !== undefined ? [trendFigure(reported, test, found)] : [];
    }),
    rounds: steady.rounds.flatMap((test, index) => {
      const found = shown.rounds[index];
      return test.group === group && found !== undefined ? [roundFigure(reported, test, found)] : [];
    }),
  }));
  return groups.flatMap(({ trends, rounds }) => [...trends, ...rounds]);
}

function headOf({ server, profile, baselinePath }: ComparisonGroup, part: string, test: Test) {
  return {
    figure: ['steady-state', server, profile.name, baselinePath, part].join(':'),
    kind: 'steady-state' as const,
    shown: `${formatPercentChange(test.change)}, p ${formatPValue(test.pValue)}${test.differs ? ': differs' : ''}`,
  };
}

function trendFigure(
  { recorded: { run }, analysis: { steady } }: Reported,
  test: SteadyStateTests['trends'][number],
  found: Test,
): ExplainedFigure {
  const { group, changes, deviation, change, pValue, adjusted } = test;
  const head = headOf(group, 'all-rounds', found);
  const { server, profile } = group;
  const question =
    `${metricOf(profile.primaryMetric, server, profile.name, run.plan)}: does the second half of the rounds ` +
    'differ from the first in the same direction every time';
  return {
    ...head,
    reported: { change: found.change, pValue: found.pValue },
    primary: true,
    explain: () => {
      const rounds = steady.rounds.filter((it) => it.group === group);
      return derivation(head, { kind: 'steady-state', question, reported: { change, pValue: adjusted } }, [
        step(
          'Rounds',
          ['Second half/first half of each round; the name of each ends with its number, e.g. round-1.'],
          rounds.map((it) => row(`round ${it.round}`, { '': changed(it.change) })),
        ),
        step(
          'Change',
          ['The mean over the rounds, on the log scale.'],
          [row('mean', { '': changed(change), 'standard deviation': quantity(deviation, 'share') })],
        ),
        testStep(
          `Student’s t with ${changes.length - 1} degrees of freedom`,
          pValue,
          adjusted,
          found.differs,
          {
            tests: steady.trends.length,
            of: 'servers, profiles and baselines',
          },
        ),
      ]);
    },
  };
}

function roundFigure(
  { recorded: { run }, analysis: { steady } }: Reported,
  test: SteadyStateTests['rounds'][number],
  found: Test,
): ExplainedFigure {
  const { group, round, last, cases, change, pValue, adjusted } = test;
  const head = headOf(group, `round-${round}`, found);
  const { server, profile } = group;
  const { primaryMetric } = profile;
  const question = `${metricOf(primaryMetric, server, profile.name, run.plan)}: does the second half of round ${round} differ from its first`;
  return {
    ...head,
    reported: { change: found.change, pValue: found.pValue },
    primary: false,
    explain: () =>
      derivation(head, { kind: 'steady-state', question, reported: { change, pValue: adjusted } }, [
        step(
          'Cases',
          [
            'Of each case: the slices of the second half of the blocks against those of the first; median over all pairs ' +
              'of a second and a first slice of ln(second/first).',
          ],
          cases.flatMap((it) => caseRows(it, last, primaryMetric)),
        ),
        step(
          'Change',
          [`exp of the median over ${cases.length} cases.`],
          [row('median', { '': changed(change) })],
        ),
        testStep(
          'Wilcoxon’s rank sums, added up over the cases (van Elteren)',
          pValue,
          adjusted,
          found.differs,
          {
            tests: steady.rounds.length,
            of: 'rounds of all servers, profiles and baselines',
          },
        ),
      ]),
  };
}

function testStep(
  name: string,
  pValue: number,
  adjusted: number,
  differs: boolean,
  { tests, of }: { readonly tests: number; readonly of: string },
) {
  return step(
    'Test',
    [
      `${name}, two-sided; Holm’s correction over ${tests} ${of}.`,
      'It differs where the corrected p is at most 0.025: half of 5 % for each kind of test.',
      differs ? 'It differs.' : 'It does not differ.',
    ],
    [row('p', { '': quantity(pValue, 'p') }), row('p, corrected', { '': quantity(adjusted, 'p') })],
  );
}

/** A case's shift, and the slices of either half that it comes from. */
function caseRows({ case: subject, slices, shift }: CaseHalves, last: number, name: MetricName) {
  const all = [...slices.values()].flatMap((slice): UsedSlice[] => {
    const { round, block } = slice;
    const value = isPooled(name) ? undefined : sliceValue(slice, name);
    return value === undefined ? [] : [{ round, block, quantity: quantity(value, metric(name).unit) }];
  });
  const halfRow = (of: string, half: readonly UsedSlice[]) =>
    row(of, { slices: count(half.length) }, { slices: half });
  return [
    row(caseId(subject), { '': changed(Math.exp(shift)) }),
    halfRow(
      '  first half',
      all.filter(({ block }) => isInFirstHalf(block, last)),
    ),
    halfRow(
      '  second half',
      all.filter(({ block }) => !isInFirstHalf(block, last)),
    ),
  ];
}

function changed(ratio: number): Quantity {
  return quantity(ratio, 'change');
}
