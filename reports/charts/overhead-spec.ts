import { formatNumber } from '../../bench/model/format.ts';
import type { Metric } from '../../bench/model/metric.ts';
import type { Shape } from './series.ts';
import type { ChartSpec } from './svg.ts';
import { chartConfig, chartWidth, ink, quiet } from './theme.ts';
import { type Axis, tickLabels } from './ticks.ts';

/** A metric with the relevance margin that the run has for it. */
export interface ShownMetric extends Metric {
  readonly margin: number;
  /** What the change is against: `host mode`. */
  readonly against: string;
}

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

/** The scale ends inside the drawing, so that the labels of its ends do. */
const scaleEnds = [18, chartWidth - 18] as const;

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
 * Lines and texts are placed here, in pixels: Vega takes some 5 ms for each layer, whatever is in it.
 */
export function overheadSpec(
  shown: ShownMetric,
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
  const texts: readonly Text[] = [
    { x: pixelOf(1, axis), y: headHeight / 2 - 1, text: marginWords(shown), align: 'center', color: quiet },
    ...servers.map(
      ({ y: top, text }): Text => ({ x: 0, y: top, text, align: 'left', color: ink, weight: 600 }),
    ),
    ...rows.flatMap(({ y: top, label, value }): readonly Text[] => [
      { x: 0, y: top + at.label, text: label, align: 'left', color: ink },
      { x: chartWidth, y: top + at.value, text: value, align: 'right', color: quiet },
    ]),
    ...directionTexts(shown, height),
  ];
  const color = { field: 'color', type: 'nominal', scale: null } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth,
    height,
    config: chartConfig,
    layer: [
      {
        name: 'lines',
        data: {
          values: [...referenceLines(shown, axis, height), ...intervals.flatMap((it) => whiskers(it, axis))],
        },
        mark: { type: 'rule', strokeCap: 'butt' },
        encoding: {
          ...{ x: pixels('x'), x2: { field: 'x2' }, y: pixels('y'), y2: { field: 'y2' }, color },
          strokeWidth: { field: 'width', type: 'quantitative', scale: null },
        },
      },
      {
        name: 'texts',
        data: { values: [...texts] },
        mark: {
          ...{ type: 'text', baseline: 'middle' },
          ...{ align: { expr: 'datum.align' }, fontWeight: { expr: 'datum.weight || 400' } },
        },
        encoding: { x: pixels('x'), y: pixels('y'), text: { field: 'text', type: 'nominal' }, color },
      },
      {
        name: 'ratios',
        data: { values: intervals },
        mark: { type: 'point', size: 44, strokeWidth: 1.8, opacity: 1 },
        encoding: {
          x: {
            field: 'ratio',
            type: 'quantitative',
            scale: { type: 'log', domain: [...axis.domain], nice: false, range: [...scaleEnds] },
            axis: {
              values: [...axis.ticks],
              labelExpr: tickLabels(axis.ticks, changeLabel(axis.ticks)),
              grid: false,
              title: `change against ${shown.against} (log scale)`,
            },
          },
          y: {
            field: 'y',
            type: 'quantitative',
            scale: { domain: [0, height], range: [0, height], nice: false },
            axis: null,
          },
          stroke: color,
          fill: { field: 'fill', type: 'nominal', scale: null },
          shape: { field: 'shape', type: 'nominal', scale: null },
        },
      },
    ],
  };
}

/** A position that is already one in the drawing. */
function pixels(field: 'x' | 'y') {
  return { field, type: 'quantitative', scale: null, axis: null } as const;
}

function pixelOf(ratio: number, { domain: [low, high] }: Axis): number {
  const [left, right] = scaleEnds;
  return left + (Math.log(ratio / low) / Math.log(high / low)) * (right - left);
}

interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly align: 'left' | 'center' | 'right';
  readonly color: string;
  readonly weight?: number;
}

interface Line {
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
  readonly width: number;
  readonly color: string;
}

/** The line of no difference, and at its sides two finer ones: the relevance margin. */
function referenceLines({ margin }: ShownMetric, axis: Axis, height: number): readonly Line[] {
  const line = (ratio: number, width: number, color: string): Line => {
    const x = pixelOf(ratio, axis);
    return { x, x2: x, y: headHeight, y2: height, width, color };
  };
  return [line(1 - margin, 0.75, quiet), line(1 + margin, 0.75, quiet), line(1, 1, ink)];
}

/** The outer interval with its ends, and over it the inner one, thick. */
function whiskers(
  { low, high, inner, color, y }: Interval & { readonly y: number },
  axis: Axis,
): readonly Line[] {
  const [left, right] = [pixelOf(low, axis), pixelOf(high, axis)];
  const end = (x: number): Line => ({ x, x2: x, y: y - 5, y2: y + 5, width: 1.5, color });
  const across = (from: number, to: number, width: number): Line => ({
    x: from,
    x2: to,
    y,
    y2: y,
    width,
    color,
  });
  return [
    across(left, right, 1.5),
    end(left),
    end(right),
    ...(inner === undefined ? [] : [across(pixelOf(inner.low, axis), pixelOf(inner.high, axis), 4.5)]),
  ];
}

function marginWords({ margin }: ShownMetric): string {
  return `±${Number((margin * 100).toPrecision(3))} %`;
}

/** Below the axis title, at both ends of the scale. */
function directionTexts(shown: Metric, height: number): readonly Text[] {
  const [below, above] = directions(shown);
  return [
    { x: 0, y: height + 52, text: `← ${below}`, align: 'left', color: quiet },
    { x: chartWidth, y: height + 52, text: `${above} →`, align: 'right', color: quiet },
  ];
}

/** The words for ratios below 1 and above 1. */
function directions({ kind }: Metric): readonly [string, string] {
  switch (kind) {
    case 'cpu':
      return ['less CPU', 'more CPU'];
    case 'latency':
    case 'tail':
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
