import {
  formatDifference,
  formatPercent,
  formatPValue,
  formatRatioInterval,
  formatValue,
} from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { limitName } from '../words/case-words.ts';
import { serverNames } from '../words/finding-words.ts';
import {
  connectionWords,
  insteadOfNumbers,
  metricLabel,
  shortLevelWords,
  twinLabel,
} from '../words/overhead-words.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';
import { verdictMark } from './verdict.ts';

/**
 * Shows everything known about the declared comparisons. All other comparisons have no verdict and are folded
 * away.
 */
export function overheadTables(model: ReportModel): Html {
  const { overheads, twin } = model.summary;
  const compared = [
    ...overheads.map((overhead) => ({ overhead, label: overhead.path })),
    ...twin.map((overhead) => ({ overhead, label: twinLabel(overhead.path) })),
  ];
  if (compared.length === 0) return html`<p>No contender has a round to compare with the baseline.</p>`;
  const others = compared.filter(({ overhead }) => !overhead.declared);
  const declared = compared.filter(({ overhead }) => overhead.declared);
  return html`${noTwin(model)}<details><summary>The declared comparisons in full, with the reason of each verdict</summary>
${table(model, declared, 'Declared comparisons', true)}</details>
<details><summary>Other metrics (${others.length} comparisons): estimate and interval, no verdict</summary>
${table(model, others, 'Other metrics', false)}</details>`;
}

function noTwin({ summary }: ReportModel): Html | undefined {
  if (summary.twin.some(isMeasured)) return undefined;
  return html`<p>This run has no twin that counts, so false alarms of this set-up cannot be ruled out.</p>`;
}

interface Compared {
  readonly overhead: Overhead;
  readonly label: string;
}

function table(
  model: ReportModel,
  compared: readonly Compared[],
  caption: string,
  withVerdicts: boolean,
): Html {
  const { plan } = model.run;
  const groups = plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) =>
      plan.comparisons.flatMap(({ baseline }) => {
        const rows = compared.filter(
          ({ overhead: it }) =>
            it.server === server && it.profile === profile.name && it.baseline === baseline,
        );
        return rows.length === 0
          ? []
          : [{ title: `${serverNames[server]}, ${load(profile)}, against ${baseline}`, rows }];
      }),
    ),
  );
  const columns = withVerdicts ? 9 : 7;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Path</th><th scope="col">Metric</th><th scope="col" class="number">Baseline</th>
<th scope="col" class="number">Value</th><th scope="col" class="number">Difference</th>
<th scope="col" class="number">Ratio [${formatPercent(plan.confidence)} interval]</th><th scope="col" class="number">p</th>${
    withVerdicts ? html`<th scope="col">Limit</th><th scope="col">Verdict and reason</th>` : undefined
  }</tr></thead>
${groups.map(
  ({
    title,
    rows,
  }) => html`<tbody><tr><th scope="rowgroup" class="group" colspan="${columns}">${title}</th></tr>
${rows.map((it) => row(it, model, withVerdicts))}</tbody>\n`,
)}</table></div>`;
}

function row({ overhead, label }: Compared, model: ReportModel, withVerdict: boolean): Html {
  return html`<tr><th scope="row">${label}</th><td>${metricLabel(overhead)}</td>${figureCells(overhead, model)}${
    withVerdict
      ? html`<td>${isMeasured(overhead) ? limitName(overhead) : '–'}</td>
<td class="reason">${verdictMark(overhead)}${
          overhead.reason === undefined ? undefined : html`<small>${prose(sentence(overhead.reason))}</small>`
        }</td>`
      : undefined
  }</tr>\n`;
}

/** A comparison without data, or one that the client limited, has no numbers. */
function figureCells(overhead: Overhead, { run, summary }: ReportModel): Html {
  if (!isMeasured(overhead) || insteadOfNumbers(overhead, summary.cases) !== undefined) {
    return html`${Array.from({ length: 5 }, () => html`<td class="number">–</td>`)}`;
  }
  const { baselineValue, contenderValue, ratio, ratioLow, ratioHigh, pValue } = overhead;
  const { unit } = metric(overhead.metric);
  const short = shortLevelWords(overhead, run.plan.confidence);
  return html`<td class="number">${formatValue(baselineValue, unit)}</td>
<td class="number">${formatValue(contenderValue, unit)}</td>
<td class="number">${formatDifference(overhead.difference, overhead.differenceLow, overhead.differenceHigh, unit)}</td>
<td class="number">${formatRatioInterval(ratio, ratioLow, ratioHigh)}${
    short === undefined ? undefined : html`<small>only a ${short} interval</small>`
  }</td>
<td class="number">${formatPValue(pValue)}</td>`;
}

/** Makes a full sentence of a reason. Reasons are worded for use inside a sentence. */
function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function load(profile: LoadProfile): string {
  return `${profile.name} profile, ${connectionWords(profile)}`;
}
