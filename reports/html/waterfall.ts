import { formatRatioInterval, formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import type { Step } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { costWords, isShown, layerWords, stairsOf } from '../words/step-words.ts';
import type { Drawing } from './charts.ts';
import { type Html, html, trusted } from './markup.ts';

/**
 * Shows what each layer adds to the one before it. `undefined` for a run without any step between two layers.
 */
export function waterfallSection(model: ReportModel, drawings: readonly Drawing[]): Html | undefined {
  const { steps } = model.summary;
  if (steps === undefined) return undefined;
  return html`<section aria-labelledby="waterfall">
<h2 id="waterfall">What each layer adds</h2>
<p class="lead">From a plain process to a port published on loopback, all seen from the host by one load agent. Each step is the difference to
the layer before it, paired round by round, with its confidence interval; a pale bar is a step whose interval includes 0. The
intervals are of each step by itself, not corrected for the number of steps.</p>
<div class="charts">${drawings.map(
    ({ chart, svg }) => html`
<figure><figcaption>${chart.title}</figcaption>${trusted(svg)}</figure>`,
  )}
</div>
${stairsOf(steps).map((it) => table(it, model))}
</section>`;
}

function table(steps: readonly Step[], { run }: ReportModel): Html | undefined {
  const { engine } = run.environment;
  const [first] = steps;
  if (first === undefined) return undefined;
  const caption = `${first.server}, ${first.profile} profile: ${metric(first.metric).label} for one request`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption>
<thead><tr><th scope="col">layer</th><th scope="col">path</th><th scope="col">value</th><th scope="col">step</th><th scope="col">ratio to the layer before</th></tr></thead>
<tbody>
<tr><th scope="row">${layerWords(first.from, engine)}</th><td><code>${first.from}</code></td><td>${formatValue(first.fromValue, metric(first.metric).unit)}</td><td></td><td></td></tr>
${steps.map(
  (step) =>
    html`<tr><th scope="row">${layerWords(step.to, engine)}</th><td><code>${step.to}</code></td><td>${formatValue(step.toValue, metric(step.metric).unit)}</td><td>${costWords(step)}${isShown(step) ? '' : ' ~'}</td><td>${formatRatioInterval(step.ratio, step.ratioLow, step.ratioHigh)}</td></tr>\n`,
)}</tbody></table></div>`;
}
