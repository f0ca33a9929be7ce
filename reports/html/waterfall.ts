import { differencePrinter, formatRatioInterval, formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Step } from '../../bench/model/summary.ts';
import { differenceIn } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { isShown, layerWords, stairsOf } from '../words/step-words.ts';
import type { Drawing } from './charts.ts';
import { type Html, html, trusted } from './markup.ts';
import { table } from './table.ts';

/**
 * Shows what each layer adds to the one before it. `undefined` for a run without any step between two layers.
 * @param drawings those that the first screen does not show.
 */
export function waterfallSection(model: ReportModel, drawings: readonly Drawing[]): Html | undefined {
  const { steps } = model.summary;
  if (steps === undefined) return undefined;
  return html`<section aria-labelledby="waterfall">
<h2 id="waterfall">What each layer adds to the one before it</h2>
<p class="lead">From a plain process to a port published on loopback, all seen from the host by one load generator. Each step is the difference to
the layer before it, paired round by round, with its confidence interval; “~” and a frame of dashes mark a step whose interval includes 0. The
intervals are of each step by itself, not corrected for the number of steps.</p>
${drawings.length === 0 ? undefined : stairFigures(drawings)}
${stairsOf(steps).map((it) => stairTable(it, model))}
</section>`;
}

export function stairFigures(drawings: readonly Drawing[]): Html {
  return html`<div class="charts">${drawings.map(
    ({ chart, svg }) => html`
<figure><figcaption>${chart.title}</figcaption>${trusted(svg)}</figure>`,
  )}
</div>`;
}

function stairTable(steps: readonly Step[], { run }: ReportModel): Html | undefined {
  const { engine } = run.environment;
  const [first] = steps;
  if (first === undefined) return undefined;
  const { unit, label } = metric(first.metric);
  const print = differencePrinter(steps.map(differenceIn), unit);
  return table({
    caption: `${spokenName(first.server)}: ${label}, layer by layer`,
    head: 'Layer',
    columns: [
      { label: 'It adds', number: true },
      { label: 'Value', number: true },
      { label: 'Ratio to the layer before', number: true },
      { label: 'Path' },
    ],
    groups: [
      {
        rows: [
          {
            head: layerWords(first.from, engine),
            cells: ['', formatValue(first.fromValue, unit), '', html`<code>${first.from}</code>`],
          },
          ...steps.map((step) => {
            const { value, interval } = print(differenceIn(step));
            return {
              head: layerWords(step.to, engine),
              cells: [
                html`<b>${value}</b> <span class="interval">${interval}</span>${isShown(step) ? '' : ' ~'}`,
                formatValue(step.toValue, unit),
                formatRatioInterval(step.ratio, step.ratioLow, step.ratioHigh),
                html`<code>${step.to}</code>`,
              ],
            };
          }),
        ],
      },
    ],
  });
}
