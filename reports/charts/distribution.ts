import { formatCount, formatPercent, formatValue } from '../../bench/model/format.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import type { ServerName } from '../../bench/model/server.ts';
import type { Distribution, ReportModel } from '../report-model.ts';
import { connectionWords } from '../words/overhead-words.ts';
import { axisUnit } from './axis-unit.ts';
import { type Series, seriesOf } from './series.ts';
import type { Chart, ChartSpec } from './svg.ts';
import { chartConfig, chartWidth } from './theme.ts';
import { logAxis } from './ticks.ts';

const height = 240;

/**
 * One panel for each server whose latency was requested: latency over the percentile. The axis of percentiles
 * is 1/(1 − quantile), which gives each further nine the same room. Panels of one profile share their latency
 * axis.
 */
export function distributionCharts(model: ReportModel): readonly Chart[] {
  const series = seriesOf(model.summary.cases);
  return model.run.plan.profiles.flatMap((profile) => {
    const ofProfile = model.distributions.filter((it) => it.case.profile === profile.name);
    const scales = scalesOf(ofProfile);
    return model.run.plan.servers.flatMap((server) => {
      const shown = ofProfile.filter((it) => it.case.server === server);
      return shown.length === 0 || scales === undefined
        ? []
        : [distributionChart(server, profile, shown, series, scales)];
    });
  });
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

function distributionChart(
  server: ServerName,
  profile: LoadProfile,
  shown: readonly Distribution[],
  series: readonly Series[],
  scales: Scales,
): Chart {
  const lines = shown.flatMap((distribution) => {
    const found = series.find(
      (it) =>
        it.path === distribution.case.path && (it.role === 'twin') === (distribution.case.role === 'twin'),
    );
    return found === undefined ? [] : [{ distribution, series: found }];
  });
  return {
    id: `distribution-${server}-${profile.name}`,
    title: `${server}, ${profile.name} profile, ${connectionWords(profile)}: latency by percentile`,
    description: lines.map((it) => finding(it.distribution, it.series)).join(' '),
    spec: specOf(lines, scales),
  };
}

function finding(distribution: Distribution, series: Series): string {
  const told = [0.5, 0.9, 0.99, 0.999]
    .flatMap((quantile) => distribution.points.filter((it) => Math.abs(it.quantile - quantile) < 1e-9))
    .map((it) => `${formatPercent(it.quantile)} within ${formatValue(it.microseconds, 'us')}`);
  const responses = `${formatCount(distribution.responses)} responses`;
  return `${series.label}: ${[responses, ...told].join(', ')}.`;
}

function specOf(
  lines: readonly { readonly distribution: Distribution; readonly series: Series }[],
  scales: Scales,
): ChartSpec {
  const [first, last] = scales.rarity;
  const percentiles = [2, 10, 100, 1_000, 10_000, 100_000].filter((it) => it >= first && it <= last * 1.0001);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: chartWidth - 52,
    height,
    config: chartConfig,
    encoding: {
      x: {
        field: 'rarity',
        type: 'quantitative',
        scale: { type: 'log', domain: [first, last], nice: false },
        axis: {
          values: percentiles,
          labelExpr: "datum.value == 2 ? '50 %' : format(100 - 100 / datum.value, '~g') + ' %'",
          title: 'percentile of responses (each further nine takes the same room)',
          grid: true,
        },
      },
      y: {
        field: 'latency',
        type: 'quantitative',
        scale: { type: 'log', domain: [...scales.latency.domain], nice: false },
        axis: {
          values: [...scales.latency.ticks],
          labelExpr: "format(datum.value, '~g')",
          title: `latency (${scales.unit.symbol}, log scale)`,
          grid: true,
        },
      },
    },
    layer: lines.map(({ distribution, series }, index) => ({
      name: `line-${index + 1}`,
      data: {
        values: distribution.points
          .filter((it) => it.quantile < 1)
          .map((it) => ({ rarity: rarity(it.quantile), latency: it.microseconds / scales.unit.factor })),
      },
      mark: {
        type: 'line',
        color: series.color,
        strokeWidth: series.role === 'twin' ? 1.5 : 2,
        strokeDash: [...series.dash],
        strokeJoin: 'round',
      },
    })),
  };
}
