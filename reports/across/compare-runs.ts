import { untrustedOverhead } from '../../bench/model/distrust.ts';
import {
  absoluteFingerprint,
  type FingerprintDifference,
  fingerprintDifferences,
  loadFingerprint,
  passingFacts,
  seriesKey,
} from '../../bench/model/fingerprint.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { present } from '../../bench/model/present.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import type {
  Across,
  DifferingFact,
  OfRun,
  RunComparison,
  RunComparisons,
  RunDifference,
} from '../../bench/model/run-comparison.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { isMeasured, type MeasuredOverhead, type Overhead } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { whyNoNumbers } from '../words/overhead-words.ts';
import { acrossRuns, fewestRuns } from './across-runs.ts';
import { compareWarnings, type NamedRun } from './compare-warnings.ts';
import { type Difference, differenceBetween, judgeDifference } from './difference.ts';
import { intervalOf, type LogOverhead, logOverhead } from './log-overhead.ts';

/** Level of the intervals of differences. */
const confidence = 0.95;

/**
 * Several runs side by side: the difference of their overheads, which compare across machines, and what they have in
 * common. The first run is what the others are compared with.
 *
 *   overheads by comparison → runs under the same load → differences from the first → Holm over the declared ones
 *                                                      → verdicts; from three runs on: all runs together
 *
 * @param records at least two runs of this schema version.
 */
export function compareRuns(records: readonly RunRecord[]): RunComparisons {
  const runs = records.map((record, index): NamedRun => ({ ...record, name: nameOf(index) }));
  const fingerprints = runs.map(({ run }) => absoluteFingerprint(run));
  const differences = fingerprintDifferences(fingerprints);
  const same = differences.length === 0;
  const found = entriesOf(runs).map((entry) => comparable(entry, same));
  const drafts = found.flatMap(({ draft }) => (draft === undefined ? [] : [draft]));
  return {
    runs: runs.map(({ name, run, summary }, index) => ({
      name,
      runId: run.runId,
      startedAt: run.startedAt,
      state: run.state,
      rounds: Math.max(0, ...summary.overheads.map((it) => (isMeasured(it) ? it.rounds : 0))),
      benchVersion: run.environment.benchVersion,
      environment: seriesKey(fingerprints[index] ?? []),
    })),
    confidence,
    environment: {
      same,
      differences: differences.map(differingFact),
      passing: fingerprintDifferences(runs.map(({ run }) => passingFacts(run))).map(differingFact),
    },
    comparisons: judged(drafts),
    notCompared: found.flatMap(({ notCompared }) => notCompared),
    warnings: compareWarnings(runs),
  };
}

function differingFact({ group, name, values }: FingerprintDifference): DifferingFact {
  return {
    group,
    name,
    values: values.map((value, index) => ({ run: nameOf(index), ...present({ value }) })),
  };
}

/** A, B, … Z, then R27, R28, … */
function nameOf(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : `R${index + 1}`;
}

interface Measurement {
  readonly run: NamedRun;
  readonly overhead: Overhead;
}

/** One comparison with the runs that have it, the first of them first. */
type Entry = readonly [Measurement, ...Measurement[]];

/** Comparisons in the order of the first run, the declared ones first. */
function entriesOf(runs: readonly NamedRun[]): readonly Entry[] {
  const measurements = runs.flatMap((run) => run.summary.overheads.map((overhead) => ({ run, overhead })));
  const entries = grouped(measurements, ({ overhead: { server, profile, path, baseline, metric: name } }) =>
    JSON.stringify([server, profile, path, baseline, name]),
  );
  return [...entries.values()].toSorted((one, other) => Number(isDeclared(other)) - Number(isDeclared(one)));
}

function isDeclared(entry: Entry): boolean {
  return entry.every(({ overhead }) => overhead.declared);
}

/** A comparison before its differences are corrected together. */
interface Draft extends Omit<RunComparison, 'differences'> {
  readonly pairs: readonly Pair[];
}

interface Pair {
  readonly from: Side;
  readonly to: Side;
  /** Absent where a side has no figure that counts. */
  readonly difference?: Difference;
}

/** What one run has of a comparison. */
interface Side {
  readonly shown: OfRun;
  readonly isUntrusted: boolean;
  /** Present where its figure counts. */
  readonly log?: LogOverhead;
}

interface Found {
  readonly draft?: Draft;
  readonly notCompared: RunComparisons['notCompared'];
}

