import { firstScreenOf, type RunKind } from '../first-screen/first-screen.ts';
import type { TrustMark } from '../first-screen/trust-marks.ts';
import type { ReportModel } from '../report-model.ts';
import { stateNotice } from '../words/run-state.ts';
import { answerTable } from './answers.ts';
import type { Drawing } from './charts.ts';
import { type Html, html } from './markup.ts';
import { matrices } from './matrix.ts';
import { verdictNotices } from './notices.ts';
import { prose } from './prose.ts';
import { stairFigures } from './waterfall.ts';

/** How many of the waterfall's charts stand there; the others are in their section. */
export const stairsOnFirstScreen = 2;

/**
 * What a reader of ten seconds takes along: the finding, what was measured, the answers, what they mean, and four
 * reasons to trust them or not. All before the first scroll on a usual screen.
 */
export function firstScreen(model: ReportModel, stairs: readonly Drawing[]): Html {
  const screen = firstScreenOf(model);
  return html`<h1>${prose(screen.finding.replace('--network host', '`--network host`'))}</h1>
<p class="measured">${prose(screen.measured)}</p>
${stateBanner(model)}
${answersBy(screen.kind, model, stairs)}
${screen.meaning === undefined ? undefined : html`<p class="meaning"><b>What that means.</b> ${prose(screen.meaning)}</p>`}
${verdictNotices(model)}<ul class="trust" aria-label="Can these results be trusted?">${screen.trust.map(trustMark)}</ul>`;
}

function answersBy(kind: RunKind, model: ReportModel, stairs: readonly Drawing[]): Html | undefined {
  switch (kind) {
    case 'modes':
      return answerTable(model);
    case 'waterfall':
      return stairFigures(stairs.slice(0, stairsOnFirstScreen));
    case 'paths':
      return matrices(model);
  }
}

function trustMark({ passed, section, title, text }: TrustMark): Html {
  const [mark, kind, said] = passed ? ['✓', 'passed', 'yes'] : ['!', 'failed', 'no'];
  return html`<li class="${kind}"><a href="#${section}"><span aria-hidden="true">${mark}</span><span class="hidden">${said}: </span> <b>${title}</b></a> ${prose(text)}</li>\n`;
}

function stateBanner(model: ReportModel): Html | undefined {
  const notice = stateNotice(model);
  if (notice === undefined) return undefined;
  return html`<div class="notice"><p><strong>${notice.state}</strong> ${notice.missing} <a href="#repeat">Measure it whole</a>.</p></div>`;
}
