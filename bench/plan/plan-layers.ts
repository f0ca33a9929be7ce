import { checkedOptions } from './checked-options.ts';
import type { Config } from './config-file.ts';
import { type ChosenPlan, isPathSet, planNamed } from './named-plans.ts';
import {
  attributeOf,
  type Options,
  type PlanOptionKey,
  planOptionKeys,
  planOptions,
  variableOf,
} from './options.ts';
import { type HeaderValues, withoutSecrets } from './secret-headers.ts';

/** The sources of options, as a user gives them. */
export interface GivenSources {
  /** As an argument parser keeps them: `{ server: ['nginx'], sliceSeconds: '0.5' }`. Other flags are ignored. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config?: Config;
  /** Its name, for messages. */
  readonly configFile?: string;
}

type LayerKind = 'flag' | 'variable' | 'plan' | 'config';

/** The options that one source gives. */
export interface Layer {
  readonly kind: LayerKind;
  /** Without the values of secret headers. */
  readonly options: Options;
  readonly secrets: HeaderValues;
  /** The option as the user typed it. */
  readonly nameOf: (key: PlanOptionKey) => string;
  /** How the user removes the option, for a hint. */
  readonly without: (key: PlanOptionKey) => string;
}

/** The sources of a plan, the highest first. What a higher one gives comes before what a lower one gives. */
export interface PlanLayers {
  readonly layers: readonly Layer[];
  /** The plan that was chosen by its name, unless a higher source chooses other paths than those it consists of. */
  readonly chosen?: ChosenPlan;
  /** The layer that says what is measured: by modes, by paths, or by a plan that has them. */
  readonly selection?: Layer;
  /** Whether what is measured was chosen by a higher source than the one that gives this layer's options. */
  readonly selectedAbove: (layer: Layer) => boolean;
}

/**
 *   flag > environment (BENCH_…) > plan chosen by its name > config > default     for each option by itself
 *
 * A plan's name, modes and paths select the same thing: what is measured. The highest source that gives one
 * of them decides, so that `--path` is not widened by the modes of a config. A plan selects for the source
 * that chooses it.
 *
 * @throws {Failure} usage, with the nearest valid word.
 */
export function planLayers({ flags, env, config = {}, configFile = 'the config' }: GivenSources): PlanLayers {
  const { plans = {}, gate: _, ...ofConfig } = config;
  const given: readonly Layer[] = [
    {
      kind: 'flag',
      ...withoutSecrets(
        checkedOptions(
          byKey((key) => flags[attributeOf(key)]),
          (key) => `--${planOptions[key].flag}: `,
        ),
      ),
      nameOf: (key) => `--${planOptions[key].flag}`,
      without: (key) => `leave out --${planOptions[key].flag}`,
    },
    {
      kind: 'variable',
      ...withoutSecrets(
        checkedOptions(
          // An empty variable is how shells and CI files unset one.
          byKey((key) => valuesOf(key, env[variableOf(key)] || undefined)),
          (key) => `${variableOf(key)}: `,
        ),
      ),
      nameOf: variableOf,
      without: (key) => `unset ${variableOf(key)}`,
    },
    {
      kind: 'config',
      ...withoutSecrets(ofConfig),
      nameOf: (key) => `${configFile}: ${key}`,
      without: (key) => `remove ${key} from ${configFile}`,
    },
  ];
  const selects = ({ options: { modes, paths } }: Layer) => (modes ?? paths) !== undefined;
  const chooser = given.find(({ options }) => options.plan !== undefined);
  const highest = given.find((it) => selects(it) || it === chooser);
  const named =
    chooser?.options.plan === undefined
      ? undefined
      : planNamed(chooser.options.plan, plans, `${chooser.nameOf('plan')}: `);
  // Its other values are worth their time for its own paths only.
  const givesWay = named !== undefined && isPathSet(named.name) && highest !== chooser;
  const { options: values, secrets } = withoutSecrets(named?.values ?? {});
  const chosen = givesWay || named === undefined ? undefined : withService({ ...named, values }, ofConfig);
  if (chosen === undefined || chooser === undefined) {
    const selection = given.find(selects);
    return {
      layers: given,
      ...(selection === undefined ? {} : { selection }),
      selectedAbove: (layer) => selection !== undefined && given.indexOf(selection) < given.indexOf(layer),
    };
  }
  const ofPlan: Layer = { ...layerOfPlan(chosen, configFile), secrets };
  const layers = given.flatMap((it) => (it.kind === 'config' ? [ofPlan, it] : [it]));
  // A plan says what is measured for the source that chooses it. A flag or variable beside its name comes first.
  const byChoice =
    chooser.kind === 'config' ? layers : given.flatMap((it) => (it === chooser ? [it, ofPlan] : [it]));
  const selection = byChoice.find(selects);
  const rank = (layer: Layer | undefined) => (layer === undefined ? layers.length : byChoice.indexOf(layer));
  const selectedAt = selection === ofPlan ? Math.min(rank(ofPlan), rank(chooser)) : rank(selection);
  const selectedAbove = (layer: Layer) => selection !== layer && selectedAt < rank(layer);
  return { layers, chosen, ...(selection === undefined ? {} : { selection }), selectedAbove };
}

/** A plan of bench's own measures nginx only where the config has no service of the user's. */
function withService(plan: ChosenPlan, config: Options): ChosenPlan {
  if (plan.isUsers || (config.image ?? config.compose ?? config.container) === undefined) return plan;
  const { servers: _, ...values } = plan.values;
  return { ...plan, values };
}

/** The highest source that says what is put under load. */
export function subjectOf({ layers }: PlanLayers): Layer | undefined {
  return layers.find(
    ({ options }) => (options.servers ?? options.image ?? options.compose ?? options.container) !== undefined,
  );
}

/** Whether a source says how long is measured. */
export function givesLength({ options }: Layer): boolean {
  return (options.rounds ?? options.timeSeconds ?? options.precision) !== undefined;
}

function layerOfPlan({ name, values, isUsers }: ChosenPlan, configFile: string): Omit<Layer, 'secrets'> {
  const options: Options = values;
  if (isUsers) {
    const path = (key: PlanOptionKey) => `plans.${name}.${key}`;
    return {
      kind: 'plan',
      options,
      nameOf: (key) => `${configFile}: ${path(key)}`,
      without: (key) => `remove ${path(key)} from ${configFile}`,
    };
  }
  return {
    kind: 'plan',
    options,
    nameOf: () => `plan ${name}`,
    without: () => 'choose another plan',
  };
}

/** The value of a variable. A variable cannot be repeated as a flag can: each line of it is a value of a list of texts. */
function valuesOf(key: PlanOptionKey, value: string | undefined): unknown {
  if (value === undefined || planOptions[key].reads.as !== 'texts') return value;
  return value.split('\n').filter((line) => line.trim() !== '');
}

function byKey(read: (key: PlanOptionKey) => unknown): Partial<Record<PlanOptionKey, unknown>> {
  return Object.fromEntries(planOptionKeys.map((key) => [key, read(key)]));
}
