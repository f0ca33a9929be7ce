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
import { chartConfig, ink, line, quiet } from './theme.ts';
import type { Axis } from './ticks.ts';

interface TableRow {
  readonly label: string;
  readonly verdict: string;
  /** A CSS colour. */
  readonly verdictColor: string;
  readonly change: string;
  /** Absent where there is no figure to draw. */
  readonly interval?: Interval;
}

/**
 * Positions of the columns, in pixels from the left. Each column has room for its longest text, so that no
 * text can reach the marks. A test measures that text in the bundled font.
 */
export const columns = {
  label: { left: 0, right: 240 },
  plot: { left: 252, right: 624 },
  verdict: { left: 638, right: 728 },
  change: { left: 734, right: 928 },
} as const;

const rowHeight = 21;
const headHeight = 26;

/**
 * Changes with their intervals as a table with one row each and a column for everything that is said of it:
 * ```
 *   path                       ← slower  change against the baseline  faster →   verdict       change [interval]
 *   ───────────────────────────────────────────────────────────────────────────────────────────────────────────
 *   bridge/external/published        ├──■──┤       ░░│░░                          slower        −16 % [−18, −14]
 *   host/external (twin)                          ░├●┤░                           equivalent  +0.1 % [−1.0, +1.2]
 *                                 −20 %   −10 %     0 %
 * ```
 */
export function overheadTableSpec(shown: Metric, axis: Axis, rows: readonly TableRow[]): ChartSpec {
  const height = headHeight + rows.length * rowHeight;
  const placed = rows.map((row, index) => ({ ...row, y: headHeight + (index + 0.5) * rowHeight }));
  const { label, plot, verdict, change } = columns;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: change.right,
    height,
    config: chartConfig,
    encoding: {
      x: ratioScale(axis, { title: null, range: [plot.left, plot.right] }),
      y: { type: 'quantitative', scale: { domain: [0, height], range: [0, height], nice: false } },
    },
    layer: [
      ...referenceLayers(shown, headHeight, height),
      {
        name: 'ticks',
        data: { values: axis.ticks.map((tick) => ({ tick, top: headHeight, bottom: height })) },
        mark: { type: 'rule', color: line, opacity: 0.6 },
        encoding: {
          x: { field: 'tick', type: 'quantitative' },
          y: { ...y, field: 'top' },
          y2: { field: 'bottom' },
        },
      },
      {
        name: 'lines',
        data: {
          values: [
            { y: headHeight },
            ...rows.map((_, index) => ({ y: headHeight + (index + 1) * rowHeight })),
          ],
        },
        mark: { type: 'rule', color: line, opacity: 0.6 },
        encoding: { x: { value: 0 }, x2: { value: change.right }, y },
      },
      ...headLayers(shown),
      {
        data: { values: placed },
        layer: [
          column('labels', 'label', 'left', label.left, ink),
          {
            name: 'verdicts',
            mark: { type: 'text', align: 'left', baseline: 'middle' },
            encoding: {
              x: { value: verdict.left },
              y,
              text: { field: 'verdict', type: 'nominal' },
              color: { field: 'verdictColor', type: 'nominal', scale: null },
            },
          },
          column('values', 'change', 'right', change.right, quiet),
        ],
      },
      {
        data: {
          values: placed.flatMap(({ y: row, interval }) =>
            interval === undefined ? [] : [{ ...interval, y: row }],
          ),
        },
        layer: [...intervalLayers],
      },
    ],
  };
}

function column(name: string, field: keyof TableRow, align: 'left' | 'right', x: number, color: string) {
  return {
    name,
    mark: { type: 'text', align, baseline: 'middle', color } as const,
    encoding: { x: { value: x }, y, text: { field, type: 'nominal' } as const },
  };
}

/** The names of the columns, in a line above the rows. */
function headLayers(shown: Metric) {
  const [below, above] = directions(shown);
  const { label, plot, verdict, change } = columns;
  const heads = [
    { name: 'label-head', text: 'path', align: 'left', x: label.left },
    { name: 'below', text: `← ${below}`, align: 'left', x: plot.left },
    { name: 'plot-head', text: changeTitle, align: 'center', x: (plot.left + plot.right) / 2 },
    { name: 'above', text: `${above} →`, align: 'right', x: plot.right },
    { name: 'verdict-head', text: 'verdict', align: 'left', x: verdict.left },
    { name: 'value-head', text: 'change [interval]', align: 'right', x: change.right },
  ] as const;
  return heads.map(({ name, text, align, x }) => ({
    name,
    data: { values: [{ text }] },
    mark: { type: 'text', align, baseline: 'middle', color: quiet } as const,
    encoding: {
      x: { value: x },
      y: { value: headHeight / 2 },
      text: { field: 'text', type: 'nominal' } as const,
    },
  }));
}
