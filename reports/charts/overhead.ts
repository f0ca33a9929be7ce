import { formatChangeInterval } from '../../bench/model/format.ts';
import { type Metric, metric } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { isMeasured, type MeasuredOverhead, type Overhead } from '../../bench/model/summary.ts';
import { answersOf } from '../answers.ts';
import type { ReportModel } from '../report-model.ts';
import { serverNames } from '../words/finding-words.ts';
import {
  changeWords,
  connectionWords,
  insteadOfNumbers,
  shortLevelWords,
  twinLabel,
  verdictWord,
} from '../words/overhead-words.ts';
import type { Interval } from './overhead-marks.ts';
import { type OverheadRow, overheadSpec, type ServerRow } from './overhead-spec.ts';
import { overheadTableSpec } from './overhead-table-spec.ts';
import { type Series, seriesOf } from './series.ts';
import type { Chart } from './svg.ts';
import { paper, quiet } from './theme.ts';
import { type Axis, ratioAxis } from './ticks.ts';

const serverHeight = 24;
const rowHeight = 38;
/**
 * Most rows of a panel beside another one. With more, each comparison becomes a table over the page's width.
 */
const mostRows = 12;

/**
 * One panel for each question, with the declared comparisons: a row for each server and path. If one panel
 * would have too many rows, each server and baseline has a table instead.
 */
export function overheadCharts(model: ReportModel): readonly Chart[] {
  const { profiles, comparisons, confidence } = model.run.plan;
  const panels = profiles
    .map((profile) => ({ profile, metric: metric(profile.declaredMetric), groups: groupsOf(model, profile) }))
    .filter((panel) => rowsOf(panel).some(({ measured }) => measured !== undefined));
  if (panels.some((panel) => rowsOf(panel).length > mostRows)) {
    return panels.flatMap((panel) => overheadTables(panel, confidence));
  }
  // One scale for all panels, so that lengths compare across them.
  const axis = axisOver(panels, 8);
  return panels.map((panel) => overheadPanel(panel, axis, confidence, comparisons.length > 1));
}

interface Row {
  readonly overhead: Overhead;
  /** The same overhead, where there is a figure to draw. A capacity that the client limited has none. */
  readonly measured?: MeasuredOverhead;
  readonly series: Series;
}

/** The comparisons of one server with one baseline: the contenders in the plan's order, then the twin. */
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

function groupsOf(model: ReportModel, profile: LoadProfile): readonly Group[] {
  const series = seriesOf(model.summary.cases);
  return answersOf(model).flatMap(({ server, baseline, paths }) => {
    const rows = paths.flatMap(({ role, overheads }) =>
      overheads
        .filter((it) => it.profile === profile.name)
        .flatMap((overhead): readonly Row[] => {
          const label = role === 'twin' ? twinLabel(overhead.path) : overhead.path;
          const found = series.find((it) => it.label === label);
          if (found === undefined) return [];
          const shown = isMeasured(overhead) && insteadOfNumbers(overhead, model.summary.cases) === undefined;
          return [{ overhead, series: found, ...(shown ? { measured: overhead } : {}) }];
        }),
    );
    return rows.length === 0 ? [] : [{ server, baseline, rows }];
  });
}

function rowsOf({ groups }: Panel): readonly Row[] {
  return groups.flatMap(({ rows }) => rows);
}

function axisOver(panels: readonly Panel[], maxTicks: number): Axis {
  const ends = panels.flatMap((panel) => [
    1 - panel.metric.margin,
    1 + panel.metric.margin,
    ...rowsOf(panel).flatMap(({ measured }) =>
      measured === undefined ? [] : [measured.ratioLow, measured.ratioHigh],
    ),
  ]);
  return ratioAxis(Math.min(...ends), Math.max(...ends), maxTicks);
}

function overheadPanel(panel: Panel, axis: Axis, level: number, tellBaselines: boolean): Chart {
  const servers: ServerRow[] = [];
  const drawn: OverheadRow[] = [];
  let height = 0;
  for (const { server, baseline, rows } of panel.groups) {
    const name = serverNames[server];
    servers.push({
      y: height + serverHeight / 2,
      text: tellBaselines ? `${name}, against ${baseline}` : name,
    });
    height += serverHeight;
    for (const row of rows) {
      const value = [
        verdictOf(row),
        ...(row.measured === undefined ? [] : [intervalWords(row.measured, level)]),
      ];
      drawn.push({ y: height, label: row.series.label, value: value.join(' · '), ...intervalOf(row) });
      height += rowHeight;
    }
  }
  return {
    id: idOf(panel),
    title: titleOf(panel),
    description: findings(rowsOf(panel), level),
    spec: overheadSpec(panel.metric, axis, height, servers, drawn),
  };
}

/** One scale for the tables of a metric, so that lengths compare from one baseline to the next. */
function overheadTables(panel: Panel, level: number): readonly Chart[] {
  const axis = axisOver([panel], 8);
  return panel.groups.map(({ server, baseline, rows }) => ({
    id: `${idOf(panel)}-${server}-${baseline.replaceAll('/', '-')}`,
    title: `${titleOf(panel)}: ${serverNames[server]} against ${baseline}`,
    description: findings(rows, level),
    wide: true,
    spec: overheadTableSpec(
      panel.metric,
      axis,
      rows.map((row) => ({
        label: row.series.label,
        verdict: verdictOf(row),
        verdictColor: row.overhead.verdict === undefined ? quiet : `var(--${row.overhead.verdict})`,
        change: row.measured === undefined ? '' : intervalWords(row.measured, level),
        ...intervalOf(row),
      })),
    ),
  }));
}

function idOf({ profile, metric: shown }: Panel): string {
  return `overhead-${profile.name}-${shown.name}`;
}

function titleOf({ profile, metric: shown }: Panel): string {
  return `${capital(shown.label)}, ${profile.name} profile, ${connectionWords(profile)}`;
}

function verdictOf({ overhead }: Row): string {
  return verdictWord(overhead) ?? '';
}

function intervalOf({ measured, series }: Row): { readonly interval?: Interval } {
  if (measured === undefined) return {};
  const { ratio, ratioLow, ratioHigh, verdict } = measured;
  return {
    interval: {
      ratio,
      low: ratioLow,
      high: ratioHigh,
      color: series.color,
      shape: series.shape,
      fill: series.role === 'twin' ? paper : series.color,
      opacity: verdict === 'untrusted' ? 0.45 : 1,
    },
  };
}

function intervalWords(overhead: MeasuredOverhead, level: number): string {
  const short = shortLevelWords(overhead, level);
  const { ratio, ratioLow, ratioHigh } = overhead;
  const change = formatChangeInterval(ratio - 1, ratioLow - 1, ratioHigh - 1);
  return short === undefined ? change : `${change} (${short})`;
}

function findings(rows: readonly Row[], level: number): string {
  return rows
    .map((row) => {
      const figure = row.measured === undefined ? '' : `, ${changeWords(row.measured, level)}`;
      return `${serverNames[row.overhead.server]} ${row.series.label}: ${verdictOf(row)}${figure}.`;
    })
    .join(' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
