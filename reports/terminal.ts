import { labWords } from '../bench/model/environment.ts';
import { metric } from '../bench/model/metric.ts';
import { oneLine } from '../bench/model/printable.ts';
import type { LoadProfile } from '../bench/model/profile.ts';
import type { ServerName } from '../bench/model/server.ts';
import type { StyledText, TextStyle } from '../bench/model/styled-text.ts';
import type { Overhead, Step, Verdict } from '../bench/model/summary.ts';
import { formatCount, formatPercent, formatValue } from './format.ts';
import { groupWarnings } from './grouped-warnings.ts';
import {
  changeWords,
  connectionWords,
  leftOutCount,
  roundsWords,
  twinLabel,
  verdictWords,
} from './overhead-words.ts';
import type { ReportModel } from './report-model.ts';
import { stateNotice } from './run-state.ts';
import { steadyStateWords } from './steady-state-words.ts';
import { costWords, isShown, layerWords, stairsOf } from './step-words.ts';
import { stopWords } from './stop-words.ts';

export interface TerminalOptions {
  /** Columns of the terminal: no line is longer. At least 40. */
  readonly width: number;
}

const verdictStyles = {
  slower: 'red',
  faster: 'green',
  equivalent: 'plain',
  inconclusive: 'dim',
  untrusted: 'yellow',
} as const satisfies Record<Verdict, TextStyle>;

interface Row {
  readonly path: StyledText;
  readonly value: StyledText;
  readonly change: StyledText;
  readonly verdict: StyledText;
}

type Line = readonly StyledText[];

/**
 * The summary as text: headline, then for each server and profile its primary metric and CPU per request,
 * then what to know about it. `~` stands where no difference is shown, as in benchstat.
 */
export function renderTerminal(model: ReportModel, options: TerminalOptions): readonly StyledText[] {
  const width = Math.max(40, options.width);
  const lines: Line[] = [];
  const say = (text: string, style: TextStyle = 'plain', indent = '', rest = indent) => {
    for (const line of wrap(oneLine(text), width, indent, rest)) lines.push([{ text: line, style }]);
  };
  /** Between two parts. */
  const gap = () => lines.length > 0 && lines.push([]);

  const { summary, run } = model;
  for (const sentence of summary.headline) say(sentence, 'bold');
  const notice = stateNotice(model);
  if (notice !== undefined) say(`${notice.state} ${notice.missing}`, 'yellow');

  const sections = run.plan.servers.flatMap((server) =>
    run.plan.profiles.map((profile) => ({ server, profile, groups: groupsOf(model, server, profile) })),
  );
  const allRows = sections.flatMap((it) => it.groups.flatMap((group) => group.rows));
  const layOut = layoutFor(allRows, width);
  for (const { server, profile, groups } of sections) {
    if (groups.length > 0) {
      gap();
      say(`${server} · ${profile.name} profile · ${connectionWords(profile)}`, 'bold');
      for (const { title, rows } of groups) {
        say(title, 'dim', '  ');
        lines.push(...rows.flatMap((row) => layOut(row)));
      }
    }
  }

  for (const steps of stairsOf(summary.steps ?? [])) {
    gap();
    for (const [index, text] of stairLines(steps, model).entries()) say(text, index === 0 ? 'bold' : 'plain');
  }

  gap();
  for (const note of notesOf(model)) say(note, 'dim');
  for (const { messages, hint } of groupWarnings(summary.warnings)) {
    for (const message of messages) say(`Warning: ${message}`, 'yellow', '', '  ');
    say(hint, 'plain', '  ');
  }
  return lines.flatMap((line) => [...line, plain('\n')]);
}

/** What each layer adds to the one before it, a line each. */
function stairLines(steps: readonly Step[], { run }: ReportModel): readonly string[] {
  const { engine } = run.environment;
  const [first] = steps;
  if (first === undefined) return [];
  return [
    `${first.server} · ${first.profile} profile · what each layer adds: ${metric(first.metric).label}`,
    `${layerWords(first.from, engine)}: ${formatValue(first.fromValue, first.unit)}`,
    ...steps.map((step) => `${layerWords(step.to, engine)}: ${costWords(step)}${isShown(step) ? '' : ' ~'}`),
  ];
}

interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** One group for each metric and baseline: the baseline's own value, the contenders, the twin. */
function groupsOf(model: ReportModel, server: ServerName, profile: LoadProfile): readonly Group[] {
  const { overheads, twin } = model.summary;
  const level = model.run.plan.confidence;
  const names = [...new Set([profile.primaryMetric, 'cpu-per-request' as const])];
  return names.flatMap((name) => {
    const matches = (it: Overhead) =>
      it.server === server && it.profile === profile.name && it.metric === name;
    return model.run.plan.comparisons.flatMap(({ baseline }) => {
      const contenders = overheads.filter((it) => matches(it) && it.baseline === baseline);
      const twins = twin.filter((it) => matches(it) && it.baseline === baseline);
      const any = contenders[0] ?? twins[0];
      if (any === undefined) return [];
      const title = `${metric(name).label}${any.primary ? '' : ' (exploratory)'}`;
      const rows = [
        baselineRow(any),
        ...contenders.map((it) => overheadRow(it, it.path, level)),
        ...twins.map((it) => overheadRow(it, twinLabel(it.path), level)),
      ];
      return [{ title, rows }];
    });
  });
}

function baselineRow(overhead: Overhead): Row {
  return {
    path: plain(overhead.baseline),
    value: plain(formatValue(overhead.baselineValue, overhead.unit)),
    change: { text: 'baseline', style: 'dim' },
    verdict: plain(''),
  };
}

function overheadRow(overhead: Overhead, label: string, level: number): Row {
  return {
    path: plain(label),
    value: plain(formatValue(overhead.contenderValue, overhead.unit)),
    change: plain(changeWords(overhead, level)),
    verdict: { text: verdictWords(overhead), style: verdictStyles[overhead.verdict] },
  };
}

function plain(text: string): StyledText {
  return { text, style: 'plain' };
}

/** All columns if they fit; else without the values; else each row over several lines. The same for all rows. */
function layoutFor(rows: readonly Row[], width: number): (row: Row) => readonly Line[] {
  const indent = '    ';
  const all = (row: Row) => [row.path, row.value, row.change, row.verdict];
  const fewer = (row: Row) => [row.path, row.change, row.verdict];
  for (const cellsOf of [all, fewer]) {
    const widths = columnWidths(rows.map(cellsOf));
    const total = indent.length + widths.reduce((sum, it) => sum + it + 2, -2);
    if (total <= width) return (row) => [[plain(indent), ...joined(cellsOf(row), widths)]];
  }
  return (row) => {
    const rest = [row.value, row.change, row.verdict].map((it) => it.text).filter((text) => text !== '');
    return [
      ...wrap(row.path.text, width, '  ').map((line) => [plain(line)]),
      ...wrap(rest.join(' · '), width, indent).map((text) => [{ text, style: row.verdict.style }]),
    ];
  };
}

function columnWidths(rows: readonly Line[]): readonly number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.text.length ?? 0)));
}

/** The values' column is flush right: its units end under one another. Nothing is padded at the end of a line. */
function joined(row: Line, widths: readonly number[]): Line {
  const last = row.findLastIndex(({ text }) => text !== '');
  return row.slice(0, last + 1).flatMap((cell, column) => {
    const space = plain(' '.repeat((widths[column] ?? 0) - cell.text.length));
    const between = plain(column === 0 ? '' : '  ');
    if (row.length === 4 && column === 1) return [between, space, cell];
    return column === last ? [between, cell] : [between, cell, space];
  });
}

function notesOf(model: ReportModel): readonly string[] {
  const { summary, run } = model;
  const { plan } = run;
  const leftOut = leftOutCount(summary);
  const steady = steadyStateWords(summary);
  const { consistent, contradicted, unread } = summary.evidence;
  return [
    `In brackets: ${formatPercent(plan.confidence)} confidence intervals over ${roundsWords(summary)}, ` +
      'contender against baseline. ~ no difference shown; detectable: what this run could have shown.',
    `Path evidence: ${consistent} consistent, ${contradicted} contradicted, ${unread} unread.` +
      (leftOut === 0 ? '' : ` ${formatCount(leftOut)} slices left out by rule.`) +
      (summary.measuredShare === undefined
        ? ''
        : ` ${formatPercent(Math.round(summary.measuredShare * 100) / 100)} of the time was measuring.`),
    ...[labWords(run.environment.engine), stopWords(run)].filter((words) => words !== undefined),
    ...(summary.spread === undefined ? [] : [summary.spread.message]),
    ...(steady === undefined ? [] : [steady]),
  ];
}

/** Breaks at spaces. A word longer than a line is cut. */
function wrap(text: string, width: number, indent = '', rest = indent): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(' ')) {
    let left = word;
    if (!empty && line.length + 1 + left.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    while (empty && line.length + left.length > width) {
      lines.push(line + left.slice(0, width - line.length));
      left = left.slice(width - line.length);
      line = rest;
    }
    line += empty ? left : ` ${left}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}
