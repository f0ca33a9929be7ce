import type { RunComparisons } from '../../bench/model/run-comparison.ts';
import { drawCharts } from '../charts/svg.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import { type Html, html, trusted } from '../html/markup.ts';
import { page } from '../html/page.ts';
import { prose } from '../html/prose.ts';
import { styleSheet } from '../html/style.ts';
import { type Cell, table } from '../html/table.ts';
import { compareCharts, comparedNames } from './compare-charts.ts';
import {
  type ComparisonCell,
  type ComparisonTable,
  changeMarks,
  changeWords,
  columnNotes,
  comparisonTables,
  markLegend,
} from './comparison-tables.ts';
import {
  comparisonFinding,
  environmentFinding,
  environmentRows,
  factsAtOnce,
  notComparedWords,
  runWords,
} from './comparison-words.ts';

interface HtmlOptions {
  /** The folder of the bundled font, `reports/fonts`. */
  readonly fontsDirectory: string;
}

/**
 * The page of `bench compare`: one file that opens offline, loads nothing and runs no script.
 * @throws Failure if the bundled font cannot be read.
 */
export async function renderCompareHtml(
  document: RunComparisons,
  { fontsDirectory }: HtmlOptions,
): Promise<string> {
  const font = await readReportFont(fontsDirectory);
  const charts = compareCharts(document);
  const drawings = await drawCharts(charts, { textWidth: textWidthOf(font) });
  const { runs, warnings } = document;
  const { main, absolute, further } = comparisonTables(document);
  const [legend, furtherLegend] = [markLegend([main]), markLegend(further)];
  const left = notComparedWords(document);
  const finding = comparisonFinding(document);
  return page({
    title: finding,
    command: 'bench compare',
    style: { sheet: styleSheet(font) },
    body: html`<main>
<h1>${finding}</h1>
<dl class="facts-list">${runs.map((run) => html`<dt>${run.name}</dt><dd>${runWords(run)}</dd>\n`)}</dl>
<p>${environmentFinding(document)}</p>
${environmentFacts(document)}${warnings.map(({ message, hint }) => html`<div class="notice"><p><strong>${message}</strong> ${prose(hint)}</p></div>\n`)}
<section aria-labelledby="results">
<h2 id="results">Main results</h2>
${columnNotes(document).map((it) => html`<p class="lead">${it}</p>\n`)}
${tableOf(main)}
${legend === undefined ? '' : html`<p class="facts">${legend}</p>`}
${absolute.map(tableOf)}</section>
<section aria-labelledby="drawn">
<h2 id="drawn">The main results drawn</h2>
<p class="lead">The overhead in each run with its confidence interval, as change from ${comparedNames(document.comparisons)}. The line marks no difference; the two fine lines are the relevance margin.</p>
<div class="charts">${charts.map(
      (chart, index) => html`
<figure><figcaption>${chart.title}</figcaption>${trusted(drawings[index] ?? '')}</figure>`,
    )}
</div></section>
${
  further.length === 0
    ? ''
    : html`<section aria-labelledby="further"><h2 id="further">Further figures</h2>
${furtherLegend === undefined ? '' : html`<p class="facts">${furtherLegend}</p>\n`}${further.map((it) => html`<details><summary>${it.title}</summary>${tableOf(it)}</details>\n`)}</section>`
}
${left.length === 0 ? '' : html`<section aria-labelledby="left"><h2 id="left">Not compared</h2><ul>${left.map((it) => html`<li>${it}</li>\n`)}</ul></section>`}
</main>
<footer><p class="facts">bench compare of ${runs.map(({ runId }) => runId).join(', ')}</p></footer>`,
  }).markup;
}

function tableOf({ title, head, groups }: ComparisonTable): Html {
  if (groups.length === 0) return html`<p>There is none.</p>`;
  return table({
    caption: title,
    head: 'path',
    columns: head.map((label) => ({ label, number: true })),
    groups: groups.map((group) => ({
      title: group.title,
      rows: group.rows.map(({ label, cells }) => ({
        head: label,
        cells: head.map((_, index) => htmlCell(cells[index])),
      })),
    })),
  });
}

const verdictKinds = {
  worse: 'slower',
  better: 'faster',
  equal: 'equivalent',
  open: 'open',
  untrusted: 'untrusted',
  unmeasured: 'unmeasured',
} as const;

function htmlCell(shown: ComparisonCell | undefined): Cell {
  if (shown === undefined) return { content: '', kind: 'empty' };
  const { text, more, state } = shown;
  const mark =
    state === undefined
      ? undefined
      : html`<span class="verdict ${verdictKinds[state]}" title="${changeWords[state]}">${changeMarks[state]}</span> `;
  return { content: html`${mark}${text}${more === undefined ? undefined : html`<small>${more}</small>`}` };
}

/** The diff of environments and methods; folded where it is long. */
function environmentFacts(document: RunComparisons): Html | string {
  const rows = environmentRows(document);
  if (rows.length === 0) return '';
  const list = html`<dl class="facts-list">${rows.map(
    ({ name, values }) =>
      html`<dt>${name}</dt><dd>${values.map((it) => html`<span class="value">${it}</span>`)}</dd>\n`,
  )}</dl>`;
  return rows.length > factsAtOnce
    ? html`<details><summary>The ${rows.length} facts that differ</summary>${list}</details>`
    : list;
}
