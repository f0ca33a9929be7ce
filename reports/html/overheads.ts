import {
  changeOf,
  changePrinter,
  differencePrinter,
  formatPercent,
  formatPercentChange,
  formatRatioInterval,
  formatSignedValue,
  formatValue,
  pValueWords,
} from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { type PathId, pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { isMeasured, type MeasuredOverhead, type Overhead } from '../../bench/model/summary.ts';
import { differenceIn } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { limitName } from '../words/case-words.ts';
import { connectionWords, shortLevelWords, whyNoNumbers } from '../words/overhead-words.ts';
import { pathLabel, pathName } from '../words/path-words.ts';
import { resultAnchor } from './anchors.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';
import { type Cell, type Column, type Row, table } from './table.ts';
import { verdictMark } from './verdict.ts';

/** Every main result with the reason of its verdict, and below, folded, every other figure. */
export function overheadTables(model: ReportModel): Html {
  const { overheads } = model.summary;
  const main = overheads.filter(({ declared }) => declared);
  const others = overheads.filter(({ declared }) => !declared);
  const words = baselineWords(model.run.plan);
  if (main.length === 0) return html`<p>This run compared no network mode with ${words.name}.</p>`;
  return html`${table({
    caption: 'Main results, with the reason of every verdict',
    head: 'Mode',
    columns: [...changeColumns(model), { label: 'Verdict' }, { label: 'Why' }],
    groups: blocksOf(model, main).map((block) => ({
      title: blockTitle(block, model),
      rows: resultRows(block, model, mainCells),
    })),
    sortable: true,
    kind: 'results',
  })}
${
  others.length === 0
    ? undefined
    : html`<details><summary>Other figures: ${others.length} without a verdict</summary>
<p class="lead">They were not named before the run as main results: with so many, some intervals miss the truth by chance. p is not corrected for their number.</p>
${table({
  caption: 'Other figures',
  head: 'Mode',
  columns: [...changeColumns(model), { label: 'p (not corrected)', number: true }],
  groups: blocksOf(model, others).map((block) => ({
    title: blockTitle(block, model),
    rows: resultRows(block, model, (it) => [
      { content: isMeasured(it) ? pValueWords(it.pValue).replace('p = ', '').replace('p < ', '<') : '–' },
    ]),
  })),
  sortable: true,
})}</details>`
}`;
}

/** The second copy of host mode against the first: what it shows is noise. */
export function noiseTable(model: ReportModel): Html | undefined {
  const twins = model.summary.twin.filter(({ declared }) => declared);
  if (twins.length === 0) return undefined;
  return table({
    caption: `The ${baselineWords(model.run.plan).twin} against the first`,
    head: 'Server',
    columns: [{ label: 'Figure' }, ...changeColumns(model), { label: 'Verdict' }, { label: 'Why' }],
    groups: blocksOf(model, twins).map((block) => ({
      rows: resultRows(block, model, mainCells).map((it) => ({
        ...it,
        head: spokenName(block.first.server),
        cells: [questionOf(block.first, model), ...it.cells],
      })),
    })),
  });
}

function changeColumns({ run: { plan } }: ReportModel): readonly Column[] {
  const interval = `[${formatPercent(plan.confidence)} interval]`;
  return [
    { label: 'Change', small: interval, number: true },
    { label: 'In per cent', small: interval, number: true },
  ];
}

/** Figures of one server, load, metric and baseline: one unit, one precision, one baseline's value. */
interface Block {
  readonly first: Overhead;
  readonly rows: readonly Overhead[];
}

function blocksOf({ run: { plan } }: ReportModel, overheads: readonly Overhead[]): readonly Block[] {
  const blocks = grouped(overheads, ({ server, profile, metric: name, baseline }) =>
    [plan.servers.indexOf(server), plan.profiles.findIndex((it) => it.name === profile), name, baseline].join(
      ' ',
    ),
  );
  const order = (key: string) => Number(key.split(' ').slice(0, 2).join(''));
  return [...blocks]
    .toSorted(([one], [other]) => order(one) - order(other))
    .map(([, rows]) => ({ first: rows[0], rows }));
}

/** `nginx, median latency: one request at a time, client over a virtual link. Host mode: 96.8 µs`. */
function blockTitle({ first, rows }: Block, model: ReportModel): Html {
  const { server, baseline } = first;
  const measured = rows.find((it) => isMeasured(it) && whyNoNumbers(it, model.summary.cases) === undefined);
  const value =
    measured !== undefined && isMeasured(measured)
      ? formatValue(measured.baselineValue, metric(measured.metric).unit)
      : 'not measured';
  const { family } = pathOf(baseline);
  return html`${spokenName(server)}, ${questionOf(first, model)} <span class="note">${
    readerWords[pathOf(baseline).vantage].reader
  }${family === undefined ? '' : ', IPv6'}; ${nameOf(baseline, model)}: ${value}</span>`;
}

/** Each client has a baseline. That of a client who reaches no other path is named as the path that it is. */
function nameOf(baseline: PathId, { run: { plan } }: ReportModel): string {
  const [first] = plan.comparisons;
  return baseline === first?.baseline || plan.service?.running === undefined
    ? baselineWords(plan).name
    : pathLabel(baseline);
}

function questionOf({ metric: name, profile }: Overhead, { run: { plan } }: ReportModel): string {
  const load = plan.profiles.find((it) => it.name === profile);
  const connections = load === undefined ? '' : `, ${connectionWords({ ...load, load: 'closed' })}`;
  return `${metric(name).label}: ${readerWords[profile].reader}${connections}`;
}

function resultRows(
  { rows }: Block,
  model: ReportModel,
  further: (overhead: Overhead, model: ReportModel) => readonly Cell[],
): readonly Row[] {
  const { cases } = model.summary;
  const shown = rows.filter(isMeasured).filter((it) => whyNoNumbers(it, cases) === undefined);
  const [first] = rows;
  const column = first ?? { metric: 'latency_p50_us' };
  const { unit } = metric(column.metric);
  const difference = differencePrinter(shown.map(differenceIn), unit);
  const change = changePrinter(shown.map(changeOf), marginOf(column));
  return rows.map((overhead): Row => {
    const { mode, hint } = pathName(overhead.path, model.run.plan);
    const measured = shown.find((it) => it === overhead);
    const numbers =
      measured === undefined ? ['–', '–'] : numberCells(measured, model, { difference, change });
    return {
      ...(overhead.declared && overhead.path !== overhead.baseline ? { id: resultAnchor(overhead) } : {}),
      head: html`${mode}<small>${hint}</small>`,
      cells: [...numbers, ...further(overhead, model)],
    };
  });
}

function numberCells(
  overhead: MeasuredOverhead,
  { run }: ReportModel,
  print: {
    readonly difference: ReturnType<typeof differencePrinter>;
    readonly change: ReturnType<typeof changePrinter>;
  },
): readonly Cell[] {
  const short = shortLevelWords(overhead, run.plan.confidence);
  const { difference, ratio } = overhead;
  if (short !== undefined) {
    const why = html`<small>no ${formatPercent(run.plan.confidence)} interval: too few rounds</small>`;
    const { unit } = metric(overhead.metric);
    return [
      { content: html`${formatSignedValue(difference, unit)}${why}`, sortBy: difference },
      { content: formatPercentChange(ratio), sortBy: ratio },
    ];
  }
  const [absolute, relative] = [print.difference(differenceIn(overhead)), print.change(changeOf(overhead))];
  return [
    {
      content: html`<b>${absolute.value}</b> <span class="interval">${absolute.interval}</span>`,
      sortBy: difference,
    },
    {
      content: html`<b>${relative.value}</b> <span class="interval">${relative.interval}</span>`,
      sortBy: ratio,
    },
  ];
}

/** The verdict, and below its reason the figures that it rests on. */
function mainCells(overhead: Overhead): readonly Cell[] {
  const reason = overhead.reason === undefined ? undefined : html`${prose(sentence(overhead.reason))} `;
  const facts =
    isMeasured(overhead) && overhead.verdict !== undefined ? html`${factsOf(overhead)}` : undefined;
  return [{ content: verdictMark(overhead) }, { content: html`${reason}${facts}`, kind: 'why' }];
}

function factsOf(overhead: MeasuredOverhead): string {
  const { ratio, ratioLow, ratioHigh, rounds, confidence } = overhead;
  const level = formatPercent(confidence);
  return `Ratio ${formatRatioInterval(ratio, ratioLow, ratioHigh)} at ${level}, ${rounds} rounds, limit: ${limitName(overhead)}.`;
}

/** Makes a full sentence of a reason. Reasons are worded for use inside a sentence. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
