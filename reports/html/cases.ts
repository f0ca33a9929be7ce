import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { formatCount, formatValue } from '../format.ts';
import { twinLabel } from '../overhead-words.ts';
import type { ReportModel } from '../report-model.ts';
import { ruleFigureWords } from '../rule-words.ts';
import { type Html, html } from './markup.ts';

/** What each case measured on its own. A metric without enough data is a dash, never 0. */
export function caseTable(model: ReportModel): Html {
  const { cases } = model.summary;
  const shown = metricNames.filter((name) => cases.some((it) => it.values[name] !== undefined));
  const columns = shown.length + 3;
  return html`<div class="scroll" role="region" aria-label="All cases" tabindex="0"><table>
<caption>Every case on its own, medians over rounds</caption>
<thead><tr><th scope="col">Path</th>${shown.map(
    (name) => html`<th scope="col" class="number">${metric(name).label}</th>`,
  )}<th scope="col" class="number">Requests</th><th scope="col">Slices</th></tr></thead>
${groups(model).map(
  ({
    title,
    rows,
  }) => html`<tbody><tr><th scope="rowgroup" class="group" colspan="${columns}">${title}</th></tr>
${rows.map((it) => caseRow(it, shown))}</tbody>\n`,
)}</table></div>`;
}

function groups(model: ReportModel) {
  const { plan } = model.run;
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) => {
      const rows = model.summary.cases.filter((it) => it.server === server && it.profile === profile.name);
      return rows.length === 0 ? [] : [{ title: `${server}, ${profile.name} profile`, rows }];
    }),
  );
}

function caseRow(summary: CaseSummary, shown: readonly MetricName[]): Html {
  const { completed, invalid, failed, clientBound } = summary.slices;
  const slices = [
    `${formatCount(completed)}\u00a0completed`,
    ...(invalid === 0 ? [] : [`${formatCount(invalid)}\u00a0invalid`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)}\u00a0failed`]),
  ];
  return html`<tr><th scope="row">${summary.role === 'twin' ? twinLabel(summary.path) : summary.path}${
    summary.role === 'baseline' ? html`<small>baseline</small>` : undefined
  }</th>${shown.map((name) => {
    const value = summary.values[name];
    const text = value === undefined ? '–' : formatValue(value, metric(name).unit);
    return html`<td class="number">${text}</td>`;
  })}<td class="number">${formatCount(summary.requests)}</td><td>${slices.join(', ')}${
    clientBound === 0 ? undefined : html`<small>${formatCount(clientBound)} client-bound</small>`
  }</td></tr>\n`;
}

/** What does not count and by which rule: nothing is dropped as an outlier. */
export function leftOutTable(model: ReportModel): Html {
  const { leftOut } = model.summary;
  if (leftOut.length === 0) {
    return html`<p>Nothing: every slice of this run counts.</p>\n${rulesTable(model)}`;
  }
  return html`<div class="scroll" role="region" aria-label="Slices left out" tabindex="0"><table>
<caption>Slices that do not count, by the rule that left them out</caption>
<thead><tr><th scope="col">Case</th><th scope="col">Rule</th><th scope="col" class="number">Slices</th>
<th scope="col">Example</th></tr></thead><tbody>
${leftOut.map(
  ({ case: subject, rule, slices, example }) =>
    html`<tr><th scope="row">${subject.server} ${
      subject.role === 'twin' ? twinLabel(subject.path) : subject.path
    }<small>${subject.profile} profile</small></th><td>${rule}</td><td class="number">${formatCount(slices)}</td><td>${example}</td></tr>\n`,
)}</tbody></table></div>
${rulesTable(model)}`;
}

/** Every rule, also those that no slice broke: a reader can see what was looked at, and how near it came. */
function rulesTable(model: ReportModel): Html {
  const { rules } = model.summary;
  return html`<details><summary>Every rule, and how near the slices came to it</summary>
<div class="scroll" role="region" aria-label="Rules of validity" tabindex="0"><table>
<caption>The rules of validity, written down before the run</caption>
<thead><tr><th scope="col">Rule</th><th scope="col">Looks at</th><th scope="col">A slice counts with</th>
<th scope="col" class="number">Worst figure</th><th scope="col" class="number">Slices looked at</th>
<th scope="col" class="number">Left out</th></tr></thead><tbody>
${rules.map(
  (it) =>
    html`<tr><th scope="row">${it.rule}</th><td>${it.looksAt}</td><td>${it.limit}</td>
<td class="number">${it.worst === undefined ? '–' : ruleFigureWords(it.worst, it)}</td>
<td class="number">${formatCount(it.checked)}</td><td class="number">${formatCount(it.broken)}</td></tr>\n`,
)}</tbody></table></div></details>`;
}
