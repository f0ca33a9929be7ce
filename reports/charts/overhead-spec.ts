import type { Metric } from '../../bench/model/metric.ts';
import {
  changeTitle,
  directions,
  type Interval,
  intervalLayers,
  ratioScale,
  referenceLayers,
  y,
} from './overhead-marks.ts';
import type { ChartSpec } from './svg.ts';
import { chartConfig, chartWidth, quiet } from './theme.ts';
import type { Axis } from './ticks.ts';

/** `y` is in pixels from the top. */
export interface ServerRow {
  readonly y: number;
  readonly text: string;
}

export interface OverheadRow {
  readonly y: number;
  readonly label: string;
  readonly value: string;
  /** Absent where there is no figure to draw. */
  readonly interval?: Interval;
}

/**
 * Changes with their intervals, a row each, servers one below the other:
 * ```
 *   nginx
 *   bridge/external/published          slower · −16 % [−18, −14]
 *       ├──■──┤                        ░░│░░
 *   host/external (twin)          equivalent · +0.1 % [−1.0, +1.2]
 *                                      ░├●┤░      ░ relevance margin, │ 0 %
 * ```
 */
export function overheadSpec(
  shown: Metric,
  axis: Axis,
  height: number,
  servers: readonly ServerRow[],
  rows: readonly OverheadRow[],
): ChartSpec {
  const labelY = { ...y, field: 'labelY' } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth,
    height,
    config: chartConfig,
    encoding: {
      x: ratioScale(axis, { title: changeTitle }),
      y: { type: 'quantitative', scale: { domain: [0, height], range: [0, height], nice: false } },
    },
    layer: [
      ...referenceLayers(shown, 0, height),
      ...directionLayers(shown, height),
      {
        name: 'servers',
        data: { values: [...servers] },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: 600, fontSize: 13 },
        encoding: { x: { value: 0 }, y, text: { field: 'text', type: 'nominal' } },
      },
      {
        data: { values: rows.map(({ y: top, label, value }) => ({ labelY: top + 10, label, value })) },
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
        ],
      },
      {
        data: {
          values: rows.flatMap(({ y: top, interval }) =>
            interval === undefined ? [] : [{ ...interval, y: top + 27 }],
          ),
        },
        layer: [...intervalLayers],
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
