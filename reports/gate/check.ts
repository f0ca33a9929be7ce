import { Failure } from '../../bench/model/failure.ts';
import { counted, formatCount, formatPercent } from '../../bench/model/format.ts';
import type {
  AcceptedStep,
  Assertion,
  BoundLimit,
  GateCheck,
  GateConfig,
  GateLimit,
} from '../../bench/model/gate.ts';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { type MeasuredOverhead, reachesLevel } from '../../bench/model/summary.ts';
import { differenceBetween } from '../across/difference.ts';
import type { Judging } from './judging.ts';
import { figureWords, openWords, outcomeOf, overheadWords, worsening } from './limit-check.ts';
import { isSelected, selectedBy } from './matching.ts';
import { type EarlierPoint, earlierPoints, logOf, type Reference, referenceOf } from './reference.ts';
import { type Finding, findingOf, type Subject, subjectWords } from './subject.ts';

/** One limit of one assertion on one comparison. */
export interface Asserted {
  readonly assertion: Assertion & { readonly level: GateCheck['level'] };
  readonly limit: GateLimit;
  readonly subject: Subject;
}

/**
 * All that a config asserts of a run.
 * @throws {Failure} usage: an assertion matches nothing.
 */
export function assertedOf({ assertions }: GateConfig, { run }: RunRecord): readonly Asserted[] {
  return assertions.flatMap((assertion): readonly Asserted[] => {
    const { level, limits } = assertion;
    if (level === 'off') return [];
    const subjects = selectedBy(assertion, run);
    return limits.flatMap((limit) =>
      subjects.map((subject) => ({ assertion: { ...assertion, level }, limit, subject })),
    );
  });
}

/** What a check finds, without the names of what it is about. */
type Found = Pick<GateCheck, 'outcome' | 'figure' | 'reference' | 'accepted'> & { readonly says: string };

/**
 * Judges one limit on one comparison of a run.
 * @throws {Failure} usage: the run of an accepted step is missing.
 */
export function checkOf({ assertion, limit, subject }: Asserted, judging: Judging): GateCheck {
  const finding = findingOf(subject, judging.record.summary);
  const { says, ...found } = foundOf(limit, subject, finding, judging);
  const { overhead } = finding;
  return {
    level: assertion.level,
    place: assertion.place,
    sentence: `${subjectWords(subject)}: ${says}`,
    ...subject,
    kind: limit.kind,
    ...(limit.kind === 'noUntrusted' ? {} : { limit: limit.value }),
    ...(overhead === undefined ? {} : { overhead: { ...ratioOf(overhead), rounds: overhead.rounds } }),
    ...found,
  };
}

function foundOf(limit: GateLimit, subject: Subject, finding: Finding, judging: Judging): Found {
  if (limit.kind === 'noUntrusted') {
    return finding.kind === 'untrusted'
      ? { outcome: 'failed', says: `untrusted: ${finding.reason}` }
      : { outcome: 'passed', says: 'nothing makes it untrusted' };
  }
  if (finding.kind === 'untrusted') return { outcome: 'untrusted', says: finding.reason };
  if (limit.kind === 'minRounds') {
    const rounds = finding.overhead?.rounds ?? 0;
    const outcome = rounds < limit.value ? 'failed' : 'passed';
    return { outcome, says: `${counted(rounds, 'round')}, limit ${formatCount(limit.value)} or more` };
  }
  if (finding.kind === 'unmeasured') return { outcome: 'open', says: finding.reason };
  const { overhead } = finding;
  const wanted = judging.record.run.plan.confidence;
  if (!reachesLevel(overhead, wanted)) {
    return {
      outcome: 'open',
      says: `no ${formatPercent(wanted)} interval from ${counted(overhead.rounds, 'round')}`,
    };
  }
  if (limit.kind === 'maxRegression') return regressionOf(limit, subject, overhead, judging);
  const figure = overheadFigure(limit, subject, overhead);
  const outcome = outcomeOf(figure, limit.value);
  const what = limit.kind === 'maxOverhead' ? 'overhead' : 'difference';
  return {
    outcome,
    figure,
    says: `${what} ${figureWords(figure, limit, subject.metric)}${openWords(figure, limit, overhead.rounds)}`,
  };
}

