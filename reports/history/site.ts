import { capital } from '../../bench/model/capital.ts';
import { fingerprintDifferences } from '../../bench/model/fingerprint.ts';
import { counted, formatChangeInterval, formatCount } from '../../bench/model/format.ts';
import type { IndexedRun } from '../../bench/model/indexed-run.ts';
import { metric } from '../../bench/model/metric.ts';
import { drawCharts } from '../charts/svg.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { type Content, type Html, html, trusted } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { prose } from '../html/prose.ts';
import { styleSheet } from '../html/style.ts';
import { type Cell, type Column, type Row, table } from '../html/table.ts';
import { baselineName } from '../words/baseline-words.ts';
import type { Beginning, Change, History, Series, Subject, SubjectHistory } from './history.ts';
import {
  allChanges,
  beginningsWords,
  changeWords,
  dateOf,
  datesWords,
  factWords,
  findingWords,
  groupedSubjects,
  isWorse,
  leftOutWords,
  newsWords,
  placeWords,
  statusWords,
  subjectWords,
  suspected,
  suspicionWords,
  tonightOf,
  verdictWords,
} from './history-words.ts';
import { isLine, type TrendSize, trendChart, trendStyle } from './trend-chart.ts';

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

/** Drawings take most of the time of a site: further figures have one that fits everywhere. */
function sizesOf({ declared }: Subject): readonly TrendSize[] {
  return declared ? ['narrow', 'wide'] : ['narrow'];
}

/** Runs that a page lists. The index has all of them. */
const mostRuns = 100;

/** The static site: an index, a page for each comparison, one style sheet. It runs no script and loads nothing else. */
export async function renderSite(history: History, options: SiteOptions): Promise<readonly SiteFile[]> {
  const font = await readReportFont(options.fontsDirectory);
  const charts = history.subjects.flatMap(({ subject, series }) =>
    series.flatMap((of, index) =>
      sizesOf(subject).map((size) => ({
        of,
        size,
        chart: trendChart(`trend-${index + 1}-${size}`, subject, of, size),
      })),
    ),
  );
  const drawings = await drawCharts(
    charts.map(({ chart }) => chart),
    { textWidth: textWidthOf(font) },
  );
  const drawingsOf = new Map<Series, readonly Html[]>();
  for (const [index, { of, size }] of charts.entries()) {
    const drawing = html`<div class="${size}">${trusted(drawings[index] ?? '')}</div>`;
    drawingsOf.set(of, [...(drawingsOf.get(of) ?? []), drawing]);
  }
  return [
    // First: by its index a folder is known to be a site, also one that was not written to its end.
    { name: 'index.html', content: indexPage(history, options) },
    { name: 'style.css', content: styleSheet(font) + trendStyle + siteStyle },
    ...history.subjects.map((it) => ({
      name: pageName(it.subject),
      content: subjectPage(it, options, (series) => html`${drawingsOf.get(series) ?? []}`),
    })),
  ];
}

const siteStyle = '.unbroken { white-space: nowrap; }\n';

/** Unique: it has all that tells one comparison from another. */
function pageName({ server, profile, path, baseline, metric: name }: Subject): string {
  return `${[server, profile, path, 'against', baseline, name].join('-').replaceAll('/', '-')}.html`;
}

function sitePage(title: string, body: Content): string {
  return page({ title, command: 'bench history', style: { file: 'style.css' }, body }).markup;
}

