import type { PathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { metricsOf, type ProfileName } from '../model/profile.ts';
import type { ServerName } from '../model/server.ts';
import type { FoundRates } from './plan-command.ts';

/** A comparison that is measured again. */
interface Wanted {
  readonly server: ServerName;
  readonly profile: ProfileName;
  readonly path: PathId;
}

/**
 * The same plan with nothing but the servers, load profiles and paths of some comparisons, and with the rates that its
 * run found. The rest of it, such as its rounds, stays. Nothing is timed beside requests (`probes`),
 * and no path is swept. A second measurement has an order of its own.
 * @param wanted at least one comparison of the plan.
 */
export function restrictedPlan(
  {
    name: _name,
    leftOut: _leftOut,
    probes: _probes,
    sweep: _sweep,
    margins,
    rates: asked,
    paced,
    ...plan
  }: Plan,
  wanted: readonly Wanted[],
  found: FoundRates,
  seed: number,
): Plan {
  const { rates, pacedRates } = found;
  const isWanted = (key: keyof Wanted, value: string) => wanted.some((it) => it[key] === value);
  const profiles = plan.profiles.filter((it) => isWanted('profile', it.name));
  const ofServers = (all: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(all).filter(([server]) => isWanted('server', server)));
  const isPaced = (load: 'paced' | 'open') => profiles.some((it) => it.load === load);
  const shown = new Set<string>(profiles.flatMap(metricsOf));
  const kept = Object.entries(margins ?? {}).filter(([name]) => shown.has(name));
  const steady = rates ?? asked;
  return {
    ...plan,
    ...(steady !== undefined && isPaced('paced') ? { rates: ofServers(steady) } : {}),
    ...(paced !== undefined && isPaced('open')
      ? { paced: { ...paced, ...(pacedRates === undefined ? {} : { rates: ofServers(pacedRates) }) } }
      : {}),
    servers: plan.servers.filter((it) => isWanted('server', it)),
    profiles,
    comparisons: plan.comparisons
      .map((it) => ({ ...it, contenders: it.contenders.filter((path) => isWanted('path', path)) }))
      .filter(({ contenders }) => contenders.length > 0),
    ...(kept.length === 0 ? {} : { margins: Object.fromEntries(kept) }),
    seed,
  };
}
