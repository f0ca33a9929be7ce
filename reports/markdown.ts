import { type FirstScreen, firstScreenOf } from './first-screen/first-screen.ts';
import { answerSections, foldedAnswers, waySections } from './markdown/answer-sections.ts';
import { detailSections } from './markdown/detail-sections.ts';
import { fitted, type Section } from './markdown/section.ts';
import { stepSections } from './markdown/step-sections.ts';
import { code, text } from './markdown/text.ts';
import type { ReportModel } from './report-model.ts';
import { stateNotice } from './words/run-state.ts';
import { stopWords } from './words/stop-words.ts';
import { verdictWarnings } from './words/verdict-warnings.ts';

/** GitHub refuses a comment of more than 65,536 characters. The rest is for the words around a summary. */
const mostCharacters = 60_000;

/**
 * summary.md, in GitHub's flavour: for job summaries, pull requests and issues. It has the order of the report's first
 * screen; everything else is folded.
 */
export function renderMarkdown(model: ReportModel): string {
  const first = firstScreenOf(model);
  const isMatrix = first.kind === 'paths';
  const isWaterfall = first.kind === 'waterfall';
  return fitted(
    [
      headSection(first, model),
      ...(isWaterfall ? stepSections(model, false) : []),
      ...(isMatrix ? waySections(model) : answerSections(model)),
      trustSection(first),
      warningSection(model),
      originSection(model),
      foldedAnswers(model, isMatrix),
      ...(isWaterfall ? [] : stepSections(model, true)),
      ...detailSections(model),
    ],
    mostCharacters,
  );
}

function headSection({ finding, measured }: FirstScreen, model: ReportModel): Section {
  const notice = stateNotice(model);
  const stopped = stopWords(model.run);
  return {
    what: 'What was found',
    file: 'report.html',
    opening: `## ${text(finding)}`,
    rows: [
      '',
      ...(notice === undefined ? [] : [`> [!WARNING]\n> ${text(notice.state)} ${text(notice.missing)}\n`]),
      text(measured),
      ...(stopped === undefined ? [] : ['', text(stopped)]),
    ],
  };
}

function trustSection({ meaning, trust }: FirstScreen): Section {
  return {
    what: 'Reasons to trust the run',
    file: 'report.html',
    rows: [
      ...(meaning === undefined ? [] : [`**What that means.** ${text(meaning)}\n`]),
      ...trust.map(
        ({ passed, title, text: words }) => `- ${passed ? '✓' : '!'} **${text(title)}** ${text(words)}`,
      ),
    ],
  };
}

/** What keeps main results from being used. All other warnings are folded. */
function warningSection({ summary }: ReportModel): Section {
  return {
    what: 'Warnings',
    file: 'report.html',
    opening: '> [!WARNING]',
    rows: verdictWarnings(summary).map((it) => `> - ${text(it)}`),
  };
}

function originSection({ run }: ReportModel): Section {
  const { kernel, engine } = run.environment;
  return {
    what: 'Where it comes from',
    file: 'report.html',
    rows: [
      `Run ${code(run.runId)}, kernel ${text(kernel)}, Docker ${text(engine.version)}.  `,
      `Repeat it: ${code(run.command)}  `,
      'Charts, path evidence and every figure: report.html in the run folder.',
    ],
  };
}
