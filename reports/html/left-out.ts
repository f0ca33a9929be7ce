import { formatCount } from '../../bench/model/format.ts';
import type { ReportModel } from '../report-model.ts';
import { blockWords, caseLabel, foreignWords } from '../words/case-words.ts';
import { ruleFigureWords } from '../words/rule-words.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';

/**
 * Shows what does not count, and by which rule. Nothing is dropped as an outlier, and nothing without notice.
 */
export function leftOutSection(model: ReportModel): Html {
  const { summary } = model;
  const words = [blockWords(summary), foreignWords(summary)].filter((it) => it !== undefined);
  return html`<section aria-labelledby="left-out">
<h2 id="left-out">What does not count</h2>
${words.map((it) => html`<p>${prose(it)}</p>\n`)}${slicesTable(model)}
${notShownTable(model)}${rulesTable(model)}
</section>`;
}

function slicesTable({ summary: { leftOut } }: ReportModel): Html {
  if (leftOut.length === 0) return html`<p>No slice is left out: every one of this run counts.</p>`;
  return html`<div class="scroll" role="region" aria-label="Slices left out" tabindex="0"><table>
<caption>Slices that do not count, by the rule that left them out</caption>
<thead><tr><th scope="col">Case</th><th scope="col">Rule</th><th scope="col" class="number">Slices</th>
<th scope="col">Example</th></tr></thead><tbody>
${leftOut.map(
  ({ case: subject, rule, slices, example }) =>
    html`<tr><th scope="row">${subject.server} ${caseLabel(subject)}<small>${subject.profile} profile</small></th><td>${rule}</td>
<td class="number">${formatCount(slices)}</td><td>${example}</td></tr>\n`,
)}</tbody></table></div>`;
}

function notShownTable({ summary: { notShown } }: ReportModel): Html | undefined {
  if (notShown.length === 0) return undefined;
  return html`<div class="scroll" role="region" aria-label="Metrics not shown" tabindex="0"><table>
<caption>Metrics that are not shown, because a round has too few responses for them</caption>
<thead><tr><th scope="col">Case</th><th scope="col">Metric</th><th scope="col">Why</th></tr></thead><tbody>
${notShown.map(
  ({ case: subject, metric, why }) =>
    html`<tr><th scope="row">${subject.server} ${caseLabel(subject)}<small>${subject.profile} profile</small></th><td>${metric}</td><td>${why}</td></tr>\n`,
)}</tbody></table></div>`;
}

const leavesOutWords = {
  block: 'the block, for all cases that take turns in it',
  round: "the case's figure in that round",
} as const;

/**
 * Shows every rule, including rules that no slice broke. A reader sees what was checked, and how near it came
 * to the limit.
 */
function rulesTable({ summary: { rules } }: ReportModel): Html {
  return html`<details><summary>Every rule, and how near the slices came to it</summary>
<div class="scroll" role="region" aria-label="Rules of validity" tabindex="0"><table>
<caption>The rules of validity, written down before the run</caption>
<thead><tr><th scope="col">Rule</th><th scope="col">Looks at</th><th scope="col">Holds with</th>
<th scope="col" class="number">Worst figure</th><th scope="col" class="number">Slices looked at</th>
<th scope="col" class="number">Broken by</th><th scope="col">Broken, it leaves out</th></tr></thead><tbody>
${rules.map(
  (it) =>
    html`<tr><th scope="row">${it.rule}</th><td>${it.looksAt}</td><td>${it.limit}</td>
<td class="number">${it.worst === undefined ? '–' : ruleFigureWords(it.worst, it)}</td>
<td class="number">${formatCount(it.checked)}</td><td class="number">${formatCount(it.broken)}</td><td>${leavesOutWords[it.leavesOut]}</td></tr>\n`,
)}</tbody></table></div></details>`;
}
