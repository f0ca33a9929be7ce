import {
  changeOf,
  changePrinter,
  type Estimated,
  formatChangeInterval,
  formatChangeRange,
  formatDifference,
  formatNumber,
  formatPercent,
  formatWholePercent,
  pValueWords,
} from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { metric } from '../../bench/model/metric.ts';
import type {
  Across,
  OfRun,
  RunComparison,
  RunComparisons,
  RunDifference,
} from '../../bench/model/run-comparison.ts';
import { spokenName } from '../../bench/model/server.ts';
import { clientWords } from '../charts/panels.ts';
import { type CellState, stateMarks, stateOf } from '../first-screen/cells.ts';
import { listed } from '../words/finding-words.ts';
import { shortUnits } from '../words/mark-words.ts';
import { groupLabel, pathLabel } from '../words/path-words.ts';

/** A cell of a table of `bench compare`, for every renderer. */
export interface ComparisonCell {
  readonly text: string;
  /** A second line. */
  readonly more?: string;
  /** What a reader is to think of a change. Absent of figures without a verdict. */
  readonly state?: CellState;
}

interface ComparisonRow {
  readonly label: string;
  readonly cells: readonly ComparisonCell[];
}

export interface ComparisonTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly groups: readonly { readonly title: string; readonly rows: readonly ComparisonRow[] }[];
}

/** The tables of a document, in the order in which they are shown. Those without rows are left out. */
interface ComparisonTables {
  /** Two runs side by side with the change; of more runs, what they have in common. */
  readonly main: ComparisonTable;
  /** Shown beside the main table where environments are the same. */
  readonly absolute: readonly ComparisonTable[];
  /** Shown on request, or folded: each of several runs with its change, then what was not declared. */
  readonly further: readonly ComparisonTable[];
}

export function comparisonTables(document: RunComparisons): ComparisonTables {
  const several = document.runs.length > 2;
  const mainOf = several ? togetherTable : pairTable;
  const withRows = (tables: readonly ComparisonTable[]) => tables.filter(({ groups }) => groups.length > 0);
  return {
    main: mainOf(document, true),
    absolute: withRows([absoluteTable(document)]),
    further: withRows([
      ...(several ? [runsTable(document, true)] : []),
      mainOf(document, false),
      ...(several ? [runsTable(document, false)] : []),
    ]),
  };
}

/** What the columns mean. */
export function columnNotes({ runs, comparisons }: RunComparisons): readonly string[] {
  const across = comparisons.flatMap((it) => it.across ?? []);
  const [most] = across.toSorted((one, other) => other.runs.length - one.runs.length);
  return [
    `Overhead: the path over its baseline inside one run. Change: the overhead of a run over that of ${runs[0]?.name ?? ''}. +3 % says that the path costs 3 % more against its baseline than it did.`,
    ...(most === undefined
      ? [
          'Two runs by themselves cannot tell a change from what runs usually differ by. Three runs or more show that.',
        ]
      : [
          `All runs: what ${listed(most.runs)} have in common; the interval includes how much they differ. A further run: where its overhead is expected (${formatPercent(most.confidence)}). Between runs: standard deviation beyond what their own intervals explain, its share of the variance (I²), and p of there being none.`,
        ]),
  ];
}

/** What the marks before a change say, those that occur. */
export function markLegend(tables: readonly ComparisonTable[]): string | undefined {
  const states = new Set(
    tables.flatMap(({ groups }) =>
      groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ state }) => state))),
    ),
  );
  const said = stateOrder
    .filter((state) => states.has(state))
    .map((state) => `${changeMarks[state]} ${changeWords[state]}`);
  return said.length === 0 ? undefined : said.join(' · ');
}

const stateOrder = [
  'worse',
  'better',
  'equal',
  'open',
  'untrusted',
  'unmeasured',
] as const satisfies readonly CellState[];

/** Unlike in one run, worse and better have two marks: a reader looks for the first alone. */
export const changeMarks = { ...stateMarks, better: '*' } as const satisfies Record<CellState, string>;

export const changeWords = {
  worse: 'costs more than it did',
  better: 'costs less than it did',
  equal: 'the same, within the margin',
  open: 'open: no change is shown',
  untrusted: 'do not use',
  unmeasured: 'not measured',
} as const satisfies Record<CellState, string>;

/** How comparisons are called. The client is named where the runs have several. */
interface Subjects {
  /** `nginx, one request at a time: median latency`. */
  readonly group: (comparison: RunComparison) => string;
  /** `nginx, bridge`. */
  readonly path: (comparison: Pick<RunComparison, 'server' | 'path' | 'baseline'>) => string;
}

export function subjectsIn({ comparisons, notCompared }: RunComparisons): Subjects {
  const several = new Set([...comparisons, ...notCompared].map(({ baseline }) => baseline)).size > 1;
  const client = (baseline: RunComparison['baseline']) => (several ? `, ${clientWords(baseline)}` : '');
  return {
    group: ({ baseline, metric: name, ...group }) =>
      `${groupLabel(group)}${client(baseline)}: ${metric(name).label}`,
    path: ({ server, path, baseline }) => `${spokenName(server)}, ${pathLabel(path)}${client(baseline)}`,
  };
}

