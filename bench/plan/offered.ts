import { type PublishingSettings, whyUncarried } from '../model/carrier.ts';
import { Failure, type FailureKind } from '../model/failure.ts';
import { parsePathId } from '../model/path.ts';
import type { LeftOut, Plan } from '../model/plan.ts';

/**
 * The plan as far as an engine with these settings offers its paths. A plan by name measures the others and notes what
 * it left out; a path that was asked for by itself is not quietly dropped.
 * @param kind of the failure: whose doing it is that the settings are these.
 * @throws {Failure} of that kind, with the reason, and the settings under which the path can be measured.
 */
export function offeredBy(
  settings: PublishingSettings,
  plan: Plan,
  kind: Extract<FailureKind, 'usage' | 'unfit'>,
): Plan {
  const missing = plan.comparisons
    .flatMap(({ contenders }) => contenders)
    .flatMap((path): LeftOut[] => {
      const parsed = parsePathId(path);
      const reason = parsed && whyUncarried(parsed, settings);
      return reason === undefined ? [] : [{ path, reason }];
    });
  const [first, ...others] = missing;
  if (first === undefined) return plan;
  if (plan.leftOut === undefined) throw notOffered(plan, [first, ...others], kind);
  const gone = new Set(missing.map(({ path }) => path));
  return {
    ...plan,
    comparisons: plan.comparisons.map(({ baseline, contenders }) => ({
      baseline,
      contenders: contenders.filter((path) => !gone.has(path)),
    })),
    leftOut: [...plan.leftOut, ...missing],
  };
}

/**
 * What is sure before an engine has been seen: whether it writes IPv6 rules is not.
 * @throws {Failure} usage: `--userland-proxy false`, and a path that then nobody carries.
 */
export function offeredAnyway(plan: Plan): Plan {
  const { userlandProxy } = plan;
  return userlandProxy === undefined ? plan : offeredBy({ userlandProxy, ip6tables: true }, plan, 'usage');
}

function notOffered(
  { userlandProxy }: Plan,
  [first, ...others]: readonly [LeftOut, ...LeftOut[]],
  kind: 'usage' | 'unfit',
): Failure {
  const more = others.length === 0 ? '' : `; nor can ${others.map(({ path }) => path).join(', ')}`;
  const withProxy =
    userlandProxy === false
      ? 'Leave out --userland-proxy false, or these paths.'
      : 'Put "userland-proxy": true into /etc/docker/daemon.json and restart the engine, or leave these paths out.';
  return new Failure(
    kind,
    `${first.path} cannot be measured without docker-proxy (userland-proxy=false): ${first.reason}${more}`,
    {
      hint: `${withProxy}\nWithout docker-proxy, user-bridge/external/published/ipv6 goes by DNAT where the engine writes IPv6 rules: "ip6tables": true in /etc/docker/daemon.json, before Engine 27 with "experimental": true.`,
    },
  );
}
