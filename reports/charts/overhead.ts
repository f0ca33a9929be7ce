import { capital } from '../../bench/model/capital.ts';
import { formatChangeInterval } from '../../bench/model/format.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { spokenName } from '../../bench/model/server.ts';
import { isMeasured, type MeasuredOverhead, type Overhead } from '../../bench/model/summary.ts';
import { answersOf } from '../answers.ts';
import type { InnerInterval, ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { changeWords, shortLevelWords, whyNoNumbers } from '../words/overhead-words.ts';
import { verdictLabel } from '../words/verdict-words.ts';
import {
  headHeight,
  type Interval,
  type OverheadRow,
  overheadSpec,
  type RowLayout,
  rowLayouts,
  type ServerRow,
  type ShownMetric,
} from './overhead-spec.ts';
import { clientWords } from './panels.ts';
import { lookOf, type Series, seriesOf } from './series.ts';
import type { Chart } from './svg.ts';
import { paper, quiet } from './theme.ts';
import { type Axis, ratioAxis } from './ticks.ts';

const serverHeight = 24;
/** Most rows of one drawing. With more, each comparison has a drawing of its own. */
const mostRows = 12;
/** Share of the axis that a label such as `+100 %` takes. */
const labelShare = 0.15;

/**
 * One drawing for each question, with the main results: a row for each server and path. If one drawing would have
 * too many rows, each server and baseline with anything to draw has one, with the verdicts in words.
 */
export function overheadCharts(model: ReportModel): readonly Chart[] {
  const { profiles, confidence, margins } = model.run.plan;
  const against = baselineWords(model.run.plan).name;
  const panels = profiles
    .map((profile): Panel => {
      const { declaredMetric: name } = profile;
      const margin = marginOf({ metric: name, margin: margins?.[name] });
      return { profile, metric: { ...metric(name), margin, against }, groups: groupsOf(model, profile) };
    })
    .filter((panel) => rowsOf(panel).some(({ measured }) => measured !== undefined));
  if (panels.some((panel) => rowsOf(panel).length > mostRows)) {
    return panels.flatMap((panel) => {
      // One scale for the drawings of a metric, so that lengths compare from one baseline to the next.
      const axis = axisOver([panel]);
      return panel.groups
        .filter(({ rows }) => rows.some(({ measured }) => measured !== undefined))
        .map((group) => groupChart(panel, group, axis, confidence));
    });
  }
  // One scale for all drawings, so that lengths compare across them.
  const axis = axisOver(panels);
  return panels.map((panel) => panelChart(panel, axis, confidence));
}

interface Row {
  readonly overhead: Overhead;
  /** The same overhead, where there is a figure to draw. A capacity that the client limited has none. */
  readonly measured?: MeasuredOverhead;
  readonly inner?: InnerInterval;
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
  readonly metric: ShownMetric;
  readonly groups: readonly Group[];
}

function groupsOf(model: ReportModel, profile: LoadProfile): readonly Group[] {
  const { summary, innerIntervals } = model;
  const series = seriesOf(summary.cases);
  return answersOf(model).flatMap(({ server, baseline, paths }) => {
    const rows = paths.flatMap(({ role, overheads }) =>
      overheads
        .filter((it) => it.profile === profile.name)
        .map((overhead): Row => {
          const shown = isMeasured(overhead) && whyNoNumbers(overhead, summary.cases) === undefined;
          const inner = innerIntervals.find(
            (it) =>
              it.server === server &&
              it.profile === profile.name &&
              it.baseline === baseline &&
              it.path === overhead.path,
          );
          return {
            overhead,
            series: lookOf(series, { path: overhead.path, role }),
            ...(shown ? { measured: overhead } : {}),
            ...(inner === undefined ? {} : { inner }),
          };
        }),
    );
    return rows.length === 0 ? [] : [{ server, baseline, rows }];
  });
}

function rowsOf({ groups }: Panel): readonly Row[] {
  return groups.flatMap(({ rows }) => rows);
}

function axisOver(panels: readonly Panel[]): Axis {
  const ends = panels.flatMap((panel) => [
    1 - panel.metric.margin,
    1 + panel.metric.margin,
    ...rowsOf(panel).flatMap(({ measured }) =>
      measured === undefined ? [] : [measured.ratioLow, measured.ratioHigh],
    ),
  ]);
  return ratioAxis(Math.min(...ends), Math.max(...ends), labelShare);
}

function panelChart(panel: Panel, axis: Axis, level: number): Chart {
  const several = new Set(panel.groups.map(({ baseline }) => baseline)).size > 1;
  const groups = panel.groups.map((group) => ({
    ...group,
    name: `${spokenName(group.server)}${several ? `, ${clientWords(group.baseline)}` : ''}`,
  }));
  return {
    id: idOf(panel),
    title: titleOf(panel),
    description: findings(rowsOf(panel), level),
    spec: specOf(panel, groups, axis, 'plain', (row) => plainValue(row, level)),
  };
}

function groupChart(panel: Panel, group: Group, axis: Axis, level: number): Chart {
  const { server, baseline, rows } = group;
  return {
    id: `${idOf(panel)}-${server}-${baseline.replaceAll('/', '-')}`,
    title: `${titleOf(panel)}: ${spokenName(server)}, ${clientWords(baseline)}`,
    description: findings(rows, level),
    spec: specOf(panel, [group], axis, 'roomy', (row) => findingOf(row, level)),
  };
}

/** @param wordsOf the words at the right of a row. */
function specOf(
  panel: Panel,
  groups: readonly (Group & { readonly name?: string })[],
  axis: Axis,
  layout: RowLayout,
  wordsOf: (row: Row) => string,
) {
  const servers: ServerRow[] = [];
  const drawn: OverheadRow[] = [];
  let height: number = headHeight;
  for (const { name, rows } of groups) {
    if (name !== undefined) {
      servers.push({ y: height + serverHeight / 2, text: name });
      height += serverHeight;
    }
    for (const row of rows) {
      drawn.push({ y: height, label: row.series.label, value: wordsOf(row), ...intervalOf(row) });
      height += rowLayouts[layout].height;
    }
  }
  return overheadSpec(panel.metric, axis, height, servers, drawn, layout);
}

function idOf({ profile, metric: shown }: Panel): string {
  return `overhead-${profile.name}-${shown.name}`;
}

function titleOf({ profile, metric: shown }: Panel): string {
  return `${capital(shown.label)}, ${readerWords[profile.name].reader}`;
}

/** What may not be used is drawn in grey, and without the interval that would decide. */
function intervalOf({ measured, inner, series }: Row): { readonly interval?: Interval } {
  if (measured === undefined) return {};
  const { ratio, ratioLow, ratioHigh, verdict } = measured;
  const { color, shape, role } = series;
  const trusted = verdict !== 'untrusted';
  const drawn = trusted ? color : quiet;
  return {
    interval: {
      ...{ ratio, low: ratioLow, high: ratioHigh, shape, color: drawn },
      fill: role === 'twin' || !trusted ? paper : drawn,
      ...(trusted && inner !== undefined ? { inner: { low: inner.low, high: inner.high } } : {}),
    },
  };
}

/** The verdicts are in the table beside the drawing, so that only what forbids to read a figure is told here. */
function plainValue({ overhead, measured }: Row, level: number): string {
  return measured === undefined || overhead.verdict === 'untrusted'
    ? (verdictLabel(overhead) ?? '')
    : intervalWords(measured, level);
}

function findingOf({ overhead, measured }: Row, level: number): string {
  const word = verdictLabel(overhead) ?? '';
  return measured === undefined ? word : `${word} · ${intervalWords(measured, level)}`;
}

function intervalWords(overhead: MeasuredOverhead, level: number): string {
  const short = shortLevelWords(overhead, level);
  const change = formatChangeInterval(overhead);
  return short === undefined ? change : `${change} (${short})`;
}

function findings(rows: readonly Row[], level: number): string {
  return rows
    .map(({ overhead, measured, series }) => {
      const figure = measured === undefined ? '' : `, ${changeWords(measured, level)}`;
      return `${spokenName(overhead.server)} ${series.label}: ${verdictLabel(overhead) ?? ''}${figure}.`;
    })
    .join(' ');
}
