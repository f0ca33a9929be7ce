import { metric } from '../../bench/model/metric.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import { type Answers, answersOf, type PathAnswers } from '../answers.ts';
import { caseLabel } from '../case-words.ts';
import { serverNames } from '../finding-words.ts';
import { formatPercent, formatValue } from '../format.ts';
import { changeWords, insteadOfNumbers, questionWords, roundsWords } from '../overhead-words.ts';
import type { ReportModel } from '../report-model.ts';
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
  const caption = `${serverNames[answers.server]}, against ${answers.baseline}`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="answers">
<caption>${caption}</caption>
<thead><tr><th scope="col">Question</th><th scope="col" class="number wide-only">Baseline</th>
<th scope="col" class="number">Difference [interval], change</th><th scope="col">Verdict</th></tr></thead>
${answers.paths.map((path) => pathRows(path, answers, model))}</table></div>`;
}

function pathRows(path: PathAnswers, answers: Answers, model: ReportModel): Html {
  const note =
    path.role === 'twin'
      ? 'the noise check'
      : path.sameAs === undefined
        ? undefined
        : `the same path as ${path.sameAs}`;
  return html`<tbody><tr><th scope="rowgroup" class="group" colspan="4">${caseLabel(path)}${
    note === undefined ? undefined : html` <span class="note">${note}</span>`
  }</th></tr>
${path.overheads.map((it) => answerRow(it, answers, model))}</tbody>\n`;
}

function answerRow(overhead: Overhead, { values }: Answers, { run, summary }: ReportModel): Html {
  const question = html`<th scope="row">${questionWords(overhead)}</th>`;
  const instead = insteadOfNumbers(overhead, summary.cases);
  if (instead !== undefined || !isMeasured(overhead)) {
    return html`<tr>${question}<td class="number wide-only">–</td><td class="instead">${instead}</td><td>${verdictMark(overhead)}</td></tr>\n`;
  }
  const { unit } = metric(overhead.metric);
  const baseline = values.find((it) => it.metric === overhead.metric)?.baselineValue;
  return html`<tr>${question}<td class="number wide-only">${formatValue(baseline ?? overhead.baselineValue, unit)}</td>
<td class="number">${changeWords(overhead, run.plan.confidence)}</td><td>${verdictMark(overhead)}</td></tr>\n`;
}
