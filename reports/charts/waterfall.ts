import type { Environment } from '../../bench/model/environment.ts';
import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Step } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { costWords, isShown, layerWords, stairsOf } from '../words/step-words.ts';
import type { Chart, ChartSpec } from './svg.ts';
import { band, chartConfig, chartWidth, ink, quiet } from './theme.ts';
import { linearAxis, tickLabels } from './ticks.ts';

const rowHeight = 58;
const barTop = 36;
const barHeight = 13;

/** One bar: where it begins and ends on the way up, in microseconds. `y` is in pixels from the top. */
interface Bar {
  readonly y: number;
  readonly from: number;
  readonly to: number;
  /**
   * Ends of the step's interval, from where the step begins. Absent for the first bar, on which the steps are
   * stacked.
   */
  readonly low?: number;
  readonly high?: number;
  readonly label: string;
  readonly value: string;
  /** Whether the interval leaves no doubt about the direction. */
  readonly shown: boolean;
}

/** One drawing for each server, profile and metric: time and CPU time for one request, layer upon layer. */
export function waterfallCharts(model: ReportModel): readonly Chart[] {
  return stairsOf(model.summary.steps ?? []).flatMap((steps) => {
    const [first] = steps;
    return first === undefined ? [] : [waterfallChart(first, steps, model.run.environment.engine)];
  });
}

function waterfallChart(first: Step, steps: readonly Step[], engine: Environment['engine']): Chart {
  const { label } = metric(first.metric);
  const bars = barsOf(first, steps, engine);
  return {
    id: `waterfall-${first.server}-${first.profile}-${first.metric}`,
    title: `${spokenName(first.server)}, ${readerWords[first.profile].reader}: ${label}`,
    description: [
      `${layerWords(first.from, engine)}: ${formatValue(first.fromValue, metric(first.metric).unit)}.`,
      ...steps.map(
        (step) =>
          `${layerWords(step.to, engine)}: ${costWords(step)}${isShown(step) ? '' : ', which may be nothing'}.`,
      ),
    ].join(' '),
    spec: specOf(bars, label),
  };
}

function barsOf(first: Step, steps: readonly Step[], engine: Environment['engine']): readonly Bar[] {
  const ground: Bar = {
    y: 0,
    from: 0,
    to: first.fromValue,
    label: layerWords(first.from, engine),
    value: formatValue(first.fromValue, metric(first.metric).unit),
    shown: true,
  };
  let height = ground.to;
  return [
    ground,
    ...steps.map((step, index): Bar => {
      const from = height;
      const { difference, differenceLow, differenceHigh } = step;
      height += difference;
      return {
        y: (index + 1) * rowHeight,
        from,
        to: height,
        low: from + differenceLow,
        high: from + differenceHigh,
        label: layerWords(step.to, engine),
        value: costWords(step),
        shown: isShown(step),
      };
    }),
  ];
}

/**
 * A row for each layer, each bar beginning where the one above it ends. The bar of a step that may be nothing is
 * an empty frame of dashes:
 * ```
 *   a plain process
 *   36.2 µs
 *   ██████████
 *   in a container, host mode
 *   +0.6 µs [+0.2, +1.1]
 *             █┤
 * ```
 */
function specOf(bars: readonly Bar[], label: string): ChartSpec {
  const height = bars.length * rowHeight;
  const y = { field: 'y', type: 'quantitative', axis: null } as const;
  const ends = { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } } as const;
  const axis = linearAxis(0, Math.max(...bars.flatMap(({ to, high }) => [to, high ?? to])));
  const whiskers = bars.filter(({ low }) => low !== undefined);
  const drawn = (shown: boolean) =>
    bars
      .filter((bar) => bar.shown === shown)
      .map((bar) => ({ ...bar, y: bar.y + barTop, bottom: bar.y + barTop + barHeight }));
  const texts = (offset: number) => bars.map((bar) => ({ ...bar, y: bar.y + offset }));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth,
    height,
    config: chartConfig,
    encoding: {
      x: {
        type: 'quantitative',
        scale: { domain: [...axis.domain], range: [0, chartWidth - 16], nice: false },
        axis: {
          grid: false,
          values: [...axis.ticks],
          labelExpr: tickLabels(axis.ticks),
          title: `${label} (µs)`,
          labelFlush: true,
        },
      },
      y: { type: 'quantitative', scale: { domain: [0, height], range: [0, height], nice: false } },
    },
    layer: [
      {
        name: 'bars',
        data: { values: drawn(true) },
        mark: { type: 'rect', color: band, stroke: ink, strokeWidth: 1 },
        encoding: { ...ends, y, y2: { field: 'bottom' } },
      },
      {
        name: 'doubtful-bars',
        data: { values: drawn(false) },
        mark: { type: 'rect', color: 'transparent', stroke: ink, strokeWidth: 1, strokeDash: [3, 2] },
        encoding: { ...ends, y, y2: { field: 'bottom' } },
      },
      {
        name: 'intervals',
        data: { values: whiskers.map((bar) => ({ ...bar, y: bar.y + barTop + barHeight / 2 })) },
        mark: { type: 'rule', color: ink, strokeWidth: 2.5 },
        encoding: { x: { field: 'low', type: 'quantitative' }, x2: { field: 'high' }, y },
      },
      {
        name: 'labels',
        data: { values: texts(10) },
        mark: { type: 'text', align: 'left', baseline: 'middle' },
        encoding: { x: { value: 0 }, y, text: { field: 'label', type: 'nominal' } },
      },
      {
        name: 'values',
        data: { values: texts(26) },
        mark: { type: 'text', align: 'left', baseline: 'middle', color: quiet },
        encoding: { x: { value: 0 }, y, text: { field: 'value', type: 'nominal' } },
      },
    ],
  };
}
