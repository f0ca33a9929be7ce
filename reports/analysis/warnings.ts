import { caseId } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import { metric } from '../../bench/model/metric.ts';
import type { Run } from '../../bench/model/run.ts';
import { sharedPinningWarning } from '../../bench/model/shared-pinning.ts';
import type { SteadyState, Warning } from '../../bench/model/summary.ts';
import { unguardedIn } from '../../bench/model/unguarded.ts';
import { formatPercent, formatPercentChange, formatPValue } from '../format.ts';
import { burstWarnings } from './bursts.ts';
import { mostlyClientBound } from './client-bound.ts';
import type { Statistics } from './estimate.ts';
import type { AnalysedGroup } from './overheads.ts';
import { ownAgents } from './own-agents.ts';
import { contradictionMessage } from './path-evidence.ts';
import type { RecordedCase } from './recorded-cases.ts';
import { improves } from './steady-state.ts';
import { largestInvalidShare, twinDiffers } from './trust.ts';
import { roundsToShow } from './verdict.ts';

export interface Findings {
  readonly run: Run;
  readonly cases: readonly RecordedCase[];
  readonly evidence: readonly Evidence[];
  readonly groups: readonly AnalysedGroup[];
  readonly steady: SteadyState;
  readonly statistics: Statistics;
}

