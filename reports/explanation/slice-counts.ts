import { type Case, caseId } from '../../bench/model/case.ts';
import type { ExplanationRow } from '../../bench/model/explanation.ts';
import { formatCount } from '../../bench/model/format.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import type { RecordedCase, SliceCounts } from '../analysis/recorded-cases.ts';
import {
  brokenSlices,
  count,
  type ExplainedFigure,
  explainedFigure,
  type Reported,
  row,
  step,
} from './explained.ts';
import { caseWords, loadWords } from './figure-names.ts';

/** How many slices one case has, and how many of them were measured without a fault. */
export function sliceCountFigure(
  { recorded: { run } }: Reported,
  name: string,
  recorded: RecordedCase,
  found: CaseSummary,
): ExplainedFigure {
  const { slices, server, profile } = found;
  const figure = {
    figure: `${name}:slices`,
    kind: 'case' as const,
    shown: countWords(slices),
    reported: { ...slices },
    declared: false,
  };
  return explainedFigure(figure, () => {
    const { counts } = recorded;
    return {
      question: `Slices of ${loadWords(server, profile, run.plan)}, ${caseWords(found)}`,
      reported: { ...counts },
      steps: [
        step('Slices', meanings, [countRow('the case', counts)]),
        step(
          'Invalid and failed',
          ['Each with every reason.'],
          [
            row(
              'the case',
              { '': count(counts.invalid + counts.failed) },
              { slices: brokenSlices(recorded.slices) },
            ),
          ],
        ),
      ],
    };
  });
}

type CountedCase = Case & { readonly slices: SliceCounts };

/** How many slices the run has, and how many broke a rule. */
export function runSliceFigures({
  analysis,
  summary,
  recorded: { run },
}: Reported): readonly ExplainedFigure[] {
  const { plan } = run;
  const planned =
    `The plan: ${plan.stopping === undefined ? '' : 'at most '}${plan.rounds} rounds of ${plan.blocks} blocks, ` +
    'in each of which every case is measured once; the warm-up is not recorded.';
  const total = countedSum(summary.cases);
  const left = total.invalid + total.failed;
  const head = { kind: 'run' as const, declared: true };
  const byCase = (of: readonly CountedCase[]) => of.map((it) => countRow(caseId(it), it.slices));
  const recount = () => analysis.figures.map(({ recorded: it }) => ({ ...it.case, slices: it.counts }));
  return [
    explainedFigure(
      { ...head, figure: 'run:slices', shown: countWords(total), reported: { ...total } },
      () => {
        const cases = recount();
        const counted = countedSum(cases);
        return {
          question: 'How many slices are in the run, and what became of them',
          reported: { ...counted },
          steps: [
            step('Cases', [planned, ...meanings], byCase(cases)),
            step('Run', ['The sum over the cases.'], [countRow('all', counted)]),
          ],
        };
      },
    ),
    explainedFigure(
      {
        ...head,
        figure: 'run:left-out',
        shown: `${formatCount(left)} slices invalid or failed`,
        reported: { left_out: left },
      },
      () => {
        const cases = recount();
        const found = cases.filter(({ slices: it }) => it.invalid + it.failed > 0);
        const { invalid, failed } = countedSum(cases);
        return {
          question: 'How many slices broke a rule that was written down before the run',
          reported: { left_out: invalid + failed },
          steps: [
            step('Cases', [...meanings, 'A slice that broke two rules is counted once here.'], byCase(found)),
            step(
              'Run',
              ['Invalid and failed slices of all cases.'],
              [row('sum', { '': count(invalid + failed) })],
            ),
            step(
              'Rules',
              [
                'By rule and case, a slice that broke two rules under both; each is explained under its name.',
              ],
              summary.leftOut.map((it) =>
                row(`${it.rule}, ${caseId(it.case)}`, { '': count(it.slices) }, { note: it.example }),
              ),
            ),
          ],
        };
      },
    ),
  ];
}

const meanings = [
  'completed: it broke no rule. invalid: it broke one; by the rule, its block or the round of its case does not count. ' +
    'failed: nothing was measured, so the round of its case does not count.',
];

function countRow(of: string, { completed, invalid, failed }: SliceCounts): ExplanationRow {
  return row(of, { completed: count(completed), invalid: count(invalid), failed: count(failed) });
}

function countedSum(cases: readonly CountedCase[]): SliceCounts {
  const sum = { completed: 0, invalid: 0, failed: 0 };
  for (const { slices } of cases) {
    sum.completed += slices.completed;
    sum.invalid += slices.invalid;
    sum.failed += slices.failed;
  }
  return sum;
}

function countWords({ completed, invalid, failed }: SliceCounts): string {
  return [
    `${formatCount(completed)} completed`,
    ...(invalid === 0 ? [] : [`${formatCount(invalid)} invalid`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
  ].join(', ');
}
