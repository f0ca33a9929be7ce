import { formatCount, formatPercent } from '../../bench/model/format.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { turnSecondsOf } from '../../bench/model/paced.ts';
import type { Comparison, Plan } from '../../bench/model/plan.ts';
import type { Run } from '../../bench/model/run.ts';
import type { Verdict } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { type Formula, formulas } from '../words/formulas.ts';
import { methodPage } from '../words/method-page.ts';
import { otherLoads } from '../words/other-loads.ts';
import { connectionWords, rampLengths, roundsWords, sliceLengths } from '../words/overhead-words.ts';
import { roundsOf, stopWords } from '../words/stop-words.ts';
import { lagRuleWords } from '../words/tail-words.ts';
import { type Html, html } from './markup.ts';

/** How the numbers came about, how to read them, and how to make them again. */
export function methodSection(model: ReportModel): Html {
  const { plan, command } = model.run;
  const words = baselineWords(plan);
  const margins = plan.profiles
    .map((it) => it.declaredMetric)
    .map((name) => {
      const margin = marginOf({ metric: name, margin: plan.margins?.[name] });
      return `${formatPercent(margin)} for ${metric(name).label}`;
    });
  return html`<section aria-labelledby="method">
<h2 id="method">Method: how a number comes about</h2>
<p>${words.round} Within a round, ${orderWords(plan)},
so that drift of the machine meets all of them alike. The rounds (here ${roundsWords(model.summary)}) are the statistical unit. Each server and path has one figure
a round and metric, from totals over its blocks that count; the logarithm of a mode’s figure over that of ${words.name} is the round’s ratio. The estimate is the Hodges–Lehmann
median of these, the interval Wilcoxon’s exact signed-rank one at ${formatPercent(plan.confidence)}. Ratio, difference and printed values come from the same
rounds. No slice is dropped as an outlier: it is discarded only by a rule that was written down before the run.</p>
${stopped(model.run)}<h3 id="verdicts">How to read a verdict</h3>
<p>Verdicts are of the main results, which were named before the run: one for each server, path and load. Together they are corrected for their number by
Holm’s method, and so is the p in their reason. All other figures have an estimate, an interval and an uncorrected p.</p>
<dl class="facts-list">
${verdictItem('slower', 'slower, more CPU, less capacity', 'A difference is shown, on the worse side. Its interval says how large it may be. “Maybe slightly”: it may be smaller than the relevance margin.')}
${verdictItem('faster', 'faster, less CPU, more capacity', 'A difference is shown, on the better side.')}
${verdictItem('equivalent', 'equal', `The ${formatPercent(2 * plan.confidence - 1)} interval lies inside the relevance margin: a difference, if there is one, is too small to matter.`)}
${verdictItem('open', 'open', 'Neither is shown by these rounds. The interval is the range that is still possible.')}
${verdictItem('untrusted', 'do not use', 'The noise check failed, too little counts, or others used the machine: these numbers decide nothing.')}
<dt><span class="verdict unmeasured">not measured</span></dt><dd>A capacity is the server’s only where the CPU of the server’s side was busy all the time. Here something else was the limit.${plan.paced === undefined ? '' : ` ${lagRuleWords}`}</dd>
</dl>
<p>The relevance margin is ${margins.join(', ')}. CPU a request is that of the server’s cgroup and of docker-proxy. What a network path costs inside the
client’s own calls is the load generator’s, and stands beside it.</p>
<p>How one figure was computed, from its slices up: <code>bench report ${model.run.runId} --explain FIGURE</code>; without a figure it lists all of them.
The whole text is <code>${methodPage}</code>, in bench's repository and in the installed package.</p>
<details><summary>The formulas</summary><dl class="facts-list">${formulaItems(plan)}</dl></details>
<h2 id="repeat">Repeat this run</h2>
<p>The same plan and the same seed give the same cases in the same order.</p>
<pre>${command}</pre>
<dl class="facts-list">${planFacts(model.run).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
<details><summary>The exact plan</summary><pre>${JSON.stringify(plan, null, 2)}</pre></details>
</section>`;
}

/** The same texts as in the method's page and in --explain. */
function formulaItems(plan: Plan): readonly Html[] {
  const foreign = otherLoads(plan);
  const all: readonly Formula[] = Object.values(formulas);
  return all
    .filter(({ profile }) => profile === undefined || !foreign.includes(profile))
    .map(
      ({ formula, words, source }) =>
        html`<dt><code>${formula}</code></dt><dd>${words}${source === undefined ? '' : ` (${source})`}</dd>\n`,
    );
}

function stopped(run: Run): Html | undefined {
  const words = stopWords(run);
  return words === undefined ? undefined : html`<p>${words}</p>\n`;
}

function verdictItem(verdict: Verdict, words: string, meaning: string): Html {
  return html`<dt><span class="verdict ${verdict}">${words}</span></dt><dd>${meaning}</dd>`;
}

