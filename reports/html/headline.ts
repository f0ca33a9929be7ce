import { formatCount, formatDuration, formatPercent } from '../../bench/model/format.ts';
import type { ReportModel } from '../report-model.ts';
import { groupWarnings, type WarningGroup } from '../words/grouped-warnings.ts';
import { leftOutCount } from '../words/overhead-words.ts';
import { stateNotice } from '../words/run-state.ts';
import { settingWords } from '../words/setting-words.ts';
import { roundsOf } from '../words/stop-words.ts';
import { answerTables } from './answers.ts';
import { type Html, html } from './markup.ts';
import { prose } from './prose.ts';

/**
 * What was measured and where, what was found, whether the run is whole, the three answers, and what to be careful about:
 * all before the first chart.
 */
export function opening(model: ReportModel): Html {
  const { run, summary } = model;
  return html`<header>
<h1>What the network mode costs</h1>
<p class="setting">${settingWords(run).map((it) => html`${prose(it)} `)}</p>
${findings(summary.headline)}
${stateBanner(model)}
${answerTables(model)}
${groupWarnings(summary.warnings).map(warningNotice)}
<p class="facts">Run ${run.runId} · ${run.startedAt.slice(0, 16).replace('T', ' ')} UTC · ${facts(model).join(' · ')}</p>
</header>`;
}

/**
 * Up to `most` findings are all shown. Of more findings, only the first `ofMore` are shown, and the others
 * are folded away.
 */
const shownFindings = { most: 8, ofMore: 5 };

/**
 * Shows the findings. With many paths the further ones are folded away, so that the chart, which shows all of
 * them, stays near.
 */
function findings(sentences: readonly string[]): Html {
  const shown = sentences.length > shownFindings.most ? shownFindings.ofMore : sentences.length;
  const told = (some: readonly string[]) =>
    some.map((sentence) => html`<p class="headline">${prose(sentence)}</p>\n`);
  const rest = sentences.slice(shown);
  return html`${told(sentences.slice(0, shown))}${
    rest.length === 0
      ? undefined
      : html`<details><summary>${rest.length} more findings</summary><ul>${rest.map((it) => html`<li>${prose(it)}</li>\n`)}</ul></details>\n`
  }`;
}

/** Most warnings of one kind that are shown. The others are folded away, so that the chart stays near. */
const shownMessages = 4;

function warningNotice({ code, messages, hint }: WarningGroup): Html {
  const [only] = messages;
  const item = (message: string) => html`<li>${prose(message)}</li>`;
  const [first, rest] = [messages.slice(0, shownMessages), messages.slice(shownMessages)];
  const told =
    messages.length === 1
      ? html`<p><strong>Warning:</strong> ${prose(only ?? '')}</p>`
      : html`<p><strong>${messages.length} warnings:</strong></p><ul>${first.map(item)}</ul>${
          rest.length === 0
            ? undefined
            : html`<details><summary>${rest.length} more</summary><ul>${rest.map(item)}</ul></details>`
        }`;
  return html`<div class="notice" role="note" data-code="${code}">${told}<p>${prose(hint)}</p></div>\n`;
}

function stateBanner(model: ReportModel): Html | undefined {
  const notice = stateNotice(model);
  if (notice === undefined) return undefined;
  return html`<div class="notice" role="note"><p><strong>${notice.state}</strong></p>
<p>${notice.missing} To measure it whole: <code>${model.run.command}</code></p></div>`;
}

function facts(model: ReportModel): readonly string[] {
  const { run, summary, timeline } = model;
  const { consistent, contradicted, unread } = summary.evidence;
  const leftOut = leftOutCount(summary);
  const evidence = [
    `${formatCount(consistent)} consistent`,
    ...(contradicted === 0 ? [] : [`${formatCount(contradicted)} contradicted`]),
    ...(unread === 0 ? [] : [`${formatCount(unread)} unread`]),
  ];
  return [
    `${formatCount(roundsOf(run))} rounds`,
    `${formatCount(timeline.length)} slices${leftOut === 0 ? '' : `, ${formatCount(leftOut)} left out by rule`}`,
    `path evidence: ${evidence.join(', ')}`,
    ...(run.timing === undefined ? [] : [formatDuration(run.timing.totalSeconds)]),
    ...(summary.measuredShare === undefined
      ? []
      : [`${formatPercent(Math.round(summary.measuredShare * 100) / 100)} of it measuring`]),
  ];
}