function indexPage(history: History, options: SiteOptions): string {
  const { runs, subjects, beginnings } = history;
  const changes = allChanges(subjects);
  const further = levelTable('Further figures', history, false);
  return sitePage(
    findingWords(history),
    html`<header><nav aria-label="Contents"><a href="#now">Now</a> <a href="#changes">Changes</a> <a href="#runs">Runs</a></nav></header>
<main>
<h1>${capital(newsWords(history))}</h1>
<p class="lead">${sentence(`${statusWords(history)}.`)}</p>
${beginningsWords(history).map((it) => notice(it))}${changeList(history.news.changes, 'linked')}${suspicionList(history)}
<section aria-labelledby="now">
<h2 id="now">Now: what each mode costs</h2>
<p class="lead">Level: the mean of the runs since the last change, each with the same weight, as change from the baseline with its 95 % interval.</p>
${levelTable('Main results', history, true)}
${further === undefined ? undefined : html`<details><summary>Further figures</summary>${further}</details>`}
</section>
<section aria-labelledby="changes">
<h2 id="changes">Changes, newest first</h2>
${changes.length === 0 ? html`<p>None so far.</p>` : changeList(changes, 'linked')}
${beginningList(beginnings)}
</section>
<section aria-labelledby="runs">
<h2 id="runs">Runs, newest first</h2>
${runsTable(runs, [{ label: 'date' }, { label: 'state' }], (run) => ({
  head: runLink(run, options),
  cells: [figure(dateOf(run)), run.state === 'complete' ? 'complete' : 'ended early'],
}))}
${skippedSection(options)}</section>
</main>`,
  );
}

function runsTable<T>(all: readonly T[], columns: readonly Column[], rowOf: (it: T) => Row): Html {
  return table({
    caption: all.length > mostRuns ? `The newest ${mostRuns} of ${formatCount(all.length)} runs` : 'All runs',
    head: 'run',
    columns,
    groups: [{ rows: newest(all).map(rowOf) }],
  });
}

function newest<T>(all: readonly T[]): readonly T[] {
  return all.slice(-mostRuns).reverse();
}

function notice(text: string): Html {
  return html`<div class="notice"><p>${sentence(text)}</p></div>\n`;
}

/** @param kind own: of the page that they stand on, which needs neither name nor link. */
function changeList(changes: readonly Change[], kind: 'linked' | 'own'): Html | undefined {
  if (changes.length === 0) return undefined;
  return html`<ul class="findings">${changes.map((it) => {
    const verdict = html`<span class="verdict ${isWorse(it) ? 'slower' : 'faster'}">${verdictWords(it)}</span>`;
    const subject =
      kind === 'own' ? undefined : html`<a href="${pageName(it.subject)}">${subjectWords(it.subject)}</a> `;
    return html`<li>${subject}${verdict} ${sentence(changeWords(it))}</li>\n`;
  })}</ul>`;
}

/** What may have changed: too few nights have followed to say so. */
function suspicionList(history: History): Html | undefined {
  const found = suspected(history).flatMap(({ subject, series }) => {
    const suspicion = series.at(-1)?.suspicion;
    return suspicion === undefined ? [] : [{ subject, suspicion }];
  });
  if (found.length === 0) return undefined;
  return html`<ul class="findings">${found.map(
    ({ subject, suspicion }) =>
      html`<li><a href="${pageName(subject)}">${subjectWords(subject)}</a> <span class="verdict open">not yet datable</span> ${sentence(suspicionWords(suspicion))}</li>\n`,
  )}</ul>`;
}

/** Where machine or method changed: figures before and after are in two series. */
function beginningList(beginnings: readonly Beginning[]): Html | undefined {
  if (beginnings.length === 0) return undefined;
  return html`<h3>New machines and methods, newest first</h3>
<ul class="findings">${newest(beginnings).map(
    ({ run, differences }) =>
      html`<li>${sentence(`${dateOf(run)} (run ${run.runId}): ${factWords(differences)}`)}</li>\n`,
  )}</ul>`;
}

function levelTable(caption: string, { subjects, runs }: History, declared: boolean): Html | undefined {
  const groups = groupedSubjects(subjects, declared);
  if (groups.length === 0) return undefined;
  return table({
    caption,
    head: 'comparison',
    columns: [
      { label: 'level', number: true },
      { label: 'since' },
      { label: 'runs', number: true },
      { label: 'newest run', number: true },
      { label: 'note' },
    ],
    groups: groups.map(([title, found]) => ({ title, rows: found.map((it) => levelRow(it, runs.at(-1))) })),
  });
}

