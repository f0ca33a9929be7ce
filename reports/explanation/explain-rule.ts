import { type Case, caseId } from '../../bench/model/case.ts';
import type { ExplanationStep, Quantity, UsedSlice } from '../../bench/model/explanation.ts';
import { formatCount } from '../../bench/model/format.ts';
import { present } from '../../bench/model/present.ts';
import { isValidityRule, type Slice } from '../../bench/model/slice.ts';
import type { RuleSummary } from '../../bench/model/summary.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { type LeftOut, slicesLeftOut } from '../analysis/left-out.ts';
import { type RuleCount, ruleCounts } from '../analysis/rule-summaries.ts';
import { type FormulaId, formulaText } from '../words/formulas.ts';
import { ruleFigureWords } from '../words/rule-words.ts';
import {
  count,
  type ExplainedFigure,
  explainedFigure,
  placeOf,
  placeOfCase,
  quantity,
  type Reported,
  row,
  step,
} from './explained.ts';
import { caseName, caseWords, loadWords } from './figure-names.ts';

/** Every rule of validity: which slices it checked, which broke it, and which came nearest to its limit. */
export function ruleFigures({ analysis, summary }: Reported): readonly ExplainedFigure[] {
  return summary.rules.map((found): ExplainedFigure => {
    const { rule, checked, broken, worst } = found;
    const nearest = worst === undefined ? '' : `, worst ${ruleFigureWords(worst, found)}`;
    const figure = {
      figure: `rule:${rule}`,
      kind: 'rule' as const,
      shown: `${formatCount(broken)} of ${formatCount(checked)} slices broke it${nearest}`,
      reported: { checked, broken, ...present({ worst }) },
      declared: true,
    };
    return explainedFigure(figure, () => {
      const counted = ruleCounts(analysis.slices).get(rule) ?? { checked: 0, broken: [] };
      return {
        question: `The rule of validity ${rule}: which slices broke it, and which came nearest to its limit`,
        reported: {
          checked: counted.checked,
          broken: counted.broken.length,
          ...(counted.worst === undefined ? {} : { worst: counted.worst.figure }),
        },
        steps: ruleSteps(found, counted, analysis.slices),
      };
    });
  });
}

/** The consequence of breaking a rule, in words. */
const consequences = {
  block: 'A slice that breaks it leaves out its block for all cases of the group.',
  round: 'A slice that breaks it in a block that counts costs its case the figure of the round.',
} as const satisfies Record<RuleSummary['leavesOut'], string>;

const ruleFormulas: Partial<Record<RuleSummary['rule'], FormulaId>> = {
  littles_law: 'littlesLaw',
  foreign_cpu: 'foreign',
};

function ruleSteps(
  found: RuleSummary,
  { checked, broken, worst }: RuleCount,
  slices: readonly Slice[],
): ExplanationStep[] {
  const { rule, looksAt, limit, leavesOut } = found;
  const formula = ruleFormulas[rule];
  const byCase = new Map<string, UsedSlice[]>();
  for (const slice of broken) {
    const id = caseId(slice);
    const figure = slice.figures[rule];
    const why = slice.reasons.flatMap((it) => (it.rule === rule ? [it.message] : [])).join('; ');
    const quantities = figure === undefined ? {} : { quantities: [figureOf(found, figure)] };
    byCase.set(id, [...(byCase.get(id) ?? []), { ...placeOf(slice), ...quantities, why }]);
  }
  return [
    step(
      'What is looked at',
      [
        `In every slice: ${looksAt}. A slice keeps it with: ${limit}.`,
        consequences[leavesOut],
        ...(formula === undefined ? [] : [formulaText(formula)]),
      ],
      [
        row('slices with the figure', { '': count(checked) }),
        row(
          'slices without',
          { '': count(slices.length - checked) },
          { note: 'failed, or the machine or this kind of load does not give it' },
        ),
      ],
    ),
    step(
      'Slices that broke it',
      broken.length === 0 ? ['None.'] : [`${formatCount(broken.length)}, by case:`],
      [...byCase].map(([of, own]) => row(of, { '': count(own.length) }, { slices: own })),
    ),
    worst === undefined
      ? step('The worst', ['No slice has the figure.'])
      : step(
          'The worst',
          ['The figure that came nearest to the limit or went furthest beyond; the first slice that has it.'],
          [
            row(
              `${worst.slice.status} slice`,
              { '': figureOf(found, worst.figure) },
              { slices: [placeOfCase(worst.slice)] },
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
    const name = `left-out:${caseName(subject)}:${rule}`;
    if (named.has(name)) return [];
    named.add(name);
    const figure = {
      figure: name,
      kind: 'left-out' as const,
      shown: `${slices}: ${example}`,
      reported: { slices },
      declared: true,
    };
    const explain = () => {
      const found = slicesLeftOut(analysis.cases).find((it) => isOf(it, subject, rule))?.slices ?? [];
      const load = loadWords(subject.server, subject.profile, run.plan);
      const used = found.map(({ slice, messages }) => ({ ...placeOf(slice), why: messages.join('; ') }));
      return {
        question: `Slices of ${load}, ${caseWords(subject)}, that ${rule === 'failed' ? 'failed' : `broke ${rule}`}`,
        reported: { slices: found.length },
        steps: [
          step('Slices', ruleWords(rule), [
            row(caseId(subject), { '': count(found.length) }, { slices: used }),
          ]),
        ],
      };
    };
    return [explainedFigure(figure, explain)];
  });
}

function ruleWords(rule: string): readonly string[] {
  if (!isValidityRule(rule)) return ['A failed slice measured nothing: its case has no figure in the round.'];
  const { looksAt, limit, leavesOut } = rules[rule];
  return [`${looksAt}. A slice keeps it with: ${limit}.`, consequences[leavesOut]];
}

function isOf(found: LeftOut, subject: Case, rule: string): boolean {
  return found.rule === rule && caseId(found.case) === caseId(subject);
}

/** Shows a rule's ratio as a share. The exception is Little's law, which is a ratio around 1. */
function figureOf({ rule, unit }: Pick<RuleSummary, 'rule' | 'unit'>, figure: number): Quantity {
  return quantity(figure, unit === 'ratio' && rule !== 'littles_law' ? 'share' : unit);
}
