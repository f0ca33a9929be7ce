import { labWords } from '../bench/model/environment.ts';
import { formatPercent, formatRatioInterval, formatValue } from '../bench/model/format.ts';
import { metric } from '../bench/model/metric.ts';
import { oneLine } from '../bench/model/printable.ts';
import { isMeasured, type Overhead, type Step } from '../bench/model/summary.ts';
import { type Answers, answersOf, type PathAnswers } from './answers.ts';
import type { ReportModel } from './report-model.ts';
import {
  blockWords,
  busyWords,
  caseLabel,
  cpuMicroseconds,
  foreignWords,
  limitName,
  notShownWords,
  sliceStartWords,
} from './words/case-words.ts';
import { serverNames } from './words/finding-words.ts';
import { groupWarnings, type WarningGroup } from './words/grouped-warnings.ts';
import {
  changeWords,
  insteadOfNumbers,
  metricLabel,
  questionWords,
  roundsWords,
  twinLabel,
  type VerdictWord,
  verdictWord,
} from './words/overhead-words.ts';
import { stateNotice } from './words/run-state.ts';
import { settingWords } from './words/setting-words.ts';
import { costWords, isShown, layerWords, stairsOf } from './words/step-words.ts';
import { stopWords } from './words/stop-words.ts';

/** Verdicts that a reader acts on stand out; the others stay plain. */
const emphasis = {
  slower: '**',
  faster: '**',
  equivalent: '',
  open: '',
  untrusted: '_',
  'not measured': '',
} as const satisfies Record<VerdictWord, string>;

/** summary.md, in GitHub's flavour: for job summaries, pull requests and issues. */
export function renderMarkdown(model: ReportModel): string {
  const { summary } = model;
  const notice = stateNotice(model);
  const blocks = [
    '## What the network mode costs',
    settingWords(model.run).map(text).join('  \n'),
    ...(notice === undefined ? [] : [`> [!WARNING]\n> ${text(notice.state)}\n>\n> ${text(notice.missing)}`]),
    summary.headline.map((sentence) => text(sentence)).join('\n\n'),
    answerTable(model),
    ...groupWarnings(summary.warnings).map(warningOf),
    ...otherMetrics(model),
    ...caseTable(model),
    ...stairsOf(summary.steps ?? []).map((steps) => stairTable(steps, model)),
    ...leftOutOf(model),
    provenanceOf(model),
  ];
  return `${blocks.filter((it) => it !== '').join('\n\n')}\n`;
}

function warningOf({ messages, hint }: WarningGroup): string {
  const [only, ...more] = messages;
  const told =
    only !== undefined && more.length === 0
      ? [text(only), '']
      : [...messages.map((it) => `- ${text(it)}`), ''];
  return ['> [!WARNING]', ...[...told, text(hint)].map((line) => `> ${line}`.trimEnd())].join('\n');
}

/** The three answers for each server and path. */
function answerTable(model: ReportModel): string {
  const rows = answersOf(model).flatMap((answers) =>
    answers.paths.flatMap((path) =>
      path.overheads.map((overhead) => answerRow(answers, path, overhead, model)),
    ),
  );
  if (rows.length === 0) return '';
  return tableText(
    ['server', 'path', 'question', 'baseline', 'difference [interval], change', 'verdict'],
    ['-', '-', '-', '-:', '-:', '-'],
    rows,
  );
}

function answerRow(
  { server, values }: Answers,
  { path, role, sameAs }: PathAnswers,
  overhead: Overhead,
  { run, summary }: ReportModel,
): readonly string[] {
  const instead = insteadOfNumbers(overhead, summary.cases);
  const base = values.find((it) => it.metric === overhead.metric);
  const same = sameAs === undefined ? '' : ` (the same path as ${code(sameAs)})`;
  const word = verdictWord(overhead);
  const mark = word === undefined ? '' : emphasis[word];
  const figures =
    isMeasured(overhead) && instead === undefined
      ? [
          formatValue(base?.baselineValue ?? overhead.baselineValue, metric(overhead.metric).unit),
          text(changeWords(overhead, run.plan.confidence)),
        ]
      : ['', text(instead ?? '')];
  return [
    serverNames[server],
    `${code(caseLabel({ path, role }))}${same}`,
    questionWords(overhead),
    ...figures,
    word === undefined ? '' : `${mark}${word}${mark}`,
  ];
}

/** Estimates and intervals of metrics without a declared verdict. */
function otherMetrics({ run, summary }: ReportModel): readonly string[] {
  const row = (overhead: Overhead, label: string) =>
    isMeasured(overhead)
      ? [
          [
            serverNames[overhead.server],
            `${overhead.profile} profile`,
            code(label),
            metricLabel(overhead),
            formatValue(overhead.baselineValue, metric(overhead.metric).unit),
            text(changeWords(overhead, run.plan.confidence)),
            text(formatRatioInterval(overhead.ratio, overhead.ratioLow, overhead.ratioHigh)),
          ],
        ]
      : [];
  const others = (overheads: readonly Overhead[]) => overheads.filter((it) => !it.declared);
  const rows = [
    ...others(summary.overheads).flatMap((it) => row(it, it.path)),
    ...others(summary.twin).flatMap((it) => row(it, twinLabel(it.path))),
  ];
  return folded(
    'Other metrics: estimate and interval, no verdict',
    ['server', 'load', 'path', 'metric', 'baseline', 'difference [interval], change', 'ratio'],
    ['-', '-', '-', '-', '-:', '-:', '-:'],
    rows,
  );
}