function pairTable(document: RunComparisons, declared: boolean): ComparisonTable {
  const [from, to] = document.runs.map(({ name }) => name);
  return {
    title: declared ? 'Main results: the overhead in each run' : 'Other figures: no verdict',
    head: [from ?? '', to ?? '', `change from ${from} to ${to}`],
    groups: groupsOf(document, declared, (comparison, print) => [
      ...comparison.overheads.map((own) => overheadCell(own, print)),
      ...comparison.differences.map((difference) => changeCell(difference, comparison)),
    ]),
  };
}

function togetherTable(document: RunComparisons, declared: boolean): ComparisonTable {
  const most = Math.max(0, ...document.comparisons.map(({ across }) => across?.runs.length ?? 0));
  return {
    title: `${declared ? 'Main results' : 'Other figures'}: the overhead in all runs together`,
    head: ['all runs', 'a further run', 'between runs'],
    groups: groupsOf(document, declared, ({ across, overheads }) => {
      if (across === undefined) {
        const counting = overheads.filter(({ unused }) => unused === undefined).length;
        return [{ text: `${counting} of ${document.runs.length} runs count: too few` }];
      }
      const { furtherLow, furtherHigh, runs } = across;
      return [
        {
          text: formatChangeInterval(across),
          ...(runs.length < most ? { more: `only ${listed(runs)}` } : {}),
        },
        { text: formatChangeRange(furtherLow, furtherHigh) },
        betweenCell(across),
      ];
    }),
  };
}

function betweenCell({ between, betweenShare, pSame }: Across): ComparisonCell {
  if (between === 0) return { text: 'none' };
  const size = formatNumber(between * 100, between < 0.0995 ? 1 : 0);
  return { text: `±${size} %, I² ${formatWholePercent(betweenShare)}`, more: pValueWords(pSame) };
}

/** Of three runs or more: each by itself, with its change from the first. */
function runsTable(document: RunComparisons, declared: boolean): ComparisonTable {
  const { runs, comparisons } = document;
  const { group, path } = subjectsIn(document);
  return {
    title: declared ? 'Main results: each run' : 'Other figures: each run, no verdict',
    head: ['overhead', `change from ${runs[0]?.name ?? ''}`],
    groups: comparisons
      .filter((it) => it.declared === declared)
      .map((comparison) => ({
        title: `${path(comparison)}: ${group(comparison).replace(/^[^,]*, /, '')}`,
        rows: comparison.overheads.map((own) => ({
          label: own.run,
          cells: [
            overheadCell(own, printerOf([comparison])),
            ...comparison.differences
              .filter(({ to }) => to === own.run)
              .map((difference) => changeCell(difference, comparison)),
          ],
        })),
      })),
  };
}

/** Rows of one server under one load and on one metric are a group. They are printed alike. */
function groupsOf(
  document: RunComparisons,
  declared: boolean,
  cellsOf: (comparison: RunComparison, print: Printer) => readonly ComparisonCell[],
): ComparisonTable['groups'] {
  const shown = document.comparisons.filter((it) => it.declared === declared);
  return [...grouped(shown, subjectsIn(document).group)].map(([title, comparisons]) => {
    const print = printerOf(comparisons);
    return {
      title,
      rows: comparisons.map((comparison) => ({
        label: pathLabel(comparison.path),
        cells: cellsOf(comparison, print),
      })),
    };
  });
}

type Printer = (it: Estimated) => string;

/** All overheads of a group with the precision of the narrowest interval: in tables and drawings alike. */
export function printerOf(comparisons: readonly RunComparison[]): Printer {
  const block = comparisons.flatMap(({ overheads }) =>
    overheads.flatMap(({ measured }) => (measured === undefined ? [] : [changeOf(measured)])),
  );
  const print = changePrinter(block, comparisons[0]?.margin ?? 0);
  return (it) => {
    const { value, interval } = print(it);
    return `${value} ${interval}`;
  };
}

function overheadCell({ measured, unused }: OfRun, print: Printer): ComparisonCell {
  if (measured === undefined) return { text: '–' };
  const text = print(changeOf(measured));
  return { text: unused === undefined ? text : `(${text})` };
}

function changeCell(
  { estimate, ...difference }: RunDifference,
  { declared, margin }: RunComparison,
): ComparisonCell {
  const state = stateOf(difference);
  const stated = declared || state === 'untrusted' ? { state } : {};
  if (estimate === undefined)
    return { text: state === 'untrusted' ? 'do not use' : 'not measured', ...stated };
  const shown = changeOf(estimate);
  const { value, interval } = changePrinter([shown], margin)(shown);
  return { text: `${value} ${interval}`, ...stated };
}

/** What each path adds in each run; without rows where the environments differ. */
function absoluteTable(document: RunComparisons): ComparisonTable {
  const { runs, environment } = document;
  return {
    title: 'Main results: what the path adds to its baseline',
    head: runs.map(({ name }) => name),
    groups: environment.same
      ? groupsOf(document, true, ({ overheads, metric: name }) =>
          runs.map((run) =>
            absoluteCell(
              overheads.find((it) => it.run === run.name),
              name,
            ),
          ),
        )
      : [],
  };
}

function absoluteCell(own: OfRun | undefined, name: RunComparison['metric']): ComparisonCell {
  const absolute = own?.unused === undefined ? own?.measured?.absolute : undefined;
  if (absolute === undefined) return { text: '–' };
  const { difference, differenceLow, differenceHigh } = absolute;
  return {
    text: shortUnits(formatDifference(difference, differenceLow, differenceHigh, metric(name).unit)),
  };
}
