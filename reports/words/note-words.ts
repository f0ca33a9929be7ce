import { labWords } from '../../bench/model/environment.ts';
import { formatPercent, formatWholePercent } from '../../bench/model/format.ts';
import { isMeasured } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { blockWords, foreignWords, sliceStartWords } from './case-words.ts';
import { ceilingWords } from './ceiling-words.ts';
import { kernelWords } from './kernel-words.ts';
import { roundsWords, whyNoNumbers } from './overhead-words.ts';
import { caseName, groupLabel } from './path-words.ts';
import { settingWords } from './setting-words.ts';
import { noSweepWords } from './sweep-words.ts';
import { jitterWords, openTimeWords } from './tail-words.ts';

/** What to know about a run besides its results, in sentences. */
export function noteWords({ run, summary, evidence }: ReportModel): readonly string[] {
  const { confidence } = run.plan;
  const { consistent, contradicted, unread } = summary.evidence;
  const several = run.plan.comparisons.length > 1;
  const openTimes = summary.cases.flatMap((it) => {
    const words = openTimeWords(it);
    return words === undefined ? [] : [`${groupLabel(it)}, ${caseName(it, several)}: ${words}.`];
  });
  return [
    ...settingWords(run),
    `Intervals: ${formatPercent(confidence)}, over ${roundsWords(summary)}.`,
    ...openTimes,
    `Path evidence: ${consistent} consistent, ${contradicted} contradicted, ${unread} unread.`,
    ...[
      labWords(run.environment.engine),
      blockWords(summary),
      foreignWords(summary),
      sliceStartWords(summary, confidence),
      ceilingWords(summary),
      jitterWords(summary),
      noSweepWords({ run, summary, evidence }),
      summary.measuredShare === undefined
        ? undefined
        : `${formatWholePercent(summary.measuredShare)} of the time was measuring.`,
      summary.advice,
    ].filter((words) => words !== undefined),
    ...kernelWords(summary),
  ];
}

/** Main results and other figures that have no numbers, and why. */
export function notShownList({ run, summary }: ReportModel): readonly string[] {
  const several = run.plan.comparisons.length > 1;
  const declared = [
    ...summary.overheads.map((overhead) => ({ overhead, role: 'contender' as const })),
    ...summary.twin.map((overhead) => ({ overhead, role: 'twin' as const })),
  ].filter(({ overhead }) => overhead.declared);
  const unmeasured = declared.flatMap(({ overhead, role }) => {
    const why = whyNoNumbers(overhead, summary.cases);
    if (why === undefined) return [];
    return [
      `${groupLabel(overhead)}, ${caseName({ path: overhead.path, role }, several)}: ${isMeasured(overhead) ? 'not measured, ' : ''}${why}`,
    ];
  });
  const untold = summary.notShown.map(
    ({ case: subject, metric, why }) =>
      `${groupLabel(subject)}, ${caseName(subject, several)}: ${metric}, ${why}`,
  );
  return [...unmeasured, ...untold];
}