/** What a reader must know before believing the figures: most serious first, each with what to do. */
export function analysisWarnings(findings: Findings): readonly Warning[] {
  return [
    ...partialRun(findings),
    ...failedSlices(findings),
    ...evidenceWarnings(findings),
    ...twinWarnings(findings),
    ...blindTwins(findings),
    ...invalidSlices(findings),
    ...unmeasured(findings),
    ...tooFewRounds(findings),
    ...unsteadyRounds(findings),
    ...burstWarnings(findings.groups, findings.statistics),
    ...clientBoundCases(findings),
    ...sharedPinning(findings),
    ...unguardedIn(findings.run.environment),
    ...ownAgents(findings.run.plan),
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
  return cases.flatMap((it) => {
    const failed = it.slices.filter((slice) => slice.status === 'failed');
    const [first] = failed;
    if (first === undefined) return [];
    return [
      {
        code: 'failed-slices',
        message: `${caseId(it.case)}: ${failed.length} of ${it.slices.length} slices failed: ${first.error.message}`,
        hint: first.error.hint ?? 'Run `bench doctor`, then repeat the run.',
      },
    ];
  });
}

function evidenceWarnings({ evidence }: Findings): readonly Warning[] {
  const contradicted = evidence.filter(({ verdict }) => verdict === 'contradicted');
  const unread = evidence.filter(({ verdict }) => verdict === 'unread');
  return [
    ...contradicted.map((it) => ({
      code: 'evidence-contradicted',
      message: `${it.server} ${it.path}, round ${it.round}: the packets did not take this path: ${contradictionMessage(it)}.`,
      hint: 'Its slices of that round do not count. What was read is in evidence.ndjson and, in the report, under evidence.',
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

function twinWarnings({ run, groups }: Findings): readonly Warning[] {
  const { confidence } = run.plan;
  return groups.flatMap(({ group, control }): Warning[] => {
    const where = `${group.server} ${group.baselinePath} ${group.profile.name}`;
    if (control === undefined) {
      return [
        {
          code: 'no-twin',
          message: `${where}: nothing was recorded of the twin, the A/A control.`,
          hint: 'Without it nobody can say what this set-up reports where there is no difference.',
        },
      ];
    }
    const { estimate, correction } = control;
    if (twinDiffers(control, confidence)) {
      return [
        {
          code: 'twin-differs',
          message:
            `${where}: two identical deployments differ in ${metric(estimate.metric).label} ` +
            `(p = ${formatPValue(correction.pNoDifference)}), so every verdict there is untrusted.`,
          hint: 'Look for other load on the machine, CPU frequency changes or shared CPUs; run `bench doctor`.',
        },
      ];
    }
    return [];
  });
}

/** A control that no difference, however large, could make fail is none: said once for the run. */
function blindTwins({ run, groups }: Findings): readonly Warning[] {
  const { confidence } = run.plan;
  const blind = groups.flatMap(({ control }) => {
    if (control === undefined) return [];
    const needed = roundsToShow({ confidence, correction: control.correction });
    return control.estimate.rounds < needed ? [{ rounds: control.estimate.rounds, needed }] : [];
  });
  if (blind.length === 0) return [];
  const needed = Math.max(...blind.map((it) => it.needed));
  return [
    {
      code: 'twin-blind',
      message:
        `With ${Math.min(...blind.map(({ rounds }) => rounds))} rounds the A/A control cannot fail, however much ` +
        `the twins differ: corrected together they need at least ${needed}.`,
      hint: `Repeat with --rounds ${needed} or more.`,
    },
  ];
}

/** Up to this share of a case is told where all is told that was left out, and is no reason to warn. */
const ordinaryInvalidShare = 0.05;

function invalidSlices({ cases }: Findings): readonly Warning[] {
  return cases.flatMap((it) => {
    const invalid = it.slices.filter((slice) => slice.status === 'invalid');
    const [first] = invalid;
    if (first === undefined) return [];
    const share = invalid.length / it.slices.length;
    if (share <= ordinaryInvalidShare) return [];
    const messages = first.reasons.map(({ message }) => message).join('; ');
    return [
      {
        code: 'invalid-slices',
        message: `${caseId(it.case)}: ${invalid.length} of ${it.slices.length} slices do not count, e.g. ${messages}.`,
        hint:
          share > largestInvalidShare
            ? 'What is left may be a selection. Remove the cause before you use these figures.'
            : 'They are kept in slices.csv with their reasons.',
      },
    ];
  });
}

function unmeasured({ cases }: Findings): readonly Warning[] {
  return cases
    .filter(({ rounds }) => rounds.size === 0)
    .map((it) => ({
      code: 'unmeasured-case',
      message: `${caseId(it.case)}: no slice of it counts, so nothing is said about it.`,
      hint:
        it.slices.length === 0
          ? 'It was planned but not measured. Repeat the run.'
          : 'The reasons are listed under what was left out.',
    }));
}

function tooFewRounds({ run, groups }: Findings): readonly Warning[] {
  const { confidence } = run.plan;
  const open = groups.flatMap(({ overheads }) =>
    overheads.flatMap(({ overhead, cause }) =>
      overhead.primary && cause?.kind === 'too-few-rounds'
        ? [{ rounds: overhead.rounds, needed: cause.needed }]
        : [],
    ),
  );
  if (open.length === 0) return [];
  const fewest = Math.min(...open.map(({ rounds }) => rounds));
  const needed = Math.max(...open.map((it) => it.needed));
  return [
    {
      code: 'too-few-rounds',
      message: `${fewest} rounds are too few to show any difference at ${formatPercent(confidence)}: it needs at least ${needed}.`,
      hint: `Repeat with --rounds ${needed} or more; 10 are a good start.`,
    },
  ];
}

/** Neither takes a verdict back: within a round, random order meets both sides of a comparison alike. */
function unsteadyRounds({ run, steady }: Findings): readonly Warning[] {
  const trends = steady.trends.filter(({ differs }) => differs);
  const rounds = steady.rounds.filter(({ differs }) => differs);
  const change = (ratio: number) => formatPercentChange(ratio);
  return [
    ...trends.map((it) => ({
      code: 'warm-up',
      message:
        `${it.server} ${it.baseline} ${it.profile}: in the second half of the rounds ${metric(it.metric).label} is ` +
        `${change(it.change)} against the first half (p = ${formatPValue(it.pValue)}).`,
      hint: improves(it)
        ? `It is not at its steady state when a round begins: raise --warmup-seconds (now ${run.plan.warmupSeconds}).`
        : 'Something slows down while a round lasts: heat, memory or connections that pile up. Run `bench doctor`.',
    })),
    ...(rounds.length === 0
      ? []
      : [
          {
            code: 'unsteady-rounds',
            message:
              `In ${rounds.length} of ${steady.rounds.length} rounds of a server and profile the second half differs from ` +
              `the first: ${listed(rounds.map((it) => `${it.server} ${it.profile} round ${it.round} ${change(it.change)}`))}.`,
            hint: 'The machine changed its speed meanwhile. Random order keeps that out of the ratios, but it widens the intervals: look for other load.',
          },
        ]),
  ];
}

const mostListed = 4;

function listed(items: readonly string[]): string {
  const rest = items.length - mostListed;
  return items.slice(0, mostListed).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function clientBoundCases({ cases }: Findings): readonly Warning[] {
  const bound = cases.filter(mostlyClientBound).map((it) => caseId(it.case));
  if (bound.length === 0) return [];
  return [
    {
      code: 'client-bound',
      message: `The load agent used most of its core in more than half of the slices of: ${bound.join(', ')}.`,
      hint: 'There the client hides part of the cost: throughput reads "at least", CPU per request does not hide it.',
    },
  ];
}

function sharedPinning({ run }: Findings): readonly Warning[] {
  const { pinning } = run.environment;
  return pinning.kind === 'disjoint' ? [] : [sharedPinningWarning(pinning)];
}