function comparable(entry: Entry, sameEnvironment: boolean): Found {
  const [first] = entry;
  const { server, profile, path, baseline, metric: name } = first.overhead;
  const compared = { server, profile, path, baseline, metric: name };
  const left = (of: readonly Measurement[], reason: string) => ({
    ...compared,
    runs: of.map(({ run }) => run.name),
    reason,
  });
  if (entry.length === 1) return { notCompared: [left(entry, `only ${first.run.name} has it`)] };
  const loads = grouped(entry, (it) => loadDifference(first, it, profile));
  const notCompared = [...loads].flatMap(([difference, of]) =>
    difference === '' ? [] : of.map((it) => left([first, it], `the load differs: ${difference}`)),
  );
  const [from, ...later] = (loads.get('') ?? []).map((it) => sideOf(it, sameEnvironment));
  if (from === undefined || later.length === 0) return { notCompared };
  const sides = [from, ...later];
  return {
    notCompared,
    draft: {
      ...compared,
      declared: isDeclared(entry),
      margin: marginOf(first.overhead),
      overheads: sides.map(({ shown }) => shown),
      pairs: later.map((to) => pairOf(from, to)),
      ...present({ across: acrossOf(sides) }),
    },
  };
}

/** How the load of a run differs from that of the first one; empty where it is the same. */
function loadDifference(first: Measurement, other: Measurement, profile: ProfileName): string {
  const [from, to] = [first.run, other.run];
  return fingerprintDifferences([from, to].map(({ run }) => loadFingerprint(run, profile)))
    .map(
      ({ name, values: [was, is] }) =>
        `${name} ${was ?? 'none'} in ${from.name}, ${is ?? 'none'} in ${to.name}`,
    )
    .join('; ');
}

function sideOf({ run: { name, summary }, overhead }: Measurement, sameEnvironment: boolean): Side {
  const distrust = untrustedOverhead(overhead, summary.overheads);
  const log = isMeasured(overhead) ? logOverhead(overhead) : undefined;
  const unused =
    distrust === undefined
      ? (whyNoNumbers(overhead, summary.cases) ??
        (log === undefined ? 'its rounds are too few, or too equal, for an interval' : undefined))
      : (distrust.reason ?? 'it cannot be trusted');
  const measured = isMeasured(overhead) ? measuredOf(overhead, sameEnvironment) : undefined;
  return {
    shown: { run: name, ...present({ unused, measured }) },
    isUntrusted: distrust !== undefined,
    ...present({ log: unused === undefined ? log : undefined }),
  };
}

function measuredOf(overhead: MeasuredOverhead, sameEnvironment: boolean): OfRun['measured'] {
  const { ratio, ratioLow, ratioHigh, confidence: level, rounds } = overhead;
  const { baselineValue, contenderValue, difference, differenceLow, differenceHigh } = overhead;
  const absolute = { baselineValue, contenderValue, difference, differenceLow, differenceHigh };
  return {
    ...{ ratio, ratioLow, ratioHigh, confidence: level, rounds },
    ...(sameEnvironment ? { absolute } : {}),
  };
}

function pairOf(from: Side, to: Side): Pair {
  if (from.log === undefined || to.log === undefined) return { from, to };
  return { from, to, difference: differenceBetween(from.log, to.log, confidence) };
}

function acrossOf(sides: readonly Side[]): Across | undefined {
  const counting = sides.flatMap(({ shown: { run }, log }) => (log === undefined ? [] : [{ run, log }]));
  if (counting.length < fewestRuns) return undefined;
  const { mean, further, ...spread } = acrossRuns(counting.map(({ log }) => log));
  const { ratioLow: furtherLow, ratioHigh: furtherHigh } = intervalOf(further, confidence);
  return {
    runs: counting.map(({ run }) => run),
    ...{ ...intervalOf(mean, confidence), confidence, furtherLow, furtherHigh, ...spread },
  };
}

/** Verdicts on all declared differences, corrected together. */
function judged(drafts: readonly Draft[]): RunComparison[] {
  const family = drafts
    .filter(({ declared }) => declared)
    .flatMap(({ pairs }) => pairs.flatMap(({ difference }) => difference ?? []));
  const corrected = holm(family.map(({ pValue }) => pValue));
  const pOf = new Map(family.map((difference, index) => [difference, corrected[index] ?? 1]));
  return drafts.map(({ pairs, ...draft }) => ({
    ...draft,
    differences: pairs.map((pair) => differenceOf(pair, draft, pOf)),
  }));
}

function differenceOf(
  { from, to, difference }: Pair,
  { metric: name, margin }: Omit<Draft, 'pairs'>,
  pOf: ReadonlyMap<Difference, number>,
): RunDifference {
  const between = { from: from.shown.run, to: to.shown.run };
  if (difference === undefined) {
    const reason = [from, to]
      .flatMap(({ shown: { run, unused } }) => (unused === undefined ? [] : [`${run}: ${unused}`]))
      .join('; ');
    return from.isUntrusted || to.isUntrusted
      ? { ...between, verdict: 'untrusted', reason }
      : { ...between, reason: `not measured: ${reason}` };
  }
  const { inner: _, ...own } = difference;
  const pCorrected = pOf.get(difference);
  const estimate = { ...own, ...present({ pCorrected }) };
  if (pCorrected === undefined) return { ...between, reason: 'no main result: it gets no verdict', estimate };
  const circumstances = { metric: metric(name), margin, pCorrected, together: pOf.size };
  return { ...between, ...judgeDifference(difference, circumstances), estimate };
}
