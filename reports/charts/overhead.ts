import { type Metric, metric } from '../../bench/model/metric.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import type { Overhead } from '../../bench/model/summary.ts';
import { formatRatioInterval } from '../format.ts';
import {
  connectionWords,
  detectableWords,
  shortLevelWords,
  showsNoDifference,
  twinLabel,
  verdictWords,
} from '../overhead-words.ts';
import type { ReportModel } from '../report-model.ts';
import { type IntervalRow, overheadSpec, type ServerRow } from './overhead-spec.ts';
import { type Series, seriesOf } from './series.ts';
import type { Chart } from './svg.ts';
import { paper } from './theme.ts';
import { type Axis, ratioAxis } from './ticks.ts';

const serverHeight = 24;
const rowHeight = 38;

/** One panel for each profile's primary metric and its CPU per request; a row for each server and path. */
export function overheadCharts(model: ReportModel): readonly Chart[] {
  const { overheads, twin } = model.summary;
  const all = [...overheads, ...twin];
  const panels = model.run.plan.profiles.flatMap((profile) =>
    [...new Set([profile.primaryMetric, 'cpu-per-request' as const])].map((name) => ({
      profile,
      metric: metric(name),
      rows: rowsOf(
        model,
        all.filter((it) => it.profile === profile.name && it.metric === name),
      ),
    })),
  );
  const shown = panels.filter((panel) => panel.rows.length > 0);
  // One scale for all panels, so that lengths compare across them.
  const ends = shown.flatMap((panel) => [
    1 - panel.metric.margin,
    1 + panel.metric.margin,
    ...panel.rows.flatMap(({ overhead }) => [overhead.low, overhead.high]),
  ]);
  const axis = ratioAxis(Math.min(...ends), Math.max(...ends), 8);
  return shown.map((panel) => overheadChart(panel, axis, model.run.plan.confidence));
}

interface Row {
  readonly overhead: Overhead;
  readonly series: Series;
}

interface Panel {
  readonly profile: LoadProfile;
  readonly metric: Metric;
  readonly rows: readonly Row[];
}

/** Server by server: the contenders in the plan's order, then the twin. */
function rowsOf(model: ReportModel, overheads: readonly Overhead[]): readonly Row[] {
  const series = seriesOf(model.summary.cases);
  const twins = new Set(model.summary.twin);
  return model.run.plan.servers.flatMap((server) =>
    overheads
      .filter((it) => it.server === server)
      .flatMap((overhead) => {
        const label = twins.has(overhead) ? twinLabel(overhead.path) : overhead.path;
        const found = series.find((it) => it.label === label);
        return found === undefined ? [] : [{ overhead, series: found }];
      }),
  );
}

function overheadChart(panel: Panel, axis: Axis, level: number): Chart {
  const { profile, metric: shown, rows } = panel;
  const servers: ServerRow[] = [];
  const intervals: IntervalRow[] = [];
  let height = 0;
  for (const row of rows) {
    if (servers.at(-1)?.text !== row.overhead.server) {
      servers.push({ y: height + serverHeight / 2, text: row.overhead.server });
      height += serverHeight;
    }
    intervals.push({ y: height, ...intervalOf(row, level) });
    height += rowHeight;
  }
  return {
    id: `overhead-${profile.name}-${shown.name.replace('.', '-')}`,
    title: `${capital(shown.label)}, ${profile.name} profile, ${connectionWords(profile)}`,
    description: rows.map(({ overhead, series }) => finding(overhead, series, level)).join(' '),
    spec: overheadSpec(shown, axis, height, servers, intervals),
  };
}

function intervalOf({ overhead, series }: Row, level: number): Omit<IntervalRow, 'y'> {
  const short = shortLevelWords(overhead, level);
  const { ratio, low, high, verdict } = overhead;
  return {
    ratio,
    low,
    high,
    label: series.label,
    value: `${verdictWords(overhead)} · ${formatRatioInterval(ratio, low, high)}${short === undefined ? '' : ` (${short})`}`,
    color: series.color,
    shape: series.shape,
    fill: series.role === 'twin' ? paper : series.color,
    opacity: verdict === 'untrusted' ? 0.45 : 1,
  };
}

function finding(overhead: Overhead, series: Series, level: number): string {
  const { server, ratio, low, high } = overhead;
  const could = showsNoDifference(overhead, level) ? ` (${detectableWords(overhead)})` : '';
  return `${server} ${series.label}: ${verdictWords(overhead)}, ratio ${formatRatioInterval(ratio, low, high)}${could}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
