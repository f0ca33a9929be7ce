import { counted, formatChangeInterval, formatNumber } from '../../bench/model/format.ts';
import { seriesOf as looksOf } from '../charts/series.ts';
import type { Chart } from '../charts/svg.ts';
import { band, besideAxis, drawingWidth, ink, paper, quiet } from '../charts/theme.ts';
import { linearAxis, tickLabels } from '../charts/ticks.ts';
import { asValues, median } from '../statistics/location.ts';
import type { Point, Series, Subject } from './history.ts';
import { allChanges, dateOf, datesWords, subjectWords } from './history-words.ts';

/** How large a drawing is made. A page shows the wide one where it has the room, else the narrow one. */
const trendSizes = {
  narrow: { width: drawingWidth, height: 200 },
  wide: { width: 720, height: 240 },
} as const;
export type TrendSize = keyof typeof trendSizes;

/** The wide drawing is never narrower than it was made, so that its text keeps its size. It replaces the one before it. */
export const trendStyle = `
.wide, .narrow { margin-bottom: 16px; }
.wide { display: none; }
.wide svg.chart { max-width: 900px; }
@media print, (min-width: 768px) { .wide { display: block; } .narrow:has(+ .wide) { display: none; } }
`;

/** What the axis at the side takes of the width, about. */
const sideWidth = 75;
/** Room of a date below the axis. */
const dateWidth = 84;
/** With more points, marks would hide each other: the line of estimates is enough. */
const mostMarks = 150;
/** Of that many runs, those within so many pixels are drawn together: a thousand runs have no more room than that. */
const binWidth = 2;

/**
 * The trend of one overhead: a band of intervals, the estimates, the levels, and where they change.
 * ```
 *   +26 %             ┆ ▒▒●▒▒●▒▒●▒
 *                     ┆━━━━━━━━━━━
 *   +18 % ▒●▒▒●▒▒●▒▒●▒┆
 *         ━━━━━━━━━━━━┆      ┆ change, ○ left out of the trend
 * ```
 * @param id unique in the page.
 */
export function trendChart(id: string, subject: Subject, series: Series, size: TrendSize): Chart {
  const { points, levels, changes } = series;
  const { width, height } = trendSizes[size];
  const placeOf = new Map(points.map((point, index) => [point, index]));
  const place = (point: Point) => placeOf.get(point) ?? 0;
  const rows = rowsOf(points, new Set(changes.map(({ at }) => at)));
  const inTrend = rows.filter(({ leftOut }) => leftOut === undefined);
  const left = rows.filter(({ leftOut }) => leftOut !== undefined);
  const hasMarks = !isLine(series);
  const bins = binsOf(inTrend, Math.ceil(inTrend.length / ((width - sideWidth) / binWidth)));
  const [look] = looksOf([{ path: subject.path, role: 'contender' }]);
  const color = look?.color ?? ink;
  const axis = axisOver(rows);
  const room = (width - sideWidth) / Math.max(1, points.length);
  const markSize = Math.min(22, Math.max(8, (0.8 * room) ** 2));
  const dates = datesOf(points, changes.map(({ at }) => place(at)).toReversed(), dateWidth / room);
  const mark = {
    type: 'point',
    opacity: 1,
    clip: true,
    stroke: color,
    shape: look?.shape ?? 'circle',
  } as const;
  return {
    id,
    title: subjectWords(subject),
    description: descriptionOf(subject, series),
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      ...besideAxis,
      width,
      height,
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          scale: { domain: [-0.5, Math.max(1, points.length) - 0.5], nice: false },
          axis: {
            values: [...dates.keys()],
            labelExpr: tickLabels([...dates.keys()], (x) => dates.get(x) ?? ''),
            labelOverlap: false,
            labelFlush: false,
            grid: false,
            title: 'run, by its date',
          },
        },
        y: {
          field: 'y',
          type: 'quantitative',
          scale: { domain: [...axis.domain], nice: false },
          axis: {
            values: [...axis.ticks],
            labelExpr: tickLabels(axis.ticks, changeLabel(axis.ticks)),
            title: 'change from the baseline',
            grid: true,
          },
        },
      },
      layer: [
        {
          name: 'intervals',
          data: { values: hasMarks ? stepsOf(inTrend) : bins.flatMap(bandOf) },
          mark: {
            type: 'area',
            color: band,
            opacity: 1,
            clip: true,
            interpolate: hasMarks ? 'step-after' : 'linear',
          },
          encoding: {
            y: { field: 'low', type: 'quantitative' },
            y2: { field: 'high' },
            detail: { field: 'block', type: 'nominal' },
          },
        },
        {
          name: 'changes',
          data: { values: changes.map(({ at }) => ({ x: place(at) - 0.5 })) },
          mark: { type: 'rule', color: quiet, strokeWidth: 1, strokeDash: [3, 3] },
          encoding: { y: { value: 0 }, y2: { value: height } },
        },
        {
          name: 'levels',
          data: {
            values: levels.map(({ ratio, from, to }) => ({
              x: place(from) - 0.5,
              x2: place(to) + 0.5,
              y: percent(ratio),
            })),
          },
          mark: { type: 'rule', color: ink, strokeWidth: 1.5 },
          encoding: { x2: { field: 'x2' } },
        },
        hasMarks
          ? {
              name: 'estimates',
              data: { values: inTrend },
              mark: { ...mark, size: markSize, strokeWidth: 1.2, fill: color },
            }
          : {
              name: 'estimates',
              data: { values: bins.flatMap(extremesOf) },
              mark: { type: 'line', color, strokeWidth: 1, clip: true },
              encoding: { detail: { field: 'level', type: 'nominal' } },
            },
        {
          name: 'left-out',
          data: { values: left },
          mark: { ...mark, size: markSize + 6, strokeWidth: 1.4, fill: paper },
        },
      ],
    },
  };
}

