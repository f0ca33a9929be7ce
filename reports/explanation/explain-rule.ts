import { type Case, caseId } from '../../bench/model/case.ts';
import type { Quantity, UsedSlice } from '../../bench/model/derivation.ts';
import { isValidityRule, type Slice } from '../../bench/model/slice.ts';
import type { RuleSummary } from '../../bench/model/summary.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { type LeftOut, slicesLeftOut } from '../analysis/left-out.ts';
import { type RuleCount, recordedFigures, ruleCounts } from '../analysis/rule-summaries.ts';
import { formatCount } from '../format.ts';
import { ruleFigureWords } from '../rule-words.ts';
import { count, derivation, type ExplainedFigure, quantity, type Reported, row, step } from './explained.ts';
import { caseName, caseWords, loadWords } from './figure-names.ts';

/** Every rule of validity: which slices it looked at, which broke it, and which came nearest. */
export function ruleFigures({ analysis, summary }: Reported): readonly ExplainedFigure[] {
  return summary.rules.map((found): ExplainedFigure => {
    const { rule, checked, broken, worst } = found;
    const nearest = worst === undefined ? '' : `, worst ${ruleFigureWords(worst, found)}`;
    const head = {
      figure: `rule:${rule}`,
      kind: 'rule' as const,
      shown: `${formatCount(broken)} of ${formatCount(checked)} slices left out${nearest}`,
    };
    return {
      ...head,
      reported: { checked, broken, ...(worst === undefined ? {} : { worst }) },
      primary: true,
      explain: () => {
        const counted = ruleCounts(analysis.slices).get(rule) ?? { checked: 0, broken: [] };
        const question = `The rule of validity ${rule}: which slices broke it, and which came nearest to its limit`;
        const reported = {
          checked: counted.checked,
          broken: counted.broken.length,
          ...(counted.worst === undefined ? {} : { worst: counted.worst.figure }),
        };
        return derivation(
          head,
          { kind: 'rule', question, reported },
          ruleSteps(found, counted, analysis.slices),
        );
      },
    };
  });
}

function ruleSteps(found: RuleSummary, { checked, broken, worst }: RuleCount, slices: readonly Slice[]) {
  const { rule, looksAt, limit } = found;
  const byCase = new Map<string, UsedSlice[]>();
  for (const slice of broken) {
    const id = caseId(slice);
    const figure = recordedFigures(slice)[rule];
    const why = slice.reasons.flatMap((it) => (it.rule === rule ? [it.message] : [])).join('; ');
    byCase.set(id, [
      ...(byCase.get(id) ?? []),
      { ...place(slice), ...(figure === undefined ? {} : { quantity: figureOf(found, figure) }), why },
    ]);
  }
  return [
    step(
      'What is looked at',
      [`In every slice: ${looksAt}. A slice counts with: ${limit}.`],
      [
        row('slices with the figure', { '': count(checked) }),
        row(
          'slices without',
          { '': count(slices.length - checked) },
          {
            note: 'failed, or the machine or this kind of load does not give it',
          },
        ),
      ],
    ),
    step(
      'Slices that broke it',
      broken.length === 0 ? ['None.'] : [`${formatCount(broken.length)}, by case:`],
      [...byCase].map(([of, own]) => row(of, { '': count(own.length) }, { slices: own })),
    ),
    step(
      'The worst',
      worst === undefined
        ? ['No slice has the figure.']
        : ['The figure that came nearest to the limit or went furthest beyond; the first slice that has it.'],
      worst === undefined
        ? []
        : [
            row(
              `${worst.slice.status} slice`,
              { '': figureOf(found, worst.figure) },
              {
                slices: [{ of: caseId(worst.slice), ...place(worst.slice) }],
              },
            ),
          ],
    ),
  ];
}

/** Each row of the table of what was left out. */
export function leftOutFigures({
  recorded: { run },
  analysis,
  summary,
}: Reported): readonly ExplainedFigure[] {
  const named = new Set<string>();
  return summary.leftOut.flatMap(({ case: subject, rule, slices, example }): ExplainedFigure[] => {
    const figure = `left-out:${caseName(subject)}:${rule}`;
    if (named.has(figure)) return [];
    named.add(figure);
    const head = { figure, kind: 'left-out' as const, shown: `${slices}: ${example}` };
    const explain = () => {
      const found = slicesLeftOut(analysis.cases).find((it) => isOf(it, subject, rule))?.slices ?? [];
      const load = loadWords(subject.server, subject.profile, run.plan);
      const question = `Slices of ${load}, ${caseWords(subject)}, that ${rule === 'failed' ? 'failed' : `broke ${rule}`}`;
      const says = isValidityRule(rule)
        ? `${rules[rule].looksAt}. A slice counts with: ${rules[rule].limit}.`
        : 'A failed slice measured nothing.';
      const used = found.map(({ slice, messages }) => ({ ...place(slice), why: messages.join('; ') }));
      return derivation(head, { kind: 'left-out', question, reported: { slices: found.length } }, [
        step('Slices', [says], [row(caseId(subject), { '': count(found.length) }, { slices: used })]),
      ]);
    };
    return [{ ...head, reported: { slices }, primary: true, explain }];
  });
}

function isOf(found: LeftOut, subject: Case, rule: string): boolean {
  return found.rule === rule && caseId(found.case) === caseId(subject);
}

function place({ round, block }: Slice): { readonly round: number; readonly block: number } {
  return { round, block };
}

/** A rule's figure is a share of something, but for Little's law, which is a ratio around 1. */
function figureOf({ rule, unit }: RuleSummary, figure: number): Quantity {
  return quantity(figure, unit === 'ratio' && rule !== 'littles-law' ? 'share' : unit);
}
