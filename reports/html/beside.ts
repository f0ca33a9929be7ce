import { type BesideTable, besideTables, besideTitle } from '../beside-table.ts';
import type { ReportModel } from '../report-model.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';
import { table } from './table.ts';

/** Starting, connecting and looking up. `undefined` for a run in which nothing of it was timed. */
export function besideSection(model: ReportModel): Html | undefined {
  const tables = besideTables(model);
  if (tables.length === 0) return undefined;
  return html`<section aria-labelledby="beside">
<h2 id="beside">${besideTitle}</h2>
<p class="lead">Differences are paired round by round, with the interval of every other figure. They get no verdict.</p>
${tables.map(besideTable)}
</section>`;
}

/** One of the tables, with what to know when reading it. */
export function besideTable({ title, rowsAre, head, groups, note }: BesideTable): Html {
  return html`${table({
    caption: title,
    head: rowsAre,
    columns: head.map((label) => ({ label, number: true })),
    groups: groups.map(({ title: common, rows }) => ({
      title: common,
      rows: rows.map(({ name, hint, cells }) => ({ head: html`${name}<small>${hint}</small>`, cells })),
    })),
  })}
<p class="lead">${prose(note)}</p>
`;
}