/** Which component used the CPU time of a request, and which end was the limit. */
function caseTable({ summary }: ReportModel): readonly string[] {
  const proxied = summary.cases.some(({ cpu }) => cpu?.proxyUs !== undefined);
  const rows = summary.cases
    .filter(({ rounds }) => rounds > 0)
    .map((it) => [
      serverNames[it.server],
      `${it.profile} profile`,
      code(caseLabel(it)),
      ...[it.cpu?.serverUs, ...(proxied ? [it.cpu?.proxyUs] : []), it.cpu?.agentUs, it.cpu?.softirqUs].map(
        cpuMicroseconds,
      ),
      busyWords(it.serverBusy),
      busyWords(it.agentBusy),
      limitName(it),
    ]);
  return folded(
    'CPU time of a request in µs, how busy the CPUs were, and who was the limit',
    [
      ...[
        'server',
        'load',
        'path',
        "server's",
        ...(proxied ? ["docker-proxy's"] : []),
        "load agent's",
        'of which softirq (by ticks)',
      ],
      ...["server's CPU busy", "load agent's CPU busy", 'limit'],
    ],
    ['-', '-', '-', ...Array.from({ length: proxied ? 6 : 5 }, () => '-:'), '-'],
    rows,
  );
}

function folded(
  summary: string,
  head: readonly string[],
  align: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  return [`<details>\n<summary>${summary}</summary>`, tableText(head, align, rows), '</details>'];
}

function tableText(
  head: readonly string[],
  align: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What each layer adds to the one before it. */
function stairTable(steps: readonly Step[], { run }: ReportModel): string {
  const { engine } = run.environment;
  const [first] = steps;
  if (first === undefined) return '';
  const rows = [
    [
      layerWords(first.from, engine),
      code(first.from),
      formatValue(first.fromValue, metric(first.metric).unit),
      '',
    ],
    ...steps.map((step) => [
      layerWords(step.to, engine),
      code(step.to),
      formatValue(step.toValue, metric(step.metric).unit),
      `${text(costWords(step))}${isShown(step) ? '' : ' \\~'}`,
    ]),
  ];
  const load = `${text(first.server)}, ${text(first.profile)} profile`;
  return [
    `### What each layer adds: ${metric(first.metric).label}, ${load}\n`,
    ...[['layer', 'path', 'value', 'step'], ['-', '-', '-:', '-:'], ...rows].map(
      (cells) => `| ${cells.join(' | ')} |`,
    ),
  ].join('\n');
}

function leftOutOf({ summary }: ReportModel): readonly string[] {
  const items = summary.leftOut.map(
    ({ case: subject, rule, slices, example }) =>
      `- ${slices} of ${text(subject.server)} ${code(caseLabel(subject))} ` +
      `${text(subject.profile)}: ${text(rule)} (${text(example)})`,
  );
  const notShown = summary.notShown.map((it) => `- ${text(notShownWords(it))}`);
  return [
    ...(items.length === 0 ? [] : ['### Slices left out', items.join('\n')]),
    ...(notShown.length === 0 ? [] : ['### Metrics not shown', notShown.join('\n')]),
  ];
}

function provenanceOf({ run, summary }: ReportModel): string {
  const { plan, environment } = run;
  const { consistent, contradicted, unread } = summary.evidence;
  const words = [
    labWords(environment.engine),
    stopWords(run),
    blockWords(summary),
    foreignWords(summary),
    sliceStartWords(summary, plan.confidence),
    summary.advice,
  ].filter((it) => it !== undefined);
  return [
    `Intervals: ${formatPercent(plan.confidence)}, over ${roundsWords(summary)}, contender against baseline.`,
    `Path evidence: ${consistent} consistent, ${contradicted} contradicted, ${unread} unread.`,
    ...words.map(text),
    `Run ${code(run.runId)}, kernel ${text(environment.kernel)}, engine ${text(environment.engine.version)}.`,
    `Repeat it: ${code(run.command)}`,
  ].join('  \n');
}

/** Text in a cell, a list or a quotation: no markup, no HTML, no mention of a user. */
function text(value: string): string {
  return oneLine(value)
    .replace(/[\\`*_[\]|~#]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b');
}

/**
 * Code may contain a backtick or a bar. A longer fence protects the backtick, and a backslash protects the
 * bar.
 */
function code(value: string): string {
  const flat = oneLine(value).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((it) => it[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`;
}
