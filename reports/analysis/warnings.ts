import { caseId, deploymentId } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import { formatChangeInterval, formatPercent, formatValue, pValueWords } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { metricsOf } from '../../bench/model/profile.ts';
import type { Run } from '../../bench/model/run.ts';
import { sharedPinningWarning } from '../../bench/model/shared-pinning.ts';
import type { SliceStart } from '../../bench/model/summary.ts';
import { unguardedIn } from '../../bench/model/unguarded.ts';
import type { Warning } from '../../bench/model/warning.ts';
import { baselineWords } from '../words/baseline-words.ts';
import type { Analysis } from './analyse.ts';
import { disturbancesOf, groupBlocks } from './counted-blocks.ts';
import { largestGapShare, machineQuantiles } from './machine-quantiles.ts';
import { ownAgents } from './own-agents.ts';
import { contradictionMessage } from './path-evidence.ts';
import type { RecordedCase } from './recorded-cases.ts';
import type { CaseFigures, GroupFigures } from './round-figures.ts';
import { clientsOwn, clientsOwnWords, largestLagShare } from './send-lag.ts';
import { foreignLimits, largestLostShare, processWords, twinDiffers } from './trust.ts';
import { roundsToShow } from './verdict.ts';

interface Findings {
  readonly run: Run;
  readonly cases: readonly RecordedCase[];
  readonly evidence: readonly Evidence[];
  readonly analysis: Analysis;
  readonly starts: readonly SliceStart[];
}

/**
 * The warnings that a reader must know before believing the figures, most serious first: one a rule, whatever the
 * number of comparisons that it meets. Each names them and says what to do.
 */
export function analysisWarnings(findings: Findings): readonly Warning[] {
  return [
    ...partialRun(findings),
    ...failedSlices(findings),
    ...evidenceWarnings(findings),
    ...foreignLoad(findings),
    ...twinWarnings(findings),
    ...blindTwins(findings),
    ...disturbedBlocks(findings),
    ...missedRounds(findings),
    ...unmeasured(findings),
    ...tooFewRounds(findings),
    ...unsteadyStarts(findings),
    ...clientsTails(findings),
    ...machinesTails(findings),
    ...sharedPinning(findings),
    ...unguardedIn(findings.run.environment),
    ...ownAgents(findings.run.plan),
    ...(findings.run.surprises ?? []),
  ];
}

function partialRun({ run, cases }: Findings): readonly Warning[] {
  if (run.state === 'complete') return [];
  const rounds = new Set(cases.flatMap((it) => [...it.rounds.keys()]));
  const why = run.stateReason ?? (run.state === 'running' ? 'it did not end' : 'it ended early');
  return [
    {
      code: 'partial-run',
      message: `The run is partial (${why}): slices of ${rounds.size} of ${run.plan.stopping === undefined ? '' : 'at most '}${run.plan.rounds} planned rounds are in it.`,
      hint: 'The figures rest on what was measured. Repeat the run for the planned precision.',
    },
  ];
}

function failedSlices({ cases }: Findings): readonly Warning[] {
  const failing = cases.flatMap((it) => {
    const failed = it.slices.filter((slice) => slice.status === 'failed');
    const [first] = failed;
    return first === undefined ? [] : [{ subject: it, failed: failed.length, error: first.error }];
  });
  return bySame(failing, ({ error }) => JSON.stringify([error.message, error.hint])).map((same) => ({
    code: 'failed-slices',
    message:
      `${count(
        sumOf(same, ({ failed }) => failed),
        'slice',
      )} failed ` +
      `(${named(same.map(({ subject, failed }) => `${caseId(subject.case)}: ${failed} of ${subject.slices.length}`))}): ` +
      `${same[0].error.message}`,
    hint: same[0].error.hint ?? 'Run `bench doctor`, then repeat the run.',
  }));
}

function evidenceWarnings({ evidence }: Findings): readonly Warning[] {
  const contradicted = evidence.filter(({ verdict }) => verdict === 'contradicted');
  const unread = evidence.filter(({ verdict }) => verdict === 'unread');
  return [
    ...bySame(contradicted, deploymentId).map((same) => ({
      code: 'evidence-contradicted',
      message:
        `${deploymentId(same[0])}, ${rounds(same.map(({ round }) => round))}: the packets did not take this path: ` +
        `${contradictionMessage(same[0])}.`,
      hint: 'Its slices of these rounds do not count. What was read is in evidence.ndjson and, in the report, under path evidence.',
    })),
    ...(unread.length === 0
      ? []
      : [
          {
            code: 'evidence-unread',
            message: `The path evidence of ${unread.length} of ${evidence.length} deployments is incomplete.`,
            hint: 'Their slices count, but nothing shows which path the packets took. Repeat the run.',
          },
        ]),
  ];
}

