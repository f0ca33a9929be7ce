import { capital } from '../../bench/model/capital.ts';
import { changeOf, formatChangeInterval } from '../../bench/model/format.ts';
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
import { type CellState, stateOf } from '../first-screen/cells.ts';
import { baselineName } from '../words/baseline-words.ts';
import { printerOf, subjectsIn } from './comparison-tables.ts';

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
    for (const row of rowsOf(comparison, comparisons)) {
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
      .flatMap((it) =>
        rowsOf(it, comparisons).map(({ label, value }) => `${subjectOf(it)}, ${label}: ${value}.`),
      )
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

/** @param all comparisons of one drawing. */
function rowsOf(comparison: RunComparison, all: readonly RunComparison[]): readonly Omit<OverheadRow, 'y'>[] {
  const print = printerOf(
    all.filter((it) => it.server === comparison.server && it.baseline === comparison.baseline),
  );
  const runs = comparison.overheads.map((own) => {
    const { measured, run, unused } = own;
    if (measured === undefined) return { label: run, value: 'not measured' };
    const { ratio, ratioLow, ratioHigh } = measured;
    const color = colorOf(own, comparison);
    const shape = { shape: 'circle', color, fill: unused === undefined ? color : paper } as const;
    return {
      label: run,
      value: [print(changeOf(measured)), ...verdictOf(own, comparison)].join(', '),
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

/** In words what the colour says, where it says anything. */
function verdictOf({ run, unused }: OfRun, comparison: RunComparison): readonly string[] {
  if (unused !== undefined) return ['not used'];
  const state = changeStateOf(run, comparison);
  return state === 'worse' || state === 'better' ? [state === 'worse' ? 'costs more' : 'costs less'] : [];
}

function changeStateOf(run: string, { differences }: RunComparison): CellState | undefined {
  const difference = differences.find(({ to }) => to === run);
  return difference === undefined ? undefined : stateOf(difference);
}

/** Colour follows the verdict on the change. */
function colorOf({ run, unused }: OfRun, comparison: RunComparison): string {
  if (unused !== undefined) return quiet;
  const state = changeStateOf(run, comparison);
  if (state === 'worse') return 'var(--slower)';
  return state === 'better' ? 'var(--faster)' : ink;
}
