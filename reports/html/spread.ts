import { metric } from '../../bench/model/metric.ts';
import { formatPercent } from '../format.ts';
import type { ReportModel } from '../report-model.ts';
import { steadyStateWords } from '../steady-state-words.ts';
import { type Html, html } from './markup.ts';

/** Where the rounds' figures get their spread from, and what to do about it. */
export function spreadSection(model: ReportModel): Html | undefined {
  const { spread } = model.summary;
  if (spread === undefined) return undefined;
  return html`<h3>Where the spread comes from</h3>
<p>${spread.message}</p>
<div class="scroll" role="region" aria-label="Spread between and within rounds" tabindex="0"><table>
<caption>Spread of the rounds’ figures on the declared metrics, as standard deviations of the ratio</caption>
<thead><tr><th scope="col">Server and profile</th><th scope="col">Metric</th><th scope="col" class="number">Between rounds</th>
<th scope="col" class="number">Within rounds</th></tr></thead><tbody>
${spread.groups.map(
  (
    it,
  ) => html`<tr><th scope="row">${it.server}<small>${it.profile} profile, against ${it.baseline}</small></th>
<td>${metric(it.metric).label}</td><td class="number">${formatPercent(it.between)}</td>
<td class="number">${formatPercent(it.within)}</td></tr>\n`,
)}</tbody></table></div>`;
}

/** Whether a round's second half differs from its first. */
export function steadyStateLine(model: ReportModel): Html | undefined {
  const words = steadyStateWords(model.summary);
  return words === undefined ? undefined : html`<p>${words}</p>`;
}
