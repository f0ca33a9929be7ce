import { untrustedOverhead } from '../../bench/model/distrust.ts';
import {
  absoluteFingerprint,
  type FingerprintDifference,
  fingerprintDifferences,
  loadFingerprint,
  passingFacts,
  seriesKey,
} from '../../bench/model/fingerprint.ts';
import { formatCount } from '../../bench/model/format.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { present } from '../../bench/model/present.ts';
import type {
  Across,
  DifferingFact,
  OfRun,
  RunComparison,
  RunComparisons,
  RunDifference,
} from '../../bench/model/run-comparison.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import type { Warning } from '../../bench/model/warning.ts';
import { holm } from '../statistics/holm.ts';
import { whyNoNumbers } from '../words/overhead-words.ts';
import { acrossRuns, fewestRuns } from './across-runs.ts';
import { type Difference, differenceBetween, judgeDifference } from './difference.ts';
import { type LogOverhead, logOverhead } from './log-overhead.ts';

/** Level of the intervals of differences. */
const confidence = 0.95;

interface NamedRun extends RunRecord {
  readonly name: string;
}

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
    warnings: warningsOf(runs),
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
  const entries = new Map<string, Entry>();
  for (const run of runs) {
    for (const overhead of run.summary.overheads) {
      const { server, profile, path, baseline, metric: name } = overhead;
      const key = JSON.stringify([server, profile, path, baseline, name]);
      const before = entries.get(key);
      const own = { run, overhead };
      entries.set(key, before === undefined ? [own] : [...before, own]);
    }
  }
  const all = [...entries.values()];
  return [...all.filter(isDeclared), ...all.filter((it) => !isDeclared(it))];
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

interface Side {
  readonly name: string;
  readonly untrusted: boolean;
  readonly unused?: string;
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
  const loads = entry.map(({ run }) => loadFingerprint(run.run, profile));
  const otherLoads = entry.flatMap((own, index) => {
    const differing = fingerprintDifferences([loads[0] ?? [], loads[index] ?? []]);
    return differing.length === 0 ? [] : [{ own, differing }];
  });
  const notCompared = otherLoads.map(({ own, differing }) =>
    left(
      [first, own],
      `the load differs: ${differing
        .map(
          ({ name: fact, values: [from, to] }) =>
            `${fact} ${from ?? 'none'} in ${first.run.name}, ${to ?? 'none'} in ${own.run.name}`,
        )
        .join('; ')}`,
    ),
  );
  const alike = entry.filter((it) => !otherLoads.some(({ own }) => own === it));
  if (alike.length < 2) return { notCompared };
  const sides = alike.map(sideOf);
  const across = acrossOf(sides);
  const [from, ...later] = sides;
  return {
    notCompared,
    draft: {
      ...compared,
      declared: isDeclared(entry),
      margin: marginOf(first.overhead),
      overheads: alike.map((own, index) => ofRun(own, sides[index]?.unused, sameEnvironment)),
      pairs: from === undefined ? [] : later.map((to) => pairOf(from, to)),
      ...present({ across }),
    },
  };
}

function sideOf({ run, overhead }: Measurement): Side {
  const { summary, name } = run;
  const distrust = untrustedOverhead(overhead, summary.overheads);
  const log = isMeasured(overhead) ? logOverhead(overhead) : undefined;
  const unused =
    distrust === undefined
      ? (whyNoNumbers(overhead, summary.cases) ??
        (log === undefined ? 'its rounds are too few, or too equal, for an interval' : undefined))
      : (distrust.reason ?? 'it cannot be trusted');
  return {
    name,
    untrusted: distrust !== undefined,
    ...present({ unused, log: unused === undefined ? log : undefined }),
  };
}

function ofRun({ run, overhead }: Measurement, unused: string | undefined, sameEnvironment: boolean): OfRun {
  if (!isMeasured(overhead)) return { run: run.name, ...present({ unused }) };
  const { ratio, ratioLow, ratioHigh, confidence: level, rounds } = overhead;
  const { baselineValue, contenderValue, difference, differenceLow, differenceHigh } = overhead;
  const absolute = { baselineValue, contenderValue, difference, differenceLow, differenceHigh };
  return {
    run: run.name,
    ...present({ unused }),
    measured: {
      ...{ ratio, ratioLow, ratioHigh, confidence: level, rounds },
      ...(sameEnvironment ? { absolute } : {}),
    },
  };
}

