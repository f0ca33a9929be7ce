import { type PathId, parsePathId } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Warning } from '../../bench/model/summary.ts';

/** What a comparison across vantages means, for each that a plan makes (METHOD section 3). */
export function vantageDiffers({ comparisons }: Pick<Plan, 'comparisons'>): readonly Warning[] {
  return comparisons.flatMap(({ baseline, contenders }): Warning[] => {
    const others = contenders.filter((path) => vantageOf(path) !== vantageOf(baseline));
    if (others.length === 0) return [];
    return [
      {
        code: 'vantage-differs',
        message:
          `The vantage differs: ${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} dialled from inside ` +
          `the server's own network stack, and ${baseline} from the host's.`,
        hint:
          'Each of them has a load agent of its own, and so has the twin; all agents are fresh in every round. What two ' +
          'agents differ by is therefore part of the noise floor.',
      },
    ];
  });
}

function vantageOf(path: PathId): string | undefined {
  return parsePathId(path)?.vantage;
}