function levelRow(it: SubjectHistory, newestRun: IndexedRun | undefined): Row {
  const { subject, series } = it;
  const level = series.at(-1)?.levels.at(-1);
  const tonight = tonightOf(it, newestRun);
  return {
    head: html`<a href="${pageName(subject)}">${placeWords(subject)}: ${metric(subject.metric).label}</a>`,
    cells: [
      figure(level === undefined ? 'no interval that counts' : formatChangeInterval(level)),
      figure(level === undefined ? '' : dateOf(level.from.run)),
      figure(level === undefined ? '' : formatCount(level.nights)),
      figure(tonight.figure),
      note(tonight.note),
    ],
  };
}

/** A figure or a date: it stays on one line. An empty cell takes no line where rows are cards. */
function figure(text: string): Cell {
  return text === '' ? { content: '', kind: 'empty' } : { content: unbroken(text) };
}

function note(text: string): Cell {
  return text === '' ? { content: '', kind: 'empty' } : { content: sentence(text) };
}

/** A sentence whose dates stay on one line. */
function sentence(text: string): readonly Html[] {
  return text
    .split(/(\d{4}-\d\d-\d\d)/)
    .flatMap((part, index) => (index % 2 === 1 ? [unbroken(part)] : prose(part)));
}

function unbroken(text: string): Html {
  return html`<span class="unbroken">${text}</span>`;
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
        : sentence(
            `${formatChangeInterval(level)} against ${baselineName(subject.baseline)} since ${dateOf(level.from.run)}: ${level.nights === 1 ? 'one run' : `the mean of ${counted(level.nights, 'run')}`}.`,
          )
    }</p>
${legendOf(series)}
${series.map((it, index) => seriesSection(subject, it, index, series, options, drawingOf(it))).toReversed()}
</main>`,
  );
}

/** Names what the drawings of a page have, and no more. */
function legendOf(series: readonly Series[]): Html | undefined {
  const points = series.flatMap((it) => it.points);
  const items = [
    ...(points.some(({ night }) => night !== undefined)
      ? [
          ...(series.every(isLine) ? [] : ['filled mark: a run']),
          ...(series.some(isLine) ? ['coloured line: the runs'] : []),
          'band: intervals of the runs',
          'line across: level',
        ]
      : []),
    ...(points.some(({ leftOut, interval }) => leftOut !== undefined && interval !== undefined)
      ? ['hollow mark: left out of the trend']
      : []),
    ...(series.some(({ changes }) => changes.length > 0) ? ['dashed line: change'] : []),
  ];
  if (items.length === 0) return undefined;
  return html`<ul class="legend" aria-label="Legend">${items.map((it) => html`<li>${it}</li>`)}</ul>`;
}

function seriesSection(
  subject: Subject,
  it: Series,
  index: number,
  all: readonly Series[],
  options: SiteOptions,
  drawing: Html,
): Html {
  const id = `series-${index + 1}`;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${datesWords(it.points)}</h2>
${beginningOf(it, all[index - 1])}${it.suspicion === undefined ? undefined : notice(suspicionWords(it.suspicion))}
<figure><figcaption>Overhead from run to run, as change from ${baselineName(subject.baseline)}</figcaption>${drawing}</figure>
${changeList(it.changes, 'own')}
<details><summary>Runs</summary>${runsTable(
    it.points,
    [{ label: 'date' }, { label: 'overhead', number: true }, { label: 'note' }],
    (point) => ({
      head: runLink(point.run, options),
      cells: [
        figure(dateOf(point.run)),
        figure(point.interval === undefined ? '' : formatChangeInterval(point.interval)),
        note(leftOutWords(point)),
      ],
      quiet: point.leftOut !== undefined,
    }),
  )}</details>
</section>
`;
}

/** A series of its own is another machine, another method, or another load. */
function beginningOf({ points }: Series, other: Series | undefined): Html | undefined {
  const [before, now] = [other?.points.at(-1)?.run, points[0]?.run];
  if (before === undefined || now === undefined) return undefined;
  const differences = fingerprintDifferences([before.fingerprint, now.fingerprint]);
  const why = differences.length === 0 ? 'the load is another one' : factWords(differences);
  const level = other?.levels.at(-1);
  const then = level === undefined ? '' : ` The level of the series below is ${formatChangeInterval(level)}.`;
  return html`<p>${prose(`A series of its own: ${why}.${then}`)}</p>`;
}