/**
 * Warns of other processes that used the machine. The share is a mean over all blocks, including those that
 * do not count.
 */
function foreignLoad({ analysis: { foreign } }: Findings): readonly Warning[] {
  if (foreign === undefined || foreign.share <= foreignLimits.warning) return [];
  const named = processWords(foreign);
  const untrusted = foreign.share > foreignLimits.untrusted;
  return [
    {
      code: 'foreign-load',
      message:
        `Other processes took ${formatPercent(foreign.share)} of this machine's CPU time during the run` +
        `${named === '' ? '' : ` (${named})`}${untrusted ? ', so every verdict is untrusted' : ''}.`,
      hint: 'Stop them, or measure when the machine is quiet. bench run --wait waits for another bench only.',
    },
  ];
}

function twinWarnings({ run, analysis }: Findings): readonly Warning[] {
  const { confidence } = run.plan;
  const words = baselineWords(run.plan);
  const missing = analysis.groups.filter(({ figures: { twin } }) => (twin?.rounds.length ?? 0) === 0);
  const differing = analysis.groups.flatMap(({ figures, control }) =>
    control !== undefined && twinDiffers(control, confidence) && !missing.some((it) => it.figures === figures)
      ? [{ figures, control }]
      : [],
  );
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            code: 'no-twin',
            message: `No slice that counts was recorded of the ${words.twin}: ${named(missing.map(groupWords))}.`,
            hint: 'Without this noise check, false alarms of this set-up cannot be ruled out.',
          },
        ]),
    ...(differing.length === 0
      ? []
      : [
          {
            code: 'twin-differs',
            message:
              `${words.both} differ, so every verdict there is untrusted: ` +
              `${named(
                differing.map(
                  ({ figures, control }) =>
                    `${groupWords({ figures })} (${metric(control.estimate.metric).label}, ${pValueWords(control.pNoDifference)})`,
                ),
              )}.`,
            hint: 'Look for other load on the machine, CPU frequency changes or shared CPUs; run `bench doctor`.',
          },
        ]),
  ];
}

/**
 * Warns of a control that cannot fail, however large the difference. It gives one warning for the whole run.
 */
function blindTwins({ run, analysis }: Findings): readonly Warning[] {
  const blind = analysis.groups.flatMap((group): readonly Shortage[] => {
    const { control, figures } = group;
    if (control === undefined) return [];
    const needed = roundsToShow(run.plan.confidence, control.comparisons);
    const left = control.estimate.rounds.length;
    return left < needed ? [shortage(groupWords(group), left, needed, figures, [figures.twin])] : [];
  });
  if (blind.length === 0) return [];
  return [
    {
      code: 'twin-blind',
      message: `The noise check cannot fail, however much ${run.plan.service?.running === undefined ? 'the two copies of host mode' : 'the two measurements'} differ: ${shortageWords(blind)}.`,
      hint: moreRounds(run, blind),
    },
  ];
}

/** Rounds that are too few, and what became of the others. */
interface Shortage {
  readonly subject: string;
  readonly left: number;
  readonly needed: number;
  readonly measured: number;
  /** The rule by which most rounds were lost; absent where none was. */
  readonly rule?: string;
}

function shortage(
  subject: string,
  left: number,
  needed: number,
  { baseline, blocks }: GroupFigures,
  contenders: readonly (CaseFigures | undefined)[],
): Shortage {
  const missed = [baseline, ...contenders].flatMap((it) => it?.missed ?? []);
  const rules = bySame(missed, ({ rule }) => rule).map((same) => ({
    rule: same[0].rule,
    rounds: same.length,
  }));
  const most = rules.toSorted((a, b) => b.rounds - a.rounds)[0];
  return { subject, left, needed, measured: blocks.size, ...(most === undefined ? {} : { rule: most.rule }) };
}

/** `nginx host/external latency: 3 of 10 rounds were lost (rule littles_law), 7 are left, 8 are needed`. */
function shortageWords(short: readonly Shortage[]): string {
  return bySame(short, lostWords)
    .map((same) => `${named(same.map(({ subject }) => subject))}: ${lostWords(same[0])}`)
    .join('; ');
}

function lostWords({ left, needed, measured, rule }: Shortage): string {
  const lost = measured - left;
  if (lost <= 0) return `${count(left, 'round')}, ${needed} are needed`;
  const why = rule === undefined ? '' : ` (rule ${rule})`;
  return (
    `${lost} of ${count(measured, 'round')} ${lost === 1 ? 'was' : 'were'} lost${why}, ` +
    `${left} ${left === 1 ? 'is' : 'are'} left, ${needed} are needed`
  );
}

