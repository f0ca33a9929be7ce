import * as z from 'zod';
import type { Plan } from '../model/plan.ts';
import { type PlanOptionKey, planOptions } from './options.ts';
import { saidOptions } from './plan-command.ts';
import { givesLength, type Layer, type PlanLayers } from './plan-layers.ts';

export const valueSourceSchema = z.strictObject({
  option: z.string().describe('Name of the flag, without its dashes.'),
  value: z.string().describe('The value, as the flag takes it.'),
  source: z
    .enum(['flag', 'variable', 'plan', 'config', 'default'])
    .describe('The highest source that gives it. default: no source does, or what it gave was left out.'),
  name: z
    .string()
    .optional()
    .describe('The option as this source spells it, such as BENCH_ROUNDS. Absent for a default.'),
});
export type ValueSource = z.infer<typeof valueSourceSchema>;

/**
 * Where each value of a plan comes from, in the order of the command that repeats it.
 * @param leftOut settings that were given and left out of the plan.
 */
export function valueSources(
  plan: Plan,
  layers: PlanLayers,
  leftOut: ReadonlySet<PlanOptionKey>,
): readonly ValueSource[] {
  return saidOptions(plan).map(({ key, said }): ValueSource => {
    const { flag } = planOptions[key];
    const layer = leftOut.has(key) ? undefined : layerThatGives(key, layers);
    return layer === undefined
      ? { option: flag, value: said, source: 'default' }
      : { option: flag, value: said, source: layer.kind, name: layer.nameOf(givenKey(key, layer)) };
  });
}

const lengths: readonly PlanOptionKey[] = ['rounds', 'timeSeconds', 'precision'];

function layerThatGives(key: PlanOptionKey, { layers, selection }: PlanLayers): Layer | undefined {
  if (key === 'modes' || key === 'paths') return selection;
  const layer = layers.find((it) => (lengths.includes(key) ? givesLength(it) : gives(it, key)));
  return layer !== undefined && gives(layer, key) ? layer : undefined;
}

function gives({ options }: Layer, key: PlanOptionKey): boolean {
  return options[key] !== undefined;
}

/** What is measured may be given as modes and be said as paths, or the other way round. */
function givenKey(key: PlanOptionKey, layer: Layer): PlanOptionKey {
  if (key === 'modes' && !gives(layer, 'modes')) return 'paths';
  return key === 'paths' && !gives(layer, 'paths') ? 'modes' : key;
}
