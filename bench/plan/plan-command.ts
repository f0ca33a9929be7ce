import { baselineOf, externalPath } from '../model/network-modes.ts';
import { quantileMetrics, quantileNames } from '../model/paced.ts';
import { type NetworkMode, type PathId, pathId, pathOf } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { type LoadProfile, metricsOf } from '../model/profile.ts';
import type { Run } from '../model/run.ts';
import { isOwnPlan, isPathSet, planNamed } from './named-plans.ts';
import { isPlain, type PlainKey, type PlanOptionKey, planOptionKeys, planOptions } from './options.ts';
import { hasOption } from './running-plan.ts';

type Said = string | number | boolean | readonly string[] | undefined;

/** The rates that a run found. */
export type FoundRates = Partial<Pick<Run, 'rates' | 'pacedRates'>>;

/**
 * The command's value for an option that the plan does not hold as it was given. `undefined` leaves the
 * option out. The paths of a plan that consists of paths are in its name. A plan of the user's is known only where
 * their config is: the command has its options, and not its name.
 */
const saidOf: Record<Exclude<PlanOptionKey, PlainKey>, (plan: Plan, found: FoundRates) => Said> = {
  servers: ({ servers, service }) => (service === undefined ? servers.join(',') : undefined),
  image: ({ service }) =>
    (service?.compose ?? service?.copy ?? service?.running) === undefined ? service?.image : undefined,
  compose: ({ service }) => service?.compose?.file,
  composeService: ({ service }) => service?.compose?.service,
  container: ({ service }) => (service?.copy ?? service?.running)?.container,
  copy: ({ service }) => (service?.copy === undefined ? undefined : true),
  name: ({ service }) => service?.name,
  port: ({ service }) => service?.port,
  portVariable: ({ service }) => service?.portVariable,
  environment: ({ service }) => service?.environment,
  // A volume of the run comes from the Compose file, which the command names.
  mounts: ({ service }) =>
    service?.mounts
      .filter(({ ofRun }) => ofRun === undefined)
      .map(({ source, target, writable }) => `${source}:${target}${writable ? ':rw' : ''}`),
  command: ({ service }) => service?.command?.map(quoted).join(' '),
  user: ({ service }) => service?.user,
  pull: ({ service }) => service?.pull,
  requestPath: ({ request }) => request?.path,
  method: ({ request }) => request?.method,
  headers: ({ request }) => [
    ...Object.entries(request?.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(request?.secretHeaders ?? []),
  ],
  requestBody: ({ request }) => request?.body,
  expectedStatus: ({ request }) => request?.expectedStatus,
  readyPath: ({ service }) => service?.readyPath,
  readySeconds: ({ service }) => service?.readySeconds,
  modes: (plan) => modesOf(plan)?.join(','),
  paths: (plan) => (modesOf(plan) === undefined ? pathsOf(plan).join(',') : undefined),
  plan: ownName,
  profiles: ({ profiles }) => profiles.map(({ name }) => name).join(','),
  rounds: ({ rounds }) => rounds,
  timeSeconds: ({ stopping }) => stopping?.seconds,
  precision: ({ stopping }) => stopping?.precision?.halfWidth,
  turnSeconds: ({ turnSeconds }) => turnSeconds ?? 0,
  exchangeCpus: ({ exchangeCpus }) => exchangeCpus ?? false,
  bulkBytes: ({ profiles }) => bulkOf(profiles)?.bytes,
  bulkDirection: ({ profiles }) => bulkOf(profiles)?.direction,
  rates: (plan, { rates }) => ratesOf(plan, rates),
  pacedRate: ({ paced }, { pacedRates = paced?.rates ?? {} }) =>
    paced && (writtenRates(pacedRates) ?? `${Number((100 * paced.share).toPrecision(12))}%`),
  arrivals: ({ paced }) => paced?.arrivals,
  quantile: ({ profiles }) => {
    const declared = profiles.find(({ load }) => load === 'open')?.declaredMetric;
    return quantileNames.find((name) => quantileMetrics[name] === declared);
  },
  // The level that holds at the stop. The level at each look follows from it.
  confidence: ({ stopping, confidence }) => stopping?.precision?.coverage ?? confidence,
  margins: marginsOf,
  seed: ({ seed }) => seed,
  agents: ({ agents }) => agents,
  tls: ({ tls }) => tls,
  sharedPort: unlessNamed('sharedPort'),
  probes: unlessNamed('probes'),
  sweep: ({ sweep }) => (sweep === undefined ? undefined : true),
  sweepConnections: ({ sweep }) => sweep?.mostConnections,
  mapTo: ({ mapTo }) => mapTo,
  userlandProxy: ({ userlandProxy }) => userlandProxy,
};

/**
 * The command that repeats this plan with its seed. Every option is spelt out, so that neither a config, nor
 * the environment, nor the defaults of another version change it.
 * @param found the rates that the run found.
 */
export function planCommand(plan: Plan, found?: FoundRates): string {
  const own = ownName(plan);
  const ofName: readonly PlanOptionKey[] = own !== undefined && isPathSet(own) ? ['modes', 'paths'] : [];
  const given = saidOptions(plan, found)
    .filter(({ key }) => !ofName.includes(key))
    .map(({ key, said }) => `--${planOptions[key].flag} ${quoted(said)}`);
  return ['bench run', ...given].join(' ');
}

/** The name of a plan of bench's own. */
function ownName({ name }: Plan): string | undefined {
  return name !== undefined && isOwnPlan(name) ? name : undefined;
}

/** A switch that the plan's name stands for is written where it is off, too. */
function unlessNamed(key: 'sharedPort' | 'probes'): (plan: Plan) => boolean | undefined {
  return (plan) => {
    const name = ownName(plan);
    const ofName = name === undefined ? undefined : planNamed(name, {}, '').values[key];
    return plan[key] ?? (ofName === true ? false : undefined);
  };
}

function bulkOf(profiles: Plan['profiles']): LoadProfile['bulk'] {
  return profiles.find(({ load }) => load === 'bulk')?.bulk;
}

/** The options that make this plan, each as its flag takes it; a flag that may be repeated once for each value. */
export function saidOptions(
  plan: Plan,
  found: FoundRates = {},
): readonly { readonly key: PlanOptionKey; readonly said: string }[] {
  return planOptionKeys.flatMap((key) => {
    if (!hasOption(key, plan) || (key === 'bodyBytes' && plan.service !== undefined)) return [];
    const said = isPlain(key) ? plan[key] : saidOf[key](plan, found);
    const values = said === undefined ? [] : [said].flat();
    return values.map((value) => ({ key, said: String(value) }));
  });
}

/** A word that a shell reads as it is. */
export function quoted(word: string): string {
  return /^(?:[\w@%+=:,./-]|\{port\})+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** One margin for all metrics that the plan shows, or one for each. */
function marginsOf({ margins = {}, profiles }: Plan): string | undefined {
  const asked = Object.entries(margins);
  const [[, first] = []] = asked;
  if (first === undefined) return undefined;
  const shown = new Set(profiles.flatMap((profile): readonly string[] => metricsOf(profile)));
  const all = asked.length === shown.size && asked.every(([, margin]) => margin === first);
  return all ? `${first}` : asked.map(([name, margin]) => `${name}=${margin}`).join(',');
}

/** Only paced load has a rate. A rate that is not known yet is written as `auto`, whatever a config gives. */
function ratesOf({ profiles, rates: asked = {} }: Plan, rates = asked): string | undefined {
  if (!profiles.some(({ load }) => load === 'paced')) return undefined;
  return writtenRates(rates) ?? 'auto';
}

/** `undefined` where there are none. */
function writtenRates(rates: NonNullable<Plan['rates']>): string | undefined {
  const written = Object.entries(rates).map(([server, rate]) => `${server}=${rate}`);
  return written.length === 0 ? undefined : written.join(',');
}

function pathsOf({ comparisons }: Plan): readonly PathId[] {
  return comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders]);
}

/** The modes that select the plan's paths, or `undefined` if only their ids do. */
function modesOf({ comparisons }: Plan): NetworkMode[] | undefined {
  const [only, ...others] = comparisons;
  if (
    only === undefined ||
    others.length > 0 ||
    only.baseline !== pathId(baselineOf({ vantage: 'external' }))
  ) {
    return undefined;
  }
  const modes: NetworkMode[] = ['host'];
  for (const contender of only.contenders) {
    const { mode } = pathOf(contender);
    const path = externalPath(mode);
    if (path === undefined || pathId(path) !== contender) return undefined;
    modes.push(mode);
  }
  return modes;
}
