import type { RunComparisons } from '../../bench/model/run-comparison.ts';
import { fitted, folded, type MarkdownTable, type Section, tableSection } from '../markdown/section.ts';
import { code, text } from '../markdown/text.ts';
import {
  type ComparisonCell,
  type ComparisonTable,
  changeMarks,
  columnNotes,
  comparisonTables,
  markLegend,
} from './comparison-tables.ts';
import {
  comparisonFinding,
  environmentFinding,
  environmentRows,
  notComparedWords,
  runWords,
} from './comparison-words.ts';

/** GitHub refuses a comment of more than 65,536 characters. The rest is for the words around it. */
const mostCharacters = 60_000;

/** The same as in the terminal, in GitHub's flavour: for job summaries, pull requests and issues. */
export function renderCompareMarkdown(document: RunComparisons): string {
  const { runs, warnings } = document;
  const { main, absolute, further } = comparisonTables(document);
  const [legend, furtherLegend] = [markLegend([main]), markLegend(further)];
  return fitted(
    [
      section('What was found', [`## ${text(comparisonFinding(document))}`]),
      section(
        'Runs',
        runs.map((run) => `- **${run.name}** ${text(runWords(run))}`),
      ),
      section('Environments', [text(environmentFinding(document))]),
      ...environmentSections(document),
      section(
        'Warnings',
        warnings.map(({ message, hint }) => `> [!WARNING]\n> ${text(message)} ${text(hint)}\n`),
      ),
      ...tableSections(main, false),
      section(
        'Notes',
        [...(legend === undefined ? [] : [legend]), ...columnNotes(document)].map((it) => `${text(it)}  `),
      ),
      ...absolute.flatMap((table) => tableSections(table, true)),
      section('Marks', furtherLegend === undefined ? [] : [`${text(furtherLegend)}  `]),
      ...further.flatMap((table) => tableSections(table, true)),
      section(
        'Not compared',
        notComparedWords(document).map((it) => `- ${text(it)}`),
      ),
    ],
    mostCharacters,
  );
}

function section(what: string, rows: readonly string[]): Section {
  return { what, file: 'summary.json', rows };
}

function environmentSections(document: RunComparisons): readonly Section[] {
  const rows = environmentRows(document).map(({ name, values }) => [
    text(name),
    values.map(code).join('<br>'),
  ]);
  if (rows.length === 0) return [];
  const what = { what: 'Differing facts', file: 'summary.json' } as const;
  return [folded(what, { head: ['fact', 'values'], align: ['-', '-'], rows })];
}

function tableSections(shown: ComparisonTable, closed: boolean): readonly Section[] {
  const { title, head, groups } = shown;
  const table: MarkdownTable = {
    head: ['', ...head.map(text)],
    align: ['-', ...head.map(() => '-:' as const)],
    rows: groups.flatMap(({ title: common, rows }) => [
      [`**${text(common)}**`, ...head.map(() => '')],
      ...rows.map(({ label, cells }) => [text(label), ...head.map((_, index) => cellText(cells[index]))]),
    ]),
  };
  if (table.rows.length === 0) return [];
  const what = { what: title, file: 'summary.json' } as const;
  return [closed ? folded(what, table) : tableSection(what, table, `**${text(title)}**`)];
}

function cellText(shown: ComparisonCell | undefined): string {
  if (shown === undefined) return '';
  const { text: own, more, state } = shown;
  const marked = state === undefined ? text(own) : `${text(changeMarks[state])} ${text(own)}`;
  const strong = state === 'worse' || state === 'better' ? `**${marked}**` : marked;
  return more === undefined ? strong : `${strong}<br>${text(more)}`;
}
