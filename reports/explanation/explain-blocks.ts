import { formatCount, formatPercent } from '../../bench/model/format.ts';
import { groupBlocks } from '../analysis/counted-blocks.ts';
import { largestLostShare } from '../analysis/trust.ts';
import { count, type ExplainedFigure, explainedFigure, type Reported, row, step } from './explained.ts';
import { loadWords } from './figure-names.ts';
import { blockRows } from './left-out-step.ts';

/** How many blocks of each comparison group count. */
export function blockFigures({ recorded: { run }, analysis }: Reported): readonly ExplainedFigure[] {
  return analysis.groups.map(({ figures }): ExplainedFigure => {
    const { server, profile, baseline, measured, disturbed } = groupBlocks(figures.group, figures.blocks);
    const figure = {
      figure: ['blocks', server, profile, baseline].join(':'),
      kind: 'blocks' as const,
      shown: `${formatCount(disturbed)} of ${formatCount(measured)} blocks disturbed`,
      reported: { measured, disturbed },
      declared: true,
    };
    return explainedFigure(figure, () => {
      const rounds = [...figures.blocks];
      const sum = (of: (blocks: (typeof rounds)[number][1]) => number) =>
        rounds.reduce((total, [, blocks]) => total + of(blocks), 0);
      const again = {
        measured: sum((it) => it.counted.length + it.disturbed.length),
        disturbed: sum((it) => it.disturbed.length),
      };
      return {
        question: `In how many blocks the machine was disturbed: ${loadWords(server, profile, run.plan)}, all that is compared with ${baseline}`,
        reported: again,
        steps: [
          step(
            'Rounds',
            ['A block in which the machine was disturbed does not count for any case of the group.'],
            rounds.map(([round, { counted, disturbed: lost, interrupted }]) =>
              row(`round ${round}`, {
                counted: count(counted.length),
                disturbed: count(lost.length),
                ...(interrupted.length === 0 ? {} : { interrupted: count(interrupted.length) }),
              }),
            ),
          ),
          step('Blocks that do not count', [], blockRows(figures)),
          step(
            'Sum',
            [`More than ${formatPercent(largestLostShare)} make every verdict of the group untrusted.`],
            [row('all', { measured: count(again.measured), disturbed: count(again.disturbed) })],
          ),
        ],
      };
    });
  });
}
