import { assertNever } from '../../bench/model/assert-never.ts';
import { formatCount } from '../../bench/model/format.ts';
import type { ReportModel } from '../report-model.ts';

interface StateNotice {
  /** Says that the run is not complete, and why. */
  readonly state: string;
  /** Says what is missing. */
  readonly missing: string;
}

/**
 * The banner of a run that did not end as planned; `undefined` for a complete one.
 * Planned slices: rounds × blocks for each case that the run began.
 */
export function stateNotice(model: ReportModel): StateNotice | undefined {
  const { run, summary, timeline } = model;
  const { rounds, blocks } = run.plan;
  const recorded = formatCount(timeline.length);
  const planned = formatCount(rounds * blocks * summary.cases.length);
  const begun = formatCount(new Set(timeline.map((it) => it.round)).size);
  const whole =
    run.plan.stopping === undefined
      ? [`${planned} planned slices`, `${formatCount(rounds)} rounds`]
      : [`at most ${planned} slices`, `at most ${formatCount(rounds)} rounds`];
  const missing = `Recorded: ${recorded} of ${whole[0]}, in ${begun} of ${whole[1]}. The figures rest on these alone.`;
  switch (summary.state) {
    case 'complete':
      return undefined;
    case 'running':
      return { state: 'This run has not ended.', missing };
    case 'partial':
      return {
        state: `This run is partial${run.stateReason === undefined ? '' : `: ${run.stateReason}`}.`,
        missing,
      };
    default:
      return assertNever(summary.state);
  }
}
