import { answer, listFigures } from '../../../reports/explanation/explain.ts';
import { renderExplanation } from '../../../reports/explanation/explanation-text.ts';
import { renderFigureList, renderFoundFigures } from '../../../reports/explanation/figure-list-text.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { documentText } from '../documents.ts';

/**
 * What `--explain` prints: how one figure came about, or a list of figures.
 * @param asked the text after the flag; anything else asks for all figures.
 */
export function explained(recorded: RecordedRun, asked: unknown, json: boolean): string {
  if (typeof asked !== 'string') {
    const list = listFigures(recorded);
    return json ? documentText('figures-output', list) : renderFigureList(list);
  }
  const answered = answer(recorded, asked);
  if (answered.kind === 'list') {
    return json ? documentText('figures-output', answered.list) : renderFoundFigures(answered.list);
  }
  const { explanation } = answered;
  return json ? documentText('explanation-output', explanation) : renderExplanation(explanation);
}
