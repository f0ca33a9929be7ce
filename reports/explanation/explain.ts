import type { Explanation } from '../../bench/model/explanation.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { FigureList } from '../../bench/model/figure.ts';
import { metric, metricNames } from '../../bench/model/metric.ts';
import { nearest } from '../../bench/model/nearest.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { analyse } from '../analysis/analyse.ts';
import { atItsLook } from '../analysis/look-level.ts';
import type { PooledBefore } from '../analysis/pooled-latencies.ts';
import { summarise } from '../analysis/summarise.ts';
import { formatCount } from '../format.ts';
import { caseFigures } from './explain-case.ts';
import { evidenceFigures } from './explain-evidence.ts';
import { overheadFigures } from './explain-overhead.ts';
import { leftOutFigures, ruleFigures } from './explain-rule.ts';
import { runFigures } from './explain-run.ts';
import { spreadFigures } from './explain-spread.ts';
import { steadyStateFigures } from './explain-steady-state.ts';
import { stepFigures } from './explain-step.ts';
import type { ExplainedFigure } from './explained.ts';

/** Every figure of the report that can be explained, in the order of the report: overheads first. */
export function listFigures(recorded: RecordedRun, pooled?: PooledBefore): FigureList {
  return listOf(explainedFigures(recorded, pooled));
}

/** What a user asked for: one figure's explanation, or a list of those that have the text in their name. */
export type Answer =
  | { readonly kind: 'explanation'; readonly explanation: Explanation }
  | { readonly kind: 'list'; readonly list: FigureList };

/**
 * How one figure of the report was computed, from the slices up; or, where the text is a part of the names of some, which
 * they are.
 * @param asked e.g. `nginx:throughput:bridge/external/published:throughput`, or `bridge/host`.
 * @throws {Failure} usage: no such figure in this run; the nearest one is named.
 */
export function answer(recorded: RecordedRun, asked: string, pooled?: PooledBefore): Answer {
  const figures = explainedFigures(recorded, pooled);
  const found = figures.find(({ figure }) => figure === asked);
  if (found !== undefined) return { kind: 'explanation', explanation: found.explain() };
  const some = figures.filter(({ figure }) => figure.includes(asked));
  if (some.length === 0) throw unknownFigure(asked, figures);
  return { kind: 'list', list: listOf(some) };
}

/** Every figure of the report, each ready to be explained. */
export function explainedFigures(read: RecordedRun, pooled?: PooledBefore): readonly ExplainedFigure[] {
  const recorded = atItsLook(read);
  const analysis = analyse(recorded, pooled);
  const reported = { recorded, analysis, summary: summarise(recorded, analysis) };
  return [
    ...overheadFigures(reported),
    ...stepFigures(reported),
    ...caseFigures(reported),
    ...spreadFigures(reported),
    ...steadyStateFigures(reported),
    ...ruleFigures(reported),
    ...leftOutFigures(reported),
    ...evidenceFigures(reported),
    ...runFigures(reported),
  ];
}

function listOf(figures: readonly ExplainedFigure[]): FigureList {
  return { figures: figures.map(({ explain: _, ...figure }) => figure) };
}

function unknownFigure(asked: string, figures: readonly ExplainedFigure[]): Failure {
  const ids = figures.map(({ figure }) => figure);
  const wanted = metricNames.find((name) => asked.endsWith(`:${name}`));
  const fewest = wanted === undefined ? 1 : metric(wanted).minResponses;
  const needs = fewest > 1 ? `${wanted} needs ${formatCount(fewest)} responses in every round. ` : '';
  const meant = nearest(asked, ids);
  return new Failure('usage', `this run has no figure "${asked}"`, {
    hint:
      `${needs}${meant === undefined ? '' : `Did you mean "${meant}"? `}An overhead is server:profile:path:metric; ` +
      '`bench report RUN --explain` lists all of them, and with a part of a name those that have it.',
  });
}
