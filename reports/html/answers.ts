import { formatPercent, formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import { type Answers, answersOf, type PathAnswers } from '../answers.ts';
import type { ReportModel } from '../report-model.ts';
import { caseLabel } from '../words/case-words.ts';
import { serverNames } from '../words/finding-words.ts';
import { changeWords, insteadOfNumbers, questionWords, roundsWords } from '../words/overhead-words.ts';
import { type Html, html } from './markup.ts';
import { verdictMark } from './verdict.ts';

/** What a request takes, what it costs, and how many there can be, for every server and path. */
export function answerTables(model: ReportModel): Html | undefined {
  const tables = answersOf(model);
  if (tables.length === 0) return undefined;
  const { plan } = model.run;
  return html`${tables.map((answers) => answerTable(answers, model))}
<p class="facts">In brackets: ${formatPercent(plan.confidence)} confidence intervals over ${roundsWords(model.summary)}. The twin is a second,
identical deployment of the baseline: what it shows is noise.</p>`;
}

function answerTable(answers: Answers, model: ReportModel): Html {
  // With one question a path needs no lines below it.
  const [only, ...further] = answers.values;
  const single = only !== undefined && further.length === 0 ? `, ${questionWords(only)}` : '';
  const caption = `${serverNames[answers.server]}${single}, against ${answers.baseline}`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="answers">
<caption>${caption}</caption>
<thead><tr><th scope="col">${single === '' ? 'Question' : 'Path'}</th><th scope="col" class="number wide-only">Baseline</th>
<th scope="col" class="number">Difference [interval], change</th><th scope="col">Verdict</th></tr></thead>
${
  single === ''
    ? answers.paths.map((path) => pathRows(path, answers, model))
    : html`<tbody>${answers.paths.map((path) => path.overheads.map((it) => answerRow(it, pathName(path), answers, model)))}</tbody>`
}</table></div>`;
}

function pathRows(path: PathAnswers, answers: Answers, model: ReportModel): Html {
  return html`<tbody><tr><th scope="rowgroup" class="group" colspan="4">${pathName(path)}</th></tr>
${path.overheads.map((it) => answerRow(it, html`${questionWords(it)}`, answers, model))}</tbody>\n`;
}

function pathName(path: PathAnswers): Html {
  const note =
    path.role === 'twin'
      ? 'the noise check'
      : path.sameAs === undefined
        ? undefined
        : `the same path as ${path.sameAs}`;
  return html`${caseLabel(path)}${note === undefined ? undefined : html` <span class="note">${note}</span>`}`;
}

function answerRow(
  overhead: Overhead,
  label: Html,
  { values }: Answers,
  { run, summary }: ReportModel,
): Html {
  const question = html`<th scope="row">${label}</th>`;
  const instead = insteadOfNumbers(overhead, summary.cases);
  if (instead !== undefined || !isMeasured(overhead)) {
    return html`<tr>${question}<td class="number wide-only">–</td><td class="instead">${instead}</td><td>${verdictMark(overhead)}</td></tr>\n`;
  }
  const { unit } = metric(overhead.metric);
  const baseline = values.find((it) => it.metric === overhead.metric)?.baselineValue;
  return html`<tr>${question}<td class="number wide-only">${formatValue(baseline ?? overhead.baselineValue, unit)}</td>
<td class="number">${changeWords(overhead, run.plan.confidence)}</td><td>${verdictMark(overhead)}</td></tr>\n`;
}
