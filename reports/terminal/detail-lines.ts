import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { isMeasured } from '../../bench/model/summary.ts';
import { type BesideTable, besideTables, besideTitle } from '../beside-table.ts';
import type { ReportModel } from '../report-model.ts';
import { sweepTables, sweepTitle } from '../sweep-table.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { busyWords, cpuMicroseconds, limitName } from '../words/case-words.ts';
import { discardedWords } from '../words/discarded-words.ts';
import { groupWarnings } from '../words/grouped-warnings.ts';
import { shortUnits } from '../words/mark-words.ts';
import { noteWords, notShownList } from '../words/note-words.ts';
import { changeWords, metricLabel } from '../words/overhead-words.ts';
import { caseName, groupLabel } from '../words/path-words.ts';
import { cell, heads, type Line, paragraph, type Row, tableLines } from './layout.ts';

/** One part of the details, under a heading of its own. */
interface Part {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** What `--all` adds to the first screen. Parts without content are left out. */
export function detailParts(model: ReportModel, width: number): readonly (readonly Line[])[] {
  const say = (texts: readonly string[]) => texts.flatMap((it) => paragraph(it, width, 'plain', '', '  '));
  const { summary } = model;
  const parts: readonly Part[] = [
    { title: 'The main results in words', lines: say(summary.headline) },
    { title: 'Other figures: estimate and interval, no verdict', lines: otherFigures(model, width) },
    {
      title:
        'CPU time of a request in µs (client: the load generator), how busy the CPUs were, and who was the limit',
      lines: cpuSplit(model, width),
    },
    { title: besideTitle, lines: besideLines(besideTables(model), width) },
    { title: sweepTitle, lines: besideLines(sweepTables(model), width) },
    { title: 'Discarded slices', lines: say(discardedWords(model)) },
    { title: 'Not shown', lines: say(notShownList(model)) },
    { title: 'Notes', lines: say(noteWords(model)) },
    { title: 'All warnings', lines: warnings(model, width) },
  ];
  return parts
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => [...paragraph(title, width, 'bold'), ...lines]);
}

function otherFigures({ run, summary }: ReportModel, width: number): readonly Line[] {
  const several = run.plan.comparisons.length > 1;
  const figures = [
    ...summary.overheads.map((overhead) => ({ overhead, role: 'contender' as const })),
    ...summary.twin.map((overhead) => ({ overhead, role: 'twin' as const })),
  ].flatMap(({ overhead, role }) =>
    isMeasured(overhead) && !overhead.declared
      ? [{ name: `${groupLabel(overhead)}: ${caseName({ path: overhead.path, role }, several)}`, overhead }]
      : [],
  );
  const rows = figures.flatMap(({ name, overhead }, index): readonly Row[] => {
    const { baselineValue, metric: quantity } = overhead;
    const row: Row = [
      { ...cell(metricLabel(overhead)), indent: '  ' },
      cell(shortUnits(formatValue(baselineValue, metric(quantity).unit))),
      cell(shortUnits(changeWords(overhead, run.plan.confidence))),
    ];
    return figures[index - 1]?.name === name ? [row] : [{ across: name }, row];
  });
  if (rows.length === 0) return [];
  const head = heads([baselineWords(run.plan).head, 'difference, change']);
  return tableLines({ head, rows, align: 'left', wraps: true }, width);
}

function cpuSplit({ run, summary }: ReportModel, width: number): readonly Line[] {
  const several = run.plan.comparisons.length > 1;
  const cases = summary.cases.filter(({ rounds }) => rounds > 0);
  const proxied = cases.some(({ cpu }) => cpu?.proxyUs !== undefined);
  const rows = cases.flatMap((it, index): readonly Row[] => {
    const parts = [
      it.cpu?.serverUs,
      ...(proxied ? [it.cpu?.proxyUs] : []),
      it.cpu?.agentUs,
      it.cpu?.softirqUs,
    ];
    const busy = [busyWords(it.serverBusy), busyWords(it.agentBusy)];
    const row: Row = [
      { ...cell(caseName(it, several)), indent: '  ', hanging: '    ' },
      ...[...parts.map(cpuMicroseconds), ...busy, limitName(it)].map((text) => cell(text)),
    ];
    const before = cases[index - 1];
    return before !== undefined && groupLabel(before) === groupLabel(it)
      ? [row]
      : [{ across: groupLabel(it) }, row];
  });
  if (rows.length === 0) return [];
  const split = ['server', ...(proxied ? ['proxy'] : []), 'client', 'softirq'];
  const head = heads([...split, 'server busy', 'client busy', 'limit']);
  return tableLines({ head, rows, align: 'right', wraps: false }, width);
}

function besideLines(tables: readonly BesideTable[], width: number): readonly Line[] {
  return tables.flatMap(({ title, head, groups, note }) => {
    const rows = groups.flatMap(({ title: common, rows: own }): readonly Row[] => [
      { across: `${title}: ${common}` },
      ...own.map(({ name, cells }) => [
        { ...cell(name), indent: '  ', hanging: '    ' },
        ...cells.map((text) => cell(shortUnits(text))),
      ]),
    ]);
    const table = { head: heads(head), rows, align: 'right', wraps: false } as const;
    return [...tableLines(table, width), ...paragraph(note, width, 'dim', '  ')];
  });
}

function warnings({ summary }: ReportModel, width: number): readonly Line[] {
  return groupWarnings(summary.warnings).flatMap(({ messages, hint }) => [
    ...messages.flatMap((it) => paragraph(it, width, 'yellow', '', '  ')),
    ...paragraph(hint, width, 'plain', '  '),
  ]);
}
