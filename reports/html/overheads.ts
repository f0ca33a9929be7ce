import type { LoadProfile } from '../../bench/model/profile.ts';
import type { Overhead } from '../../bench/model/summary.ts';
import {
  formatPercent,
  formatPValue,
  formatRatioInterval,
  formatValue,
  formatValueInterval,
} from '../format.ts';
import {
  connectionWords,
  detectableWords,
  metricLabel,
  shortLevelWords,
  showsNoDifference,
  twinLabel,
  verdictWords,
} from '../overhead-words.ts';
import type { ReportModel } from '../report-model.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';

/** The declared metrics in the open; all else is exploratory and folded away. */
export function overheadTables(model: ReportModel): Html {
  const { overheads } = model.summary;
  if (overheads.length === 0) return html`<p>No contender has a round to compare with the baseline.</p>`;
  const exploratory = overheads.filter((it) => !it.primary);
  return html`${table(
    model,
    overheads.filter((it) => it.primary),
    'Overheads on the metrics that were declared before the run',
    (it) => it.path,
  )}
<details><summary>Other metrics (${exploratory.length} comparisons, exploratory: not corrected for their number)</summary>
${table(model, exploratory, 'Overheads on the other metrics', (it) => it.path)}
</details>`;
}

/** The A/A control stands apart, as the floor below which nothing can be told. */
export function twinTable(model: ReportModel): Html {
  const { twin } = model.summary;
  const shown = twin.filter((it) => it.primary || it.metric === 'cpu-per-request');
  if (twin.length === 0) {
    return html`<p>This run had no twin: its noise floor is unknown, and so is what it could have shown.</p>`;
  }
  const others = twin.filter((it) => !shown.includes(it));
  return html`<h3>Noise floor: the baseline against its identical twin (A/A)</h3>
<p class="lead">Both sides are the same deployment, so the truth is a ratio of 1. An interval that excludes 1 would mean that
the method, not the network mode, made the difference.</p>
${table(model, shown, 'The twin against the baseline', (it) => twinLabel(it.path))}
<details><summary>The twin on the other metrics</summary>
${table(model, others, 'The twin against the baseline on the other metrics', (it) => twinLabel(it.path))}
</details>`;
}

function table(
  model: ReportModel,
  overheads: readonly Overhead[],
  caption: string,
  label: (overhead: Overhead) => string,
): Html {
  const { plan } = model.run;
  const groups = plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) =>
      plan.comparisons.flatMap(({ baseline }) => {
        const rows = overheads.filter(
          (it) => it.server === server && it.profile === profile.name && it.baseline === baseline,
        );
        return rows.length === 0 ? [] : [{ server, profile, baseline, rows }];
      }),
    ),
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Path</th><th scope="col">Metric</th><th scope="col" class="number">Baseline</th>
<th scope="col" class="number">Value</th><th scope="col" class="number">Ratio [${formatPercent(plan.confidence)} interval]</th>
<th scope="col" class="number">Difference</th><th scope="col" class="number">p</th><th scope="col">Verdict</th></tr></thead>
${groups.map(
  ({
    server,
    profile,
    baseline,
    rows,
  }) => html`<tbody><tr><th scope="rowgroup" class="group" colspan="8">${server}, ${load(profile)}, against ${baseline}</th></tr>
${rows.map((it) => row(it, label(it), plan.confidence))}</tbody>\n`,
)}</table></div>
<details><summary>Why each verdict</summary><ul>${groups.map(({ server, profile, rows }) =>
    rows.map(
      (
        it,
      ) => html`<li>${server}, ${profile.name} profile, ${label(it)}, ${metricLabel(it)}: <strong>${verdictWords(it)}</strong>.
${prose(sentence(it.verdictReason))}</li>\n`,
    ),
  )}</ul></details>`;
}

/** Reasons are written to stand inside a sentence. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function row(overhead: Overhead, label: string, level: number): Html {
  const { unit, absoluteDifference: difference, ratio, low, high, pValue } = overhead;
  const short = shortLevelWords(overhead, level);
  const notes = [
    ...(short === undefined ? [] : [`only a ${short} interval`]),
    ...(showsNoDifference(overhead, level) ? ['no difference shown', detectableWords(overhead)] : []),
    ...(overhead.atLeast ? ['client-bound'] : []),
  ];
  return html`<tr><th scope="row">${label}</th><td>${metricLabel(overhead)}</td>
<td class="number">${formatValue(overhead.baselineValue, unit)}</td>
<td class="number">${formatValue(overhead.contenderValue, unit)}</td>
<td class="number">${formatRatioInterval(ratio, low, high)}</td>
<td class="number">${formatValueInterval(difference.value, difference.low, difference.high, unit)}</td>
<td class="number">${pValue === undefined ? '–' : formatPValue(pValue)}</td>
<td><span class="verdict ${overhead.verdict}">${verdictWords(overhead)}</span>${notes.map((note) => html`<small>${note}</small>`)}</td></tr>\n`;
}

function load(profile: LoadProfile): string {
  return `${profile.name} profile, ${connectionWords(profile)}`;
}
