import type { Explanation, FigureList } from '../../bench/model/explanation.ts';
import { Failure } from '../../bench/model/failure.ts';
import { metric, metricNames } from '../../bench/model/metric.ts';
import { nearest } from '../../bench/model/nearest.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { formatCount, formatPercent, formatRatioRange } from '../format.ts';
import { methodPage } from '../method-page.ts';
import { rememberedCumulative, signedRankIntervalRank } from '../statistics/signed-rank.ts';
import { analyse } from './analyse.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import { isPooled, sliceValue } from './metric-values.ts';
import type { AnalysedOverhead } from './overheads.ts';
import type { RecordedCase } from './recorded-cases.ts';

/** A comparison of the run on one metric, under the name by which a user asks for it. */
interface Figure {
  readonly id: string;
  readonly group: ComparisonGroup;
  readonly analysed: AnalysedOverhead;
  readonly twin: boolean;
}

/** Every figure that `explain` knows, in the order of the report: declared metrics first. */
export function listFigures(recorded: RecordedRun): FigureList {
  const all = figuresOf(recorded);
  const ordered = [
    ...all.filter((it) => it.analysed.overhead.primary),
    ...all.filter((it) => !it.analysed.overhead.primary),
  ];
  return {
    figures: ordered.map(({ id, analysed: { overhead } }) => {
      const { metric: name, primary, ratio, low, high } = overhead;
      return { figure: id, metric: name, primary, ratio, low, high };
    }),
  };
}

/**
 * How one figure of the report was computed, from the slices up to the verdict.
 * @param id `server:profile:path:metric`, e.g. `nginx:throughput:bridge/external/published:throughput`.
 * @throws {Failure} usage: no such figure in this run; the nearest one is named.
 */
export function explain(recorded: RecordedRun, id: string): Explanation {
  const figures = figuresOf(recorded);
  const found = figures.find((it) => it.id === id);
  if (found === undefined) throw unknownFigure(id, figures);
  const { group, analysed } = found;
  const { overhead, basis } = analysed;
  const { estimate, correction, detectable } = basis;
  const { confidence } = recorded.run.plan;
  const n = estimate.rounds;
  const { equivalenceInterval: equivalence } = estimate;
  return {
    figure: id,
    question: questionOf(found),
    overhead,
    rounds: estimate.paired.rounds.map(({ round, blocks, ...pair }) => ({
      round,
      ratio: Math.exp(pair.logRatio),
      ...pair,
      slices: [
        ...slicesOf(group.baseline, 'baseline', round, blocks, overhead.metric),
        ...slicesOf(basis.contender, 'contender', round, blocks, overhead.metric),
      ],
    })),
    estimator: {
      ofRound: isPooled(overhead.metric)
        ? 'ln of the ratio of the quantiles of the pooled slices of either side'
        : 'median over all pairs of a contender’s and a baseline’s slice of ln(contender/baseline)',
      ofRun: 'exp of the median of the Walsh averages of the rounds (Hodges–Lehmann)',
      walshAverages: (n * (n + 1)) / 2,
      rank: signedRankIntervalRank(rememberedCumulative()(n), confidence),
      wanted: confidence,
      reached: estimate.interval.confidence,
      equivalence: {
        confidence: equivalence.confidence,
        low: equivalence.low,
        high: equivalence.high,
      },
    },
    decision: {
      margin: metric(overhead.metric).margin,
      pNoDifference: estimate.pNoDifference,
      pWithinMargin: estimate.pWithinMargin,
      ...(correction === undefined ? {} : { correction: { method: 'Holm' as const, ...correction } }),
      steps: [...stepsOf(analysed, confidence)],
    },
    ...(detectable === undefined ? {} : { detectable }),
    leftOut: [
      ...leftOutOf(group.baseline, basis.contender, 'baseline'),
      ...leftOutOf(basis.contender, group.baseline, 'contender'),
    ],
    minResponses: metric(overhead.metric).minResponses,
    method: methodPage,
  };
}

