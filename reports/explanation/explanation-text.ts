import { assertNever } from '../../bench/model/assert-never.ts';
import type { Explanation } from '../../bench/model/explanation.ts';
import { renderDerivation } from './derivation-text.ts';
import { renderOverhead } from './overhead-text.ts';
import { renderStep } from './step-text.ts';

/** An explanation as text, from the slices to the figure: every number that led to the next. */
export function renderExplanation(explanation: Explanation): string {
  const { kind } = explanation;
  switch (kind) {
    case 'overhead':
    case 'twin':
      return renderOverhead(explanation);
    case 'step':
      return renderStep(explanation);
    case 'case':
    case 'spread':
    case 'steady-state':
    case 'rule':
    case 'left-out':
    case 'evidence':
    case 'run':
      return renderDerivation(explanation);
    default:
      return assertNever(kind);
  }
}