/** Rounds enough that as many are left as are needed, if the same share of them is lost again. */
function moreRounds({ plan }: Run, short: readonly Shortage[]): string {
  const wanted = Math.max(
    ...short.map(({ left, needed, measured }) => Math.ceil(needed / (left === 0 ? 1 : left / measured))),
  );
  const some = Math.min(Math.max(wanted, plan.rounds), mostRounds);
  const quieter = short.some(({ left, measured }) => left < measured)
    ? ', on a quieter machine if you can'
    : '';
  return `Repeat with --rounds ${some} or more${quieter}.`;
}

/**
 * Up to this share, disturbed blocks are only listed with everything else that was left out, without a
 * warning.
 */
const ordinaryShare = 0.05;

function disturbedBlocks({ analysis }: Findings): readonly Warning[] {
  const groups = analysis.groups.map(({ figures }) => ({
    ...groupBlocks(figures.group, figures.blocks),
    words: groupWords({ figures }),
    why: disturbancesOf(figures.group),
  }));
  const notable = groups.filter(({ measured, disturbed }) => disturbed > ordinaryShare * measured);
  if (notable.length === 0) return [];
  const told = notable.toSorted((a, b) => b.disturbed / b.measured - a.disturbed / a.measured);
  const [disturbed, measured] = [sumOf(groups, (it) => it.disturbed), sumOf(groups, (it) => it.measured)];
  const [example] = told.flatMap(({ why }) => why);
  const selection = notable.some((it) => it.disturbed > largestLostShare * it.measured);
  return [
    {
      code: 'disturbed-blocks',
      message:
        `${disturbed} of ${measured} blocks do not count, because the machine was disturbed ` +
        `(${named(told.map((it) => `${it.words}: ${it.disturbed} of ${it.measured}`))})` +
        `${example === undefined ? '' : `, e.g. ${example.message}`}.`,
      hint: selection
        ? 'Where more than a fifth is lost, the rest may be a selection. Remove the cause before you use these figures.'
        : 'They are kept in slices.csv with their reasons.',
    },
  ];
}

/** Warns of faults of the cases themselves, one warning a rule. Their other rounds still count. */
function missedRounds({ analysis }: Findings): readonly Warning[] {
  const all = analysis.figures.flatMap(({ recorded, missed, rounds: whole }) => {
    const faults = missed.filter(({ rule }) => rule !== 'disturbed' && rule !== 'failed');
    const of = whole.length + missed.length;
    return bySame(faults, ({ rule }) => rule).map((same) => ({
      ...same[0],
      lost: same.length,
      words: `${caseId(recorded.case)}: ${same.length} of ${of}`,
    }));
  });
  return bySame(all, ({ rule }) => rule).map((same) => ({
    code: 'missed-rounds',
    message:
      `${count(
        sumOf(same, ({ lost }) => lost),
        'round',
      )} without a figure by the rule ${same[0].rule} ` +
      `(${named(same.map(({ words }) => words))}), e.g. ${same[0].message}.`,
    hint: 'The reasons are kept in slices.csv. bench report --explain has them by round.',
  }));
}

function unmeasured({ analysis }: Findings): readonly Warning[] {
  const empty = analysis.figures.filter(({ rounds: whole }) => whole.length === 0);
  const planned = empty.filter(({ recorded }) => recorded.slices.length === 0);
  const lost = empty.filter(({ recorded }) => recorded.slices.length > 0);
  const warn = (some: readonly CaseFigures[], hint: string): readonly Warning[] =>
    some.length === 0
      ? []
      : [
          {
            code: 'unmeasured-case',
            message: `No round counts, so nothing is said about ${named(some.map(({ recorded }) => caseId(recorded.case)))}.`,
            hint,
          },
        ];
  return [
    ...warn(planned, 'It was planned but not measured. Repeat the run.'),
    ...warn(lost, 'The reasons are listed under what was discarded.'),
  ];
}

function tooFewRounds({ run, analysis }: Findings): readonly Warning[] {
  const short = analysis.groups.flatMap(({ figures, overheads }) =>
    overheads.flatMap(({ overhead, contender, estimate, correction }): readonly Shortage[] => {
      if (overhead.verdict !== 'open' || estimate === undefined) return [];
      const needed = roundsToShow(run.plan.confidence, correction?.comparisons ?? 1);
      const left = estimate.rounds.length;
      const { server, path, profile } = overhead;
      return left < needed
        ? [shortage(`${server} ${path} ${profile}`, left, needed, figures, [contender])]
        : [];
    }),
  );
  if (short.length === 0) return [];
  return [
    {
      code: 'too-few-rounds',
      message: `Too few rounds to show any difference at ${formatPercent(run.plan.confidence)}: ${shortageWords(short)}.`,
      hint: moreRounds(run, short),
    },
  ];
}

