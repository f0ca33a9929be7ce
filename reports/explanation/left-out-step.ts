import type { ExplanationRow, ExplanationStep } from '../../bench/model/explanation.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { membersOf } from '../analysis/comparison-group.ts';
import type { CaseFigures, GroupFigures } from '../analysis/round-figures.ts';
import { row, step } from './explained.ts';

/** The rounds and blocks of a group that are not in the figures of these cases, and the reasons. */
export function leftOutStep(
  figures: GroupFigures,
  cases: readonly { readonly name: string; readonly figures: CaseFigures }[],
): ExplanationStep {
  const rows = [
    ...blockRows(figures),
    ...cases.flatMap(({ name, figures: { missed } }) =>
      missed.map(({ round, rule, message }) =>
        row(`${name}, round ${round}`, {}, { note: rule === 'disturbed' ? message : `${rule}: ${message}` }),
      ),
    ),
  ];
  return step('Left out', rows.length === 0 ? ['Nothing: every block counts.'] : [], rows);
}

/** Blocks that do not count for any case of the group. */
export function blockRows({ group, blocks }: GroupFigures): readonly ExplanationRow[] {
  const why = (round: number, block: number) => {
    const slices = membersOf(group).flatMap((member) => member.rounds.get(round)?.get(block) ?? []);
    const messages = slices.flatMap((slice) =>
      slice.status === 'invalid'
        ? slice.reasons.flatMap(({ rule, message }) =>
            rules[rule].leavesOut === 'block' ? [`${rule}: ${message}`] : [],
          )
        : [],
    );
    return [...new Set(messages)].join('; ');
  };
  return [...blocks].flatMap(([round, { disturbed, interrupted }]) => [
    ...disturbed.map((block) => row(`round ${round}, block ${block}`, {}, { note: why(round, block) })),
    ...interrupted.map((block) =>
      row(`round ${round}, block ${block}`, {}, { note: 'the run ended in the middle of it' }),
    ),
  ]);
}
