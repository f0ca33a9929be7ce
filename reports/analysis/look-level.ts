import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Run } from '../../bench/model/run.ts';

/**
 * The run with its intervals' level: that of the last planned look that it came to. Where looks were not planned it is the
 * plan's as it is.
 */
export function atItsLook<T extends RecordedRun>(recorded: T): T {
  const { run, slices } = recorded;
  const confidence = levelAfter(run.plan, slices.at(-1)?.round ?? 0);
  return confidence === run.plan.confidence
    ? recorded
    : { ...recorded, run: { ...run, plan: { ...run.plan, confidence } } };
}

/** The level of the intervals after so many rounds. */
export function levelAfter(plan: Run['plan'], rounds: number): number {
  const { looks = [], levels = [] } = plan.stopping?.precision ?? {};
  const reached = looks.findLastIndex((look) => look <= rounds);
  return levels[Math.max(0, reached)] ?? plan.confidence;
}
