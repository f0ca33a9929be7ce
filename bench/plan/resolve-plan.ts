import { Failure } from '../model/failure.ts';
import { baselineOf, externalPath, isBaseline } from '../model/network-modes.ts';
import { type NetworkMode, type Path, type PathId, pathId, pathOf, vantages } from '../model/path.ts';
import { type Comparison, declaredComparisons, type Plan, planSchema } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { loadProfiles } from '../model/profile.ts';
import { roundsToPlan } from '../model/rounds-needed.ts';
import type { Warning } from '../model/summary.ts';
import { type Misfit, withoutAddressEach } from './address-each.ts';
import { askedRates } from './asked-rates.ts';
import { checkedOptions } from './checked-options.ts';
import { type NamedPlan, namedPlans } from './named-plans.ts';
import {
  attributeOf,
  largestSeed,
  type Options,
  type PlainKey,
  type PlanOptionKey,
  plainKeys,
  planDefaults,
  planOptionKeys,
  planOptions,
  variableOf,
} from './options.ts';
import { assertServable, requestOf, type ServiceKey, serviceKeys, serviceOf } from './service-options.ts';
import { stoppingPlan } from './stopping.ts';

export interface PlanSources {
  /** As an argument parser keeps them: `{ server: ['nginx'], sliceSeconds: '0.5' }`. Other flags are ignored. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config?: Options;
  /** Its name, for messages. */
  readonly configFile?: string;
  /** Receives each setting that was left out, with the reason. */
  readonly note?: (leftOut: Warning) => void;
}

interface Source {
  readonly options: Options;
  /** The option as the user typed it. */
  readonly nameOf: (key: PlanOptionKey) => string;
  /** How the user removes the option, for a hint. */
  readonly without: (key: PlanOptionKey) => string;
}

/**
 * The validated and fully specified plan.
 *
 *   flag > environment (BENCH_…) > config > default       for each option by itself
 *
 * A plan's name, modes and paths select the same thing: what is measured. The highest source that gives one
 * of them decides, so that `--path` is not widened by the modes of a config. The same holds for rounds, time
 * and precision, which say how long is measured: `--rounds 8` is 8 rounds, whatever the config requests. A
 * setting that does not suit the paths is refused. If a higher source chose the paths, the setting was not
 * meant for them. It is then left out with a note.
 *
 * @param random gives numbers in [0, 1): the seed where none is given.
 * @throws {Failure} usage, with the nearest valid word.
 */