/** Changes no verdict. Warns that the figures partly describe a load that was still settling. */
function unsteadyStarts({ starts }: Findings): readonly Warning[] {
  const unsteady = starts.filter(({ differs }) => differs);
  if (unsteady.length === 0) return [];
  const told = unsteady.map(
    (it) => `${it.server} ${it.path} ${it.profile} ${formatChangeInterval(it)}, ${pValueWords(it.pValue)}`,
  );
  return [
    {
      code: 'unsteady-start',
      message: `In the first two turns of the slices the ratio to the baseline differs from that of the other turns: ${named(told)}.`,
      hint: 'The load on one path takes longer to settle. Raise --ramp-seconds and compare.',
    },
  ];
}

/** Quantiles of open load that got no verdict, because the load generator was late itself. */
function clientsTails({ analysis }: Findings): readonly Warning[] {
  const late = analysis.groups.flatMap(({ figures, overheads }) =>
    overheads.flatMap(({ overhead, contender }) => {
      const own = overhead.declared ? clientsOwn([figures.baseline, contender], overhead.metric) : undefined;
      return own === undefined
        ? []
        : [`${overhead.server} ${overhead.path} ${overhead.profile}: ${clientsOwnWords(own)}`];
    }),
  );
  if (late.length === 0) return [];
  return [
    {
      code: 'client-lag',
      message: `Not measured, because the load generator sent requests late itself, by ${formatPercent(largestLagShare)} of a quantile or more: ${named(late)}.`,
      hint: 'Lower the rate (--paced-rate), or measure when the machine is quiet.',
    },
  ];
}

/** Changes no verdict: the pauses of the machine meet all paths alike. */
function machinesTails({ run, analysis }: Findings): readonly Warning[] {
  const profiles = new Map(run.plan.profiles.map((profile) => [profile.name, profile]));
  const found = machineQuantiles(run, analysis.figures, ({ recorded }) => {
    const profile = profiles.get(recorded.case.profile);
    return profile === undefined ? [] : metricsOf(profile);
  });
  const gaps = [...new Set(found.map(({ name, gapUs }) => `${formatValue(gapUs, 'us')} at ${name}`))];
  const [first] = gaps;
  if (first === undefined) return [];
  const told = found.map(
    ({ figures, name, responseUs }) =>
      `${caseId(figures.recorded.case)} ${name} of ${formatValue(responseUs, 'us')}`,
  );
  return [
    {
      code: 'machine-tail',
      message: `Quantiles that are partly the machine's: ${named(told)}. A loop that only looked at the clock was held up for ${gaps.join(', ')}, more than ${formatPercent(largestGapShare)} of them.`,
      hint: 'What the machine adds is the same for all paths, and hides what a path adds. A machine without other load, or without a hypervisor, holds programs up less.',
    },
  ];
}

function sharedPinning({ run }: Findings): readonly Warning[] {
  const { pinning } = run.environment;
  if (pinning.kind === 'shared') return [sharedPinningWarning(pinning)];
  if (pinning.proxiesRoam === undefined) return [];
  return [
    {
      code: 'proxies-roam',
      message: `docker-proxy could not be kept on the servers' CPUs: ${pinning.proxiesRoam}`,
      hint: "It may run on the load generator's CPU, so that who was the limit of a path by docker-proxy is uncertain.",
    },
  ];
}

/** Most subjects that one warning names. The report's tables have all of them. */
const mostNamed = 3;

function named(subjects: readonly string[]): string {
  const rest = subjects.length - mostNamed;
  // One more is shorter by name than by number.
  if (rest <= 1) return subjects.join('; ');
  return `${subjects.slice(0, mostNamed).join('; ')}; and ${rest} more`;
}

/** `nginx host/external latency`. */
function groupWords({ figures: { group } }: { readonly figures: GroupFigures }): string {
  return `${group.server} ${group.baselinePath} ${group.profile.name}`;
}

/** `round 1`, `3 rounds`. */
function rounds(some: readonly number[]): string {
  const [only] = some;
  return some.length === 1 ? `round ${only}` : `${some.length} rounds`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

/** Items with the same key, in the order of their first. */
function bySame<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
