import { Failure } from '../model/failure.ts';
import type { Plan } from '../model/plan.ts';
import type { DeployOutcome } from '../model/stage.ts';

/**
 * A service of the user's that does not start, or that cannot be reached, would fail in every round, too. The first servers that start together must leave something to compare.
 * @throws {Failure} casesFailed: they do not. It is the failure of the server without which there is nothing.
 */
export function assertComparable(
  { service, comparisons }: Pick<Plan, 'service' | 'comparisons'>,
  outcomes: readonly DeployOutcome[],
): void {
  if (service === undefined) return;
  const failures = new Map(outcomes.flatMap((it) => (it.ok ? [] : [[it.order.deployment.path, it.error]])));
  const started = new Set(outcomes.flatMap((it) => (it.ok ? [it.deployed.order.deployment.path] : [])));
  const comparable = comparisons.some(
    ({ baseline, contenders }) =>
      started.has(baseline) && (contenders.length === 0 || contenders.some((path) => started.has(path))),
  );
  const [failure] = comparisons.flatMap(({ baseline, contenders }) =>
    [baseline, ...contenders].flatMap((path) => failures.get(path) ?? []),
  );
  if (comparable || failure === undefined) return;
  throw new Failure('casesFailed', failure.message, {
    hint: `Nothing can be compared without it, so nothing was measured. ${failure.hint ?? ''}`.trimEnd(),
    cause: failure,
  });
}
