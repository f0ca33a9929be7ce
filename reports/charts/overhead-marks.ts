import type { Metric } from '../../bench/model/metric.ts';
import type { Shape } from './series.ts';
import { band, ink } from './theme.ts';
import type { Axis } from './ticks.ts';

/**
 * The parts that both layouts of the overhead chart share: the scale of changes, its reference marks, the
 * intervals.
 */

/** One ratio with its interval, and how it is drawn. */
export interface Interval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly color: string;
  readonly shape: Shape;
  readonly fill: string;
  readonly opacity: number;
}

export const changeTitle = 'change against the baseline (log scale)';

export const y = { field: 'y', type: 'quantitative', axis: null } as const;
const ends = { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' } } as const;

interface ScaleOptions {
  readonly title: string | null;
  /** Pixels that the scale spans; the chart's whole width if left out. */
  readonly range?: readonly [number, number];
}

export function ratioScale(axis: Axis, { title, range }: ScaleOptions) {
  return {
    type: 'quantitative' as const,
    scale: {
      type: 'log' as const,
      domain: [...axis.domain],
      nice: false,
      ...(range === undefined ? {} : { range: [...range] }),
    },
    axis: {
      values: [...axis.ticks],
      labelExpr: `datum.value == 1 ? '0 %' : format((datum.value - 1) * 100, '${tickFormat(axis.ticks)}') + ' %'`,
      grid: false,
      title,
    },
  };
}

/** The relevance margin and the line of no difference, from `top` to `bottom`. */
export function referenceLayers(shown: Metric, top: number, bottom: number) {
  return [
    {
      name: 'margin',
      data: { values: [{ low: 1 - shown.margin, high: 1 + shown.margin, top, bottom }] },
      mark: { type: 'rect', color: band },
      encoding: { ...ends, y: { ...y, field: 'top' }, y2: { field: 'bottom' } },
    },
    {
      name: 'one',
      data: { values: [{ one: 1, top, bottom }] },
      mark: { type: 'rule', color: ink, strokeWidth: 1, opacity: 0.7 },
      encoding: {
        x: { field: 'one', type: 'quantitative' },
        y: { ...y, field: 'top' },
        y2: { field: 'bottom' },
      },
    },
  ] as const;
}

const opacity = { field: 'opacity', type: 'quantitative', scale: null, legend: null } as const;
const color = { field: 'color', type: 'nominal', scale: null } as const;

/** The intervals, their ends, and the ratios inside them, at each row's `y`. */
export const intervalLayers = [
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
] as const;

/** The words for ratios below 1 and above 1. */
export function directions(shown: Metric): readonly [string, string] {
  if (shown.name.startsWith('cpu_')) return ['less CPU', 'more CPU'];
  return shown.better === 'higher' ? ['slower', 'faster'] : ['faster', 'slower'];
}

/** The number format of changes in per cent, with as many decimals as the finest step needs. */
function tickFormat(ticks: readonly number[]): string {
  const whole = ticks.every((it) => Math.abs(it * 100 - Math.round(it * 100)) < 1e-6);
  return whole ? '+.0f' : '+.1f';
}
