import { formatNumber } from '../../bench/model/format.ts';
import type { Metric } from '../../bench/model/metric.ts';
import type { Shape } from './series.ts';
import type { ChartSpec } from './svg.ts';
import { chartConfig, chartWidth, ink, quiet, textSize } from './theme.ts';
import { type Axis, tickLabels } from './ticks.ts';

/** `y` is in pixels from the top. */
export interface ServerRow {
  readonly y: number;
  readonly text: string;
}

/** One ratio with its intervals, and how it is drawn. */
export interface Interval {
  readonly ratio: number;
  /** At the level 1 − α, which decides whether there is a difference. */
  readonly low: number;
  readonly high: number;
  /** At the level 1 − 2α, which decides whether the difference is too small to matter. Absent where nothing may be decided. */
  readonly inner?: { readonly low: number; readonly high: number };
  readonly color: string;
  readonly shape: Shape;
  readonly fill: string;
}

export interface OverheadRow {
  readonly y: number;
  readonly label: string;
  readonly value: string;
  /** Absent where there is no figure to draw. */
  readonly interval?: Interval;
}

/** Pixels from the top of a row. With roomy rows, the value has a line of its own below the label. */
export const rowLayouts = {
  plain: { label: 10, value: 10, interval: 28, height: 40 },
  roomy: { label: 10, value: 26, interval: 44, height: 58 },
} as const;
export type RowLayout = keyof typeof rowLayouts;

/** Room above the first row, for what names the margin. */
export const headHeight = 20;

const y = { field: 'y', type: 'quantitative', axis: null } as const;
const across = { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } } as const;
/** The scale ends inside the drawing, so that the labels of its ends do. */
const scaleEnds = { left: 18, right: chartWidth - 18 } as const;

/**
 * Changes with their intervals, a row each, servers one below the other:
 * ```
 *                                    ±2 %
 *   nginx                           ¦ │ ¦
 *   bridge                          ¦ │ ¦       +18.1 % [+17.5, +18.7]
 *                                   ¦ │ ¦         ├━■━┤
 *   host (second copy)              ¦ │ ¦         +0.1 % [−0.5, +0.6]
 *                                   ¦├●┤¦        ¦ relevance margin, │ 0 %
 * ```
 */
export function overheadSpec(
  shown: Metric,
  axis: Axis,
  height: number,
  servers: readonly ServerRow[],
  rows: readonly OverheadRow[],
  layout: RowLayout,
): ChartSpec {
  const at = rowLayouts[layout];
  const intervals = rows.flatMap(({ y: top, interval }) =>
    interval === undefined ? [] : [{ ...interval, y: top + at.interval }],
  );
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth,
    height,
    config: chartConfig,
    encoding: {
      x: {
        type: 'quantitative',
        scale: {
          type: 'log',
          domain: [...axis.domain],
          nice: false,
          range: [scaleEnds.left, scaleEnds.right],
        },
        axis: {
          values: [...axis.ticks],
          labelExpr: tickLabels(axis.ticks, changeLabel(axis.ticks)),
          grid: false,
          title: 'change against host mode (log scale)',
        },
      },
      y: { type: 'quantitative', scale: { domain: [0, height], range: [0, height], nice: false } },
    },
    layer: [
      ...referenceLayers(shown, height),
      ...directionLayers(shown, height),
      {
        name: 'servers',
        data: { values: [...servers] },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: 600, fontSize: textSize + 0.5 },
        encoding: { x: { value: 0 }, y, text: { field: 'text', type: 'nominal' } },
      },
      {
        name: 'labels',
        data: { values: rows.map(({ y: top, label }) => ({ y: top + at.label, text: label })) },
        mark: { type: 'text', align: 'left', baseline: 'middle' },
        encoding: { x: { value: 0 }, y, text: { field: 'text', type: 'nominal' } },
      },
      {
        name: 'values',
        data: { values: rows.map(({ y: top, value }) => ({ y: top + at.value, text: value })) },
        mark: { type: 'text', align: 'right', baseline: 'middle', color: quiet },
        encoding: { x: { value: chartWidth }, y, text: { field: 'text', type: 'nominal' } },
      },
      { data: { values: intervals }, layer: [...intervalLayers] },
      innerLayer(intervals),
      { data: { values: intervals }, layer: [ratioLayer] },
    ],
  };
}

