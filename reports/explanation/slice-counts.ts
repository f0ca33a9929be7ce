import { type Case, caseId } from '../../bench/model/case.ts';
import type { DerivationRow } from '../../bench/model/derivation.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import type { RecordedCase, SliceCounts } from '../analysis/recorded-cases.ts';
import { formatCount } from '../format.ts';
import { leftOutCount } from '../overhead-words.ts';
import {
  count,
  derivation,
  type ExplainedFigure,
  leftOutSlices,
  type Reported,
  row,
  step,
} from './explained.ts';
import { caseWords, loadWords } from './figure-names.ts';

/** How many slices one case has, and how many of them count. */
export function sliceCountFigure(
  { recorded: { run } }: Reported,
  name: string,
  recorded: RecordedCase,
  { slices, server, profile, ...rest }: CaseSummary,
): ExplainedFigure {
  const head = { figure: `${name}:slices`, kind: 'case' as const, shown: countWords(slices) };
  return {
    ...head,
    reported: { ...slices },
    primary: false,
    explain: () => {
      const counted = recorded.counts;
      const question = `Slices of ${loadWords(server, profile, run.plan)}, ${caseWords(rest)}`;
      return derivation(head, { kind: 'case', question, reported: { ...counted } }, [
        step('Slices', meanings, [countRow('the case', counted)]),
        step(
          'Slices left out',
          ['Each with every reason.'],
          [
            row(
              'the case',
              { '': count(counted.invalid + counted.failed) },
              { slices: leftOutSlices(recorded.slices) },
            ),
          ],
        ),
      ]);
    },
  };
}

type CountedCase = Case & { readonly slices: SliceCounts };

/** How many slices the run has, and how many were left out. */
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
  const slices = { figure: 'run:slices', kind: 'run' as const, shown: countWords(total) };
  const left = leftOutCount(summary);
  const leftOut = {
    figure: 'run:left-out',
    kind: 'run' as const,
    shown: `${formatCount(left)} slices left out`,
  };
  const byCase = (of: readonly CountedCase[]) => of.map((it) => countRow(caseId(it), it.slices));
  const recount = () => analysis.cases.map((it) => ({ ...it.case, slices: it.counts }));
  return [
    {
      ...slices,
      reported: { ...total },
      primary: true,
      explain: () => {
        const cases = recount();
        const counted = countedSum(cases);
        const question = 'How many slices are in the run, and how many of them count';
        return derivation(slices, { kind: 'run', question, reported: { ...counted } }, [
          step('Cases', [planned, ...meanings], byCase(cases)),
          step('Run', ['The sum over the cases.'], [countRow('all', counted)]),
        ]);
      },
    },
    {
      ...leftOut,
      reported: { leftOut: left },
      primary: true,
      explain: () => {
        const cases = recount();
        const found = cases.filter(({ slices: it }) => it.invalid + it.failed > 0);
        const { invalid, failed } = countedSum(cases);
        const counted = invalid + failed;
        const question = 'How many slices do not count, by a rule that was written down before the run';
        return derivation(leftOut, { kind: 'run', question, reported: { leftOut: counted } }, [
          step('Cases', [...meanings, 'A slice that broke two rules is counted once here.'], byCase(found)),
          step('Run', ['Invalid and failed slices of all cases.'], [row('sum', { '': count(counted) })]),
          step(
            'Rules',
            ['By rule and case, a slice that broke two rules under both; each is explained under its name.'],
            summary.leftOut.map((it) =>
              row(`${it.rule}, ${caseId(it.case)}`, { '': count(it.slices) }, { note: it.example }),
            ),
          ),
        ]);
      },
    },
  ];
}

const meanings = [
  'completed: it counts. invalid: it broke a rule of validity. failed: nothing was measured. client-bound: it is ' +
    'completed, and the load agent used most of its core.',
];

function countRow(of: string, { completed, invalid, failed, clientBound }: SliceCounts): DerivationRow {
  return row(of, {
    completed: count(completed),
    invalid: count(invalid),
    failed: count(failed),
    'client-bound': count(clientBound),
  });
}

function countedSum(cases: readonly CountedCase[]): SliceCounts {
  const sum = { completed: 0, invalid: 0, failed: 0, clientBound: 0 };
  for (const { slices } of cases) {
    sum.completed += slices.completed;
    sum.invalid += slices.invalid;
    sum.failed += slices.failed;
    sum.clientBound += slices.clientBound;
  }
  return sum;
}

function countWords({ completed, invalid, failed, clientBound }: SliceCounts): string {
  return [
    `${formatCount(completed)} completed`,
    ...(invalid === 0 ? [] : [`${formatCount(invalid)} invalid`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
    ...(clientBound === 0 ? [] : [`${formatCount(clientBound)} client-bound`]),
  ].join(', ');
}
