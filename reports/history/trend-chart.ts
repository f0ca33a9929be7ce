import { formatChangeInterval, formatNumber } from '../../bench/model/format.ts';
import { seriesOf as looksOf } from '../charts/series.ts';
import type { Chart } from '../charts/svg.ts';
import { band, besideAxis, ink, paper, quiet } from '../charts/theme.ts';
import { linearAxis, tickLabels } from '../charts/ticks.ts';
import { asValues, median } from '../statistics/location.ts';
import type { Point, Series, Subject } from './history.ts';
import { allChanges, dateOf, subjectWords } from './history-words.ts';

const height = 200;
/** Dates below the axis that do not touch each other. */
const mostDates = 3;
/** With more points, marks would hide each other: the line of estimates is enough. */
const mostMarks = 150;

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
export function trendChart(id: string, subject: Subject, series: Series): Chart {
  const { points, levels, changes } = series;
  const placeOf = new Map(points.map((point, index) => [point, index]));
  const place = (point: Point) => placeOf.get(point) ?? 0;
  const rows = points.flatMap(({ interval, leftOut }, x) => {
    if (interval === undefined) return [];
    const { ratio, ratioLow, ratioHigh } = interval;
    return [{ x, y: percent(ratio), low: percent(ratioLow), high: percent(ratioHigh), leftOut }];
  });
  const counted = rows.filter(({ leftOut }) => leftOut === undefined);
  const left = rows.filter(({ leftOut }) => leftOut !== undefined);
  const [look] = looksOf([{ path: subject.path, role: 'contender' }]);
  const color = look?.color ?? ink;
  const axis = axisOver(rows);
  const dates = datesOf(points);
  const clip = true;
  const point = { type: 'point', opacity: 1, clip, stroke: color, shape: look?.shape ?? 'circle' } as const;
  return {
    id,
    title: subjectWords(subject),
    description: descriptionOf(subject, series),
    spec: {
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      ...besideAxis,
      height,
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          scale: { domain: [-0.5, Math.max(1, points.length) - 0.5], nice: false },
          axis: {
            values: [...dates.keys()],
            labelExpr: tickLabels([...dates.keys()], (x) => dates.get(x) ?? ''),
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
          data: { values: counted },
          mark: { type: 'area', color: band, opacity: 1, clip },
          encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
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
        counted.length > mostMarks
          ? {
              name: 'estimates',
              data: { values: counted },
              mark: { type: 'line', color, strokeWidth: 1, clip },
            }
          : {
              name: 'estimates',
              data: { values: counted },
              mark: { ...point, size: 22, strokeWidth: 1.2, fill: color },
            },
        {
          name: 'left-out',
          data: { values: left },
          mark: { ...point, size: 28, strokeWidth: 1.4, fill: paper },
        },
      ],
    },
  };
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

/** Evenly spaced points with their dates. */
function datesOf(points: readonly Point[]): ReadonlyMap<number, string> {
  const count = Math.min(mostDates, points.length);
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const place = count === 1 ? 0 : Math.round((index * (points.length - 1)) / (count - 1));
      const point = points[place];
      return [place, point === undefined ? '' : dateOf(point.run)] as const;
    }),
  );
}

function descriptionOf(subject: Subject, series: Series): string {
  const level = series.levels.at(-1);
  const [first, last] = [series.points[0], series.points.at(-1)];
  const dates =
    first === undefined || last === undefined ? '' : `${dateOf(first.run)} to ${dateOf(last.run)}`;
  const changes = allChanges([{ subject, series: [series] }]).map(({ at }) => dateOf(at.run));
  return [
    `${series.points.length} runs, ${dates}.`,
    level === undefined
      ? 'No run has an interval that counts.'
      : `Level now: ${formatChangeInterval(level)}.`,
    changes.length === 0 ? 'No change.' : `Changes: ${changes.toReversed().join(', ')}.`,
  ].join(' ');
}
