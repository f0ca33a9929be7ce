import { fingerprintDifferences } from '../../bench/model/fingerprint.ts';
import { counted, formatChangeInterval } from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import type { IndexedRun } from '../../bench/model/indexed-run.ts';
import { metric } from '../../bench/model/metric.ts';
import { drawCharts } from '../charts/svg.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { type Content, type Html, html, trusted } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { prose } from '../html/prose.ts';
import { styleSheet } from '../html/style.ts';
import { type Column, type Row, table } from '../html/table.ts';
import { groupLabel } from '../words/path-words.ts';
import type { Change, History, Series, Subject, SubjectHistory } from './history.ts';
import {
  allChanges,
  beginningsWords,
  changeWords,
  dateOf,
  factWords,
  findingWords,
  leftOutWords,
  placeWords,
  subjectWords,
  suspicionWords,
} from './history-words.ts';
import { trendChart } from './trend-chart.ts';

interface SiteOptions {
  /** The folder of the bundled font, `reports/fonts`. */
  readonly fontsDirectory: string;
  /** From a page to the report of a run; `undefined` where it has none. */
  readonly reportOf: (run: IndexedRun) => string | undefined;
  readonly skipped: readonly { readonly folder: string; readonly reason: string }[];
}

interface SiteFile {
  readonly name: string;
  readonly content: string;
}

/** Runs that a page lists. The index has all of them. */
const mostRuns = 100;

/** The static site: an index, a page for each comparison, one style sheet. It runs no script and loads nothing else. */
export async function renderSite(history: History, options: SiteOptions): Promise<readonly SiteFile[]> {
  const font = await readReportFont(options.fontsDirectory);
  const charts = history.subjects.flatMap(({ subject, series }) =>
    series.map((it, index) => ({ of: it, chart: trendChart(chartId(index), subject, it) })),
  );
  const drawings = await drawCharts(
    charts.map(({ chart }) => chart),
    { textWidth: textWidthOf(font) },
  );
  const drawingOf = new Map(charts.map(({ of }, index) => [of, drawings[index] ?? '']));
  return [
    { name: 'style.css', content: styleSheet(font) },
    { name: 'index.html', content: indexPage(history, options) },
    ...history.subjects.map((it) => ({
      name: pageName(it.subject),
      content: subjectPage(it, options, (series) => trusted(drawingOf.get(series) ?? '')),
    })),
  ];
}

function chartId(index: number): string {
  return `trend-${index + 1}`;
}

/** Unique: it has all that tells one comparison from another. */
function pageName({ server, profile, path, baseline, metric: name }: Subject): string {
  return `${[server, profile, path, 'against', baseline, name].join('-').replaceAll('/', '-')}.html`;
}

function sitePage(title: string, body: Content): string {
  return page({ title, command: 'bench history', style: { file: 'style.css' }, body }).markup;
}

function indexPage(history: History, options: SiteOptions): string {
  const { runs, subjects } = history;
  const finding = findingWords(history);
  const changes = allChanges(subjects);
  const [declared, further] = [true, false].map((it) =>
    subjects.filter(({ subject }) => subject.declared === it),
  );
  return sitePage(
    finding,
    html`<header><nav aria-label="Contents"><a href="#now">Now</a> <a href="#changes">Changes</a> <a href="#runs">Runs</a></nav></header>
<main>
<h1>${finding}</h1>
${beginningsWords(history).map((it) => notice(it))}${changeList(history.news.changes)}
<section aria-labelledby="now">
<h2 id="now">Now: what each mode costs</h2>
<p class="lead">The mean of the runs since the last change, each with the same weight, as change from the baseline with its 95 % interval.</p>
${levelTable('Main results', declared ?? [])}
${(further ?? []).length === 0 ? undefined : html`<details><summary>Further figures</summary>${levelTable('Further figures', further ?? [])}</details>`}
</section>
<section aria-labelledby="changes">
<h2 id="changes">Changes, newest first</h2>
${changes.length === 0 ? html`<p>None so far.</p>` : changeList(changes)}
</section>
<section aria-labelledby="runs">
<h2 id="runs">Runs, newest first</h2>
${runsTable(runs, [{ label: 'date' }, { label: 'state' }], (run) => ({
  head: runLink(run, options),
  cells: [dateOf(run), run.state === 'complete' ? 'complete' : 'ended early'],
}))}
${skippedSection(options)}</section>
</main>`,
  );
}

/** A row for each run, the newest first. */
function runsTable<T>(all: readonly T[], columns: readonly Column[], rowOf: (it: T) => Row): Html {
  return table({
    caption: all.length > mostRuns ? `The newest ${mostRuns} of ${all.length} runs` : 'All runs',
    head: 'run',
    columns,
    groups: [{ rows: all.slice(-mostRuns).reverse().map(rowOf) }],
  });
}

