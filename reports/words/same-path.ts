import { type PathId, pathId, pathOf } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';

/**
 * Another path of the plan that packets to `path` take as well: a server that joins a container on the bridge
 * is reached like a server on the bridge. `undefined` where there is none.
 */
export function samePathAs(path: PathId, { comparisons, mapTo }: Plan): PathId | undefined {
  const parsed = pathOf(path);
  // The user's own container may be on any network. From inside a stack, no packet crosses the bridge.
  if (parsed.mode !== 'mapped' || parsed.vantage === 'inside' || mapTo !== undefined) return undefined;
  const bridged = pathId({ ...parsed, mode: 'bridge' });
  const together = comparisons.find(({ contenders }) => contenders.includes(path));
  return together?.contenders.includes(bridged) ? bridged : undefined;
}
