import { formatCount, formatValue } from '../../bench/model/format.ts';
import type { MetricUnit } from '../../bench/model/metric.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Swept } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { sweptDeployments } from '../sweep-table.ts';
import { axisUnit } from './axis-unit.ts';
import { clientWords } from './panels.ts';
import { dashes, lookOf, type Series, seriesOf } from './series.ts';
import type { Chart, ChartSpec } from './svg.ts';
import { besideAxis } from './theme.ts';
import { type Axis, linearAxis, logAxis, tickLabels } from './ticks.ts';

const height = 220;

interface Quantity {
  readonly name: 'rate' | 'latency';
  readonly words: string;
  readonly unit: MetricUnit;
  readonly of: (step: Swept) => number;
  readonly axis: (low: number, high: number) => Axis;
  readonly scale: 'linear' | 'log';
}

const quantities: readonly Quantity[] = [
  {
    name: 'rate',
    words: 'rate',
    unit: 'rps',
    of: (step) => step.requestsPerSecond,
    axis: (_, high) => linearAxis(0, high),
    scale: 'linear',
  },
  {
    name: 'latency',
    words: 'median latency',
    unit: 'us',
    of: (step) => step.latencyP50Us,
    axis: logAxis,
    scale: 'log',
  },
];

/** Two drawings for each server and baseline: rate and median latency over the number of connections, a line a path. */
export function sweepCharts({ run, summary: { sweep = [], cases } }: ReportModel): readonly Chart[] {
  const series = seriesOf([...cases, ...sweep]);
  const { servers, comparisons } = run.plan;
  return servers.flatMap((server) =>
    comparisons.flatMap(({ baseline }) => {
      const steps = sweep.filter((it) => it.server === server && it.baseline === baseline);
      const client = comparisons.length === 1 ? '' : `, ${clientWords(baseline)}`;
      const lines = sweptDeployments(steps).map((own) => ({ steps: own, series: lookOf(series, own[0]) }));
      return lines.length === 0
        ? []
        : quantities.map(
            (quantity): Chart => ({
              id: ['sweep', quantity.name, server, baseline.replaceAll('/', '-')].join('-'),
              title: `${spokenName(server)}${client}: ${quantity.words} by connections`,
              description: lines.map((line) => lineWords(line, quantity)).join(' '),
              spec: specOf(lines, quantity),
            }),
          );
    }),
  );
}

interface Line {
  readonly steps: readonly Swept[];
  readonly series: Series;
}

/** `bridge: 1 connection 8,150 requests/s, 2 connections 16,100 requests/s.` */
function lineWords({ steps, series }: Line, { of, unit }: Quantity): string {
  const told = steps.map(
    (step) =>
      `${formatCount(step.connections)} connection${step.connections === 1 ? '' : 's'} ${formatValue(of(step), unit)}`,
  );
  return `${series.label}: ${told.join(', ')}.`;
}

function specOf(lines: readonly Line[], { of, unit: base, axis, scale, words }: Quantity): ChartSpec {
  const values = lines.flatMap(({ steps }) => steps.map(of));
  const connections = [...new Set(lines.flatMap(({ steps }) => steps.map((it) => it.connections)))].sort(
    (a, b) => a - b,
  );
  const [first = 1, last = 1] = [connections[0], connections.at(-1)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const unit = axisUnit(scale === 'log' ? low : high, base);
  const { domain, ticks } = axis(low / unit.factor, high / unit.factor);
  const color = { field: 'color', type: 'nominal', scale: null } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...besideAxis,
    height,
    data: {
      values: lines.flatMap(({ steps, series: { label, color: own } }) =>
        steps.map((step) => ({
          ...{ label, color: own, connections: step.connections },
          value: of(step) / unit.factor,
        })),
      ),
    },
    encoding: {
      x: {
        field: 'connections',
        type: 'quantitative',
        scale: { type: 'log', base: 2, domain: [first, Math.max(last, first * 2)], nice: false },
        axis: {
          values: connections,
          labelExpr: tickLabels(connections),
          labelOverlap: true,
          title: 'connections (log scale)',
          grid: true,
        },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { type: scale, domain: [...domain], nice: false },
        axis: {
          values: [...ticks],
          labelExpr: tickLabels(ticks),
          title: `${words} (${unit.symbol}${scale === 'log' ? ', log scale' : ''})`,
          grid: true,
        },
      },
      color,
      strokeDash: dashes(lines),
    },
    name: 'lines',
    mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round', point: { size: 18, filled: true } },
  };
}