export function resolvePlan(
  { flags, env, config = {}, configFile = 'the config', note }: PlanSources,
  random: () => number,
): Plan {
  const typed: readonly Source[] = [
    {
      options: checkedOptions(
        byKey((key) => flags[attributeOf(key)]),
        (key) => (/^word/.test(planOptions[key].reads.as) ? '' : `--${planOptions[key].flag}: `),
      ),
      nameOf: (key) => `--${planOptions[key].flag}`,
      without: (key) => `leave out --${planOptions[key].flag}`,
    },
    {
      options: checkedOptions(
        // An empty variable is how shells and CI files unset one.
        byKey((key) => env[variableOf(key)] || undefined),
        (key) => `${variableOf(key)}: `,
      ),
      nameOf: variableOf,
      without: (key) => `unset ${variableOf(key)}`,
    },
    {
      options: config,
      nameOf: (key) => `${configFile}: ${key}`,
      without: (key) => `remove ${key} from ${configFile}`,
    },
  ];
  const sources = typed.map(({ options }) => options);
  function given<K extends PlanOptionKey>(key: K): Options[K] {
    return sources.find((source) => source[key] !== undefined)?.[key];
  }

  /** The option as the highest source that gives it spells it. */
  function nameOf(key: PlanOptionKey): string {
    return (
      typed.find(({ options }) => options[key] !== undefined)?.nameOf(key) ?? `--${planOptions[key].flag}`
    );
  }

  const userlandProxy = given('userlandProxy');
  const selection = sources.find(({ plan, modes, paths }) => (plan ?? modes ?? paths) !== undefined);
  const named = selection?.plan === undefined ? undefined : namedPlans[selection.plan];
  const selected: Partial<NamedPlan> = named ?? {};
  const comparisons = comparisonsOf(named ?? selection ?? { modes: planDefaults.modes });
  /** @param misfit why the value that is given does not suit the paths. */
  function fitting<K extends PlanOptionKey>(key: K, misfit: (value: Options[K]) => Misfit | undefined) {
    const source = typed.find(({ options }) => options[key] !== undefined);
    const value = source?.options[key];
    const wrong = value === undefined ? undefined : misfit(value);
    if (source === undefined || wrong === undefined) return value;
    const message = wrong.message(source.nameOf(key));
    const chosenAbove = selection !== undefined && sources.indexOf(selection) < typed.indexOf(source);
    if (!chosenAbove) {
      throw new Failure('usage', message, { hint: `${wrong.hint} Or ${source.without(key)}.` });
    }
    note?.({ code: 'setting-left-out', message, hint: 'It is left out of this plan.' });
    return undefined;
  }
  function forOwnServers(key: 'mapTo' | 'sharedPort', image: string): void {
    if (given(key) === undefined || given(key) === false) return;
    throw new Failure(
      'usage',
      `${nameOf(key)} is for bench's own servers, and --image ${image} is measured`,
      {
        hint: `Leave it out, or measure nginx and Apache: --server nginx,apache`,
      },
    );
  }

  /** An option of a service that is not measured would be ignored silently. */
  function refuseWithoutService(): void {
    const place = sources.indexOf(subject ?? {});
    const stray = serviceKeys.find((key: ServiceKey) =>
      sources.some((source, at) => source[key] !== undefined && (place < 0 || at <= place)),
    );
    if (stray === undefined) return;
    throw new Failure('usage', `${nameOf(stray)} is for a service of yours, and the plan has none`, {
      hint: 'Add --image, such as --image my/app:1.2 --port 8080.',
    });
  }

  const sharedPort =
    fitting('sharedPort', (asked) => (asked === true ? withoutAddressEach(comparisons) : undefined)) ??
    selected.sharedPort ??
    false;
  const mapTo = fitting('mapTo', () => withoutMapped(comparisons));
  const exchangeCpus = fitting('exchangeCpus', (asked) =>
    asked === true ? unmovable(comparisons) : undefined,
  );
  const defaults = { ...planDefaults, ...named };
  const turnSeconds = turnOf(
    given('turnSeconds'),
    { turnSeconds: defaults.turnSeconds, sliceSeconds: given('sliceSeconds') ?? defaults.sliceSeconds },
    nameOf('turnSeconds'),
  );
  const coverage = given('confidence') ?? planDefaults.confidence;
  const length = sources.find((it) => (it.rounds ?? it.timeSeconds ?? it.precision) !== undefined) ?? {};
  const subject = sources.find((it) => (it.servers ?? it.image) !== undefined);
  const service = subject?.image === undefined ? undefined : serviceOf(subject.image, given);
  if (subject?.image !== undefined && subject.servers !== undefined) {
    throw new Failure(
      'usage',
      `${nameOf('servers')} and ${nameOf('image')} are both given: one of them is measured`,
      {
        hint: 'Leave out one of them.',
      },
    );
  }
  if (service !== undefined) {
    assertServable(service.image, comparisons);
    for (const key of ['mapTo', 'sharedPort'] as const) forOwnServers(key, service.image);
  } else refuseWithoutService();
  const servers = service === undefined ? unique(given('servers') ?? defaults.servers) : [service.name];
  const profiles = unique(given('profiles') ?? defaults.profiles).map((name) => loadProfiles[name]);
  const declared = declaredComparisons({ servers, profiles, comparisons });
  const { rates, useless } = askedRates(given('rates'), { servers, profiles }, nameOf('rates'));
  if (useless !== undefined) {
    note?.({
      code: 'setting-left-out',
      message: `${nameOf('rates')} ${useless}`,
      hint: 'It is left out of this plan.',
    });
  }
  const open = stoppingPlan(
    { seconds: length.timeSeconds, precision: length.precision },
    {
      rounds: length.rounds,
      coverage,
      comparisons: declared,
    },
  );
  const others = {
    servers,
    comparisons,
    profiles,
    rounds: open?.rounds ?? length.rounds ?? Math.max(defaults.rounds, roundsToPlan(coverage, declared)),
    ...(turnSeconds === 0 ? {} : { turnSeconds }),
    ...((exchangeCpus ?? unmovable(comparisons) === undefined) ? { exchangeCpus: true } : {}),
    seed: given('seed') ?? Math.floor(random() * (largestSeed + 1)),
    ...present({ rates }),
    ...(sharedPort ? { sharedPort } : {}),
    ...(given('probes') === true ? { probes: true } : {}),
    ...present({ mapTo, userlandProxy, service }),
    ...(service === undefined ? {} : { request: requestOf(given) }),
    ...(named === undefined ? {} : { leftOut: [] }),
    confidence: open?.confidence ?? coverage,
    ...(open === undefined ? {} : { stopping: open.stopping }),
  } satisfies Omit<Plan, PlainKey>;
  const plain = plainKeys.map((key) => [key, given(key) ?? defaults[key]]);
  return planSchema.parse({ ...others, ...Object.fromEntries(plain) });
}

