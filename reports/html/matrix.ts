import { pathOf } from '../../bench/model/path.ts';
import { spokenName } from '../../bench/model/server.ts';
import { type CellState, stateMarks, stateWords } from '../first-screen/cells.ts';
import { type Matrix, type MatrixCell, matricesOf } from '../first-screen/matrix.ts';
import type { ReportModel } from '../report-model.ts';
import { questionWords } from '../words/overhead-words.ts';
import { resultAnchor } from './anchors.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';

/** A run of many paths at one look: a row a mode, a column a way to it. Every cell leads to its row of the results. */
export function matrices(model: ReportModel): Html {
  const all = matricesOf(model);
  const found = new Set(
    all.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.flatMap((it) => it?.cell.state ?? []))),
  );
  const legend = html`<span class="legend-line">${order.filter((it) => found.has(it)).map(meaningOf)}</span>`;
  return html`${all.map((it, index) => matrixTable(it, index === 0 ? legend : undefined))}`;
}

/** In the legend. */
const order: readonly CellState[] = ['worse', 'better', 'equal', 'open', 'untrusted', 'unmeasured'];

function meaningOf(state: CellState): Html {
  return html`<span><b>${stateMarks[state]}</b> ${stateWords[state]}</span> `;
}

/** @param legend what the marks say, above the first table. */
function matrixTable(matrix: Matrix, legend: Html | undefined): Html {
  const { server, metric: name, columns, rows } = matrix;
  const clients = [...new Set(columns.map(({ client }) => client))];
  const split = columns.some(({ address }) => address !== undefined);
  const ownOf = (client: string) => columns.filter((it) => it.client === client);
  /** Whether a client's head reaches down through both lines: it has one way only. */
  const isTall = (client: string) => ownOf(client).every(({ address }) => address === undefined);
  return html`<table class="matrix cards"><caption>${spokenName(server)}, ${questionWords({ metric: name })}: change against host mode, seen by the same client${legend}</caption>
<thead><tr><th scope="col"${split ? html` rowspan="2"` : undefined}>Mode</th>${clients.map((client) => {
    const { length } = ownOf(client);
    const tall = split && isTall(client) ? html` rowspan="2"` : undefined;
    return html`<th scope="${length === 1 ? 'col' : 'colgroup'}" colspan="${length}"${tall}>${client}</th>`;
  })}</tr>${
    split
      ? html`\n<tr>${columns.map(({ client, address }) =>
          isTall(client) ? undefined : html`<th scope="col">${address ?? 'directly'}</th>`,
        )}</tr>`
      : undefined
  }</thead>
<tbody>${rows.map(
    ({ mode, cells }) =>
      html`<tr><th scope="row">${mode}</th>${cells.map((cell, index) => matrixCell(cell, columns[index]))}</tr>\n`,
  )}</tbody></table>`;
}

function matrixCell(found: MatrixCell | undefined, column: Matrix['columns'][number] | undefined): Html {
  const label = [column?.client, column?.address].filter((it) => it !== undefined).join(', ');
  if (found === undefined) return html`<td class="empty" data-label="${label}"></td>`;
  const { cell } = found;
  const { state, percent, change, interval } = cell;
  const exact = `${pathOf(found.path).mode}: ${stateWords[state]}, ${change}${interval === undefined ? '' : ` ${interval}`}`;
  return html`<td class="${state}" data-label="${label}"><a href="#${resultAnchor(cell.overhead)}" title="${exact}"><span class="view-a">${prose(
    percent ?? change,
  )}</span><span class="view-b">${prose(change)}</span> <b>${stateMarks[state]}</b><span class="hidden"> ${stateWords[state]}</span></a></td>`;
}
