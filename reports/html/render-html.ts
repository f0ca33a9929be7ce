import { distributionCharts } from '../charts/distribution.ts';
import { overheadCharts } from '../charts/overhead.ts';
import { type Chart, drawCharts } from '../charts/svg.ts';
import { timelineCharts } from '../charts/timeline.ts';
import { waterfallCharts } from '../charts/waterfall.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import type { ReportModel } from '../report-model.ts';
import { sliceStartWords } from '../words/case-words.ts';
import { caseTable } from './cases.ts';
import { type Drawing, figures, uncountedLegend } from './charts.ts';
import { environmentSection } from './environment.ts';
import { evidenceSection } from './evidence.ts';
import { opening } from './headline.ts';
import { leftOutSection } from './left-out.ts';
import { type Html, html, inlineJson, trusted } from './markup.ts';
import { methodSection } from './method.ts';
import { overheadTables } from './overheads.ts';
import { prose } from './prose.ts';
import { styleSheet } from './style.ts';
import { waterfallSection } from './waterfall.ts';

interface HtmlOptions {
  /** The folder of the bundled font, `reports/fonts`. */
  readonly fontsDirectory: string;
}

/**
 * report.html: one file that opens offline. It loads nothing and runs nothing. Its content policy says so, so
 * that a browser would refuse anything that a server's answer might inject.
 * @throws Failure if the bundled font cannot be read.
 */
export async function renderHtml(model: ReportModel, options: HtmlOptions): Promise<string> {
  const font = await readReportFont(options.fontsDirectory);
  const textWidth = textWidthOf(font);
  async function draw(charts: readonly Chart[]): Promise<readonly Drawing[]> {
    const svgs = await drawCharts(charts, { textWidth });
    return charts.map((chart, index) => ({ chart, svg: svgs[index] ?? '' }));
  }
  const overheads = await draw(overheadCharts(model));
  const distributions = await draw(distributionCharts(model));
  const timelines = await draw(timelineCharts(model));
  const stairs = await draw(waterfallCharts(model));

  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>What the network mode costs: run ${model.run.runId}</title>
<style>${trusted(styleSheet(font))}</style>
</head>
<body>
${opening(model)}
<main>
<section aria-labelledby="overhead">
<h2 id="overhead">Overhead against the baseline</h2>
<p class="lead">Change from baseline to contender with its confidence interval. The line marks no difference; the shaded band is
the relevance margin, inside which a difference is of no interest. Panels share one scale.</p>
${figures(model, overheads)}
${overheadTables(model)}
</section>
${waterfallSection(model, stairs)}
<section aria-labelledby="cases">
<h2 id="cases">CPU time of a request, and who was the limit</h2>
${caseTable(model)}
</section>
${latencySection(model, distributions)}
<section aria-labelledby="slices">
<h2 id="slices">Every slice in time order</h2>
<p class="lead">Slices of all cases are interleaved in random order, so drift of the machine meets all of them alike. A round is a
fresh deployment of every case. Where rounds are steady, no slope goes through all of them. Crosses are invalid slices, triangles on
the floor failed ones; neither count.</p>
${figures(model, timelines, uncountedLegend)}
${sliceStartLine(model)}
</section>
${leftOutSection(model)}
${evidenceSection(model)}
${environmentSection(model)}
${methodSection(model)}
</main>
<footer>
<p class="facts">The data of this report are inlined below this line as JSON (<code>report-model</code>).</p>
</footer>
<script type="application/json" id="report-model">${inlineJson(model)}</script>
</body>
</html>
`;
  return page.markup;
}

/**
 * Shown for the latency profile only. Where connections wait for each other, a latency is their number over
 * the rate.
 */
function latencySection(model: ReportModel, distributions: readonly Drawing[]): Html | undefined {
  if (!model.run.plan.profiles.some(({ declaredMetric }) => declaredMetric === 'latency_p50_us'))
    return undefined;
  return html`<section aria-labelledby="latency">
<h2 id="latency">Latency distribution</h2>
<p class="lead">One connection, all slices of a case that count pooled. Lower is better; a line that rises to the right has a long tail.</p>
${figures(model, distributions)}
</section>`;
}

function sliceStartLine({ run, summary }: ReportModel): Html | undefined {
  const words = sliceStartWords(summary, run.plan.confidence);
  return words === undefined ? undefined : html`<p>${prose(words)}</p>`;
}
