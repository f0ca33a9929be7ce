import type { Plan } from '../model/plan.ts';
import { metricsOf } from '../model/profile.ts';
import type { Options } from './options.ts';

/** The requested relevance margins, as far as the plan has a use for them. */
interface AskedMargins {
  /** Absent where every metric has its usual margin. */
  readonly margins?: NonNullable<Plan['margins']>;
  /** Why none of the requested margins is of use. The text follows the name of the option. */
  readonly useless?: string;
}

/** @param asked one margin for all metrics that the plan shows, or one for each. */
export function askedMargins(asked: Options['margins'], profiles: Plan['profiles']): AskedMargins {
  if (asked === undefined) return {};
  const shown = [...new Set(profiles.flatMap(metricsOf))];
  const margins = shown.flatMap((name) => {
    const margin = typeof asked === 'number' ? asked : asked[name];
    return margin === undefined ? [] : [[name, margin] as const];
  });
  return margins.length === 0
    ? { useless: `has none for a metric of this plan: ${shown.join(', ')}` }
    : { margins: Object.fromEntries(margins) };
}