/** One comparison per baseline, with the baseline whether or not it was requested. */
function comparisonsOf(selection: {
  readonly modes?: readonly NetworkMode[] | undefined;
  readonly paths?: readonly string[] | undefined;
}): Comparison[] {
  const selected: Path[] = [
    ...(selection.modes ?? []).map(externalPath),
    ...(selection.paths ?? []).map(pathOf),
  ].filter((path) => path !== undefined);

  const baselines = unique(selected.map((path) => pathId(baselineOf(path))));
  baselines.sort((a, b) => placeOf(a) - placeOf(b));
  return baselines.map((baseline) => ({
    baseline,
    contenders: unique(
      selected.filter((path) => pathId(baselineOf(path)) === baseline && !isBaseline(path)).map(pathId),
    ),
  }));
}

/** IPv4 before IPv6, and each in the order of the vantages. */
function placeOf(baseline: PathId): number {
  const path = pathOf(baseline);
  return vantages.indexOf(path.vantage) + (path.family === undefined ? 0 : vantages.length);
}

function withoutMapped(comparisons: readonly Comparison[]): Misfit | undefined {
  const paths = comparisons.flatMap(({ contenders }) => contenders).map(pathOf);
  if (paths.some(({ mode }) => mode === 'mapped')) return undefined;
  return {
    message: (name) => `${name} is for mapped servers, and the plan has none`,
    hint: 'Add --mode mapped, or a path such as --path mapped/host/container.',
  };
}

/** By default CPUs are exchanged as far as an engine can move the servers. */
function unmovable(comparisons: readonly Comparison[]): Misfit | undefined {
  const paths = comparisons.flatMap(({ contenders }) => contenders);
  const plain = paths.find((path) => pathOf(path).mode === 'native');
  if (plain === undefined) return undefined;
  return {
    message: (name) => `${name}: ${plain} is a plain process, which no engine can move`,
    hint: 'Leave out this path.',
  };
}

function byKey(read: (key: PlanOptionKey) => unknown): Partial<Record<PlanOptionKey, unknown>> {
  return Object.fromEntries(planOptionKeys.map((key) => [key, read(key)]));
}

/**
 * A turn is a part of a slice. The default gives way to shorter slices; a turn that was asked for does not.
 */
function turnOf(asked: number | undefined, { turnSeconds, sliceSeconds }: Lengths, name: string): number {
  const turn = asked ?? Math.min(turnSeconds, sliceSeconds);
  if (turn <= sliceSeconds) return turn;
  throw new Failure(
    'usage',
    `${name}: a turn of ${turn} s is longer than a slice, which lasts ${sliceSeconds} s`,
    {
      hint: `Give a turn of at most ${sliceSeconds} s, or longer slices: --slice-seconds ${turn}`,
    },
  );
}

interface Lengths {
  readonly turnSeconds: number;
  readonly sliceSeconds: number;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
