import type { Plan } from '../model/plan.ts';
import { roundsNeeded } from '../model/rounds-needed.ts';
import type { Warning } from '../model/summary.ts';

/** Shorter slices hold too few responses of a slow server; longer ones let drift in (bench/docs/turns.md). */
const sliceRange = { shortest: 0.04, longest: 1 };

/** What a plan allows but a reader should know before the run, as data. */
export function planWarnings(plan: Plan): Warning[] {
  const warnings: Warning[] = [];
  const rounds = `${plan.rounds} ${plan.rounds === 1 ? 'round' : 'rounds'}`;
  const needed = roundsNeeded(plan.confidence);
  if (plan.rounds < needed) {
    const level = percent(plan.confidence);
    warnings.push({
      code: 'few-rounds',
      message: `${rounds} cannot give a ${level} interval: it needs at least ${needed}`,
      hint: `Pass --rounds ${needed} or more; with fewer, nothing is shown to differ.`,
    });
  }
  const most = Math.max(...plan.comparisons.map(({ contenders }) => contenders.length));
  const neededTogether = roundsNeeded(plan.confidence, most);
  if (plan.rounds >= needed && plan.rounds < neededTogether) {
    warnings.push({
      code: 'few-rounds',
      message:
        `${rounds} cannot show a difference of ${most} contenders: ` +
        `corrected together they need at least ${neededTogether}`,
      hint: `Pass --rounds ${neededTogether} or more, or compare fewer paths.`,
    });
  }
  for (const { baseline, contenders } of plan.comparisons) {
    // Two servers that differ in their address only: the comparison with the twin is the one that was asked for.
    if (contenders.length > 0 || plan.sharedPort === true) continue;
    warnings.push({
      code: 'no-contender',
      message: `nothing is compared with ${baseline} but its own twin`,
      hint: 'Add a network mode (--mode bridge) or a path (--path), unless the A/A control is what you want.',
    });
  }
  const { shortest, longest } = sliceRange;
  if (plan.sliceSeconds < shortest || plan.sliceSeconds > longest) {
    warnings.push({
      code: 'slice-length',
      message: `slices of ${plan.sliceSeconds} s are outside the range that the method was checked for`,
      hint: `Pass --slice-seconds between ${shortest} and ${longest}.`,
    });
  }
  return warnings;
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(4))} %`;
}
