import { exitCodes } from '../../bench/model/failure.ts';
import {
  fingerprintDifferences,
  fingerprintOf,
  passingFacts,
  seriesKey,
} from '../../bench/model/fingerprint.ts';
import {
  type AcceptedStep,
  type GateCheck,
  type GateOutcome,
  type GateResult,
  gateOutcomes,
} from '../../bench/model/gate.ts';
import { present } from '../../bench/model/present.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import type { Warning } from '../../bench/model/warning.ts';
import { isSelected } from './matching.ts';
import { subjectsOf } from './subject.ts';

/** A result needs no more of a record. */
type RunAlone = Pick<RunRecord, 'run'>;

interface JudgedRuns {
  readonly record: RunAlone;
  readonly earlier: readonly RunAlone[];
  readonly accepted: readonly AcceptedStep[];
}

/**
 * The result of a gate, from its checks.
 * @param strict whether what is open or untrusted has an exit code of its own.
 * @param confirmedBy the run that measured the failing comparisons again.
 */
export function gateResultOf(
  checks: readonly GateCheck[],
  { record, earlier, accepted }: JudgedRuns,
  { strict, confirmedBy }: { readonly strict: boolean; readonly confirmedBy?: string | undefined },
): GateResult {
  const outcome = worstOf(checks.filter(({ level }) => level === 'error'));
  const exitCode = exitCodeFor(outcome, strict);
  const { runId } = record.run;
  const again = confirmedBy === undefined ? '' : `, measured again in run ${confirmedBy}`;
  return {
    runId,
    outcome,
    exitCode,
    verdict: `gate ${outcome}, exit ${exitCode}: ${countWords(checks)} (run ${runId}${again})`,
    against: earlier.map(({ run }) => run.runId),
    ...present({ confirmedBy }),
    checks: [...checks],
    warnings: [
      ...partialWarnings(record),
      ...acceptedWarnings(accepted, record),
      ...laterWarnings(record, earlier),
      ...environmentWarnings(checks, record, earlier),
      ...passingWarnings(checks, record, earlier),
    ],
  };
}

function exitCodeFor(outcome: GateOutcome, strict: boolean): GateResult['exitCode'] {
  if (outcome === 'failed') return exitCodes.regression;
  return strict && outcome !== 'passed' ? exitCodes.inconclusive : exitCodes.ok;
}

function worstOf(checks: readonly GateCheck[]): GateOutcome {
  const places = checks.map(({ outcome }) => gateOutcomes.indexOf(outcome));
  return gateOutcomes[Math.max(0, ...places)] ?? 'passed';
}

/** `4 of 6 checks hold, 1 failed, 1 open`; a failure whose level is warn is only a warning. */
function countWords(checks: readonly GateCheck[]): string {
  const count = (wanted: GateOutcome, level?: GateCheck['level']) =>
    checks.filter((it) => it.outcome === wanted && (level === undefined || it.level === level)).length;
  if (checks.length === 0) return 'nothing is checked: each assertion is off';
  const others = [
    [count('failed', 'error'), 'failed'],
    [count('failed', 'warn'), 'failed at level warn'],
    [count('open'), 'open'],
    [count('untrusted'), 'untrusted'],
  ] as const;
  return [
    `${count('passed')} of ${checks.length} checks hold`,
    ...others.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`),
  ].join(', ');
}

function partialWarnings({ run: { runId, state, stateReason } }: RunAlone): readonly Warning[] {
  if (state !== 'partial') return [];
  return [
    {
      code: 'partial-run',
      message: `run ${runId} is partial${stateReason === undefined ? '' : `: ${stateReason}`}`,
      hint: 'The checks rest on the rounds that ended before. minRounds asserts how many these must be.',
    },
  ];
}

/** A step that fits nothing is not accepted: a mistyped name would leave its regression standing, unexplained. */
function acceptedWarnings(accepted: readonly AcceptedStep[], { run }: RunAlone): readonly Warning[] {
  const subjects = subjectsOf(run);
  return accepted
    .filter((step) => !subjects.some((it) => isSelected(step, it)))
    .map(({ place }) => ({
      code: 'accepted-nothing',
      message: `${place}: the accepted step fits no comparison of run ${run.runId}`,
      hint: 'Mend its metric, path, server or profile, or remove it.',
    }));
}

/** `--against` takes any run. One that came after a regression would let the run before it pass. */
function laterWarnings({ run }: RunAlone, earlier: readonly RunAlone[]): readonly Warning[] {
  return earlier
    .filter((it) => it.run.startedAt > run.startedAt)
    .map((it) => ({
      code: 'later-reference',
      message: `run ${it.run.runId}, with which run ${run.runId} is compared, began later: at ${it.run.startedAt}`,
      hint: 'What it is compared with should be what was there before: name an earlier run with --against.',
    }));
}

/** In which facts the environments of the reference runs differ from that of the run: one warning for each environment. */
function environmentWarnings(
  checks: readonly GateCheck[],
  record: RunAlone,
  earlier: readonly RunAlone[],
): readonly Warning[] {
  const used = new Set(checks.flatMap(({ reference }) => reference?.runs ?? []));
  const own = fingerprintOf(record.run);
  const others = new Map(
    earlier
      .filter(({ run }) => used.has(run.runId))
      .map(({ run }) => [seriesKey(fingerprintOf(run)), run] as const),
  );
  return [...others.values()].flatMap((run): Warning[] => {
    const differences = fingerprintDifferences([fingerprintOf(run), own]);
    if (differences.length === 0) return [];
    const facts = differences.map(
      ({ name, values: [then = 'unknown', now = 'unknown'] }) => `${name} ${then}, now ${now}`,
    );
    return [
      {
        code: 'environment-differs',
        message: `run ${run.runId} was measured in another environment: ${facts.join('; ')}`,
        hint: 'Overheads are compared all the same, and absolute figures are not. What differs may be why they changed.',
      },
    ];
  });
}

/**
 * What else changed since the newest run that a failed check was compared with, or since the run before: one may be why it
 * failed.
 */
function passingWarnings(
  checks: readonly GateCheck[],
  record: RunAlone,
  earlier: readonly RunAlone[],
): readonly Warning[] {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return [];
  const used = new Set(failed.flatMap(({ reference }) => reference?.runs ?? []));
  const before = earlier.findLast(({ run }) => used.size === 0 || used.has(run.runId));
  if (before === undefined) return [];
  return fingerprintDifferences([passingFacts(before.run), passingFacts(record.run)]).map(
    ({ name, values: [then = 'unknown', now = 'unknown'] }): Warning => ({
      code: 'facts-differ',
      message: `run ${before.run.runId} had ${then} ${name}, this one has ${now}`,
      hint: 'That may be why an overhead changed.',
    }),
  );
}
