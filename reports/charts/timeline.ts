import { counted, formatCount, formatValue } from '../../bench/model/format.ts';
import { type MetricUnit, metric } from '../../bench/model/metric.ts';
import type { ReportModel, TimelinePoint } from '../report-model.ts';
import { listed } from '../words/finding-words.ts';
import { type AxisUnit, axisUnit } from './axis-unit.ts';
import { type Panel, panelsOf } from './panels.ts';
import { lookOf, type Series, seriesOf } from './series.ts';
import type { Chart, ChartSpec } from './svg.ts';
import { besideAxis, ink, paper, quiet } from './theme.ts';
import { type Axis, linearAxis, logAxis, tickLabels } from './ticks.ts';

const height = 200;
/** Beyond this ratio of largest to smallest value the axis is logarithmic. */
const widestLinear = 4;
/** Numbers below the axis that do not touch each other. */
const mostRoundNumbers = 12;

/** One drawing for each panel: every slice in the order of measurement, with round boundaries. */
export function timelineCharts(model: ReportModel): readonly Chart[] {
  // A folder of somebody else's may hold slices of cases that its plan does not have.
  const series = seriesOf([...model.summary.cases, ...model.timeline.map((it) => it.case)]);
  const rounds = roundsOf(model.timeline);
  return panelsOf(model.run.plan).flatMap((panel) => {
    const points = model.timeline.filter((it) => panel.has(it.case));
    return points.length === 0 ? [] : [timelineChart(panel, points, rounds, series)];
  });
}

interface Round {
  readonly round: number;
  /** First and last slice of the round, ± 0.5. */
  readonly from: number;
  readonly to: number;
}

function roundsOf(timeline: readonly TimelinePoint[]): readonly Round[] {
  const rounds = new Map<number, { from: number; to: number }>();
  for (const { round, order } of timeline) {
    const { from, to } = rounds.get(round) ?? { from: order - 0.5, to: order + 0.5 };
    rounds.set(round, { from: Math.min(from, order - 0.5), to: Math.max(to, order + 0.5) });
  }
  return [...rounds].map(([round, ends]) => ({ round, ...ends })).sort((a, b) => a.round - b.round);
}

function timelineChart(
  { id, title, profile }: Panel,
  points: readonly TimelinePoint[],
  rounds: readonly Round[],
  series: readonly Series[],
): Chart {
  const shown = metric(profile.declaredMetric);
  // The rate of a closed loop is a capacity only where the server's side was the limit.
  const label = shown.name === 'throughput_rps' ? 'answered' : shown.label;
  return {
    id: `timeline-${id}`,
    title: `${title}: ${label}`,
    description: descriptionOf(points, rounds, shown.unit),
    spec: specOf(label, scaleOf(points, shown.unit), points, rounds, series),
  };
}

/** `80 slices in 10 rounds, from 96.1 µs to 132 µs. 2 do not count: crosses in rounds 3 and 7. None failed.` */
function descriptionOf(points: readonly TimelinePoint[], rounds: readonly Round[], unit: MetricUnit): string {
  const values = points.flatMap((it) => (it.value === undefined ? [] : [it.value]));
  const range =
    values.length === 0
      ? ''
      : `, from ${formatValue(Math.min(...values), unit)} to ${formatValue(Math.max(...values), unit)}`;
  return [
    `${counted(points.length, 'slice')} in ${counted(rounds.length, 'round')}${range}.`,
    uncounted(points, 'invalid', ['does not count', 'do not count'], 'cross', 'crosses'),
    uncounted(points, 'failed', ['failed', 'failed'], 'triangle', 'triangles'),
  ].join(' ');
}

function uncounted(
  points: readonly TimelinePoint[],
  status: TimelinePoint['status'],
  [one, several]: readonly [one: string, several: string],
  mark: string,
  marks: string,
): string {
  const found = points.filter((it) => it.status === status);
  if (found.length === 0) return status === 'failed' ? 'None failed.' : 'All that were measured count.';
  const rounds = [...new Set(found.map(({ round }) => round))].toSorted((a, b) => a - b).map(String);
  const where = `${rounds.length === 1 ? 'round' : 'rounds'} ${listed(rounds)}`;
  return found.length === 1
    ? `1 ${one}: a ${mark} in ${where}.`
    : `${formatCount(found.length)} ${several}: ${marks} in ${where}.`;
}

function middleOf({ from, to }: Round): number {
  return (from + to) / 2;
}