/** The line of no difference, and at its sides two finer ones with their name: the relevance margin. */
function referenceLayers({ margin }: Metric, height: number) {
  const from = headHeight;
  const lines = (name: string, at: readonly number[], strokeWidth: number, color: string) =>
    ({
      name,
      data: { values: at.map((x) => ({ x, y: from, bottom: height })) },
      mark: { type: 'rule', color, strokeWidth },
      encoding: { x: { field: 'x', type: 'quantitative' }, y, y2: { field: 'bottom' } },
    }) as const;
  return [
    lines('margin', [1 - margin, 1 + margin], 0.75, quiet),
    lines('one', [1], 1, ink),
    {
      name: 'margin-label',
      data: {
        values: [{ x: 1, y: headHeight / 2 - 1, text: `±${Number((margin * 100).toPrecision(3))} %` }],
      },
      mark: { type: 'text', align: 'center', baseline: 'middle', color: quiet },
      encoding: {
        x: { field: 'x', type: 'quantitative' },
        y,
        text: { field: 'text', type: 'nominal' },
      },
    },
  ] as const;
}

const color = { field: 'color', type: 'nominal', scale: null } as const;

/** The outer intervals and their ends, at each row's `y`. */
const intervalLayers = [
  {
    name: 'intervals',
    mark: { type: 'rule', strokeWidth: 1.5, strokeCap: 'butt' },
    encoding: { ...across, y, color },
  },
  ...(['low', 'high'] as const).map((end) => ({
    name: `${end}-ends`,
    mark: { type: 'tick', orient: 'vertical', size: 10, thickness: 1.5, opacity: 1 } as const,
    encoding: { x: { field: end, type: 'quantitative' } as const, y, color },
  })),
] as const;

/** The inner intervals, over the outer ones and thick. */
function innerLayer(intervals: readonly (Interval & { readonly y: number })[]) {
  return {
    name: 'inner-intervals',
    data: {
      values: intervals.flatMap(({ inner, color: own, y: top }) =>
        inner === undefined ? [] : [{ ...inner, color: own, y: top }],
      ),
    },
    mark: { type: 'rule', strokeWidth: 4.5, strokeCap: 'butt' },
    encoding: { ...across, y, color },
  } as const;
}

const ratioLayer = {
  name: 'ratios',
  mark: { type: 'point', size: 44, strokeWidth: 1.8, opacity: 1 },
  encoding: {
    x: { field: 'ratio', type: 'quantitative' },
    y,
    stroke: color,
    fill: { field: 'fill', type: 'nominal', scale: null },
    shape: { field: 'shape', type: 'nominal', scale: null },
  },
} as const;

/** Below the axis title, at both ends of the scale. */
function directionLayers(shown: Metric, height: number) {
  const [below, above] = directions(shown);
  const ends = [
    { name: 'below', text: `← ${below}`, align: 'left', x: 0 },
    { name: 'above', text: `${above} →`, align: 'right', x: chartWidth },
  ] as const;
  return ends.map(({ name, text, align, x }) => ({
    name,
    data: { values: [{ text }] },
    mark: { type: 'text', align, baseline: 'top', color: quiet } as const,
    encoding: {
      x: { value: x },
      y: { value: height + 46 },
      text: { field: 'text', type: 'nominal' } as const,
    },
  }));
}

/** The words for ratios below 1 and above 1. */
function directions({ kind }: Metric): readonly [string, string] {
  switch (kind) {
    case 'cpu':
      return ['less CPU', 'more CPU'];
    case 'latency':
      return ['faster', 'slower'];
    case 'capacity':
      return ['less capacity', 'more capacity'];
  }
}

/** Changes in per cent, with as many decimals as the finest step needs. */
function changeLabel(ticks: readonly number[]): (ratio: number) => string {
  const whole = ticks.every((it) => Math.abs(it * 100 - Math.round(it * 100)) < 1e-6);
  return (ratio) => {
    const percent = (ratio - 1) * 100;
    if (ratio === 1) return '0 %';
    return `${percent > 0 ? '+' : ''}${formatNumber(percent, whole ? 0 : 1)} %`;
  };
}
