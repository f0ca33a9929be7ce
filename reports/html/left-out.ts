import { formatCount } from '../../bench/model/format.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Summary } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { twinWord } from '../words/baseline-words.ts';
import { blockWords, foreignWords } from '../words/case-words.ts';
import { leftOutCount } from '../words/overhead-words.ts';
import { ruleFigureWords } from '../words/rule-words.ts';
import { type Html, html } from './markup.ts';
import { notices } from './notices.ts';
import { prose } from './prose.ts';
import { table } from './table.ts';

/**
 * Shows what does not count, and by which rule. Nothing is dropped as an outlier, and nothing without notice.
 */
export function discardedSection(model: ReportModel): Html {
  const { summary, timeline } = model;
  // The warning names the blocks, where there are more than usual.
  const warned = summary.warnings.some(({ code }) => code === 'disturbed-blocks');
  const words = [warned ? undefined : blockWords(summary), foreignWords(summary)].filter(
    (it) => it !== undefined,
  );
  const [lost, all] = [formatCount(leftOutCount(summary)), formatCount(timeline.length)];
  return html`<section aria-labelledby="discarded">
<h2 id="discarded">Discarded: ${lost} of ${all} slices, by rules written down before the run</h2>
${notices(model, 'discarded')}${words.map((it) => html`<p>${prose(it)}</p>\n`)}${slicesTable(summary)}
${rulesTable(summary)}
</section>`;
}

function slicesTable({ leftOut }: Summary): Html {
  if (leftOut.length === 0) return html`<p>Nothing is discarded: every slice of this run counts.</p>`;
  const rules = [...new Set(leftOut.map(({ rule }) => rule))];
  return table({
    caption: 'Slices that do not count, by rule',
    head: 'Rule',
    columns: [{ label: 'Slices', number: true }, { label: 'Most of them' }, { label: 'Example' }],
    groups: [
      {
        rows: rules.map((rule) => {
          const own = leftOut.filter((it) => it.rule === rule).toSorted((a, b) => b.slices - a.slices);
          const sum = own.reduce((all, { slices }) => all + slices, 0);
          return {
            head: ruleName(rule),
            cells: [{ content: formatCount(sum), sortBy: sum }, mostOf(own), own[0]?.example],
          };
        }),
      },
    ],
  });
}

/** The two with most of them; the others on demand. */
function mostOf(own: Summary['leftOut']): Html {
  const line = ({ case: subject, slices }: Summary['leftOut'][number]) =>
    html`${spokenName(subject.server)} ${caseWords(subject)}: ${formatCount(slices)}<br>`;
  const [shown, rest] = [own.slice(0, 2), own.slice(2)];
  return html`${shown.map(line)}${
    rest.length === 0
      ? undefined
      : html`<details><summary>${rest.length} more</summary>${rest.map(line)}</details>`
  }`;
}

/** `bridge/external/published, full load`, `second copy of host/external, full load`. */
function caseWords({ path, role, profile }: Summary['leftOut'][number]['case']): string {
  const load = readerWords[profile].reader;
  if (role !== 'twin') return `${path}, ${load}`;
  const word = twinWord(path);
  return word === 'second copy' ? `${word} of ${path}, ${load}` : `${path} ${word}, ${load}`;
}

function ruleName(rule: string): string {
  return rule.replaceAll('_', ' ');
}

const leavesOutWords = {
  block: 'the block, for all that take turns in it',
  round: "the server's figure in that round",
} as const;

/**
 * Shows every rule, including rules that no slice broke. A reader sees what was checked, and how near it came
 * to the limit.
 */
function rulesTable({ rules }: Summary): Html {
  return html`<details><summary>Every rule, and how near the slices came to it</summary>
${table({
  caption: 'The rules of validity, written down before the run',
  head: 'Rule',
  columns: [
    { label: 'Looks at' },
    { label: 'Holds with' },
    { label: 'Worst figure', number: true },
    { label: 'Slices looked at', number: true },
    { label: 'Broken by', number: true },
    { label: 'Broken, it discards' },
  ],
  groups: [
    {
      rows: rules.map((it) => ({
        head: ruleName(it.rule),
        cells: [
          it.looksAt,
          it.limit,
          it.worst === undefined ? '–' : ruleFigureWords(it.worst, it),
          formatCount(it.checked),
          formatCount(it.broken),
          leavesOutWords[it.leavesOut],
        ],
      })),
    },
  ],
})}</details>`;
}
