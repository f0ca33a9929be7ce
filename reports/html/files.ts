import { formatDuration } from '../../bench/model/format.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import type { ReportModel } from '../report-model.ts';
import { ownReaderWords } from '../words/baseline-words.ts';
import { otherLoads } from '../words/other-loads.ts';
import { type Html, html } from './markup.ts';

/** What lies beside the report in its run folder. */
const files = {
  'summary.csv': 'every comparison with its interval and verdict: a row each',
  'cases.csv': 'every server and path by itself, with its quantiles: a row each',
  'slices.csv': 'every slice, also those that do not count: a row each',
  'summary.json': 'everything that this page shows, for programs',
  'summary.md': 'the answers as Markdown, for a ticket or a pull request',
  'run.json': 'what was planned, and the machine',
  'slices.ndjson': 'the measured data, with every latency histogram',
  'evidence.ndjson': 'what was read of each path in each round',
} as const;

const ofSweep = { 'sweep.csv': 'every path under 1, 2, 4, 8 … connections: a row each' } as const;

/** The data behind the page. They are not inlined: they lie in the same folder. */
export function filesSection({ run, summary }: ReportModel): Html {
  const seconds =
    run.endedAt === undefined ? undefined : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  const lasted = seconds === undefined ? '' : `, measured in ${formatDuration(seconds)}`;
  return html`<section aria-labelledby="files">
<h2 id="files">Data of this run</h2>
<p>Run ${run.runId}, begun ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC${lasted}. The files lie in the folder of this page. The links work while they do. Every field and column is described in
<code>results/schema/DATA.md</code>, in bench's repository and in the installed package.</p>
<dl class="facts-list">${Object.entries({ ...files, ...(summary.sweep === undefined ? {} : ofSweep) }).map(
    ([name, words]) => html`<dt><a href="${name}">${name}</a></dt><dd>${words}</dd>\n`,
  )}</dl>
</section>`;
}

/** What the words of this page mean, and those of the data files beside them. */
export function wordsSection({ run: { plan } }: ReportModel): Html {
  const foreign = otherLoads(plan);
  const words = Object.entries({ ...readerWords, ...ownReaderWords(plan) }).filter(
    ([code]) => !foreign.includes(code),
  );
  return html`<section aria-labelledby="words">
<h2 id="words">Words of this page, and of the data files</h2>
<dl class="facts-list">${words.map(
    ([code, { reader, says }]) =>
      html`<dt>${reader}${code === reader ? undefined : html` <code>${code}</code>`}</dt><dd>${says}</dd>\n`,
  )}</dl>
</section>`;
}
