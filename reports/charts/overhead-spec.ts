import type { Metric } from '../../bench/model/metric.ts';
import { formatRatio } from '../format.ts';
import type { Shape } from './series.ts';
import type { ChartSpec } from './svg.ts';
import { band, chartConfig, chartWidth, ink, quiet } from './theme.ts';
import type { Axis } from './ticks.ts';

/** Places are pixels from the top. */
export interface ServerRow {
  readonly y: number;
  readonly text: string;
}

export interface IntervalRow {
  readonly y: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly label: string;
  readonly value: string;
  readonly color: string;
  readonly shape: Shape;
  readonly fill: string;
  readonly opacity: number;
}

/**
 * Ratios with their intervals, a row each, servers one below the other:
 * ```
 *   nginx
 *   bridge/external/published      slower · 0.842 [0.825, 0.860]
 *       ├──■──┤                        ░░│░░
 *   host/external (twin)       equivalent · 1.001 [0.990, 1.012]
 *                                      ░├●┤░      ░ relevance margin, │ 1
 * ```
 */
export function overheadSpec(
  shown: Metric,
  axis: Axis,
  height: number,
  servers: readonly ServerRow[],
  intervals: readonly IntervalRow[],
): ChartSpec {
  const y = { field: 'y', type: 'quantitative', axis: null } as const;
  const labelY = { ...y, field: 'labelY' } as const;
  const opacity = { field: 'opacity', type: 'quantitative', scale: null, legend: null } as const;
  const color = { field: 'color', type: 'nominal', scale: null } as const;
  const ends = { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth,
    height,
    config: chartConfig,
    encoding: {
      x: {
        type: 'quantitative',
        scale: { type: 'log', domain: [...axis.domain], nice: false },
        axis: {
          values: [...axis.ticks],
          labelExpr: `format(datum.value, '${tickFormat(axis.ticks)}')`,
          grid: false,
          title: `${shown.label}, ratio to the baseline (log scale)`,
        },
      },
      y: { type: 'quantitative', scale: { domain: [0, height], range: [0, height], nice: false } },
    },
    layer: [
      {
        name: 'margin',
        data: { values: [{ low: 1 - shown.margin, high: 1 + shown.margin, top: 0, bottom: height }] },
        mark: { type: 'rect', color: band },
        encoding: { ...ends, y: { ...y, field: 'top' }, y2: { field: 'bottom' } },
      },
      {
        name: 'one',
        data: { values: [{ one: 1 }] },
        mark: { type: 'rule', color: ink, strokeWidth: 1, opacity: 0.7 },
        encoding: { x: { field: 'one', type: 'quantitative' } },
      },
      ...directionLayers(shown, height),
      {
        name: 'servers',
        data: { values: [...servers] },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: 600, fontSize: 13 },
        encoding: { x: { value: 0 }, y, text: { field: 'text', type: 'nominal' } },
      },
      {
        data: {
          values: intervals.map((it) => ({ ...it, y: it.y + 27, labelY: it.y + 10 })),
        },
        layer: [
          {
            name: 'labels',
            mark: { type: 'text', align: 'left', baseline: 'middle' },
            encoding: { x: { value: 0 }, y: labelY, text: { field: 'label', type: 'nominal' } },
          },
          {
            name: 'values',
            mark: { type: 'text', align: 'right', baseline: 'middle', color: quiet },
            encoding: {
              x: { value: chartWidth },
              y: labelY,
              text: { field: 'value', type: 'nominal' },
            },
          },
          {
            name: 'intervals',
            mark: { type: 'rule', strokeWidth: 2.5, strokeCap: 'butt' },
            encoding: { ...ends, y, color, opacity },
          },
          ...(['low', 'high'] as const).map((end) => ({
            name: `${end}-ends`,
            mark: { type: 'tick', orient: 'vertical', size: 12, thickness: 2 } as const,
            encoding: { x: { field: end, type: 'quantitative' } as const, y, color, opacity },
          })),
          {
            name: 'ratios',
            mark: { type: 'point', size: 40, strokeWidth: 1.8, opacity: 1 },
            encoding: {
              x: { field: 'ratio', type: 'quantitative' },
              y,
              stroke: color,
              fill: { field: 'fill', type: 'nominal', scale: null },
              shape: { field: 'shape', type: 'nominal', scale: null },
            },
          },
        ],
      },
    ],
  };
}

/** In line with the axis title, which leaves room at both ends. */
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
      y: { value: height + 26 },
      text: { field: 'text', type: 'nominal' } as const,
    },
  }));
}

/** What lies below 1 and what above it. */
function directions(shown: Metric): readonly [string, string] {
  if (shown.name === 'cpu-per-request') return ['less CPU', 'more CPU'];
  return shown.better === 'higher' ? ['slower', 'faster'] : ['faster', 'slower'];
}

function tickFormat(ticks: readonly number[]): string {
  const decimals = Math.max(
    1,
    ...ticks.map((it) => (formatRatio(it).replace(/0+$/, '').split('.')[1] ?? '').length),
  );
  return `.${Math.min(decimals, 3)}f`;
}
