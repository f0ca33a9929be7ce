import { metric } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { Overhead } from '../../bench/model/summary.ts';
import { type DetectableChange, detectableChange } from '../statistics/detectable-change.ts';
import { holm } from '../statistics/holm.ts';
import { type ClientBound, clientBound, readsAtLeast } from './client-bound.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import { type Estimate, estimates, type Statistics } from './estimate.ts';
import type { PooledLatencies } from './pooled-latencies.ts';
import type { RecordedCase } from './recorded-cases.ts';
import { splitSpread } from './spread.ts';
import { distrustOf, type TwinControl } from './trust.ts';
import { type Correction, type Distrust, judge, type OpenCause, roundsToShow } from './verdict.ts';

/** An overhead as reported, and what kept it open if its verdict is `inconclusive`. */
export interface JudgedOverhead {
  readonly overhead: Overhead;
  readonly cause?: OpenCause;
  /** What made its verdict `untrusted`. */
  readonly distrust?: Distrust;
}

/** What an overhead was computed from. */
export interface Basis {
  readonly contender: RecordedCase;
  readonly estimate: Estimate;
  /** On the primary metric only. */
  readonly correction?: Correction;
  readonly detectable?: DetectableChange;
}

export interface AnalysedOverhead extends JudgedOverhead {
  readonly basis: Basis;
}

/** A group with the verdicts on its contenders. */
export interface JudgedGroup {
  readonly group: ComparisonGroup;
  readonly overheads: readonly JudgedOverhead[];
}

/** A group with all that was found out about it. */
export interface AnalysedGroup extends JudgedGroup {
  /** One for each contender and metric: the contenders in the plan's order. */
  readonly overheads: readonly AnalysedOverhead[];
  /** One for each metric; empty without a twin. */
  readonly twin: readonly AnalysedOverhead[];
  /** Absent without a twin that has a value on the primary metric. */
  readonly control?: TwinControl;
}

interface EstimatedCase {
  readonly recorded: RecordedCase;
  readonly estimates: readonly Estimate[];
}

interface EstimatedGroup {
  readonly group: ComparisonGroup;
  readonly twin?: EstimatedCase;
  readonly contenders: readonly EstimatedCase[];
}

/**
 * From paired rounds to verdicts:
 *
 *   estimate every case on every metric
 *     → control: the twins of the whole run on their primary metrics, Holm over all of them
 *     → trust of each group
 *     → contenders of a group on its primary metric, Holm over them → verdicts
 */
export function analyseGroups(
  groups: readonly ComparisonGroup[],
  latencies: PooledLatencies,
  statistics: Statistics,
): readonly AnalysedGroup[] {
  const { confidence } = statistics;
  const estimated = groups.map((group): EstimatedGroup => {
    const of = (recorded: RecordedCase): EstimatedCase => ({
      recorded,
      estimates: estimates(group, recorded, latencies, statistics),
    });
    return {
      group,
      ...(group.twin === undefined ? {} : { twin: of(group.twin) }),
      contenders: group.contenders.map(of),
    };
  });

  const twinPrimaries = estimated.map(({ group, twin }) => primaryEstimate(group, twin));
  const twinCorrections = corrections(twinPrimaries, 'twins');
  return estimated.map((it, index): AnalysedGroup => {
    const twinEstimate = twinPrimaries[index];
    const twinCorrection = twinCorrections[index];
    const control =
      twinEstimate && twinCorrection ? { estimate: twinEstimate, correction: twinCorrection } : undefined;
    const distrust = distrustOf(it.group, control, confidence);
    const contenderCorrections = corrections(
      it.contenders.map((contender) => primaryEstimate(it.group, contender)),
      'contenders',
    );
    const describe = (
      subject: EstimatedCase,
      correction: Correction | undefined,
    ): readonly AnalysedOverhead[] => {
      const bound = clientBound(it.group.baseline, subject.recorded);
      return subject.estimates.map((estimate) =>
        overhead(it, subject.recorded, estimate, { statistics, correction, distrust, bound }),
      );
    };
    return {
      group: it.group,
      overheads: it.contenders.flatMap((contender, place) =>
        describe(contender, contenderCorrections[place]),
      ),
      twin: it.twin === undefined ? [] : describe(it.twin, twinCorrection),
      ...(control === undefined ? {} : { control }),
    };
  });
}

