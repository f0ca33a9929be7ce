import type { Explanation } from '../../bench/model/explanation.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { FigureList } from '../../bench/model/figure.ts';
import { metric, metricNames } from '../../bench/model/metric.ts';
import { nearest } from '../../bench/model/nearest.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Summary } from '../../bench/model/summary.ts';
import { analyse } from '../analysis/analyse.ts';
import { summarise } from '../analysis/summarise.ts';
import { blockFigures } from './explain-blocks.ts';
import { caseFigures } from './explain-case.ts';
import { evidenceFigures } from './explain-evidence.ts';
import { overheadFigures } from './explain-overhead.ts';
import { leftOutFigures, ruleFigures } from './explain-rule.ts';
import { runFigures } from './explain-run.ts';
import { sliceStartFigures } from './explain-slice-start.ts';
import { stepFigures } from './explain-step.ts';
import type { ExplainedFigure, Reported } from './explained.ts';
import { caseName } from './figure-names.ts';

/** Every figure of the report that can be explained, in the order of the report: overheads first. */
export function listFigures(recorded: RecordedRun): FigureList {
  return listOf(explainedFigures(recorded));
}

/**
 * The answer to a user's request: the explanation of one figure, or a list of those whose name contains the
 * text.
 */
type Answer =
  | { readonly kind: 'explanation'; readonly explanation: Explanation }
  | { readonly kind: 'list'; readonly list: FigureList };

/**
 * Explains how one figure of the report was computed, from the slices up. If the text is only a part of
 * names, it lists the figures that have it in their name.
 * @param asked e.g. `nginx:throughput:bridge/external/published:throughput_rps`, or `bridge/host`.
 * @throws {Failure} usage: no such figure in this run; the nearest one is named.
 */
export function answer(recorded: RecordedRun, asked: string): Answer {
  const reported = report(recorded);
  const figures = figuresOf(reported);
  const found = figures.find(({ figure }) => figure === asked);
  if (found !== undefined) return { kind: 'explanation', explanation: found.explain() };
  const some = figures.filter(({ figure }) => figure.includes(asked));
  if (some.length === 0) throw unknownFigure(asked, figures, reported.summary);
  return { kind: 'list', list: listOf(some) };
}

/** Every figure of the report, each ready to be explained. */
export function explainedFigures(recorded: RecordedRun): readonly ExplainedFigure[] {
  return figuresOf(report(recorded));
}

function report(recorded: RecordedRun): Reported {
  const analysis = analyse(recorded);
  return { recorded, analysis, summary: summarise(recorded, analysis) };
}

function figuresOf(reported: Reported): readonly ExplainedFigure[] {
  return [
    ...overheadFigures(reported),
    ...stepFigures(reported),
    ...caseFigures(reported),
    ...blockFigures(reported),
    ...sliceStartFigures(reported),
    ...ruleFigures(reported),
    ...leftOutFigures(reported),
    ...evidenceFigures(reported),
    ...runFigures(reported),
  ];
}

function listOf(figures: readonly ExplainedFigure[]): FigureList {
  return { figures: figures.map(({ explain: _, ...figure }) => figure) };
}

/**
 * The failure for an unknown figure. If the report does not show that metric of a comparison, it gives the
 * reason.
 */
function unknownFigure(asked: string, figures: readonly ExplainedFigure[], { notShown }: Summary): Failure {
  const missing = notShown.find(({ case: it, metric: label }) =>
    metricNames.some((name) => metric(name).label === label && asked === `${caseName(it)}:${name}`),
  );
  const why = missing === undefined ? '' : `${missing.metric}: ${missing.why}. `;
  const meant = nearest(
    asked,
    figures.map(({ figure }) => figure),
  );
  return new Failure('usage', `this run has no figure "${asked}"`, {
    hint:
      `${why}${meant === undefined ? '' : `Did you mean "${meant}"? `}An overhead is server:profile:path:metric; ` +
      '`bench report RUN --explain` lists all of them, and with a part of a name those that have it.',
  });
}
