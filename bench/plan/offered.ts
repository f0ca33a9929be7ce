import { Failure, type FailureKind } from '../model/failure.ts';
import { type Stop, whatStops } from '../model/obstacles.ts';
import { type PathId, pathOf } from '../model/path.ts';
import type { PathFacts } from '../model/path-facts.ts';
import type { Comparison, LeftOut, Plan } from '../model/plan.ts';

/** A path that cannot be measured, and what stops it. */
interface StoppedPath {
  readonly path: PathId;
  readonly stop: Stop;
}

interface Missing extends StoppedPath {
  /** Set if the path's baseline is the one that cannot be measured. */
  readonly baseline?: PathId;
}

/**
 * The part of the plan that can be measured under these facts. A plan by name measures that part and records what it left
 * out. A path that the user asked for by itself is refused, not dropped.
 * @param kind of the failure: `usage` where the user's own flags stop the path, `unfit` where the engine or machine does.
 * @throws {Failure} of that kind: what stops a path, by the setting's name, and what to do.
 */
export function offeredBy(facts: PathFacts, plan: Plan, kind: Extract<FailureKind, 'usage' | 'unfit'>): Plan {
  const missing = plan.comparisons.flatMap((comparison) => missingOf(comparison, facts));
  const [first, ...others] = missing;
  if (first === undefined) return plan;
  const refusal = () => notOffered([first, ...others], kind, plan.userlandProxy);
  if (plan.leftOut === undefined) throw refusal();
  const gone = new Set(missing.map(({ path }) => path));
  const comparisons = plan.comparisons
    .filter(({ baseline }) => !gone.has(baseline))
    .map(({ baseline, contenders }) => ({
      baseline,
      contenders: contenders.filter((path) => !gone.has(path)),
    }));
  if (comparisons.length === 0) throw refusal();
  return { ...plan, comparisons, leftOut: [...plan.leftOut, ...missing.map(noted)] };
}

/** A path whose baseline cannot be measured has nothing to be compared with. */
function missingOf({ baseline, contenders }: Comparison, facts: PathFacts): readonly Missing[] {
  const own = (path: PathId): readonly Missing[] => {
    const stop = whatStops(pathOf(path), facts);
    return stop === undefined ? [] : [{ path, stop }];
  };
  const [lost] = own(baseline);
  if (lost === undefined) return contenders.flatMap(own);
  const { stop } = lost;
  return [lost, ...contenders.flatMap((path) => [own(path)[0] ?? { path, stop, baseline }])];
}

function noted({ path, stop, baseline }: Missing): LeftOut {
  const why = `${stop.setting}: ${stop.reason}`;
  return { path, reason: baseline === undefined ? why : `its baseline ${baseline} is stopped by ${why}` };
}

/**
 * The same before the engine is known. Only the user's own flag counts then. The engine is assumed to write
 * rules.
 * @throws {Failure} usage: `--userland-proxy false`, and a path that is then not carried.
 */
export function offeredAnyway(plan: Plan): Plan {
  const { userlandProxy } = plan;
  if (userlandProxy === undefined) return plan;
  return offeredBy({ publishing: { userlandProxy, iptables: true, ip6tables: true } }, plan, 'usage');
}

/** Why requested paths cannot be measured. The failure gives the reason of the first and names the others. */
export function notOffered(
  [{ path, stop }, ...others]: readonly [StoppedPath, ...StoppedPath[]],
  kind: Extract<FailureKind, 'usage' | 'unfit'>,
  userlandProxy?: boolean,
): Failure {
  const more = others.length === 0 ? '' : `; nor can ${others.map((it) => it.path).join(', ')}`;
  const asked = userlandProxy === false && stop.setting === 'userland-proxy=false';
  return new Failure(kind, `${path} cannot be measured here (${stop.setting}): ${stop.reason}${more}`, {
    hint: asked ? `Leave out --userland-proxy false, or these paths.\n${stop.hint}` : stop.hint,
  });
}
