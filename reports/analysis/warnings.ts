import { caseId } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import { formatChangeInterval, formatPercent, formatPValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import type { Run } from '../../bench/model/run.ts';
import { sharedPinningWarning } from '../../bench/model/shared-pinning.ts';
import type { SliceStart, Warning } from '../../bench/model/summary.ts';
import { unguardedIn } from '../../bench/model/unguarded.ts';
import type { Analysis } from './analyse.ts';
import { disturbancesOf, groupBlocks } from './counted-blocks.ts';
import { ownAgents } from './own-agents.ts';
import { contradictionMessage } from './path-evidence.ts';
import type { RecordedCase } from './recorded-cases.ts';
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
 * The warnings that a reader must know before believing the figures, most serious first. Each says what to
 * do.
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
  return analysis.groups.flatMap(({ figures: { group, twin }, control }): Warning[] => {
    const where = `${group.server} ${group.baselinePath} ${group.profile.name}`;
    if (twin === undefined || twin.rounds.length === 0) {
      return [
        {
          code: 'no-twin',
          message: `${where}: nothing that counts was recorded of the twin, the A/A control.`,
          hint: 'Without the twin, false alarms of this set-up cannot be ruled out.',
        },
      ];
    }
    if (control === undefined || !twinDiffers(control, run.plan.confidence)) return [];
    return [
      {
        code: 'twin-differs',
        message:
          `${where}: two identical deployments differ in ${metric(control.estimate.metric).label} ` +
          `(p = ${formatPValue(control.pNoDifference)}), so every verdict there is untrusted.`,
        hint: 'Look for other load on the machine, CPU frequency changes or shared CPUs; run `bench doctor`.',
      },
    ];
  });
}

/**
 * Warns of a control that cannot fail, however large the difference. It gives one warning for the whole run.
 */
function blindTwins({ run, analysis }: Findings): readonly Warning[] {
  const blind = analysis.groups.flatMap(({ control }) => {
    if (control === undefined) return [];
    const needed = roundsToShow(run.plan.confidence, control.comparisons);
    const rounds = control.estimate.rounds.length;
    return rounds < needed ? [{ rounds, needed }] : [];
  });
  if (blind.length === 0) return [];
  const needed = Math.max(...blind.map((it) => it.needed));
  return [
    {
      code: 'twin-blind',
      message:
        `With ${roundsWord(Math.min(...blind.map(({ rounds }) => rounds)))} the A/A control cannot fail, however much ` +
        `the twins differ: corrected together they need at least ${needed}.`,
      hint: `Repeat with --rounds ${needed} or more.`,
    },
  ];
}

/**
 * Up to this share, disturbed blocks are only listed with everything else that was left out, without a
 * warning.
 */
const ordinaryShare = 0.05;

function disturbedBlocks({ analysis }: Findings): readonly Warning[] {
  return analysis.groups.flatMap(({ figures: { group, blocks } }) => {
    const { measured, disturbed } = groupBlocks(group, blocks);
    if (disturbed <= ordinaryShare * measured) return [];
    const [example] = disturbancesOf(group);
    return [
      {
        code: 'disturbed-blocks',
        message:
          `${group.server} ${group.baselinePath} ${group.profile.name}: ${disturbed} of ${measured} blocks do not count ` +
          `for any of its paths${example === undefined ? '' : `, e.g. ${example.message}`}.`,
        hint:
          disturbed > largestLostShare * measured
            ? 'What is left may be a selection. Remove the cause before you use these figures.'
            : 'They are kept in slices.csv with their reasons.',
      },
    ];
  });
}

/** Warns of a case's own faults. Its other rounds still count, and so do those of all other cases. */
function missedRounds({ analysis }: Findings): readonly Warning[] {
  return analysis.figures.flatMap(({ recorded, missed, rounds }) => {
    const faults = missed.filter(({ rule }) => rule !== 'disturbed' && rule !== 'failed');
    const [first] = faults;
    if (first === undefined) return [];
    return [
      {
        code: 'missed-rounds',
        message: `${caseId(recorded.case)}: no figure in ${faults.length} of ${rounds.length + missed.length} rounds, e.g. ${first.message}.`,
        hint: 'The reasons are kept in slices.csv. bench report --explain has them by round.',
      },
    ];
  });
}

function unmeasured({ analysis }: Findings): readonly Warning[] {
  return analysis.figures
    .filter(({ rounds }) => rounds.length === 0)
    .map(({ recorded }) => ({
      code: 'unmeasured-case',
      message: `${caseId(recorded.case)}: no round of it counts, so nothing is said about it.`,
      hint:
        recorded.slices.length === 0
          ? 'It was planned but not measured. Repeat the run.'
          : 'The reasons are listed under what was left out.',
    }));
}

function tooFewRounds({ run, analysis }: Findings): readonly Warning[] {
  const open = analysis.groups.flatMap(({ overheads }) =>
    overheads.flatMap(({ overhead, estimate, correction }) => {
      if (overhead.verdict !== 'open' || estimate === undefined) return [];
      const needed = roundsToShow(run.plan.confidence, correction?.comparisons ?? 1);
      const rounds = estimate.rounds.length;
      return rounds < needed ? [{ rounds, needed }] : [];
    }),
  );
  if (open.length === 0) return [];
  const fewest = Math.min(...open.map(({ rounds }) => rounds));
  const needed = Math.max(...open.map((it) => it.needed));
  return [
    {
      code: 'too-few-rounds',
      message: `${roundsWord(fewest)} ${fewest === 1 ? 'is' : 'are'} too few to show any difference at ${formatPercent(run.plan.confidence)}: it needs at least ${needed}.`,
      hint: `Repeat with --rounds ${needed} or more; ${Math.max(10, needed)} are a good start.`,
    },
  ];
}

/** Changes no verdict. Warns that the figures partly describe a load that was still settling. */
function unsteadyStarts({ starts }: Findings): readonly Warning[] {
  return starts
    .filter(({ differs }) => differs)
    .map(({ server, profile, path, ratio, ratioLow, ratioHigh, pValue }) => ({
      code: 'unsteady-start',
      message:
        `${server} ${path} ${profile}: in the first two turns of the slices the ratio to the baseline is ` +
        `${formatChangeInterval(ratio - 1, ratioLow - 1, ratioHigh - 1)} against the other turns (p = ${formatPValue(pValue)}).`,
      hint: 'The load on one path takes longer to settle. Raise --ramp-seconds and compare.',
    }));
}

function sharedPinning({ run }: Findings): readonly Warning[] {
  const { pinning } = run.environment;
  if (pinning.kind === 'shared') return [sharedPinningWarning(pinning)];
  if (pinning.proxiesRoam === undefined) return [];
  return [
    {
      code: 'proxies-roam',
      message: `docker-proxy could not be kept on the servers' CPUs: ${pinning.proxiesRoam}`,
      hint: "It may run on the load agent's CPU, so that who was the limit of a path by docker-proxy is uncertain.",
    },
  ];
}

function roundsWord(rounds: number): string {
  return `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`;
}
