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
import { folded, foldedList, type Section } from './section.ts';
import { text } from './text.ts';

/** What a reader may open below the first screen. */
export function detailSections(model: ReportModel): readonly Section[] {
  const { summary } = model;
  const warnings = groupWarnings(summary.warnings).flatMap(({ messages, hint }) =>
    messages.map((message) => text(`${message} ${hint}`)),
  );
  return [
    foldedList({ what: 'Warnings in full', file: 'summary.json' }, warnings),
    foldedList(
      { what: 'The main results in words', file: 'summary.json' },
      summary.headline.map((it) => text(it)),
    ),
    foldedList({ what: 'Discarded slices', file: 'report.html' }, discardedWords(model).map(text)),
    foldedList({ what: 'Notes', file: 'report.html' }, noteWords(model).map(text)),
    foldedList({ what: 'Not shown, and why', file: 'summary.json' }, notShownList(model).map(text)),
    otherFigures(model),
    cpuSplit(model),
    ...besideSections(besideTitle, besideTables(model)),
    ...besideSections(sweepTitle, sweepTables(model)),
  ];
}

function besideSections(about: string, tables: readonly BesideTable[]): readonly Section[] {
  return tables.map(({ title, rowsAre, head, groups, note }) => {
    const section = folded(
      { what: `${about}: ${title}`, file: 'summary.json' },
      {
        head: ['', rowsAre.toLowerCase(), ...head],
        align: ['-', '-', ...head.map(() => '-:' as const)],
        rows: groups.flatMap(({ title: common, rows }) =>
          rows.map(({ name, cells }) => [text(common), text(name), ...cells.map(text)]),
        ),
      },
    );
    return { ...section, rows: [...section.rows, '', text(note)] };
  });
}

function otherFigures({ run, summary }: ReportModel): Section {
  const several = run.plan.comparisons.length > 1;
  const figures = [
    ...summary.overheads.map((overhead) => ({ overhead, role: 'contender' as const })),
    ...summary.twin.map((overhead) => ({ overhead, role: 'twin' as const })),
  ];
  return folded(
    { what: 'Other figures: estimate and interval, no verdict', file: 'summary.csv' },
    {
      head: ['load', 'path', 'figure', baselineWords(run.plan).head, 'difference [interval], change'],
      align: ['-', '-', '-', '-:', '-:'],
      rows: figures.flatMap(({ overhead, role }) =>
        isMeasured(overhead) && !overhead.declared
          ? [
              [
                text(groupLabel(overhead)),
                text(caseName({ path: overhead.path, role }, several)),
                metricLabel(overhead),
                shortUnits(formatValue(overhead.baselineValue, metric(overhead.metric).unit)),
                text(shortUnits(changeWords(overhead, run.plan.confidence))),
              ],
            ]
          : [],
      ),
    },
  );
}

/** Which component used the CPU time of a request, and which end was the limit. */
function cpuSplit({ run, summary }: ReportModel): Section {
  const several = run.plan.comparisons.length > 1;
  const proxied = summary.cases.some(({ cpu }) => cpu?.proxyUs !== undefined);
  const head = [
    ...[
      'load',
      'path',
      'server',
      ...(proxied ? ['docker-proxy'] : []),
      'load generator',
      'softirq, by ticks',
    ],
    ...['server busy', 'load generator busy', 'limit'],
  ];
  return folded(
    {
      what: 'CPU time of a request in µs, how busy the CPUs were, and who was the limit',
      file: 'summary.json',
    },
    {
      head,
      align: head.map((_, column) => (column < 2 || column === head.length - 1 ? '-' : '-:')),
      rows: summary.cases
        .filter(({ rounds }) => rounds > 0)
        .map((it) => [
          text(groupLabel(it)),
          text(caseName(it, several)),
          ...[
            it.cpu?.serverUs,
            ...(proxied ? [it.cpu?.proxyUs] : []),
            it.cpu?.agentUs,
            it.cpu?.softirqUs,
          ].map(cpuMicroseconds),
          busyWords(it.serverBusy),
          busyWords(it.agentBusy),
          limitName(it),
        ]),
    },
  );
}
