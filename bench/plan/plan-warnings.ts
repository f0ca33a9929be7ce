import { formatPercent } from '../model/format.ts';
import { loadSeconds } from '../model/load-time.ts';
import { declaredComparisons, type Plan } from '../model/plan.ts';
import { roundsNeeded } from '../model/rounds-needed.ts';
import type { Warning } from '../model/summary.ts';
import { longestSeconds } from './options.ts';

/** Shorter slices hold too few responses of a slow server; longer ones let drift in (bench/docs/method.md, section 1). */
const sliceRange = { shortest: 0.04, longest: 1 };

/**
 * A slice must hold this many answers of each connection, so that its edges weigh little. The first answer of
 * a connection comes in the ramp and is discarded.
 */
const answersInSlice = 5;
const answersInRamp = 2;

/** Warnings before the run about settings that a plan allows but that a reader should know, as data. */
export function planWarnings(plan: Plan): Warning[] {
  const warnings: Warning[] = [];
  const rounds = `${plan.rounds} ${plan.rounds === 1 ? 'round' : 'rounds'}`;
  const needed = roundsNeeded(plan.confidence);
  if (plan.rounds < needed) {
    const level = formatPercent(plan.confidence);
    warnings.push({
      code: 'few-rounds',
      message: `${rounds} cannot give a ${level} interval: it needs at least ${needed}`,
      hint: `Pass --rounds ${needed} or more; with fewer, nothing is shown to differ.`,
    });
  }
  const declared = declaredComparisons(plan);
  const neededTogether = roundsNeeded(plan.confidence, declared);
  if (plan.rounds >= needed && plan.rounds < neededTogether) {
    warnings.push({
      code: 'few-rounds',
      message:
        `${rounds} cannot show a difference in ${declared} declared comparisons: ` +
        `corrected together they need at least ${neededTogether}`,
      hint: `Pass --rounds ${neededTogether} or more, or compare fewer paths.`,
    });
  }
  for (const { baseline, contenders } of plan.comparisons) {
    // Two servers that differ in their address only: the comparison with the twin is the requested one.
    if (contenders.length > 0 || plan.sharedPort === true) continue;
    warnings.push({
      code: 'no-contender',
      message: `nothing is compared with ${baseline} but its own twin`,
      hint: 'Add a network mode (--mode bridge) or a path (--path), unless the A/A control is what you want.',
    });
  }
  const large = largeBodies(plan);
  if (large.warning !== undefined) warnings.push(large.warning);
  const { shortest } = sliceRange;
  const longest = Math.max(sliceRange.longest, large.sliceSeconds);
  if (plan.sliceSeconds < shortest || plan.sliceSeconds > longest) {
    warnings.push({
      code: 'slice-length',
      message: `slices of ${plan.sliceSeconds} s are outside the range that the method was checked for`,
      hint: `Pass --slice-seconds between ${shortest} and ${longest}.`,
    });
  }
  return warnings;
}

/** Slices that the plan's bodies need where they are large, and the warning if they are longer than the plan's. */
function largeBodies({ profiles, bodyBytes, sliceSeconds }: Plan): {
  readonly sliceSeconds: number;
  readonly warning?: Warning;
} {
  const connections = Math.max(...profiles.map((profile) => profile.connections));
  const seconds = loadSeconds(connections, bodyBytes);
  const needed = { slice: Math.ceil(answersInSlice * seconds), ramp: Math.ceil(answersInRamp * seconds) };
  // A slice needs two answers of each connection: with fewer, its end cuts most of them off.
  if (2 * seconds <= sliceSeconds) return { sliceSeconds: needed.slice };
  const smaller = Math.max(1, 1000 * Math.floor((bodyBytes * sliceSeconds) / (2 * seconds) / 1000));
  const flags = `--slice-seconds ${needed.slice} --ramp-seconds ${needed.ramp} --turn-seconds 0`;
  const one = connections === 1 ? 'one body' : `${connections} bodies at a time`;
  return {
    sliceSeconds: needed.slice,
    warning: {
      code: 'large-bodies',
      message: `${one} of ${bodyBytes} bytes may take ${Number(seconds.toPrecision(2))} s, and a slice lasts ${sliceSeconds} s: answers that it cuts off count as timeouts`,
      hint:
        needed.slice <= longestSeconds
          ? `Pass ${flags}; or --body-bytes ${smaller} or less.`
          : `Pass --body-bytes ${smaller} or less${connections === 1 ? '' : ', or --profile latency'}.`,
    },
  };
}