/** What `maxOverhead` and `maxOverheadUs` limit. */
export function overheadFigure({ kind }: BoundLimit, { metric }: Subject, overhead: MeasuredOverhead) {
  if (kind !== 'maxOverheadUs') return worsening(metric, overhead);
  const { difference: value, differenceLow: low, differenceHigh: high } = overhead;
  return { value, low, high };
}

function regressionOf(
  limit: BoundLimit,
  subject: Subject,
  overhead: MeasuredOverhead,
  judging: Judging,
): Found {
  const { record, earlier } = judging;
  const { run } = record;
  const points = earlierPoints(subject, judging);
  const step = acceptedStepOf(subject, points, judging);
  const accepted =
    step === undefined ? {} : { accepted: { from: step.from, reason: step.reason, by: step.by } };
  const now = `overhead ${overheadWords(overhead)}`;
  if (step?.from === run.runId) {
    return { outcome: 'passed', ...accepted, says: `${now}, accepted by ${step.by}: ${step.reason}` };
  }
  const log = logOf(subject, record);
  if (log === undefined) return { outcome: 'open', says: `${now}: its interval has no width` };
  const { confidence } = run.plan;
  const figureFor = (change: RatioInterval) => worsening(subject.metric, change);
  const reference = referenceOf(points, {
    series: record.series,
    confidence,
    accepted: step,
    regressed: (change) => outcomeOf(figureFor(change), limit.value) === 'failed',
  });
  if (reference === undefined) {
    const why =
      earlier.length === 0
        ? 'there is no earlier run'
        : 'no earlier run has a trusted figure of it under the same load';
    return { outcome: 'open', ...accepted, says: `${now}: ${why}` };
  }
  const figure = figureFor(differenceBetween(reference.log, log, confidence));
  const outcome = outcomeOf(figure, limit.value);
  const changed = figureWords(figure, limit, subject.metric);
  const then = `${overheadWords(reference)} in ${runsWords(reference)}`;
  return {
    outcome,
    figure,
    reference: { ...ratioOf(reference), runs: [...reference.runs] },
    ...accepted,
    says: `${now} against ${then}: changed by ${changed}${openWords(figure, limit, overhead.rounds)}`,
  };
}

/**
 * The newest accepted step that a run begins, or whose run is a point before it. A step sets aside the runs before its own
 * run: without that run, nothing would be left to compare with.
 * @throws {Failure} usage: there are runs before the step, and its own is missing.
 */
function acceptedStepOf(
  subject: Subject,
  points: readonly EarlierPoint[],
  { record, earlier, accepted }: Judging,
): AcceptedStep | undefined {
  const { runId } = record.run;
  const steps = accepted.filter((it) => it.from <= runId && isSelected(it, subject));
  steps.sort((one, other) => (one.from < other.from ? 1 : -1));
  return steps.find(({ from, place }) => {
    const isMissing = from !== runId && earlier.every(({ run }) => run.runId !== from);
    if (isMissing && earlier.some(({ run }) => run.runId < from)) {
      throw new Failure('usage', `${place}: the accepted run ${from} is not among the earlier runs`, {
        hint: 'Put its run.json and summary.json back into the directory of the results. Or name a later run with the accepted overhead, or remove the entry.',
      });
    }
    return from === runId || points.some((it) => it.runId === from);
  });
}

function runsWords({ runs }: Reference): string {
  const newest = runs.at(-1);
  return runs.length === 1 ? `run ${newest}` : `${runs.length} earlier runs, the newest ${newest}`;
}

function ratioOf({ ratio, ratioLow, ratioHigh }: RatioInterval): RatioInterval {
  return { ratio, ratioLow, ratioHigh };
}
