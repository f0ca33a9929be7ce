import { baselineOf, externalPath } from '../model/network-modes.ts';
import { type NetworkMode, parsePathId, pathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { type PlanOptionKey, planOptions } from './options.ts';

/**
 * The command that repeats this plan with its seed. Every option is spelt out, so that neither a config, nor
 * the environment, nor the defaults of another version change it.
 * @param rates of paced load that the run found.
 */
export function planCommand(plan: Plan, rates?: Plan['rates']): string {
  const modes = modesOf(plan);
  const paths = plan.comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders]);
  const given: readonly (readonly [PlanOptionKey, string | number | boolean])[] = [
    ['servers', plan.servers.join(',')],
    modes === undefined ? ['paths', paths.join(',')] : ['modes', modes.join(',')],
    ['profiles', plan.profiles.map(({ name }) => name).join(',')],
    ['rounds', plan.rounds],
    ...stoppingOf(plan),
    ['blocks', plan.blocks],
    ['sliceSeconds', plan.sliceSeconds],
    ['turnSeconds', plan.turnSeconds ?? 0],
    ['exchangeCpus', plan.exchangeCpus ?? false],
    ['rampSeconds', plan.rampSeconds],
    ['warmupSeconds', plan.warmupSeconds],
    ...ratesOf(plan, rates),
    ['bodyBytes', plan.bodyBytes],
    // What is kept at the stop; the level at each look follows from it.
    ['confidence', plan.stopping?.precision?.coverage ?? plan.confidence],
    ['seed', plan.seed],
    ...(plan.sharedPort === undefined ? [] : [['sharedPort', plan.sharedPort] as const]),
    ...(plan.mapTo === undefined ? [] : [['mapTo', plan.mapTo] as const]),
    ...(plan.userlandProxy === undefined ? [] : [['userlandProxy', plan.userlandProxy] as const]),
  ];
  return ['bench run', ...given.map(([key, value]) => `--${planOptions[key].flag} ${value}`)].join(' ');
}

/** Only paced load has a rate; one that nobody knows yet is for the run to find, whatever a config says. */
function ratesOf(
  { profiles, rates: asked = {} }: Plan,
  rates = asked,
): readonly (readonly [PlanOptionKey, string])[] {
  if (!profiles.some(({ load }) => load === 'paced')) return [];
  const given = Object.entries(rates).map(([server, rate]) => `${server}=${rate}`);
  return [['rates', given.length === 0 ? 'auto' : given.join(',')]];
}

function stoppingOf({ stopping }: Plan): readonly (readonly [PlanOptionKey, string | number])[] {
  if (stopping === undefined) return [];
  const { seconds, precision } = stopping;
  return [
    ['timeSeconds', seconds],
    ...(precision === undefined ? [] : [['precision', precision.halfWidth] as const]),
  ];
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
    const mode = parsePathId(contender)?.mode;
    const path = mode && externalPath(mode);
    if (mode === undefined || path === undefined || pathId(path) !== contender) return undefined;
    modes.push(mode);
  }
  return modes;
}
