import { type Metric, metric } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import type { ServerName } from '../../bench/model/server.ts';
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
import type { Interval } from './overhead-marks.ts';
import { type IntervalRow, overheadSpec, type ServerRow } from './overhead-spec.ts';
import { overheadTableSpec } from './overhead-table-spec.ts';
import { type Series, seriesOf } from './series.ts';
import type { Chart } from './svg.ts';
import { paper } from './theme.ts';
import { type Axis, ratioAxis } from './ticks.ts';

const serverHeight = 24;
const rowHeight = 38;
/** In a panel that stands beside another one. With more, each comparison becomes a table over the page's width. */
const mostRows = 12;

/**
 * One panel for each profile's primary metric and its CPU per request; a row for each server and path. Where that
 * would be too many rows for one panel: a table for each server and baseline.
 */
export function overheadCharts(model: ReportModel): readonly Chart[] {
  const { overheads, twin } = model.summary;
  const all = [...overheads, ...twin];
  const { profiles, comparisons, confidence } = model.run.plan;
  const panels = profiles
    .flatMap((profile) =>
      [...new Set([profile.primaryMetric, 'cpu-per-request' as const])].map((name) => ({
        profile,
        metric: metric(name),
        groups: groupsOf(
          model,
          all.filter((it) => it.profile === profile.name && it.metric === name),
        ),
      })),
    )
    .filter((panel) => panel.groups.length > 0);
  if (panels.some((panel) => rowsOf(panel).length > mostRows)) {
    return panels.flatMap((panel) => overheadTables(panel, confidence));
  }
  // One scale for all panels, so that lengths compare across them.
  const axis = axisOver(panels, 8);
  return panels.map((panel) => overheadPanel(panel, axis, confidence, comparisons.length > 1));
}

interface Row {
  readonly overhead: Overhead;
  readonly series: Series;
}

/** What one server's paths are compared with: the contenders in the plan's order, then the twin. */
interface Group {
  readonly server: ServerName;
  readonly baseline: PathId;
  readonly rows: readonly Row[];
}

interface Panel {
  readonly profile: LoadProfile;
  readonly metric: Metric;
  readonly groups: readonly Group[];
}

function groupsOf(model: ReportModel, overheads: readonly Overhead[]): readonly Group[] {
  const series = seriesOf(model.summary.cases);
  const twins = new Set(model.summary.twin);
  return model.run.plan.servers.flatMap((server) =>
    model.run.plan.comparisons.flatMap(({ baseline }) => {
      const rows = overheads
        .filter((it) => it.server === server && it.baseline === baseline)
        .flatMap((overhead) => {
          const label = twins.has(overhead) ? twinLabel(overhead.path) : overhead.path;
          const found = series.find((it) => it.label === label);
          return found === undefined ? [] : [{ overhead, series: found }];
        });
      return rows.length === 0 ? [] : [{ server, baseline, rows }];
    }),
  );
}

function rowsOf({ groups }: Panel): readonly Row[] {
  return groups.flatMap(({ rows }) => rows);
}

function axisOver(panels: readonly Panel[], maxTicks: number): Axis {
  const ends = panels.flatMap((panel) => [
    1 - panel.metric.margin,
    1 + panel.metric.margin,
    ...rowsOf(panel).flatMap(({ overhead }) => [overhead.low, overhead.high]),
  ]);
  return ratioAxis(Math.min(...ends), Math.max(...ends), maxTicks);
}

function overheadPanel(panel: Panel, axis: Axis, level: number, tellBaselines: boolean): Chart {
  const servers: ServerRow[] = [];
  const intervals: IntervalRow[] = [];
  let height = 0;
  for (const { server, baseline, rows } of panel.groups) {
    const text = tellBaselines ? `${server}, against ${baseline}` : server;
    servers.push({ y: height + serverHeight / 2, text });
    height += serverHeight;
    for (const row of rows) {
      const value = `${verdictWords(row.overhead)} · ${intervalWords(row.overhead, level)}`;
      intervals.push({ y: height, ...intervalOf(row), value });
      height += rowHeight;
    }
  }
  return {
    id: idOf(panel),
    title: titleOf(panel),
    description: findings(rowsOf(panel), level),
    spec: overheadSpec(panel.metric, axis, height, servers, intervals),
  };
}

/** One scale for the tables of a metric, so that lengths compare from one baseline to the next. */
function overheadTables(panel: Panel, level: number): readonly Chart[] {
  const axis = axisOver([panel], 8);
  return panel.groups.map(({ server, baseline, rows }) => ({
    id: `${idOf(panel)}-${server}-${baseline.replaceAll('/', '-')}`,
    title: `${titleOf(panel)}: ${server} against ${baseline}`,
    description: findings(rows, level),
    wide: true,
    spec: overheadTableSpec(
      panel.metric,
      axis,
      rows.map((row) => ({
        ...intervalOf(row),
        verdict: verdictWords(row.overhead),
        verdictColor: `var(--${row.overhead.verdict})`,
        interval: intervalWords(row.overhead, level),
      })),
    ),
  }));
}

function idOf({ profile, metric: shown }: Panel): string {
  return `overhead-${profile.name}-${shown.name.replace('.', '-')}`;
}

function titleOf({ profile, metric: shown }: Panel): string {
  return `${capital(shown.label)}, ${profile.name} profile, ${connectionWords(profile)}`;
}

function intervalOf({ overhead, series }: Row): Interval {
  const { ratio, low, high, verdict } = overhead;
  return {
    ratio,
    low,
    high,
    label: series.label,
    color: series.color,
    shape: series.shape,
    fill: series.role === 'twin' ? paper : series.color,
    opacity: verdict === 'untrusted' ? 0.45 : 1,
  };
}

function intervalWords(overhead: Overhead, level: number): string {
  const short = shortLevelWords(overhead, level);
  const { ratio, low, high } = overhead;
  return `${formatRatioInterval(ratio, low, high)}${short === undefined ? '' : ` (${short})`}`;
}

function findings(rows: readonly Row[], level: number): string {
  return rows.map(({ overhead, series }) => finding(overhead, series, level)).join(' ');
}

function finding(overhead: Overhead, series: Series, level: number): string {
  const { server, ratio, low, high } = overhead;
  const could = showsNoDifference(overhead, level) ? ` (${detectableWords(overhead)})` : '';
  return `${server} ${series.label}: ${verdictWords(overhead)}, ratio ${formatRatioInterval(ratio, low, high)}${could}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