function orderWords({ turnSeconds, exchangeCpus }: Run['plan']): string {
  const order =
    turnSeconds === undefined
      ? 'short slices of all cases follow one another in random order, block by block'
      : `cases that are compared are measured in turns of ${turnSeconds} s, in random order, block by block`;
  return exchangeCpus === true
    ? `${order}; in half of the rounds servers and load generator run on each other’s CPUs`
    : order;
}

function turnWords(plan: Run['plan']): string {
  const windows = new Set(plan.profiles.flatMap((profile) => turnSecondsOf(plan, profile) ?? []));
  return windows.size === 0
    ? ''
    : `, in windows of ${[...windows].join(' and ')} s that compared cases take in turns`;
}

function warmupWords({ warmupSeconds }: Run['plan']): string {
  return warmupSeconds === 0
    ? 'none'
    : `the connections of each round bear load for up to ${warmupSeconds} s before its first slice, unrecorded`;
}

function planFacts(run: Run): readonly (readonly [string, string])[] {
  const { plan } = run;
  return [
    ...subjectFacts(run),
    ...plan.comparisons.map((it) => ['Compared', comparedWords(it)] as const),
    ...(plan.leftOut ?? []).map(
      ({ path, reason }) => ['Not offered by this engine', `${path}: ${reason}`] as const,
    ),
    ['Loads', plan.profiles.map((it) => `${it.name} (${connectionWords(it)})`).join(', ')],
    ['Rounds', `${roundsOf(run)}, each of ${plan.blocks} blocks`],
    ['Slice', `${sliceLengths(plan)} after a discarded ramp of ${rampLengths(plan)}${turnWords(plan)}`],
    ['Warm-up', warmupWords(plan)],
    ...plan.servers.flatMap((server) => {
      const rate = run.rates?.[server];
      return rate === undefined
        ? []
        : [[`Rate, ${server}`, `${formatCount(rate)} requests/s on every path`] as const];
    }),
    ...plan.servers.flatMap((server) => {
      const rate = run.pacedRates?.[server];
      return rate === undefined
        ? []
        : [
            [
              `Rate of open load, ${server}`,
              `${formatCount(rate)} requests/s on every path, ${plan.paced?.arrivals ?? ''} arrivals`,
            ] as const,
          ];
    }),
    ...(plan.service === undefined ? [['Body', `${formatCount(plan.bodyBytes)} bytes`] as const] : []),
    ['Seed', `${plan.seed}`],
  ];
}

/** bench's own servers by name; of the user's service everything that makes it start as it did. */
function subjectFacts({ plan, environment: machine }: Run): readonly (readonly [string, string])[] {
  const { service, request } = plan;
  if (service === undefined || request === undefined) return [['Servers', plan.servers.join(', ')]];
  const { name, image, port, portVariable, command, user, environment, mounts, compose, copy } = service;
  const variables = [...((compose ?? copy)?.variables ?? []), ...environment];
  const id = machine.serviceImage === undefined ? '' : ` (${machine.serviceImage})`;
  const headers = [
    ...Object.entries(request.headers).map(([header, value]) => `${header}: ${value}`),
    ...(request.secretHeaders ?? []).map((header) => `${header} (its value is not recorded)`),
  ];
  const body =
    request.body === undefined ? [] : [`a body of ${formatCount(Buffer.byteLength(request.body))} bytes`];
  const fact = (label: string, parts: readonly string[]): readonly (readonly [string, string])[] =>
    parts.length === 0 ? [] : [[label, parts.join(', ')]];
  return [
    ['Service', `${name}, image ${image}${id}`],
    ...(compose === undefined
      ? []
      : [
          ['Compose', `${compose.service} of ${compose.file}`] as const,
          ...fact('Started with it', compose.others),
          ...fact(
            'Not as docker compose up',
            [compose.differences.join('; ')].filter((it) => it !== ''),
          ),
        ]),
    ...(copy === undefined
      ? []
      : [
          ['Copy of', `the container ${copy.container}, which got no load`] as const,
          ...fact(
            'Not as the container',
            [copy.differences.join('; ')].filter((it) => it !== ''),
          ),
        ]),
    ['Port', `${port}${portVariable === undefined ? '' : `, told by ${portVariable}`}`],
    ...fact('Command', command === undefined ? [] : [command.join(' ')]),
    ...fact('User', user === undefined ? [] : [user]),
    ...fact('Environment', variables),
    ...fact(
      'Mounts',
      mounts.map(({ source, target, writable }) => `${source} at ${target}${writable ? '' : ', read-only'}`),
    ),
    ['Request', [`${request.method} ${request.path}`, ...headers, ...body].join(', ')],
  ];
}

/** A path that nothing is compared with has its noise check all the same. */
function comparedWords({ baseline, contenders }: Comparison): string {
  return contenders.length === 0
    ? `${baseline}, measured twice`
    : `${contenders.join(', ')} against ${baseline}`;
}
