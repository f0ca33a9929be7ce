import { pathOf } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Warning } from '../../bench/model/warning.ts';

/**
 * Warns what it means for a comparison that each of its cases has a separate load generator
 * (bench/docs/method.md, section 8). Empty where the plan makes no such comparison.
 */
export function ownAgents({ comparisons }: Pick<Plan, 'comparisons'>): readonly Warning[] {
  const inside = comparisons.filter(({ baseline }) => pathOf(baseline).vantage === 'inside');
  if (inside.length === 0) return [];
  const baselines = inside.map(({ baseline }) => baseline).join(' and ');
  return [
    {
      code: 'own-agents',
      message:
        `What is compared with ${baselines} is dialled from inside each server's own network stack, by a load generator ` +
        `of its own: one program cannot be in two of them.`,
      hint:
        'The baseline and its second copy have load generators of their own as well, all fresh in every round. What two of them ' +
        'differ by is therefore part of the noise floor, and these cases take no turns: their intervals are wider.',
    },
  ];
}
