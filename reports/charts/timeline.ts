import { formatCount } from '../../bench/model/format.ts';
import { type MetricUnit, metric } from '../../bench/model/metric.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import type { ServerName } from '../../bench/model/server.ts';
import type { ReportModel, TimelinePoint } from '../report-model.ts';
import { connectionWords } from '../words/overhead-words.ts';
import { type AxisUnit, axisUnit } from './axis-unit.ts';
import { type Series, seriesOf } from './series.ts';
import type { Chart, ChartSpec } from './svg.ts';
import { chartConfig, chartWidth, ink, line, paper, quiet } from './theme.ts';
import { type Axis, linearAxis, logAxis } from './ticks.ts';

const height = 200;
/** Beyond this ratio of largest to smallest value the axis is logarithmic. */
const widestLinear = 4;

/** One panel for each server and profile: every slice in the order of measurement, with round boundaries. */
export function timelineCharts(model: ReportModel): readonly Chart[] {
  const series = seriesOf(model.summary.cases);
  const rounds = roundsOf(model.timeline);
  return model.run.plan.profiles.flatMap((profile) =>
    model.run.plan.servers.flatMap((server) => {
      const points = model.timeline.filter(
        (it) => it.case.server === server && it.case.profile === profile.name,
      );
      return points.length === 0 ? [] : [timelineChart(server, profile, points, rounds, series)];
    }),
  );
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
  server: ServerName,
  profile: LoadProfile,
  points: readonly TimelinePoint[],
  rounds: readonly Round[],
  series: readonly Series[],
): Chart {
  const shown = metric(profile.declaredMetric);
  // The rate of a closed loop is a capacity only where the server's side was the limit.
  const label = shown.name === 'throughput_rps' ? 'answered' : shown.label;
  const valid = points.filter((it) => it.status === 'completed').length;
  const invalid = points.filter((it) => it.status === 'invalid').length;
  const failed = points.filter((it) => it.status === 'failed').length;
  const count = (number: number, word: string) => `${formatCount(number)} ${word}`;
  return {
    id: `timeline-${server}-${profile.name}`,
    title: `${server}, ${profile.name} profile, ${connectionWords(profile)}: ${label}`,
    description:
      `${count(points.length, 'slices')} in ${count(rounds.length, 'rounds')}: ` +
      `${count(valid, 'completed')}, ${count(invalid, 'invalid')}, ${count(failed, 'failed')}.`,
    spec: specOf(label, scaleOf(points, shown.unit), points, rounds, series),
  };
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

/** Completed slices have their mode's shape, invalid ones are crosses, failed ones triangles on the floor. */
function specOf(
  label: string,
  scale: ValueScale,
  points: readonly TimelinePoint[],
  rounds: readonly Round[],
  series: readonly Series[],
): ChartSpec {
  const floor = scale.axis.domain[0];
  const rows = points.flatMap((point) => {
    const found = series.find(
      (it) => it.path === point.case.path && (it.role === 'twin') === (point.case.role === 'twin'),
    );
    if (found === undefined) return [];
    const value = point.value === undefined ? floor : point.value / scale.unit.factor;
    const { color, shape } = found;
    return [
      {
        status: point.status,
        order: point.order,
        value,
        color,
        shape,
        fill: found.role === 'twin' ? paper : color,
      },
    ];
  });
  const of = (status: TimelinePoint['status']) => rows.filter((it) => it.status === status);
  const color = { field: 'color', type: 'nominal', scale: null } as const;
  const first = rounds[0]?.from ?? 0;
  const last = rounds.at(-1)?.to ?? 1;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth - 52,
    height,
    config: chartConfig,
    encoding: {
      x: {
        field: 'order',
        type: 'quantitative',
        scale: { domain: [first, last], nice: false },
        axis: {
          values: [],
          ticks: false,
          title: 'slices in the order of measurement, by round',
          titlePadding: 22,
        },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { type: scale.type, domain: [...scale.axis.domain], nice: false },
        axis: {
          values: [...scale.axis.ticks],
          labelExpr: "format(datum.value, '~g')",
          title: `${label} (${scale.unit.symbol}${scale.type === 'log' ? ', log scale' : ''})`,
          grid: true,
        },
      },
    },
    layer: [
      {
        name: 'boundaries',
        data: { values: rounds.slice(1).map(({ from }) => ({ order: from })) },
        mark: { type: 'rule', color: line, strokeWidth: 1 },
        encoding: { y: { value: 0 }, y2: { value: height + 16 } },
      },
      {
        name: 'rounds',
        data: { values: rounds.map(({ round, from, to }) => ({ order: (from + to) / 2, text: `${round}` })) },
        mark: { type: 'text', color: quiet, baseline: 'top', fontSize: 11.5 },
        encoding: { y: { value: height + 5 }, text: { field: 'text', type: 'nominal' } },
      },
      {
        name: 'completed',
        data: { values: of('completed') },
        mark: { type: 'point', size: 18, strokeWidth: 1.2, opacity: 0.9 },
        encoding: {
          stroke: color,
          fill: { field: 'fill', type: 'nominal', scale: null },
          shape: { field: 'shape', type: 'nominal', scale: null },
        },
      },
      {
        name: 'invalid',
        data: { values: of('invalid') },
        mark: { type: 'point', shape: 'M-1,-1L1,1M1,-1L-1,1', size: 50, strokeWidth: 2, opacity: 1 },
        encoding: { stroke: color },
      },
      {
        name: 'failed',
        data: { values: of('failed') },
        mark: { type: 'point', shape: 'triangle-up', size: 60, fill: ink, opacity: 1, yOffset: -5 },
        encoding: { stroke: color },
      },
    ],
  };
}
