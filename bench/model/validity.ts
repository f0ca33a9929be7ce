import {
  type InvalidReason,
  type Measured,
  type RuleFigures,
  type Slice,
  type SliceHead,
  validityRules,
} from './slice.ts';
import { type JudgementContext, rules, type Unjudged } from './validity-rules.ts';

/** Sets a slice's status: `completed`, or `invalid` with every reason why it does not count. */
export function judgeSlice(head: SliceHead, unjudged: Unjudged, context: JudgementContext): Slice {
  const figures = ruleFigures(unjudged, context);
  const measured: Measured = { ...unjudged, figures };
  const reasons = validityRules.flatMap((rule): readonly InvalidReason[] => {
    const figure = figures[rule];
    if (figure === undefined) return [];
    return rules[rule].broken(figure, unjudged, context).map((message) => ({ rule, message }));
  });
  const { latency } = measured;
  return reasons.length > 0 || latency === undefined
    ? { ...head, status: 'invalid', ...measured, reasons }
    : { ...head, status: 'completed', ...measured, latency };
}

/** The figure of each rule for a slice. A figure that was not read is absent. */
function ruleFigures(unjudged: Unjudged, context: JudgementContext): RuleFigures {
  const figures: RuleFigures = {};
  for (const rule of validityRules) {
    const figure = rules[rule].figure(unjudged, context);
    if (figure !== undefined) figures[rule] = figure;
  }
  return figures;
}
