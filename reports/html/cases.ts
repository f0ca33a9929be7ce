import { formatCount, formatValue } from '../../bench/model/format.ts';
import { metric, metricNames } from '../../bench/model/metric.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { isServerSide } from '../analysis/limit.ts';
import type { ReportModel } from '../report-model.ts';
import { busyWords, caseLabel, cpuMicroseconds, limitName } from '../words/case-words.ts';
import { serverNames } from '../words/finding-words.ts';
import { connectionWords } from '../words/overhead-words.ts';
import { type Html, html } from './markup.ts';

/**
 * Every case on its own: its values, which component used the CPU time of a request, how busy the CPUs were
 * and which end was the limit. A value that was not read, or has too little data, is a dash and never 0.
 */
export function caseTable(model: ReportModel): Html {
  const caption = 'Every case on its own, over its rounds that count';
  const proxied = model.summary.cases.some(({ cpu }) => cpu?.proxyUs !== undefined);
  return html`<p class="lead">CPU time in µs a request, by who used it. Softirq is network processing that the kernel charged to whoever it
interrupted: an estimate by ticks, of the whole machine, and mostly part of the others. A CPU that was busy all the time is the limit.</p>
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Path</th><th scope="col">Measured</th><th scope="col" class="number">Server</th>
${proxied ? html`<th scope="col" class="number">docker-proxy</th>` : undefined}<th scope="col" class="number">Agent</th><th scope="col" class="number">of which<br>softirq</th>
<th scope="col" class="number">Server’s<br>CPU busy</th><th scope="col" class="number">Agent’s<br>CPU busy</th><th scope="col">Limit</th>
<th scope="col" class="number">Rounds</th><th scope="col" class="number">Slices</th></tr></thead>
${groups(model).map(
  ({
    title,
    rows,
  }) => html`<tbody><tr><th scope="rowgroup" class="group" colspan="${proxied ? 11 : 10}">${title}</th></tr>
${rows.map((it) => caseRow(it, proxied))}</tbody>\n`,
)}</table></div>`;
}

function groups({ run: { plan }, summary }: ReportModel) {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) => {
      const rows = summary.cases.filter((it) => it.server === server && it.profile === profile.name);
      const rate = profile.load === 'paced' ? summary.rates?.[server] : undefined;
      const load = `${connectionWords(profile)}${rate === undefined ? '' : ` of ${formatCount(rate)} requests/s`}`;
      return rows.length === 0
        ? []
        : [{ title: `${serverNames[server]}, ${profile.name} profile, ${load}`, rows }];
    }),
  );
}

function caseRow(summary: CaseSummary, proxied: boolean): Html {
  const { cpu, missedRounds: missed } = summary;
  const { completed, invalid, failed } = summary.slices;
  const lost = [
    ...(invalid === 0 ? [] : [`${formatCount(invalid)} invalid`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
  ];
  const parts = [cpu?.serverUs, ...(proxied ? [cpu?.proxyUs] : []), cpu?.agentUs, cpu?.softirqUs];
  return html`<tr><th scope="row">${caseLabel(summary)}${
    summary.role === 'baseline' ? html`<small>baseline</small>` : undefined
  }</th><td>${measured(summary)}</td>${parts.map((value) => html`<td class="number">${cpuMicroseconds(value)}</td>`)}<td class="number">${busyWords(summary.serverBusy)}</td>
<td class="number">${busyWords(summary.agentBusy)}</td><td class="name">${limitName(summary)}</td><td class="number">${formatCount(summary.rounds)}${missed === 0 ? undefined : html`<small>${formatCount(missed)} missed</small>`}</td>
<td class="number">${formatCount(completed)}${lost.map((it) => html`<small>${it}</small>`)}</td></tr>\n`;
}

/** The values without a separate column, which are those other than CPU time. */
function measured({ values, limit }: CaseSummary): readonly Html[] | string {
  // The rate of a closed loop is the server's capacity only where the server's side was the limit.
  const isCapacity = isServerSide(limit);
  const shown = metricNames
    .filter((name) => metric(name).kind !== 'cpu') // the columns hold it
    .flatMap((name) => {
      const value = values[name];
      const { label: ordinary, unit } = metric(name);
      const label = name === 'throughput_rps' && !isCapacity ? 'answered' : ordinary;
      return value === undefined
        ? []
        : [html`<span class="value">${label} ${formatValue(value, unit)}</span>`];
    });
  return shown.length === 0 ? '–' : shown;
}
