import { capital } from '../../bench/model/capital.ts';
import { formatChangeInterval } from '../../bench/model/format.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import type { OfRun, RunComparison, RunComparisons } from '../../bench/model/run-comparison.ts';
import {
  headHeight,
  type Interval,
  type OverheadRow,
  overheadSpec,
  rowLayouts,
  type ServerRow,
} from '../charts/overhead-spec.ts';
import type { Chart } from '../charts/svg.ts';
import { ink, paper, quiet } from '../charts/theme.ts';
import { ratioAxis } from '../charts/ticks.ts';
import { stateOf } from '../first-screen/cells.ts';
import { baselineName } from '../words/baseline-words.ts';
import { subjectsIn } from './comparison-tables.ts';

const subjectHeight = 24;
/** Share of the axis that a label such as `+100 %` takes. */
const labelShare = 0.15;

/** A drawing for each declared metric: below each path the overhead in every run, then in all together. */
export function compareCharts(document: RunComparisons): readonly Chart[] {
  const { path } = subjectsIn(document);
  const declared = document.comparisons.filter((it) => it.declared && it.overheads.some(counts));
  const questions = new Map<string, { readonly profile: ProfileName; readonly metric: MetricName }>();
  for (const { profile, metric: name } of declared) {
    questions.set(`${profile} ${name}`, { profile, metric: name });
  }
  return [...questions.values()].map(({ profile, metric: name }) =>
    chartOf(
      declared.filter((it) => it.profile === profile && it.metric === name),
      profile,
      name,
      path,
    ),
  );
}

function chartOf(
  comparisons: readonly RunComparison[],
  profile: ProfileName,
  name: MetricName,
  subjectOf: (comparison: RunComparison) => string,
): Chart {
  const margin = Math.max(...comparisons.map((it) => it.margin));
  const against = comparedNames(comparisons);
  const shown = { ...metric(name), margin, against };
  const subjects: ServerRow[] = [];
  const rows: OverheadRow[] = [];
  let height: number = headHeight;
  for (const comparison of comparisons) {
    subjects.push({ y: height + subjectHeight / 2, text: subjectOf(comparison) });
    height += subjectHeight;
    for (const row of rowsOf(comparison)) {
      rows.push({ ...row, y: height });
      height += rowLayouts.plain.height;
    }
  }
  const ends = [
    1 - margin,
    1 + margin,
    ...rows.flatMap(({ interval }) => (interval === undefined ? [] : [interval.low, interval.high])),
  ];
  const axis = ratioAxis(Math.min(...ends), Math.max(...ends), labelShare);
  return {
    id: `compare-${profile}-${name}`,
    title: `${capital(shown.label)}, ${readerWords[profile].reader}`,
    description: comparisons
      .flatMap((it) => rowsOf(it).map(({ label, value }) => `${subjectOf(it)}, ${label}: ${value}.`))
      .join(' '),
    spec: overheadSpec(shown, axis, height, subjects, rows, 'plain'),
  };
}

/** What the paths of some comparisons are compared with inside each run: `host mode`. */
export function comparedNames(comparisons: readonly Pick<RunComparison, 'baseline'>[]): string {
  return [...new Set(comparisons.map(({ baseline }) => baselineName(baseline)))].join(' or ');
}

function counts({ measured, unused }: OfRun): boolean {
  return measured !== undefined && unused === undefined;
}

function rowsOf(comparison: RunComparison): readonly Omit<OverheadRow, 'y'>[] {
  const runs = comparison.overheads.map((own) => {
    const { measured, run, unused } = own;
    if (measured === undefined) return { label: run, value: 'not measured' };
    const { ratio, ratioLow, ratioHigh } = measured;
    const color = colorOf(own, comparison);
    const shape = { shape: 'circle', color, fill: unused === undefined ? color : paper } as const;
    return {
      label: run,
      value: `${formatChangeInterval(measured)}${unused === undefined ? '' : ', not used'}`,
      interval: { ratio, low: ratioLow, high: ratioHigh, ...shape } satisfies Interval,
    };
  });
  const { across } = comparison;
  if (across === undefined) return runs;
  const { ratio, ratioLow: low, ratioHigh: high } = across;
  return [
    ...runs,
    {
      label: 'all runs',
      value: formatChangeInterval(across),
      interval: { ratio, low, high, inner: { low, high }, shape: 'diamond', color: ink, fill: ink },
    },
  ];
}

/** Colour follows the verdict on the change. The table says it in words. */
function colorOf({ run, unused }: OfRun, { differences }: RunComparison): string {
  const difference = differences.find(({ to }) => to === run);
  if (unused !== undefined) return quiet;
  const state = difference === undefined ? 'open' : stateOf(difference);
  if (state === 'worse') return 'var(--slower)';
  return state === 'better' ? 'var(--faster)' : ink;
}
