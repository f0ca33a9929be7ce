import { capital } from '../../bench/model/capital.ts';
import { counted, formatChangeInterval, formatNumber } from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { metric } from '../../bench/model/metric.ts';
import type {
  Across,
  RunComparison,
  RunComparisons,
  RunDifference,
} from '../../bench/model/run-comparison.ts';
import { listed } from '../words/finding-words.ts';
import { groupLabel } from '../words/path-words.ts';
import { subjectsIn } from './comparison-tables.ts';

/** Names told in a finding. The table has all. */
const mostNames = 3;

interface Judged {
  readonly comparison: RunComparison;
  readonly difference: RunDifference;
}

/** What was found, in a few sentences: a reader of a nightly job reads no more. */
export function comparisonFinding(document: RunComparisons): string {
  const { runs, comparisons } = document;
  const [first, second] = runs.map(({ name }) => name);
  const declared = comparisons.filter((it) => it.declared);
  const all = declared.flatMap((comparison) =>
    comparison.differences.map((difference): Judged => ({ comparison, difference })),
  );
  if (all.length === 0) return 'The runs have no main result in common.';
  const pair = runs.length === 2;
  const results = pair ? counted(all.length, 'main result') : `${all.length} changes of main results`;
  const of = (verdict: RunDifference['verdict']) =>
    all.filter(({ difference }) => difference.verdict === verdict);
  const changes = changeVerbs.flatMap(({ verdict, verb }) => {
    const judged = of(verdict);
    const later = pair ? second : 'A later run';
    return judged.length === 0
      ? []
      : [`${later} ${verb} than ${first} in ${judged.length} of ${results}: ${names(judged, document)}.`];
  });
  const rest = restWords([
    [of('equivalent').length, 'the same within the margin'],
    [of('open').length, 'open'],
    [of('untrusted').length, 'not to be used'],
    [of(undefined).length, 'not measured'],
  ]);
  const usable = all.length - of('untrusted').length - of(undefined).length;
  // Where nothing can be used, a quiet sentence would say too much.
  const how = usable > 0 ? 'is shown' : 'can be told';
  const quiet = `No change from ${first}${pair ? ` to ${second}` : ''} ${how}: of ${results}, ${listed(rest)}.`;
  return [
    ...changes,
    ...(changes.length > 0 ? rest.map((it) => `${capital(it)}.`) : [quiet]),
    ...betweenFinding(declared, document.environment),
  ].join(' ');
}

const changeVerbs = [
  { verdict: 'slower', verb: 'costs more' },
  { verdict: 'faster', verb: 'costs less' },
] as const;

function names(judged: readonly Judged[], document: RunComparisons): string {
  const { path } = subjectsIn(document);
  const told = judged.slice(0, mostNames).map(({ comparison, difference: { to, estimate } }) => {
    const run = document.runs.length === 2 ? '' : `${to}, `;
    const change = estimate === undefined ? '' : ` ${formatChangeInterval(estimate)}`;
    return `${run}${path(comparison)}, ${metric(comparison.metric).label}${change}`;
  });
  const more = judged.length - told.length;
  return `${told.join('; ')}${more === 0 ? '' : `; and ${more} more`}`;
}

