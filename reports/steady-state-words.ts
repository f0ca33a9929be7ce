import type { Summary } from '../bench/model/summary.ts';
import { formatPercentChange } from './format.ts';

/** What every renderer says about first against second halves; `undefined` where nothing could be tested. */
export function steadyStateWords({ steadyState }: Pick<Summary, 'steadyState'>): string | undefined {
  const { rounds, trends } = steadyState;
  if (rounds.length === 0) return undefined;
  const differing = rounds.filter(({ differs }) => differs).length;
  const lasting = trends.filter(({ differs }) => differs);
  const tested = `${rounds.length} ${rounds.length === 1 ? 'test' : 'tests'}, one a round, server and profile`;
  const inRounds =
    differing === 0
      ? `no round's second half differs from its first (${tested})`
      : `the second half of a round differs from its first in ${differing} of ${tested}`;
  const overall =
    lasting.length === 0
      ? 'no change that comes with every round'
      : `with every round ${lasting.map((it) => `${it.server} ${it.profile} ${formatPercentChange(it.change)}`).join(', ')}`;
  return `Steady state: ${inRounds}; ${overall}.`;
}