function notice(text: string): Html {
  return html`<div class="notice"><p>${prose(text)}</p></div>\n`;
}

function changeList(changes: readonly Change[]): Html | undefined {
  if (changes.length === 0) return undefined;
  return html`<ul class="findings">${changes.map(
    (it) =>
      html`<li><a href="${pageName(it.subject)}">${subjectWords(it.subject)}</a>: ${prose(changeWords(it))}</li>\n`,
  )}</ul>`;
}

function levelTable(caption: string, subjects: readonly SubjectHistory[]): Html {
  const groups = grouped(subjects, ({ subject }) => groupLabel(subject));
  return table({
    caption,
    head: 'comparison',
    columns: [
      { label: 'overhead', number: true },
      { label: 'since' },
      { label: 'runs', number: true },
      { label: 'changes', number: true },
      { label: 'note' },
    ],
    groups: [...groups].map(([title, found]) => ({ title, rows: found.map(levelRow) })),
  });
}

function levelRow({ subject, series }: SubjectHistory): Row {
  const current = series.at(-1);
  const level = current?.levels.at(-1);
  const name = `${placeWords(subject)}: ${metric(subject.metric).label}`;
  const changes = series.reduce((sum, it) => sum + it.changes.length, 0);
  return {
    head: html`<a href="${pageName(subject)}">${name}</a>`,
    cells: [
      level === undefined ? 'no interval that counts' : formatChangeInterval(level),
      level === undefined ? '' : dateOf(level.from.run),
      level?.nights ?? 0,
      changes,
      current?.suspicion === undefined ? '' : 'not yet datable',
    ],
  };
}

function skippedSection({ skipped }: SiteOptions): Html | undefined {
  if (skipped.length === 0) return undefined;
  return html`<h3>Skipped folders</h3>
<ul>${skipped.map(({ folder, reason }) => html`<li><code>${folder}</code>: ${reason}</li>\n`)}</ul>`;
}

function runLink(run: IndexedRun, { reportOf }: SiteOptions): Content {
  const report = reportOf(run);
  return report === undefined ? run.runId : html`<a href="${report}">${run.runId}</a>`;
}

function subjectPage(
  { subject, series }: SubjectHistory,
  options: SiteOptions,
  drawingOf: (series: Series) => Html,
): string {
  const name = subjectWords(subject);
  const level = series.at(-1)?.levels.at(-1);
  return sitePage(
    name,
    html`<header><nav aria-label="Contents"><a href="index.html">All comparisons</a></nav></header>
<main>
<h1>${name}</h1>
<p class="lead">${
      level === undefined
        ? 'No run has an interval that counts.'
        : prose(
            `${formatChangeInterval(level)} against ${subject.baseline} since ${dateOf(level.from.run)}: the mean of ${counted(level.nights, 'run')}.`,
          )
    }</p>
<ul class="legend" aria-label="Legend"><li>line across: level</li><li>band: intervals of the runs</li><li>hollow: left out of the trend</li><li>dashed line: change</li></ul>
${series.map((it, index) => seriesSection(it, index, series, options, drawingOf(it))).toReversed()}
</main>`,
  );
}

const pointColumns = [{ label: 'date' }, { label: 'overhead', number: true }, { label: 'note' }];

function seriesSection(
  it: Series,
  index: number,
  all: readonly Series[],
  options: SiteOptions,
  drawing: Html,
): Html {
  const id = `series-${index + 1}`;
  const [first, last] = [it.points[0], it.points.at(-1)];
  const dates =
    first === undefined || last === undefined ? '' : `${dateOf(first.run)} to ${dateOf(last.run)}`;
  const suspicion = suspicionWords(it);
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${dates}</h2>
${differenceWords(it, all[index - 1])}${suspicion === undefined ? undefined : notice(suspicion)}
<figure><figcaption>Overhead from run to run</figcaption>${drawing}</figure>
${changeList(it.changes)}
<details><summary>Runs</summary>${runsTable(it.points, pointColumns, (point) => ({
    head: runLink(point.run, options),
    cells: [
      dateOf(point.run),
      point.interval === undefined ? '' : formatChangeInterval(point.interval),
      leftOutWords(point),
    ],
    quiet: point.leftOut !== undefined,
  }))}</details>
</section>
`;
}

/** A series of its own is another machine, another method, or another load. */
function differenceWords(it: Series, other: Series | undefined): Html | undefined {
  const [before, now] = [other?.points.at(-1)?.run, it.points[0]?.run];
  if (before === undefined || now === undefined) return undefined;
  const facts = fingerprintDifferences([before.fingerprint, now.fingerprint]);
  return html`<p>A series of its own: ${facts.length === 0 ? 'the load is another one' : factWords(facts)}.</p>`;
}
