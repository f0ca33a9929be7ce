import { baselineOf, externalPath } from '../model/network-modes.ts';
import { type NetworkMode, type PathId, pathId, pathOf } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { isPlain, type PlainKey, type PlanOptionKey, planOptionKeys, planOptions } from './options.ts';

type Said = string | number | boolean | undefined;

/**
 * The command's value for an option that the plan does not hold as it was given. `undefined` leaves the
 * option out. A named plan is written as its paths.
 */
const saidOf: Record<Exclude<PlanOptionKey, PlainKey>, (plan: Plan, rates: Plan['rates']) => Said> = {
  servers: ({ servers }) => servers.join(','),
  modes: (plan) => modesOf(plan)?.join(','),
  paths: (plan) => (modesOf(plan) === undefined ? pathsOf(plan).join(',') : undefined),
  plan: () => undefined,
  profiles: ({ profiles }) => profiles.map(({ name }) => name).join(','),
  rounds: ({ rounds }) => rounds,
  timeSeconds: ({ stopping }) => stopping?.seconds,
  precision: ({ stopping }) => stopping?.precision?.halfWidth,
  turnSeconds: ({ turnSeconds }) => turnSeconds ?? 0,
  exchangeCpus: ({ exchangeCpus }) => exchangeCpus ?? false,
  rates: ratesOf,
  // The level that holds at the stop. The level at each look follows from it.
  confidence: ({ stopping, confidence }) => stopping?.precision?.coverage ?? confidence,
  seed: ({ seed }) => seed,
  sharedPort: ({ sharedPort }) => sharedPort,
  mapTo: ({ mapTo }) => mapTo,
  userlandProxy: ({ userlandProxy }) => userlandProxy,
};

/**
 * The command that repeats this plan with its seed. Every option is spelt out, so that neither a config, nor
 * the environment, nor the defaults of another version change it.
 * @param rates of paced load that the run found.
 */
export function planCommand(plan: Plan, rates?: Plan['rates']): string {
  const given = planOptionKeys.flatMap((key) => {
    const said = isPlain(key) ? plan[key] : saidOf[key](plan, rates);
    return said === undefined ? [] : [`--${planOptions[key].flag} ${said}`];
  });
  return ['bench run', ...given].join(' ');
}

/** Only paced load has a rate. A rate that is not known yet is written as `auto`, whatever a config gives. */
function ratesOf({ profiles, rates: asked = {} }: Plan, rates = asked): string | undefined {
  if (!profiles.some(({ load }) => load === 'paced')) return undefined;
  const given = Object.entries(rates).map(([server, rate]) => `${server}=${rate}`);
  return given.length === 0 ? 'auto' : given.join(',');
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
