import { counted, formatCount, formatDuration, formatPercent } from '../model/format.ts';
import { loadSeconds } from '../model/load-time.ts';
import { metric } from '../model/metric.ts';
import { longestOpenSliceSeconds, measuredSeconds } from '../model/paced.ts';
import { declaredComparisons, type Plan } from '../model/plan.ts';
import { roundsNeeded } from '../model/rounds-needed.ts';
import type { Warning } from '../model/warning.ts';
import { answersInRamp, answersInSlice } from './bulk.ts';
import { longestSeconds } from './options.ts';
import { planDuration } from './plan-duration.ts';
import { type TooShort, tooShort } from './too-short.ts';

/** Shorter slices hold too few responses of a slow server; longer ones let drift in (bench/docs/method.md, section 1). */
const sliceRange = { shortest: 0.04, longest: 1 };

/** Warnings before the run about settings that a plan allows but that a reader should know, as data. */
export function planWarnings(plan: Plan): Warning[] {
  const warnings: Warning[] = [];
  const { rounds } = planDuration(plan);
  const short = tooShort(plan);
  if (short !== undefined) warnings.push(shortWarning(plan, short));
  const declared = declaredComparisons(plan);
  const needed = roundsNeeded(plan.confidence, declared);
  if (short === undefined && rounds < needed) {
    warnings.push({
      code: 'few-rounds',
      message:
        `${roundsText(plan, rounds)} cannot show a difference in ${declared} main results: ` +
        `corrected together they need at least ${needed}`,
      hint:
        plan.stopping === undefined
          ? `Pass --rounds ${needed} or more, or compare fewer paths.`
          : 'Give it more time (--time), or compare fewer paths.',
    });
  }
  for (const { baseline, contenders } of plan.comparisons) {
    // Two servers that differ in their address only: the comparison with the twin is the requested one.
    // A running container is asked for its absolute figures on some paths.
    if (contenders.length > 0 || plan.sharedPort === true || plan.service?.running !== undefined) continue;
    warnings.push({
      code: 'no-contender',
      message: `${baseline} is compared with nothing but a second copy of itself`,
      hint: 'Add a network mode (--mode bridge) or a path (--path), unless that noise check is what you want.',
    });
  }
  warnings.push(...rareRequests(plan));
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

/** Random arrivals may be a few fewer than their rate says. */
const arrivalsSpread = 1.1;

/** At a low rate even the longest slices have too few responses for the quantile of an open load: it is not shown. */
export function rareRequests(plan: Plan): readonly Warning[] {
  const { paced, profiles, servers, blocks } = plan;
  const profile = profiles.find(({ load }) => load === 'open');
  if (paced === undefined || profile === undefined) return [];
  const { label, minResponses } = metric(profile.declaredMetric);
  const least = Math.ceil((arrivalsSpread * minResponses) / (blocks * longestOpenSliceSeconds));
  return servers.flatMap((server): readonly Warning[] => {
    const rate = paced.rates?.[server];
    if (rate === undefined || rate >= least) return [];
    const seconds = blocks * measuredSeconds(plan, profile, rate);
    const more = Math.ceil((arrivalsSpread * minResponses) / (rate * longestOpenSliceSeconds));
    const p99 = profile.declaredMetric === 'latency_p999_us' ? ', or ask for p99 (--quantile p99)' : '';
    return [
      {
        code: 'rare-requests',
        message: `at ${formatCount(rate)} requests/s to ${server} a round has about ${formatCount(Math.round(rate * seconds))} responses, and ${label} needs ${formatCount(minResponses)}: it will not be shown`,
        hint: `Give a rate of ${formatCount(least)} or more (--paced-rate ${least}), or more slices a round (--blocks ${more})${p99}.`,
      },
    ];
  });
}

/** Slices that the plan's bodies need where they are large, and the warning if they are longer than the plan's. */
function largeBodies({ profiles, bodyBytes, sliceSeconds }: Plan): {
  readonly sliceSeconds: number;
  readonly warning?: Warning;
} {
  // The bulk profile has bodies of its own, and slices that are long enough for them.
  const others = profiles.filter(({ load }) => load !== 'bulk');
  if (others.length === 0) return { sliceSeconds };
  const connections = Math.max(...others.map((profile) => profile.connections));
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
          ? `Pass ${flags}; or --body-bytes ${smaller} or less; or measure them as --profile bulk --bulk-bytes ${bodyBytes}.`
          : `Pass --body-bytes ${smaller} or less${connections === 1 ? '' : ', or --profile latency'}.`,
    },
  };
}

function shortWarning(plan: Plan, { rounds, needed, neededSeconds, flag }: TooShort): Warning {
  const level = formatPercent(plan.confidence);
  if (plan.stopping === undefined || plan.rounds < needed) {
    return {
      code: 'few-rounds',
      message: `${counted(plan.rounds, 'round')} cannot give a ${level} interval: it needs at least ${needed}`,
      hint: `Pass ${flag} or more; with fewer, nothing is shown to differ.`,
    };
  }
  const fits = `about ${counted(rounds, 'round')} ${rounds === 1 ? 'fits' : 'fit'} into ${formatDuration(plan.stopping.seconds, 0)}`;
  const looked = plan.stopping.precision !== undefined;
  return {
    code: 'few-rounds',
    message: looked
      ? `${fits}, and the precision is looked at first after ${needed}`
      : `${fits}: too short for any ${level} interval, which needs ${needed}`,
    hint: `Pass ${flag} or more: ${counted(needed, 'round')} take about ${formatDuration(neededSeconds, 0)}.`,
  };
}

function roundsText({ stopping }: Plan, rounds: number): string {
  if (stopping === undefined) return counted(rounds, 'round');
  return `about ${counted(rounds, 'round')} in ${formatDuration(stopping.seconds, 0)}`;
}