function primaryEstimate(group: ComparisonGroup, subject: EstimatedCase | undefined): Estimate | undefined {
  return subject?.estimates.find((it) => it.metric === group.profile.primaryMetric);
}

/** Holm's correction over those that have an estimate; in the order of the input. */
function corrections(
  members: readonly (Estimate | undefined)[],
  of: string,
): readonly (Correction | undefined)[] {
  const present = members.filter((it) => it !== undefined);
  const noDifference = holm(present.map((it) => it.pNoDifference));
  const withinMargin = holm(present.map((it) => it.pWithinMargin));
  return members.map((member) => {
    if (member === undefined) return undefined;
    const place = present.indexOf(member);
    return {
      comparisons: present.length,
      of,
      pNoDifference: noDifference[place] ?? 1,
      pWithinMargin: withinMargin[place] ?? 1,
    };
  });
}

interface Findings {
  readonly statistics: Statistics;
  readonly correction: Correction | undefined;
  readonly distrust: Distrust | undefined;
  readonly bound: ClientBound;
}

function overhead(
  { group, twin }: EstimatedGroup,
  recorded: RecordedCase,
  estimate: Estimate,
  { statistics, correction, distrust, bound }: Findings,
): AnalysedOverhead {
  const { confidence } = statistics;
  const { name, unit } = metric(estimate.metric);
  const primary = name === group.profile.primaryMetric;
  const twinRounds = twin?.estimates.find((it) => it.metric === name)?.paired.logRatios;
  const circumstances = {
    confidence,
    ...(primary && correction ? { correction } : {}),
    ...(distrust === undefined ? {} : { distrust }),
    clientHides: name !== 'cpu-per-request' && (bound.baseline || bound.contender),
  };
  const judged = judge(estimate, circumstances);
  const shown = judged.verdict === 'slower' || judged.verdict === 'faster';
  const clientCapped = shown && name === 'throughput' && (bound.baseline || bound.contender);
  const atLeast = clientCapped && readsAtLeast(bound, estimate.ratio);
  const proviso =
    clientCapped && !atLeast
      ? '; only the slower side was client-bound, so the servers may differ by less'
      : '';
  // With fewer rounds no change of any size can be shown, so no size is stated.
  const detectable =
    twinRounds && estimate.rounds >= roundsToShow(circumstances)
      ? detectableChange(twinRounds, estimate.rounds, confidence, statistics.multipleOf)
      : undefined;
  const spread = splitSpread(estimate.paired);
  const described: Overhead = {
    server: group.server,
    profile: group.profile.name,
    path: recorded.case.path,
    baseline: group.baselinePath,
    metric: name,
    unit,
    primary,
    baselineValue: estimate.paired.baselineValue,
    contenderValue: estimate.paired.contenderValue,
    ratio: estimate.ratio,
    low: estimate.interval.low,
    high: estimate.interval.high,
    confidence: estimate.interval.confidence,
    absoluteDifference: estimate.absolute,
    rounds: estimate.rounds,
    verdict: judged.verdict,
    verdictReason: `${judged.verdictReason}${proviso}`,
    atLeast,
    pValue: (primary ? correction?.pNoDifference : undefined) ?? estimate.pNoDifference,
    ...(detectable === undefined ? {} : { detectable: detectable.change }),
    ...(spread === undefined ? {} : { spread }),
  };
  const basis: Basis = {
    contender: recorded,
    estimate,
    ...(primary && correction ? { correction } : {}),
    ...(detectable === undefined ? {} : { detectable }),
  };
  if (judged.verdict === 'inconclusive') return { overhead: described, basis, cause: judged.cause };
  return { overhead: described, basis, ...(distrust === undefined ? {} : { distrust }) };
}

/** The overhead on the profile's declared metric, of the contender on `path`. */
export function primaryOverhead(analysed: JudgedGroup, path: PathId): JudgedOverhead | undefined {
  return analysed.overheads.find(({ overhead }) => overhead.primary && overhead.path === path);
}
