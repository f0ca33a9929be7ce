import { labWords } from '../bench/model/environment.ts';
import { metric } from '../bench/model/metric.ts';
import { oneLine } from '../bench/model/printable.ts';
import type { Overhead, Step, Verdict } from '../bench/model/summary.ts';
import { formatPercent, formatRatioInterval, formatValue, formatValueInterval } from './format.ts';
import { groupWarnings, type WarningGroup } from './grouped-warnings.ts';
import { changeWords, connectionWords, roundsWords, twinLabel, verdictWords } from './overhead-words.ts';
import type { ReportModel } from './report-model.ts';
import { stateNotice } from './run-state.ts';
import { steadyStateWords } from './steady-state-words.ts';
import { costWords, isShown, layerWords, stairsOf } from './step-words.ts';
import { stopWords } from './stop-words.ts';

/** Verdicts that a reader acts on stand out; the others stay plain. */
const emphasis = {
  slower: '**',
  faster: '**',
  equivalent: '',
  inconclusive: '',
  untrusted: '_',
} as const satisfies Record<Verdict, string>;

/** summary.md, in GitHub's flavour: for job summaries, pull requests and issues. */
export function renderMarkdown(model: ReportModel): string {
  const { summary } = model;
  const notice = stateNotice(model);
  const exploratory = summary.overheads.filter((it) => !it.primary);
  const blocks = [
    '## What the network mode costs',
    ...(notice === undefined ? [] : [`> [!WARNING]\n> ${text(notice.state)}\n>\n> ${text(notice.missing)}`]),
    summary.headline.map((sentence) => text(sentence)).join('\n\n'),
    ...groupWarnings(summary.warnings).map(warningOf),
    tableOf(
      model,
      summary.overheads.filter((it) => it.primary),
      (it) => it.path,
    ),
    ...(summary.twin.length === 0
      ? []
      : [
          '### Noise floor: the baseline against its identical twin',
          tableOf(
            model,
            summary.twin.filter((it) => it.primary),
            (it) => twinLabel(it.path),
          ),
        ]),
    ...(exploratory.length === 0
      ? []
      : [
          '<details>\n<summary>Other metrics (exploratory)</summary>',
          tableOf(model, exploratory, (it) => it.path),
          '</details>',
        ]),
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

function tableOf(
  model: ReportModel,
  overheads: readonly Overhead[],
  label: (overhead: Overhead) => string,
): string {
  if (overheads.length === 0) return '';
  const rows = overheads.map((it) => {
    const profile = model.run.plan.profiles.find((one) => one.name === it.profile);
    const load = profile === undefined ? it.profile : `${it.profile}, ${connectionWords(profile)}`;
    const mark = emphasis[it.verdict];
    return [
      text(it.server),
      text(load),
      metric(it.metric).label,
      code(label(it)),
      formatValue(it.baselineValue, it.unit),
      formatValue(it.contenderValue, it.unit),
      text(changeWords(it, model.run.plan.confidence)),
      formatRatioInterval(it.ratio, it.low, it.high),
      formatValueInterval(
        it.absoluteDifference.value,
        it.absoluteDifference.low,
        it.absoluteDifference.high,
        it.unit,
      ),
      `${mark}${verdictWords(it)}${mark}`,
    ];
  });
  const head = [
    'server',
    'load',
    'metric',
    'path',
    'baseline',
    'value',
    'change',
    'ratio',
    'difference',
    'verdict',
  ];
  const align = ['-', '-', '-', '-', '-:', '-:', '-:', '-:', '-:', '-'];
  return [head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What each layer adds to the one before it. */
function stairTable(steps: readonly Step[], { run }: ReportModel): string {
  const { engine } = run.environment;
  const [first] = steps;
  if (first === undefined) return '';
  const rows = [
    [layerWords(first.from, engine), code(first.from), formatValue(first.fromValue, first.unit), ''],
    ...steps.map((step) => [
      layerWords(step.to, engine),
      code(step.to),
      formatValue(step.toValue, step.unit),
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

function leftOutOf(model: ReportModel): readonly string[] {
  const { leftOut } = model.summary;
  if (leftOut.length === 0) return [];
  const items = leftOut.map(
    ({ case: subject, rule, slices, example }) =>
      `- ${slices} of ${text(subject.server)} ${code(subject.role === 'twin' ? twinLabel(subject.path) : subject.path)} ` +
      `${text(subject.profile)}: ${text(rule)} (${text(example)})`,
  );
  return ['### Slices left out', items.join('\n')];
}

function provenanceOf(model: ReportModel): string {
  const { run, summary } = model;
  const { plan, environment } = run;
  const steady = steadyStateWords(summary);
  const { consistent, contradicted, unread } = summary.evidence;
  return [
    ...[labWords(environment.engine), stopWords(run)].filter((words) => words !== undefined),
    `Intervals: ${formatPercent(plan.confidence)}, over ${roundsWords(summary)}; \`~\` means that no difference is shown.`,
    `Path evidence: ${consistent} consistent, ${contradicted} contradicted, ${unread} unread.`,
    ...(summary.spread === undefined ? [] : [text(summary.spread.message)]),
    ...(steady === undefined ? [] : [text(steady)]),
    `Run ${code(run.runId)} on ${text(environment.cpuModel)} (${environment.cpuCount} CPUs), ` +
      `kernel ${text(environment.kernel)}, engine ${text(environment.engine.version)}.`,
    `Repeat it: ${code(run.command)}`,
  ].join('  \n');
}

/** Text in a cell, a list or a quotation: no markup, no HTML, no mention of anybody. */
function text(value: string): string {
  return oneLine(value)
    .replace(/[\\`*_[\]|~#]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b');
}

/** Code may hold a backtick or a bar: longer fences around the one, a backslash before the other. */
function code(value: string): string {
  const flat = oneLine(value).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((it) => it[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`;
}
