import { formatCount, formatValue } from '../../bench/model/format.ts';
import { metric, metricNames } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { CaseSummary } from '../../bench/model/summary.ts';
import { isServerSide } from '../analysis/limit.ts';
import type { ReportModel } from '../report-model.ts';
import { twinWord } from '../words/baseline-words.ts';
import { busyWords, cpuMicroseconds, limitName } from '../words/case-words.ts';
import { ceilingWords } from '../words/ceiling-words.ts';
import { kernelWords } from '../words/kernel-words.ts';
import { connectionWords } from '../words/overhead-words.ts';
import { pathName } from '../words/path-words.ts';
import { type Html, html } from './markup.ts';
import { notices } from './notices.ts';
import { prose } from './prose.ts';
import { type Group, type Row, table } from './table.ts';

/**
 * Every case on its own: its values, which component used the CPU time of a request, how busy the CPUs were
 * and which end was the limit. A value that was not read, or has too little data, is a dash and never 0.
 */
export function limitsSection(model: ReportModel): Html {
  const ceiling = ceilingWords(model.summary);
  const kernel = kernelWords(model.summary);
  const proxied = model.summary.cases.some(({ cpu }) => cpu?.proxyUs !== undefined);
  const number = (label: string, small?: string) => ({
    label,
    number: true,
    ...(small === undefined ? {} : { small }),
  });
  return html`<section aria-labelledby="limits">
<h2 id="limits">CPU and limits: who used the CPU, and who was the limit</h2>
<p class="lead">CPU time in µs a request, by who used it. Softirq is network processing that the kernel charged to whoever it
interrupted: an estimate by ticks, of the whole machine, and mostly part of the others. A CPU that was busy all the time is the limit:
only where it is the server’s is the rate a capacity.</p>
${notices(model, 'limits')}${ceiling === undefined ? undefined : html`<p>${prose(ceiling)}</p>\n`}${table({
  caption: 'Every server and path by itself, over its rounds that count',
  head: 'Mode',
  columns: [
    { label: 'Measured' },
    number('Server', 'µs'),
    ...(proxied ? [number('docker-proxy', 'µs')] : []),
    number('Load generator', 'µs'),
    number('Softirq', 'µs, part of these'),
    number('Server’s CPU busy'),
    number('Generator’s CPU busy'),
    { label: 'Limit' },
    number('Rounds'),
    number('Slices'),
  ],
  groups: groupsOf(model, proxied),
  sortable: true,
})}${kernel.length === 0 ? undefined : kernelList(kernel)}
</section>`;
}

function kernelList(sentences: readonly string[]): Html {
  return html`
<h3>What the kernel counted</h3>
<ul>${sentences.map((it) => html`<li>${prose(it)}</li>\n`)}</ul>`;
}

function groupsOf({ run: { plan }, summary }: ReportModel, proxied: boolean): readonly Group[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) => {
      const rows = summary.cases.filter((it) => it.server === server && it.profile === profile.name);
      const rates = {
        closed: undefined,
        churn: undefined,
        bulk: undefined,
        paced: summary.rates,
        open: summary.pacedRates,
      }[profile.load];
      const rate = rates?.[server];
      const load = `${connectionWords(profile)}${rate === undefined ? '' : ` of ${formatCount(rate)} requests/s`}`;
      return rows.length === 0
        ? []
        : [
            {
              title: `${spokenName(server)}, ${readerWords[profile.name].reader}: ${load}`,
              rows: rows.map((it) => caseRow(it, plan, proxied)),
            },
          ];
    }),
  );
}

function caseRow(summary: CaseSummary, plan: Plan, proxied: boolean): Row {
  const { cpu, missedRounds: missed } = summary;
  const { completed, invalid, failed } = summary.slices;
  const lost = [
    ...(invalid === 0 ? [] : [`${formatCount(invalid)} discarded`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
  ];
  const parts = [cpu?.serverUs, ...(proxied ? [cpu?.proxyUs] : []), cpu?.agentUs, cpu?.softirqUs];
  const { mode, hint } = pathName(summary.path, plan);
  return {
    head: html`${mode}${summary.role === 'twin' ? `, ${twinWord(summary.path)}` : undefined}<small>${hint}</small>`,
    cells: [
      measured(summary),
      ...parts.map((value) => ({ content: cpuMicroseconds(value), sortBy: value ?? 0 })),
      { content: busyWords(summary.serverBusy), sortBy: summary.serverBusy ?? 0 },
      { content: busyWords(summary.agentBusy), sortBy: summary.agentBusy ?? 0 },
      limitName(summary),
      html`${formatCount(summary.rounds)}${missed === 0 ? undefined : html`<small>${formatCount(missed)} missed</small>`}`,
      html`${formatCount(completed)}${lost.map((it) => html`<small>${it}</small>`)}`,
    ],
  };
}

/** The values without a separate column, which are those other than CPU time. */
function measured({ values, limit }: CaseSummary): Html | string {
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
  return shown.length === 0 ? '–' : html`${shown}`;
}