/** Whether the runs of a series are a line: they are too many for marks. */
export function isLine({ points }: Series): boolean {
  return points.filter(({ night }) => night !== undefined).length > mostMarks;
}

interface TrendRow {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly leftOut: Point['leftOut'];
  /** How many changes are before it: a line does not go across them. */
  readonly level: number;
  /** Equal for neighbors at one level: a band has a gap where a run is left out. */
  readonly block: number;
}

/** @param firsts the first points of new levels. */
function rowsOf(points: readonly Point[], firsts: ReadonlySet<Point>): readonly TrendRow[] {
  const rows: TrendRow[] = [];
  let [level, block] = [0, 0];
  for (const [x, point] of points.entries()) {
    const { interval, leftOut } = point;
    if (firsts.has(point)) level += 1;
    if (firsts.has(point) || leftOut !== undefined) block += 1;
    if (interval === undefined) continue;
    const [y = 0, low = 0, high = 0] = [interval.ratio, interval.ratioLow, interval.ratioHigh].map(percent);
    rows.push({ x, y, low, high, leftOut, level, block });
  }
  return rows;
}

/** Neighbors of one block, at most `size` of them together. */
function binsOf(rows: readonly TrendRow[], size: number): readonly (readonly TrendRow[])[] {
  const bins: TrendRow[][] = [];
  for (const row of rows) {
    const last = bins.at(-1);
    if (last !== undefined && last.length < size && last[0]?.block === row.block) last.push(row);
    else bins.push([row]);
  }
  return bins;
}

/** The mean interval of a bin, as wide as the room of its runs: a band needs two places, also where a bin is alone. */
function bandOf(bin: readonly TrendRow[]) {
  const [first, last] = [bin[0], bin.at(-1)];
  if (first === undefined || last === undefined) return [];
  const mean = (of: (row: TrendRow) => number) => bin.reduce((sum, row) => sum + of(row), 0) / bin.length;
  const interval = { low: mean(({ low }) => low), high: mean(({ high }) => high), block: first.block };
  return [
    { x: first.x - 0.5, ...interval },
    { x: last.x + 0.5, ...interval },
  ];
}

/** The lowest and the highest estimate of a bin, in their order: no outlier is lost. */
function extremesOf(bin: readonly TrendRow[]): readonly TrendRow[] {
  const values = bin.map(({ y }) => y);
  const [lowest, highest] = [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))];
  return bin.filter((_, index) => index === lowest || index === highest);
}

/** Each interval as wide as the room of its run, so that that of a single run is seen. */
function stepsOf(rows: readonly TrendRow[]): readonly TrendRow[] {
  return rows.flatMap((row, index) => {
    const begin = { ...row, x: row.x - 0.5 };
    return rows[index + 1]?.block === row.block ? [begin] : [begin, { ...row, x: row.x + 0.5 }];
  });
}

function percent(ratio: number): number {
  return (ratio - 1) * 100;
}

/** Changes in per cent, with a decimal where the steps need one. */
function changeLabel(ticks: readonly number[]): (change: number) => string {
  const decimals = Math.max(...ticks.map((it) => String(it).split('.')[1]?.length ?? 0));
  return (change) => `${change > 0 ? '+' : ''}${formatNumber(change, decimals)} %`;
}

/** All estimates, with the usual interval around them: a run of few rounds would take all of the room. */
function axisOver(rows: readonly { readonly y: number; readonly low: number; readonly high: number }[]) {
  const widths = asValues(rows.map(({ low, high }) => high - low));
  const room = widths === undefined ? 1 : median(widths);
  const estimates = rows.map(({ y }) => y);
  return estimates.length === 0
    ? linearAxis(-1, 1)
    : linearAxis(Math.min(...estimates) - room, Math.max(...estimates) + room);
}

/**
 * Dates below the axis: of the first and the last run, of changes, then of runs between them.
 * @param changes the newest first.
 * @param apart so many runs need the room of a date.
 */
function datesOf(
  points: readonly Point[],
  changes: readonly number[],
  apart: number,
): ReadonlyMap<number, string> {
  const last = points.length - 1;
  const between = Array.from({ length: Math.max(0, last) }, (_, index) => index);
  const kept: number[] = [];
  const keep = (places: readonly number[], least: number) => {
    for (const place of places) if (kept.every((it) => Math.abs(it - place) >= least)) kept.push(place);
  };
  keep([last, 0, ...changes], apart);
  keep(between, 1.25 * apart);
  return new Map(
    kept.flatMap((place) => {
      const point = points[place];
      return point === undefined ? [] : [[place, dateOf(point.run)] as const];
    }),
  );
}

function descriptionOf(subject: Subject, series: Series): string {
  const level = series.levels.at(-1);
  const changes = allChanges([{ subject, series: [series] }]).map(({ at }) => dateOf(at.run));
  return [
    `${counted(series.points.length, 'run')}, ${datesWords(series.points)}.`,
    level === undefined
      ? 'No run has an interval that counts.'
      : `Level now: ${formatChangeInterval(level)}.`,
    changes.length === 0 ? 'No change.' : `Changes: ${changes.toReversed().join(', ')}.`,
  ].join(' ');
}
