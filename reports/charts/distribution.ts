import { formatCount, formatNumber, formatPercent, formatValue } from '../../bench/model/format.ts';
import type { Distribution, ReportModel } from '../report-model.ts';
import { axisUnit } from './axis-unit.ts';
import { type Panel, panelsOf } from './panels.ts';
import { dashes, lookOf, type Series, seriesOf } from './series.ts';
import type { Chart, ChartSpec } from './svg.ts';
import { besideAxis } from './theme.ts';
import { logAxis, tickLabels } from './ticks.ts';

const height = 240;

/**
 * One drawing for each panel whose latency was requested: latency over the percentile. The axis of percentiles
 * is 1/(1 − quantile), which gives each further nine the same room. Panels of one profile share their latency
 * axis.
 */
export function distributionCharts(model: ReportModel): readonly Chart[] {
  const series = seriesOf(model.summary.cases);
  const panels = panelsOf(model.run.plan).map((panel) => ({
    panel,
    lines: model.distributions
      .filter((it) => panel.has(it.case))
      .map((distribution) => ({ distribution, series: lookOf(series, distribution.case) })),
  }));
  return panels.flatMap(({ panel, lines }) => {
    const sameProfile = panels.filter((it) => it.panel.profile === panel.profile);
    const scales = scalesOf(sameProfile.flatMap((it) => it.lines.map(({ distribution }) => distribution)));
    return lines.length === 0 || scales === undefined ? [] : [distributionChart(panel, lines, scales)];
  });
}

interface Line {
  readonly distribution: Distribution;
  readonly series: Series;
}

type Scales = ReturnType<typeof scalesOf> & {};

function scalesOf(distributions: readonly Distribution[]) {
  const points = distributions.flatMap((it) => it.points).filter((it) => it.quantile < 1);
  if (points.length === 0) return undefined;
  const times = points.map((it) => it.microseconds);
  const unit = axisUnit(Math.min(...times), 'us');
  const rarities = points.map((it) => rarity(it.quantile));
  return {
    unit,
    latency: logAxis(Math.min(...times) / unit.factor, Math.max(...times) / unit.factor),
    rarity: [Math.min(2, ...rarities), Math.max(...rarities)] as const,
  };
}

/** One in how many responses is slower: 0.99 → 100. It is rounded, because 1 − 0.999 is not exactly 0.001. */
function rarity(quantile: number): number {
  return Number((1 / (1 - quantile)).toPrecision(9));
}

function distributionChart({ id, title }: Panel, lines: readonly Line[], scales: Scales): Chart {
  return {
    id: `distribution-${id}`,
    title: `${title}: latency by percentile`,
    description: lines.map(tailWords).join(' '),
    spec: specOf(lines, scales),
  };
}

/** `bridge: p50 62.4 µs, p90 71.0 µs, p99 120 µs, of 14,200 responses.` */
function tailWords({ distribution, series }: Line): string {
  const told = [0.5, 0.9, 0.99, 0.999]
    .flatMap((quantile) => distribution.points.filter((it) => Math.abs(it.quantile - quantile) < 1e-9))
    .map(
      (it) =>
        `p${formatNumber(it.quantile * 100, it.quantile > 0.99 ? 1 : 0)} ${formatValue(it.microseconds, 'us')}`,
    );
  return `${series.label}: ${told.join(', ')}, of ${formatCount(distribution.responses)} responses.`;
}

function specOf(lines: readonly Line[], scales: Scales): ChartSpec {
  const [first, last] = scales.rarity;
  const rarities = [2, 10, 100, 1_000, 10_000, 100_000].filter((it) => it >= first && it <= last * 1.0001);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    ...besideAxis,
    height,
    encoding: {
      x: {
        field: 'rarity',
        type: 'quantitative',
        scale: { type: 'log', domain: [first, last], nice: false },
        axis: {
          values: rarities,
          labelExpr: tickLabels(rarities, (it) => formatPercent(1 - 1 / it)),
          title: 'percentile of responses',
          grid: true,
        },
      },
      y: {
        field: 'latency',
        type: 'quantitative',
        scale: { type: 'log', domain: [...scales.latency.domain], nice: false },
        axis: {
          values: [...scales.latency.ticks],
          labelExpr: tickLabels(scales.latency.ticks),
          title: `latency (${scales.unit.symbol}, log scale)`,
          grid: true,
        },
      },
      color: { field: 'color', type: 'nominal', scale: null },
      strokeDash: dashes(lines),
    },
    data: {
      values: lines.flatMap(({ distribution, series: { label, color } }) =>
        distribution.points
          .filter((it) => it.quantile < 1)
          .map((it) => ({
            ...{ label, color },
            rarity: rarity(it.quantile),
            latency: it.microseconds / scales.unit.factor,
          })),
      ),
    },
    name: 'lines',
    mark: { type: 'line', strokeWidth: 2, strokeJoin: 'round' },
  };
}
