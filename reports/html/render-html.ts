import { formatPercent } from '../../bench/model/format.ts';
import { distributionCharts } from '../charts/distribution.ts';
import { overheadCharts } from '../charts/overhead.ts';
import { type Chart, drawCharts } from '../charts/svg.ts';
import { sweepCharts } from '../charts/sweep.ts';
import { timelineCharts } from '../charts/timeline.ts';
import { waterfallCharts } from '../charts/waterfall.ts';
import { firstScreenOf } from '../first-screen/first-screen.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { sliceStartWords } from '../words/case-words.ts';
import { type SectionId, sections } from './anchors.ts';
import { besideSection } from './beside.ts';
import { limitsSection } from './cases.ts';
import { type Drawing, figures, uncountedLegend } from './charts.ts';
import { environmentSection } from './environment.ts';
import { evidenceSection } from './evidence.ts';
import { filesSection, wordsSection } from './files.ts';
import { firstScreen, stairsOnFirstScreen } from './first-screen.ts';
import { latencySection } from './latency.ts';
import { discardedSection } from './left-out.ts';
import { type Html, html } from './markup.ts';
import { methodSection } from './method.ts';
import { noiseSection } from './noise.ts';
import { notices } from './notices.ts';
import { overheadTables } from './overheads.ts';
import { page } from './page.ts';
import { prose } from './prose.ts';
import { script, scriptHash } from './script.ts';
import { styleSheet } from './style.ts';
import { sweepSection } from './sweep.ts';
import { waterfallSection } from './waterfall.ts';

interface HtmlOptions {
  /** The folder of the bundled font, `reports/fonts`. */
  readonly fontsDirectory: string;
}

/**
 * report.html: one file that opens offline and loads nothing. It runs one script of ours and says so by its hash: a
 * browser refuses anything else that a server's answer might inject.
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

  const { finding, kind } = firstScreenOf(model);
  const parts: Readonly<Record<SectionId, Html | undefined>> = {
    results: resultsSection(model, overheads),
    waterfall: waterfallSection(model, kind === 'waterfall' ? stairs.slice(stairsOnFirstScreen) : stairs),
    latency: latencySection(model, distributions),
    noise: noiseSection(model),
    evidence: evidenceSection(model),
    discarded: discardedSection(model),
    limits: limitsSection(model),
    beside: besideSection(model),
    sweep: sweepSection(model, await draw(sweepCharts(model))),
    slices: slicesSection(model, timelines),
    environment: environmentSection(model),
    method: methodSection(model),
    words: wordsSection(model),
    files: filesSection(model),
  };
  const shown = Object.entries(parts).filter(([, it]) => it !== undefined);
  const contents = Object.entries(sections).filter(([id]) => shown.some(([it]) => it === id));

  return page({
    title: finding,
    command: 'bench report',
    style: { sheet: styleSheet(font) },
    script: { text: script, hash: scriptHash },
    body: html`<header id="top"><nav aria-label="Contents">${contents.map(([id, name]) => html`<a href="#${id}">${name}</a> `)}</nav></header>
<main>
${firstScreen(model, stairs)}
${shown.map(([, part]) => html`${part}\n<p class="back"><a href="#top">Back to the top</a></p>\n`)}</main>
<footer><p class="facts">bench ${model.run.environment.benchVersion}, run ${model.run.runId}</p></footer>`,
  }).markup;
}

function resultsSection(model: ReportModel, drawings: readonly Drawing[]): Html {
  const { headline, advice } = model.summary;
  const list = html`<ul class="findings">${headline.map((it) => html`<li>${prose(it)}</li>\n`)}</ul>`;
  return html`<section aria-labelledby="results">
<h2 id="results">All results: what each mode costs, and why each verdict</h2>
${notices(model, 'results')}<p class="lead">What the verdicts mean: <a href="#verdicts">how to read a verdict</a>. Where the numbers come from: <a href="#method">method</a>.</p>
<details><summary>In words</summary>${list}</details>
${overheadTables(model)}
<h3>The main results drawn</h3>
<p class="lead">Change from ${baselineWords(model.run.plan).name} with its confidence interval. The line marks no difference; the two fine lines are the relevance margin,
inside which a difference is of no interest. The thin interval (${formatPercent(model.run.plan.confidence)}) decides whether there is a difference, the thick one
(${formatPercent(2 * model.run.plan.confidence - 1)}) whether it is too small to matter. Panels share one scale.</p>
${figures(model, drawings)}${advice === undefined ? undefined : html`<p>${prose(advice)}</p>`}
</section>`;
}

function slicesSection(model: ReportModel, drawings: readonly Drawing[]): Html {
  const { run, summary } = model;
  const starts = sliceStartWords(summary, run.plan.confidence);
  return html`<section aria-labelledby="slices">
<h2 id="slices">Time order: every slice as it was measured</h2>
<p class="lead">Slices of all servers and paths are interleaved in random order, so drift of the machine meets all of them alike. In a round
everything is started afresh. Where rounds are steady, no slope goes through all of them. Crosses are discarded slices, triangles on
the floor failed ones; neither count.</p>
${notices(model, 'slices')}${figures(model, drawings, uncountedLegend)}
${starts === undefined ? undefined : html`<p>${prose(starts)}</p>`}
</section>`;
}
