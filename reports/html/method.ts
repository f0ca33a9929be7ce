import { metric } from '../../bench/model/metric.ts';
import type { Run } from '../../bench/model/run.ts';
import { formatCount, formatPercent } from '../format.ts';
import { methodPage } from '../method-page.ts';
import { connectionWords, roundsWords } from '../overhead-words.ts';
import type { ReportModel } from '../report-model.ts';
import { roundsOf, stopWords } from '../stop-words.ts';
import { type Html, html } from './markup.ts';

/** How the numbers came about, how to read them, and how to make them again. */
export function methodSection(model: ReportModel): Html {
  const { plan, command } = model.run;
  const margins = [...new Set([...plan.profiles.map((it) => it.primaryMetric), 'cpu-per-request' as const])]
    .map(metric)
    .map((it) => `${formatPercent(it.margin)} for ${it.label}`);
  return html`<section aria-labelledby="method">
<h2 id="method">Method</h2>
<p>A round deploys every case afresh, with a twin of the baseline as control. Within a round, ${orderWords(plan)},
so that drift of the machine meets all of them alike. A round gives one
figure for each comparison, the Hodges–Lehmann median of contender over baseline over its blocks${plan.turnSeconds === undefined ? '' : ', of a declared throughput over its turns, where their rates were recorded'}; the rounds (here ${roundsWords(model.summary)}) are the statistical unit. The estimate is
the Hodges–Lehmann median of the rounds, the interval Wilcoxon's signed-rank one at ${formatPercent(plan.confidence)}. Contenders are
corrected for their number by Holm's method on the metric that was declared for a profile; all other metrics are exploratory. No slice is
dropped as an outlier: one is left out only by a rule that was written down before the run.</p>
${stopped(model.run)}<p>The values beside a ratio are medians of each side by itself, over slices and then over rounds. Ratio and difference come
from pairs within a round. Near no difference the two can point in opposite directions: the ratio with its interval decides.</p>
<h3>How to read a verdict</h3>
<dl class="facts-list">
${verdictItem('slower', 'The whole interval lies beyond the relevance margin, on the worse side.')}
${verdictItem('faster', 'The whole interval lies beyond the relevance margin, on the better side.')}
${verdictItem('equivalent', `The ${formatPercent(2 * plan.confidence - 1)} interval lies inside the relevance margin: a difference, if there is one, is too small to matter.`)}
${verdictItem('inconclusive', 'Neither can be said from these rounds. “Detectable” tells which change the run could have shown with 80 % power.')}
${verdictItem('untrusted', 'The control failed or too many slices are invalid: these numbers decide nothing.')}
</dl>
<p>“At least” means that the load generator was near its own limit and hid part of the cost. The relevance margin is
${margins.join(', ')}. CPU per request is that of the whole machine, since bridge work happens outside the container.</p>
<p>How one figure was computed, from its slices up: <code>bench report ${model.run.runId} --explain FIGURE</code>; without a figure it lists all of them.
The formulas and their sources are in <code>${methodPage}</code>, in bench's repository and in the installed package.</p>
<h2>Repeat this run</h2>
<p>The same plan and the same seed give the same cases in the same order.</p>
<pre>${command}</pre>
<dl class="facts-list">${planFacts(model.run).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
<details><summary>The exact plan</summary><pre>${JSON.stringify(plan, null, 2)}</pre></details>
</section>`;
}

function stopped(run: Run): Html | undefined {
  const words = stopWords(run);
  return words === undefined ? undefined : html`<p>${words}</p>\n`;
}

function verdictItem(word: string, meaning: string): Html {
  return html`<dt><span class="verdict ${word}">${word}</span></dt><dd>${meaning}</dd>`;
}

function orderWords({ turnSeconds, exchangeCpus }: Run['plan']): string {
  const order =
    turnSeconds === undefined
      ? 'short slices of all cases follow one another in random order, block by block'
      : `cases that are compared are measured in turns of ${turnSeconds} s, in random order, block by block`;
  return exchangeCpus === true
    ? `${order}; in half of the blocks servers and load agent run on each other’s CPUs`
    : order;
}

function turnWords({ turnSeconds }: Run['plan']): string {
  return turnSeconds === undefined
    ? ''
    : `, in windows of ${turnSeconds} s that compared cases take in turns`;
}

function planFacts(run: Run): readonly (readonly [string, string])[] {
  const { plan } = run;
  return [
    ['Servers', plan.servers.join(', ')],
    ...plan.comparisons.map(
      (it) => ['Compared', `${it.contenders.join(', ')} against ${it.baseline}`] as const,
    ),
    ...(plan.leftOut ?? []).map(({ path, reason }) => ['Left out', `${path}: ${reason}`] as const),
    ['Profiles', plan.profiles.map((it) => `${it.name} (${connectionWords(it)})`).join(', ')],
    ['Rounds', `${roundsOf(run)}, each of ${plan.blocks} blocks`],
    ['Slice', `${plan.sliceSeconds} s after a discarded ramp of ${plan.rampSeconds} s${turnWords(plan)}`],
    ['Warm-up', `one unrecorded block of ${plan.warmupSeconds} s slices a round`],
    ['Body', `${formatCount(plan.bodyBytes)} bytes`],
    ['Seed', `${plan.seed}`],
  ];
}