function restWords(counts: readonly (readonly [count: number, words: string])[]): readonly string[] {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${count === 1 ? 'is' : 'are'} ${words}`);
}

/** Whether runs differ by more than their own intervals say, and whether they were measured alike. */
function betweenFinding(
  declared: readonly RunComparison[],
  { differences }: RunComparisons['environment'],
): readonly string[] {
  const across = declared.flatMap((comparison) => comparison.across ?? []);
  if (across.length === 0) return [];
  // Bonferroni: the finding speaks of all main results together.
  const shown = across.filter(({ pSame, confidence }) => pSame <= (1 - confidence) / across.length);
  if (shown.length === 0) {
    const most = mostBetween(across);
    const estimate = most === 0 ? '' : `; the spread between them is estimated at up to ${spreadWords(most)}`;
    return [`It is not shown that runs differ beyond their own intervals${estimate}.`];
  }
  const size = spreadWords(mostBetween(shown));
  return [
    `Runs differ beyond their own intervals in ${shown.length} of ${across.length} main results; the spread between them is estimated at up to ${size}.`,
    // What they have in common then says little of either environment.
    ...(differences.length === 0
      ? []
      : [`Their environments differ too, which may be why: ${namesOfFacts(differences)}.`]),
  ];
}

function namesOfFacts(facts: RunComparisons['environment']['differences']): string {
  const told = facts.slice(0, mostNames).map(({ name }) => name);
  const more = facts.length - told.length;
  return listed([...told, ...(more === 0 ? [] : [`${more} more`])]);
}

function mostBetween(across: readonly Across[]): number {
  return Math.max(...across.map(({ between }) => between));
}

function spreadWords(between: number): string {
  return `±${formatNumber(between * 100, 1)} %`;
}

/** `20261120T093220Z-k3f9, 2026-11-20 09:32 UTC, 10 rounds, bench 0.1.0`. */
export function runWords({
  runId,
  startedAt,
  state,
  rounds,
  benchVersion,
}: RunComparisons['runs'][number]): string {
  return [
    runId,
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    counted(rounds, 'round'),
    ...(state === 'complete' ? [] : [state]),
    `bench ${benchVersion}`,
  ].join(', ');
}

export function environmentFinding({ environment: { same, differences, passing } }: RunComparisons): string {
  const facts = differences.length === 1 ? 'one fact' : `${differences.length} facts`;
  const finding = same
    ? 'Environment and method are the same: absolute figures compare as well.'
    : `Environment or method differs in ${facts}: overheads compare, absolute figures do not.`;
  if (passing.length === 0) return finding;
  const names = listed(passing.map(({ name }) => name));
  return `${finding} What may differ in one environment, and may be why a path costs more or less: ${names}.`;
}

/** As many facts are shown at once. Runs of two machines differ in dozens. */
export const factsAtOnce = 12;

/** A fact with its values, runs of one value together: `A, C: 6.1.0`. */
interface EnvironmentRow {
  readonly name: string;
  readonly values: readonly string[];
}

export function environmentRows({
  environment: { differences, passing },
}: RunComparisons): readonly EnvironmentRow[] {
  return [...differences, ...passing].map(({ name, values }) => {
    const byValue = [...grouped(values, ({ value = 'not known' }) => value)];
    return { name, values: byValue.map(([value, of]) => `${of.map(({ run }) => run).join(', ')}: ${value}`) };
  });
}

/** What has no difference, a line for each reason. */
export function notComparedWords(document: RunComparisons): readonly string[] {
  const { path } = subjectsIn(document);
  const subjects = new Map<string, Set<string>>();
  const note = (reason: string, subject: string) =>
    subjects.set(reason, (subjects.get(reason) ?? new Set()).add(subject));
  for (const it of document.notCompared) {
    // A metric is named only where others of the same path and load are compared.
    const partly = document.comparisons.some(
      (other) => path(other) === path(it) && other.profile === it.profile,
    );
    const what = partly ? `, ${metric(it.metric).label}` : '';
    note(capital(it.reason), `${path(it)}, ${loadOf(it)}${what}`);
  }
  for (const comparison of document.comparisons) {
    for (const { run, unused } of comparison.overheads) {
      if (unused === undefined) continue;
      note(`${run} is left out, ${unused}`, `${path(comparison)}, ${loadOf(comparison)}`);
    }
  }
  return [...subjects].map(([reason, own]) => `${reason}: ${[...own].join('; ')}.`);
}

/** `one request at a time`. */
function loadOf(comparison: Pick<RunComparison, 'server' | 'profile'>): string {
  return groupLabel(comparison).replace(/^[^,]*, /, '');
}
