import type { ReportModel } from '../report-model.ts';
import { sweepTables, sweepTitle } from '../sweep-table.ts';
import { besideTable } from './beside.ts';
import { type Drawing, figures } from './charts.ts';
import { type Html, html } from './markup.ts';

/** Rate and latency over the number of connections. `undefined` for a run without a sweep. */
export function sweepSection(model: ReportModel, drawings: readonly Drawing[]): Html | undefined {
  const [capacity, steps] = sweepTables(model);
  if (capacity === undefined || steps === undefined) return undefined;
  return html`<section aria-labelledby="sweep">
<h2 id="sweep">${sweepTitle}</h2>
<p class="lead">A closed loop of 1, 2, 4, 8 … connections on each path, until no path of a server serves more requests. Changes are paired round by round,
with the interval of every other figure. They get no verdict.</p>
${besideTable(capacity)}
${figures(model, drawings)}
<details><summary>All steps</summary>
${besideTable(steps)}</details>
</section>`;
}