/** The twin has the baseline's path; a path that is compared with two baselines names the one that is meant. */
function figuresOf(recorded: RecordedRun): readonly Figure[] {
  const { comparisons } = recorded.run.plan;
  return analyse(recorded).groups.flatMap(({ group, overheads, twin }) => {
    const idOf = (path: string, { overhead }: AnalysedOverhead) =>
      [group.server, group.profile.name, path, overhead.metric].join(':');
    return [
      ...overheads.map((analysed): Figure => {
        const { path } = analysed.overhead;
        const times = comparisons.filter(({ contenders }) => contenders.includes(path)).length;
        const named = times > 1 ? `${path}@${group.baselinePath}` : path;
        return { id: idOf(named, analysed), group, analysed, twin: false };
      }),
      ...twin.map(
        (analysed): Figure => ({
          id: idOf(`${group.baselinePath}@twin`, analysed),
          group,
          analysed,
          twin: true,
        }),
      ),
    ];
  });
}

function unknownFigure(id: string, figures: readonly Figure[]): Failure {
  const ids = figures.map((it) => it.id);
  const asked = metricNames.find((name) => id.endsWith(`:${name}`));
  const fewest = asked === undefined ? 1 : metric(asked).minResponses;
  const needs = fewest > 1 ? `${asked} needs ${formatCount(fewest)} responses in every round. ` : '';
  const meant = nearest(id, ids);
  return new Failure('usage', `this run has no figure "${id}"`, {
    hint:
      `${needs}${meant === undefined ? '' : `Did you mean "${meant}"? `}A figure is server:profile:path:metric; ` +
      '`bench report RUN --explain` lists all of them.',
  });
}

function questionOf({ group, analysed: { overhead }, twin }: Figure): string {
  const { label } = metric(overhead.metric);
  const contender = twin ? `its identical twin` : overhead.path;
  return (
    `${label} of ${group.server} under the ${group.profile.name} profile ` +
    `(${group.profile.connections} ${group.profile.connections === 1 ? 'connection' : 'connections'}): ` +
    `${contender} against ${overhead.baseline}`
  );
}

function slicesOf(
  recorded: RecordedCase,
  side: 'baseline' | 'contender',
  round: number,
  blocks: readonly number[],
  name: AnalysedOverhead['overhead']['metric'],
): Explanation['rounds'][number]['slices'] {
  return blocks.flatMap((block) => {
    const slice = recorded.rounds.get(round)?.get(block);
    if (slice === undefined) return [];
    const value = isPooled(name) ? undefined : sliceValue(slice, name);
    return [{ side, block, responses: slice.requests, ...(value === undefined ? {} : { value }) }];
  });
}

function stepsOf({ overhead, basis }: AnalysedOverhead, confidence: number): readonly string[] {
  const { margin } = metric(overhead.metric);
  const { equivalenceInterval } = basis.estimate;
  const level = formatPercent(confidence);
  return [
    `slower or faster: does the ${level} interval, ${formatRatioRange(overhead.low, overhead.high)}, lie wholly beyond ±${formatPercent(margin)}?`,
    ...(basis.correction === undefined
      ? ['the metric was not declared before the run: exploratory, without a correction']
      : basis.correction.comparisons === 1
        ? ['the metric was declared before the run, for a single comparison: nothing to correct']
        : [
            `and does it also after Holm's correction over ${basis.correction.comparisons} ${basis.correction.of}?`,
          ]),
    `equivalent: does the ${formatPercent(2 * confidence - 1)} interval, ${formatRatioRange(equivalenceInterval.low, equivalenceInterval.high)}, lie inside ±${formatPercent(margin)}?`,
    `${overhead.verdict}: ${overhead.verdictReason}`,
  ];
}

function leftOutOf(
  recorded: RecordedCase,
  other: RecordedCase,
  side: 'baseline' | 'contender',
): Explanation['leftOut'] {
  return recorded.slices.flatMap((slice): Explanation['leftOut'] => {
    const { round, block } = slice;
    switch (slice.status) {
      case 'failed':
        return [{ side, round, block, status: 'failed', why: slice.error.message }];
      case 'invalid': {
        const why = slice.reasons.map(({ rule, message }) => `${rule}: ${message}`).join('; ');
        return [{ side, round, block, status: 'invalid', why }];
      }
      default:
        if (other.rounds.get(round)?.has(block)) return [];
        return [{ side, round, block, status: 'unpaired', why: 'the other side has no slice of this block' }];
    }
  });
}
