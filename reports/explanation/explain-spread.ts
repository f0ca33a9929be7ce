import type { Quantity } from '../../bench/model/derivation.ts';
import type { GroupSpread } from '../../bench/model/summary.ts';
import type { AnalysedGroup } from '../analysis/overheads.ts';
import { runSpread, type SpreadAdvice } from '../analysis/spread.ts';
import { formatPercent } from '../format.ts';
import { count, derivation, type ExplainedFigure, quantity, type Reported, row, step } from './explained.ts';
import { metricOf, overheadName } from './figure-names.ts';

/** Where the spread of the rounds comes from: for each server, profile and baseline, and for the run with its advice. */
export function spreadFigures(reported: Reported): readonly ExplainedFigure[] {
  const { spread } = reported.analysis;
  if (spread === undefined) return [];
  return [adviceFigure(spread), ...spread.groups.map((it) => groupFigure(reported, it))];
}

function adviceFigure(spread: SpreadAdvice): ExplainedFigure {
  const { betweenShare, bestBlocks, message } = runSpread(spread);
  const head = { figure: 'spread:run:advice', kind: 'spread' as const, shown: message };
  const reported = { betweenShare, ...(bestBlocks === undefined ? {} : { bestBlocks }) };
  return {
    ...head,
    reported,
    primary: true,
    explain: () => {
      const question =
        'How much of the spread lies between rounds, and what would narrow the intervals soonest';
      return derivation(head, { kind: 'spread', question, reported }, adviceSteps(spread));
    },
  };
}

function adviceSteps({ groups, shares, betweenShare, blocks, costs, best }: SpreadAdvice) {
  return [
    step(
      'Groups',
      ['Of each server, profile and baseline on its declared metric: between² / (between² + within²).'],
      groups.map((it, index) =>
        row(groupName(it), {
          between: share(it.between),
          within: share(it.within),
          share: share(shares[index] ?? Number.NaN),
        }),
      ),
    ),
    step('Share', ['The mean over the groups.'], [row('between rounds', { '': share(betweenShare) })]),
    step(
      'Advice',
      costs === undefined || best === undefined
        ? ['Too few slices were recorded to tell what a round and a block take: more rounds always help.']
        : [
            'What a round takes besides its blocks (F) and what a block takes (C), from the times at which slices began; ' +
              'medians over the rounds.',
            'Blocks for the narrowest interval in a given time: √(F/C · within₁²/between²), where within₁² is of one ' +
              'block, at least 4. More blocks are advised where they narrow the intervals by 5 % or more.',
          ],
      costs === undefined || best === undefined
        ? []
        : [
            row('a round, without its blocks', { '': quantity(costs.roundSeconds, 's') }),
            row('a block', { '': quantity(costs.blockSeconds, 's') }),
            row('blocks of the plan', { '': count(blocks) }),
            row('best blocks', { '': count(best.blocks), 'narrower by': share(best.gain) }),
          ],
    ),
  ];
}

function groupFigure({ recorded: { run }, analysis }: Reported, found: GroupSpread): ExplainedFigure {
  const { server, profile, baseline, metric, between, within } = found;
  const head = {
    figure: `spread:${groupName(found)}`,
    kind: 'spread' as const,
    shown: `${formatPercent(between)} between rounds, ${formatPercent(within)} within them`,
  };
  const reported = { between, within };
  return {
    ...head,
    reported,
    primary: true,
    explain: () => {
      const group = analysis.groups.find(
        ({ group: it }) =>
          it.server === server && it.profile.name === profile && it.baselinePath === baseline,
      );
      const question = `${metricOf(metric, server, profile, run.plan)}: where the spread of the rounds comes from, against ${baseline}`;
      const rows =
        group === undefined ? [] : comparisonRows(group, (it, role) => overheadName(it, role, run.plan));
      return derivation(head, { kind: 'spread', question, reported }, [
        step(
          'Comparisons',
          [
            'Of the rounds: standard deviation of their y_r = ln(contender/baseline).',
            'Within: root of the mean of the squared errors of the y_r, which the slices of each round give by themselves.',
            'Between: √(of the rounds² − within²), at least 0.',
          ],
          rows,
        ),
        step(
          'Group',
          ['The root of the mean square over the comparisons, the twin’s included.'],
          [row('between', { '': share(between) }), row('within', { '': share(within) })],
        ),
      ]);
    },
  };
}

type Named = (overhead: AnalysedGroup['twin'][number]['overhead'], role: 'contender' | 'twin') => string;

function comparisonRows({ overheads, twin }: AnalysedGroup, nameOf: Named) {
  const all = [
    ...overheads.map(({ overhead }) => ({ overhead, role: 'contender' as const })),
    ...twin.map(({ overhead }) => ({ overhead, role: 'twin' as const })),
  ];
  return all.flatMap(({ overhead, role }) => {
    const { primary, spread } = overhead;
    if (!primary || spread === undefined) return [];
    const name = nameOf(overhead, role);
    return [
      row(
        name,
        {
          'of the rounds': share(spread.ofRounds),
          between: share(spread.between),
          within: share(spread.within),
          rounds: count(overhead.rounds),
        },
        { note: `its rounds and slices: --explain ${name}` },
      ),
    ];
  });
}

function groupName({ server, profile, baseline }: GroupSpread): string {
  return [server, profile, baseline].join(':');
}

function share(value: number): Quantity {
  return quantity(value, 'share');
}
