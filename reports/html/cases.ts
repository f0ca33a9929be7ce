import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { busyWords, caseLabel, cpuMicroseconds, limitName } from '../case-words.ts';
import { serverNames } from '../finding-words.ts';
import { formatCount, formatValue } from '../format.ts';
import { connectionWords } from '../overhead-words.ts';
import type { ReportModel } from '../report-model.ts';
import { type Html, html } from './markup.ts';

/** What the CPU columns already hold. */
const told: readonly MetricName[] = ['cpu_server_us', 'cpu_agent_us', 'cpu_total_us'];

/**
 * Every case on its own: its values, who used the CPU time of a request, how busy the CPUs were and who was the limit. What
 * was not read, or has too little data, is a dash and never 0.
 */
export function caseTable(model: ReportModel): Html {
  const caption = 'Every case on its own, over its rounds that count';
  return html`<p class="lead">CPU time in µs a request, by who used it. Softirq is network processing that the kernel charged to whoever it
interrupted: an estimate by ticks, of the whole machine, and mostly part of the others. A CPU that was busy all the time is the limit.</p>
<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Path</th><th scope="col">Measured</th><th scope="col" class="number">Server</th>
<th scope="col" class="number">docker-proxy</th><th scope="col" class="number">Load agent</th><th scope="col" class="number">of which softirq</th>
<th scope="col" class="number">Server’s CPU busy</th><th scope="col" class="number">Agent’s CPU busy</th><th scope="col">Limit</th>
<th scope="col" class="number">Rounds</th><th scope="col" class="number">Requests</th><th scope="col">Slices</th></tr></thead>
${groups(model).map(
  ({ title, rows }) => html`<tbody><tr><th scope="rowgroup" class="group" colspan="12">${title}</th></tr>
${rows.map(caseRow)}</tbody>\n`,
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

function caseRow(summary: CaseSummary): Html {
  const { completed, invalid, failed } = summary.slices;
  const slices = [
    `${formatCount(completed)}\u00a0completed`,
    ...(invalid === 0 ? [] : [`${formatCount(invalid)}\u00a0invalid`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)}\u00a0failed`]),
  ];
  const { cpu } = summary;
  return html`<tr><th scope="row">${caseLabel(summary)}${
    summary.role === 'baseline' ? html`<small>baseline</small>` : undefined
  }</th><td>${measured(summary)}</td>${[cpu?.serverUs, cpu?.proxyUs, cpu?.agentUs, cpu?.softirqUs].map(
    (value) => html`<td class="number">${cpuMicroseconds(value)}</td>`,
  )}<td class="number">${busyWords(summary.serverBusy)}</td><td class="number">${busyWords(summary.agentBusy)}</td><td>${limitName(summary)}</td>
<td class="number">${formatCount(summary.rounds)}</td><td class="number">${formatCount(summary.requests)}</td><td>${slices.join(', ')}</td></tr>\n`;
}

/** The values that have no column of their own: those that are not CPU time. */
function measured({ values }: CaseSummary): readonly Html[] | string {
  const shown = metricNames
    .filter((name) => !told.includes(name))
    .flatMap((name) => {
      const value = values[name];
      const { label, unit } = metric(name);
      return value === undefined
        ? []
        : [html`<span class="value">${label} ${formatValue(value, unit)}</span>`];
    });
  return shown.length === 0 ? '–' : shown;
}
