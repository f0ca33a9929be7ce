import { formatCount } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { present } from '../../bench/model/present.ts';
import { metricsOf } from '../../bench/model/profile.ts';
import type { MeasuredOverhead, Overhead } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { type Estimate, estimatedFields, estimateOf, type Statistics, tooFewResponses } from './estimate.ts';
import { type Busy, busyOf, isServerSide, limitOfBoth } from './limit.ts';
import type { CaseFigures, GroupFigures } from './round-figures.ts';
import { clientsOwn, clientsOwnWords } from './send-lag.ts';
import { type Distrust, distrustOf, type Foreign, type TwinControl } from './trust.ts';
import { type Correction, judge } from './verdict.ts';

/** An overhead as reported, and the data it was computed from. */
export interface AnalysedOverhead {
  readonly overhead: Overhead;
  readonly contender: CaseFigures;
  /** Absent where no data that count are left. */
  readonly estimate?: Estimate;
  /** Present for declared comparisons only. */
  readonly correction?: Correction;
  readonly distrust?: Distrust;
}

/** A metric that the report does not show for a comparison, with the reason. */
interface NotShown {
  readonly contender: CaseFigures;
  readonly metric: string;
  readonly why: string;
}

/** A group with all its results. */
export interface AnalysedGroup {
  readonly figures: GroupFigures;
  /** One for each contender and metric: the contenders in the plan's order. */
  readonly overheads: readonly AnalysedOverhead[];
  /** One for each metric; empty without a twin. */
  readonly twin: readonly AnalysedOverhead[];
  /** Absent unless the group has a twin with a value on the declared metric. */
  readonly control?: TwinControl;
  readonly notShown: readonly NotShown[];
}

interface Compared {
  readonly figures: GroupFigures;
  readonly contender: CaseFigures;
  /** The estimate on the declared metric. */
  readonly estimate: Estimate | undefined;
  /** Whether a verdict can be given. What the agent limited is not tested: a capacity, or a quantile of its own. */
  readonly tested: boolean;
}

/**
 * From round figures to verdicts:
 *
 *   twins of the whole run on their declared metrics, Holm over them → control of each group → trust
 *   contenders of the whole run on their declared metrics, Holm over them → verdicts
 *
 * All other metrics have an estimate and an interval.
 */
export function analyseGroups(
  groups: readonly GroupFigures[],
  statistics: Statistics,
  foreign: Foreign | undefined,
): readonly AnalysedGroup[] {
  const declaredOf = (figures: GroupFigures, contender: CaseFigures): Compared => {
    const { declaredMetric: name } = figures.group.profile;
    const estimate = estimateOf(figures.baseline, contender, name, statistics);
    const limit = limitOfBoth(busyOf(figures.baseline).limit, busyOf(contender).limit);
    const tested =
      (name !== 'throughput_rps' || isServerSide(limit)) &&
      clientsOwn([figures.baseline, contender], name) === undefined;
    return { figures, contender, estimate, tested };
  };
  const twins = groups.flatMap((it) => (it.twin === undefined ? [] : [declaredOf(it, it.twin)]));
  const contenders = groups.flatMap((it) => it.contenders.map((contender) => declaredOf(it, contender)));
  const twinCorrections = corrections(twins);
  const contenderCorrections = corrections(contenders);
  return groups.map((figures): AnalysedGroup => {
    const { twin } = figures;
    const control = twin && controlOf(twins, twinCorrections, twin);
    const describe = (contender: CaseFigures, correction: Correction | undefined) =>
      comparisonsOf(figures, contender, {
        statistics,
        correction,
        distrust: distrustOf(figures, contender, control, { foreign, confidence: statistics.confidence }),
      });
    const described = figures.contenders.map((it) => describe(it, contenderCorrections.get(it)));
    return {
      figures,
      overheads: described.flatMap(({ overheads }) => overheads),
      twin: twin === undefined ? [] : describe(twin, twinCorrections.get(twin)).overheads,
      ...present({ control }),
      notShown: described.flatMap(({ notShown }) => notShown),
    };
  });
}

function controlOf(
  twins: readonly Compared[],
  corrected: ReadonlyMap<CaseFigures, Correction>,
  twin: CaseFigures,
): TwinControl | undefined {
  const estimate = twins.find(({ contender }) => contender === twin)?.estimate;
  const correction = corrected.get(twin);
  return estimate && correction && { estimate, ...correction };
}