function pairOf(from: Side, to: Side): Pair {
  if (from.log === undefined || to.log === undefined) return { from, to };
  return { from, to, difference: differenceBetween(from.log, to.log, confidence) };
}

function acrossOf(sides: readonly Side[]): Across | undefined {
  const counting = sides.flatMap(({ name, log }) => (log === undefined ? [] : [{ name, log }]));
  if (counting.length < fewestRuns) return undefined;
  const { low, high, further, ...others } = acrossRuns(
    counting.map(({ log }) => log),
    confidence,
  );
  return {
    runs: counting.map(({ name }) => name),
    ...others,
    ratioLow: low,
    ratioHigh: high,
    furtherLow: further.low,
    furtherHigh: further.high,
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
  const between = { from: from.name, to: to.name };
  if (difference === undefined) {
    const reason = [from, to]
      .flatMap(({ name: run, unused }) => (unused === undefined ? [] : [`${run}: ${unused}`]))
      .join('; ');
    return from.untrusted || to.untrusted
      ? { ...between, verdict: 'untrusted', reason }
      : { ...between, reason: `not measured: ${reason}` };
  }
  const { ratio, low, high, degreesOfFreedom, pValue } = difference;
  const pCorrected = pOf.get(difference);
  const estimate = {
    ...{ ratio, ratioLow: low, ratioHigh: high, confidence, degreesOfFreedom, pValue },
    ...present({ pCorrected }),
  };
  if (pCorrected === undefined) return { ...between, reason: 'no main result: it gets no verdict', estimate };
  const circumstances = { metric: metric(name), margin, pCorrected, together: pOf.size };
  return { ...between, ...judgeDifference(difference, circumstances), estimate };
}

function warningsOf(runs: readonly NamedRun[]): Warning[] {
  const versions = new Set(runs.map(({ run }) => run.environment.benchVersion));
  const otherVersions: readonly Warning[] =
    versions.size === 1
      ? []
      : [
          {
            code: 'other-bench-version',
            message: `The runs were measured by several versions of bench: ${runs
              .map(({ name, run }) => `${name} by ${run.environment.benchVersion}`)
              .join(', ')}.`,
            hint: 'Their method is the same. The changelog says what else differs between the versions.',
          },
        ];
  const partial = runs
    .filter(({ run }) => run.state !== 'complete')
    .map(
      ({ name, run }): Warning => ({
        code: 'partial-run',
        message: `${name} is partial${run.stateReason === undefined ? '' : `: ${run.stateReason}`}.`,
        hint: 'Its comparisons rest on the rounds that ended before.',
      }),
    );
  return [...otherVersions, ...partial, ...rateWarnings(runs)];
}

/** Rates that a run finds follow from its machine. Beyond this factor they are told: CPU a request depends on the rate. */
const tolerableFactor = 1.1;

function rateWarnings(runs: readonly NamedRun[]): readonly Warning[] {
  const loads = [
    { load: 'equal rate', ratesOf: ({ run }: NamedRun) => run.rates },
    { load: 'open load', ratesOf: ({ run }: NamedRun) => run.pacedRates },
  ];
  return loads.flatMap(({ load, ratesOf }) => {
    const servers = [...new Set(runs.flatMap((it) => Object.keys(ratesOf(it) ?? {})))];
    return servers.flatMap((server): Warning[] => {
      const rates = runs.flatMap((it) => {
        const rate = ratesOf(it)?.[server];
        return rate === undefined ? [] : [{ name: it.name, rate }];
      });
      const values = rates.map(({ rate }) => rate);
      if (Math.max(...values) <= tolerableFactor * Math.min(...values)) return [];
      return [
        {
          code: 'other-rate',
          message: `The ${load} of ${server} differs: ${rates
            .map(({ name, rate }) => `${formatCount(rate)} requests/s in ${name}`)
            .join(', ')}.`,
          hint: 'Overheads at an equal rate depend on it. Give all runs one rate with --rate.',
        },
      ];
    });
  });
}