function roundAt(rounds: readonly Round[], middle: number): string {
  return String(rounds.find((it) => middleOf(it) === middle)?.round ?? '');
}

interface ValueScale {
  readonly unit: AxisUnit;
  readonly type: 'linear' | 'log';
  readonly axis: Axis;
}

function scaleOf(points: readonly TimelinePoint[], base: MetricUnit): ValueScale {
  const values = points.flatMap((it) => (it.value === undefined ? [] : [it.value])).filter((it) => it > 0);
  if (values.length === 0) {
    return { unit: axisUnit(1, base), type: 'linear', axis: linearAxis(0, 1) };
  }
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const unit = axisUnit(low, base);
  const type = high / low > widestLinear ? 'log' : 'linear';
  // A little room, so that no mark lies on the frame.
  const room = 0.02;
  const axis =
    type === 'log'
      ? logAxis((low / unit.factor) * (1 - room), (high / unit.factor) * (1 + room))
      : linearAxis((low - room * (high - low)) / unit.factor, (high + room * (high - low)) / unit.factor);
  return { unit, type, axis };
}

function specOf(
  label: string,
  scale: ValueScale,
  points: readonly TimelinePoint[],
  rounds: readonly Round[],
  series: readonly Series[],
): ChartSpec {
  const floor = scale.axis.domain[0];
  const rows = points.map((point) => {
    const { color, shape, role } = lookOf(series, point.case);
    const value = point.value === undefined ? floor : point.value / scale.unit.factor;
    const fill = role === 'twin' ? paper : color;
    return { status: point.status, order: point.order, value, color, shape, fill };
  });
  const first = rounds[0]?.from ?? 0;
  const last = rounds.at(-1)?.to ?? 1;
  const everyNth = Math.ceil(rounds.length / mostRoundNumbers);
  const numbered = rounds.filter((_, index) => index % everyNth === 0);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...besideAxis,
    height,
    encoding: {
      x: {
        field: 'order',
        type: 'quantitative',
        scale: { domain: [first, last], nice: false },
        axis: {
          values: numbered.map(middleOf),
          labelExpr: tickLabels(numbered.map(middleOf), (middle) => roundAt(rounds, middle)),
          ticks: false,
          grid: false,
          labelPadding: 6,
          title: 'round, in the order of measurement',
        },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { type: scale.type, domain: [...scale.axis.domain], nice: false },
        axis: {
          values: [...scale.axis.ticks],
          labelExpr: tickLabels(scale.axis.ticks),
          title: `${label} (${scale.unit.symbol}${scale.type === 'log' ? ', log scale' : ''})`,
          grid: true,
        },
      },
    },
    layer: [
      {
        name: 'boundaries',
        data: { values: rounds.slice(1).map(({ from }) => ({ order: from })) },
        mark: { type: 'rule', color: quiet, strokeWidth: 0.5 },
        encoding: { y: { value: 0 }, y2: { value: height + 18 } },
      },
      ...layersOf(rows),
    ],
  };
}

const color = { field: 'color', type: 'nominal', scale: null } as const;

/** How slices are drawn: completed ones in their mode's shape, invalid ones as crosses, failed ones as triangles on the floor. */
const looks = {
  completed: {
    mark: { type: 'point', size: 18, strokeWidth: 1.2, opacity: 1 },
    encoding: {
      stroke: color,
      fill: { field: 'fill', type: 'nominal', scale: null },
      shape: { field: 'shape', type: 'nominal', scale: null },
    },
  },
  invalid: {
    mark: { type: 'point', shape: 'M-1,-1L1,1M1,-1L-1,1', size: 50, strokeWidth: 2, opacity: 1 },
    encoding: { stroke: color },
  },
  failed: {
    mark: { type: 'point', shape: 'triangle-up', size: 60, fill: ink, opacity: 1, yOffset: -5 },
    encoding: { stroke: color },
  },
} as const satisfies Record<TimelinePoint['status'], unknown>;

/** A layer for each status that any slice has: Vega takes its time for a layer without marks, too. */
function layersOf<Row extends { readonly status: TimelinePoint['status'] }>(rows: readonly Row[]) {
  return (['completed', 'invalid', 'failed'] as const).flatMap((status) => {
    const values = rows.filter((it) => it.status === status);
    return values.length === 0 ? [] : [{ name: status, data: { values }, ...looks[status] }];
  });
}