/** Holm's correction over all tested comparisons. */
function corrections(compared: readonly Compared[]): ReadonlyMap<CaseFigures, Correction> {
  const present = compared.flatMap(({ contender, estimate, tested }) =>
    estimate === undefined || !tested ? [] : [{ contender, p: estimate.pNoDifference }],
  );
  const adjusted = holm(present.map(({ p }) => p));
  return new Map(
    present.map(({ contender }, index) => [
      contender,
      { comparisons: present.length, pNoDifference: adjusted[index] ?? 1 },
    ]),
  );
}

interface Findings {
  readonly statistics: Statistics;
  readonly correction: Correction | undefined;
  readonly distrust: Distrust | undefined;
}

function comparisonsOf(
  figures: GroupFigures,
  contender: CaseFigures,
  findings: Findings,
): { readonly overheads: readonly AnalysedOverhead[]; readonly notShown: readonly NotShown[] } {
  const { baseline, group } = figures;
  const notShown: NotShown[] = [];
  const busy = { baseline: busyOf(baseline), contender: busyOf(contender) };
  const overheads = metricsOf(group.profile).flatMap((name): AnalysedOverhead[] => {
    const estimate = estimateOf(baseline, contender, name, findings.statistics);
    const declared = name === group.profile.declaredMetric;
    const own = clientsOwn([baseline, contender], name);
    if (own !== undefined && !declared) {
      notShown.push({ contender, metric: metric(name).label, why: clientsOwnWords(own) });
      return [];
    }
    if (estimate !== undefined) return [measured(figures, contender, estimate, busy, findings)];
    const few = tooFewResponses([baseline, contender], name);
    if (few !== undefined) {
      const why = `${formatCount(few.responses)} of ${formatCount(few.needed)} responses in round ${few.round}`;
      notShown.push({ contender, metric: metric(name).label, why });
    }
    const distrust = findings.distrust ?? tooFew(few);
    return declared ? [unmeasured(figures, contender, { ...findings, distrust })] : [];
  });
  return { overheads, notShown };
}

function measured(
  { group, baseline }: GroupFigures,
  contender: CaseFigures,
  estimate: Estimate,
  busy: { readonly baseline: Busy; readonly contender: Busy },
  { statistics, correction, distrust }: Findings,
): AnalysedOverhead {
  const declared = estimate.metric === group.profile.declaredMetric;
  const limit = limitOfBoth(busy.baseline.limit, busy.contender.limit);
  const judged = declared
    ? judge(estimate, {
        confidence: statistics.confidence,
        correction: correction ?? { comparisons: 1, pNoDifference: estimate.pNoDifference },
        distrust,
        limit,
        clientsOwn: clientsOwn([baseline, contender], estimate.metric),
      })
    : undefined;
  const overhead: MeasuredOverhead = {
    ...head(group, contender, estimate.metric, statistics),
    declared,
    ...(judged?.verdict === undefined ? {} : { verdict: judged.verdict }),
    ...(judged === undefined ? {} : { reason: judged.reason }),
    baselineValue: estimate.baselineValue,
    contenderValue: estimate.baselineValue * estimate.ratio,
    ...estimatedFields(estimate),
    pValue: (declared ? correction?.pNoDifference : undefined) ?? estimate.pNoDifference,
    ...present({ limit }),
  };
  return {
    overhead,
    contender,
    estimate,
    ...(declared && correction !== undefined ? { correction } : {}),
    ...present({ distrust }),
  };
}

/** Why a quantile has no figure: a round has too few responses for it. */
function tooFew(few: ReturnType<typeof tooFewResponses>): Distrust | undefined {
  if (few === undefined) return undefined;
  const reason = `${formatCount(few.responses)} of ${formatCount(few.needed)} responses in round ${few.round}`;
  return { brief: reason, reason };
}

function unmeasured(
  { group }: GroupFigures,
  contender: CaseFigures,
  { distrust, statistics }: Findings,
): AnalysedOverhead {
  const why: Distrust = distrust ?? { brief: 'nothing of it counts', reason: 'nothing of it counts' };
  return {
    overhead: {
      ...head(group, contender, group.profile.declaredMetric, statistics),
      declared: true,
      verdict: 'untrusted',
      reason: why.reason,
    },
    contender,
    distrust: why,
  };
}

function head(
  group: GroupFigures['group'],
  contender: CaseFigures,
  name: Estimate['metric'],
  { margins }: Statistics,
) {
  return {
    server: group.server,
    profile: group.profile.name,
    path: contender.recorded.case.path,
    baseline: group.baselinePath,
    metric: name,
    ...present({ margin: margins?.[name] }),
  };
}

/** The declared comparison of the contender on `path`. */
export function declaredOverhead({ overheads }: AnalysedGroup, path: string): AnalysedOverhead | undefined {
  return overheads.find(({ overhead }) => overhead.declared && overhead.path === path);
}
