import type { Composed, Copied, Running } from '../model/described.ts';
import { Failure } from '../model/failure.ts';
import { baselineOf, externalPath, isBaseline } from '../model/network-modes.ts';
import { quantileMetrics } from '../model/paced.ts';
import { type NetworkMode, type Path, type PathId, pathId, pathOf, vantages } from '../model/path.ts';
import { type Comparison, declaredComparisons, type Plan, planSchema } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { type LoadProfile, loadProfiles } from '../model/profile.ts';
import { roundsToPlan } from '../model/rounds-needed.ts';
import type { Service } from '../model/service.ts';
import type { Warning } from '../model/warning.ts';
import { type Misfit, withoutAddressEach } from './address-each.ts';
import { askedMargins } from './asked-margins.ts';
import { askedPaced, askedRates } from './asked-rates.ts';
import { bulkProfile } from './bulk.ts';
import { isPathSet } from './named-plans.ts';
import {
  largestSeed,
  type Options,
  type PlainKey,
  type PlanOptionKey,
  plainKeys,
  planDefaults,
  planOptions,
} from './options.ts';
import { type GivenSources, givesLength, type PlanLayers, planLayers, subjectOf } from './plan-layers.ts';
import { runningPlan, withoutRate } from './running-plan.ts';
import {
  assertServable,
  composedService,
  composeModes,
  copiedService,
  requestOf,
  type ServiceKey,
  servableOf,
  serviceKeys,
  serviceOf,
} from './service-options.ts';
import { stoppingPlan } from './stopping.ts';

export interface PlanSources extends GivenSources {
  /** What `composeAsked` asks for, read. */
  readonly composed?: Composed;
  /** What `containerAsked` asks for, read: to be copied, or to be measured itself. */
  readonly copied?: Copied;
  readonly running?: Running;
  /** Receives each setting that was left out, with the reason. */
  readonly note?: (leftOut: Warning, key: PlanOptionKey) => void;
}

/**
 * The service of a Compose file that a plan of these sources measures. The file has to be read before the plan is resolved.
 * @returns undefined where no Compose file is asked for.
 * @throws {Failure} usage: no service of it is named.
 */
export function composeAsked(
  layers: PlanLayers,
): { readonly file: string; readonly service: string } | undefined {
  const file = subjectOf(layers)?.options.compose;
  if (file === undefined) return undefined;
  const naming = layers.layers.find(({ options }) => options.composeService !== undefined);
  const service = naming?.options.composeService;
  if (service !== undefined) return { file, service };
  throw new Failure('usage', `--compose ${file}: which of its services is measured?`, {
    hint: 'Name it, such as --service web.',
  });
}

/**
 * The container that a plan of these sources measures, itself or copies of it. The engine has to describe it before the
 * plan is resolved.
 * @returns undefined where no container is asked for.
 * @throws {Failure} usage: the container itself is to be measured, at no given rate.
 */
export function containerAsked(
  layers: PlanLayers,
): { readonly container: string; readonly copy: boolean } | undefined {
  const container = subjectOf(layers)?.options.container;
  if (container === undefined) return undefined;
  const given = <K extends PlanOptionKey>(key: K): Options[K] =>
    layers.layers.find(({ options }) => options[key] !== undefined)?.options[key];
  const copy = given('copy') === true;
  if (!copy && (given('rates') ?? 'auto') === 'auto') throw withoutRate(`--container ${container}`);
  return { container, copy };
}

/**
 * The validated and fully specified plan, of all sources by their precedence (`planLayers`).
 *
 * Rounds, time and precision say how long is measured. The highest source that gives one of them decides:
 * `--rounds 8` is 8 rounds, whatever the config requests. A setting that does not suit the paths is refused.
 * If a higher source chose the paths, the setting was not meant for them. It is then left out with a note.
 *
 * @param random gives numbers in [0, 1): the seed where none is given.
 * @throws {Failure} usage, with the nearest valid word.
 */
export function resolvePlan(sources: PlanSources, random: () => number): Plan {
  const { composed, copied, running, note } = sources;
  const ofLayers = planLayers(sources);
  const { layers, chosen, selection, selectedAbove } = ofLayers;
  function given<K extends PlanOptionKey>(key: K): Options[K] {
    return layers.find(({ options }) => options[key] !== undefined)?.options[key];
  }

  /** The option as the highest source that gives it spells it. */
  function nameOf(key: PlanOptionKey): string {
    return (
      layers.find(({ options }) => options[key] !== undefined)?.nameOf(key) ?? `--${planOptions[key].flag}`
    );
  }

  const userlandProxy = given('userlandProxy');
  const subject = subjectOf(ofLayers);
  const [one, other] = (['servers', 'image', 'compose', 'container'] as const).filter(
    (key) => subject?.options[key] !== undefined,
  );
  if (one !== undefined && other !== undefined) {
    throw new Failure(
      'usage',
      `${nameOf(one)} and ${nameOf(other)} are both given: one of them is measured`,
      {
        hint: 'Leave out one of them.',
      },
    );
  }
  if (running !== undefined && subject !== undefined)
    return runningPlan(running, { layers, subject }, random);
  const service = serviceAsked();
  const ofPathSet = chosen !== undefined && isPathSet(chosen.name);
  const usual = { modes: service?.compose === undefined ? planDefaults.modes : composeModes };
  // The modes of a plan of bench's own stand for what is usual, and for a service of a Compose file that is another pair.
  const usualOfPlan = selection?.kind === 'plan' && chosen?.isUsers === false && !ofPathSet;
  const selected = service?.compose !== undefined && usualOfPlan ? usual : (selection?.options ?? usual);
  const wanted = comparisonsOf(selected);
  const { comparisons, leftOut } =
    ofPathSet && service !== undefined ? servableOf(service, wanted) : { comparisons: wanted, leftOut: [] };

  function serviceAsked(): Service | undefined {
    const { compose, container, image } = subject?.options ?? {};
    if (compose !== undefined) {
      refuseFor('copy', 'a --container', '--compose');
      if (composed === undefined) throw new Error(`${compose} has not been read`);
      return composedService(composed, given);
    }
    if (container !== undefined) {
      refuseFor('composeService', 'a Compose file', '--container');
      if (copied === undefined) throw new Error(`${container} has not been looked at`);
      return copiedService(copied, given);
    }
    if (image === undefined) return undefined;
    refuseFor('composeService', 'a Compose file', '--image');
    refuseFor('copy', 'a --container', '--image');
    return serviceOf(image, given);
  }

  /** @param misfit why the value that is given does not suit the paths. */
  function fitting<K extends PlanOptionKey>(key: K, misfit: (value: Options[K]) => Misfit | undefined) {
    const source = layers.find(({ options }) => options[key] !== undefined);
    const value = source?.options[key];
    const wrong = value === undefined ? undefined : misfit(value);
    if (source === undefined || wrong === undefined) return value;
    const message = wrong.message(source.nameOf(key));
    if (!selectedAbove(source)) {
      throw new Failure('usage', message, { hint: `${wrong.hint} Or ${source.without(key)}.` });
    }
    note?.({ code: 'setting-left-out', message, hint: 'It is left out of this plan.' }, key);
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

  function refuseFor(key: 'composeService' | 'copy', what: string, measured: string): void {
    if (given(key) === undefined || given(key) === false) return;
    throw new Failure('usage', `${nameOf(key)} is for ${what}, and ${measured} is measured`, {
      hint: 'Leave it out. To name the service in the report: --name.',
    });
  }

  /** An option of a service that is not measured would be ignored silently. */
  function refuseWithoutService(): void {
    const place = subject === undefined ? layers.length : layers.indexOf(subject);
    const stray = serviceKeys.find((key: ServiceKey) =>
      layers.some(({ options }, at) => options[key] !== undefined && at <= place),
    );
    if (stray === undefined) return;
    throw new Failure('usage', `${nameOf(stray)} is for a service of yours, and the plan has none`, {
      hint: 'Add --image, such as --image my/app:1.2 --port 8080, or --compose with --service.',
    });
  }

  function useless(key: PlanOptionKey, why: string | undefined): void {
    if (why === undefined) return;
    const message = `${nameOf(key)} ${why}`;
    note?.({ code: 'setting-left-out', message, hint: 'It is left out of this plan.' }, key);
  }
  const sharedPort =
    fitting('sharedPort', (asked) => (asked === true ? withoutAddressEach(comparisons) : undefined)) ?? false;
  const mapTo = fitting('mapTo', () => withoutMapped(comparisons));
  const exchangeCpus = fitting('exchangeCpus', (asked) =>
    asked === true ? unmovable(comparisons) : undefined,
  );
  const turnSeconds = turnOf(
    given('turnSeconds'),
    {
      turnSeconds: planDefaults.turnSeconds,
      sliceSeconds: given('sliceSeconds') ?? planDefaults.sliceSeconds,
    },
    nameOf('turnSeconds'),
  );
  const agents = given('agents') ?? planDefaults.agents;
  const coverage = given('confidence') ?? planDefaults.confidence;
  const length: Options = layers.find(givesLength)?.options ?? {};
  if (service !== undefined) {
    assertServable(service, comparisons);
    for (const key of ['mapTo', 'sharedPort'] as const) forOwnServers(key, service.image);
  } else refuseWithoutService();
  const servers = service === undefined ? unique(given('servers') ?? planDefaults.servers) : [service.name];
  const declaredMetric = quantileMetrics[given('quantile') ?? planDefaults.quantile];
  const { bulk: usualBulk } = loadProfiles.bulk;
  const bulk = {
    bytes: given('bulkBytes') ?? usualBulk.bytes,
    direction: given('bulkDirection') ?? usualBulk.direction,
  };
  const profiles = unique(given('profiles') ?? planDefaults.profiles).map((name): LoadProfile => {
    if (name === 'bulk') return bulkProfile(bulk, nameOf('bulkBytes'));
    if (name === 'churn' && given('tls') === true) return { ...loadProfiles.churn, handshake: true };
    return name === 'paced' ? { ...loadProfiles.paced, declaredMetric } : loadProfiles[name];
  });
  const needless = profiles.some(({ load }) => load === 'bulk')
    ? undefined
    : 'is for the bulk profile, which the plan does not have';
  for (const key of ['bulkBytes', 'bulkDirection'] as const) {
    useless(key, given(key) === undefined ? undefined : needless);
  }
  const sweep =
    given('sweep') === true
      ? { mostConnections: given('sweepConnections') ?? planDefaults.sweepConnections }
      : undefined;
  if (sweep !== undefined) assertSwept(profiles, nameOf('sweep'));
  else
    useless(
      'sweepConnections',
      given('sweepConnections') === undefined ? undefined : 'is for --sweep, which is off',
    );
  const declared = declaredComparisons({ servers, profiles, comparisons });
  const { rates, useless: uselessRates } = askedRates(given('rates'), { servers, profiles }, nameOf('rates'));
  useless('rates', uselessRates);
  const { paced, useless: uselessPaced } = askedPaced(
    { pacedRate: given('pacedRate'), arrivals: given('arrivals'), quantile: given('quantile') },
    planDefaults,
    { servers, profiles },
    nameOf('pacedRate'),
  );
  for (const { key, why } of uselessPaced) useless(key, why);
  const { margins, useless: uselessMargins } = askedMargins(given('margins'), profiles);
  useless('margins', uselessMargins);
  const unused = new Set<PlanOptionKey>();
  if (service !== undefined && given('bodyBytes') !== undefined) {
    unused.add('bodyBytes');
    useless('bodyBytes', `is for bench's own servers: ${service.name} answers as it does`);
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
    ...present({ name: chosen?.name }),
    servers,
    comparisons,
    profiles,
    rounds: open?.rounds ?? length.rounds ?? Math.max(planDefaults.rounds, roundsToPlan(coverage, declared)),
    ...(turnSeconds === 0 ? {} : { turnSeconds }),
    ...((exchangeCpus ?? unmovable(comparisons) === undefined) ? { exchangeCpus: true } : {}),
    seed: given('seed') ?? Math.floor(random() * (largestSeed + 1)),
    ...present({ rates, paced }),
    ...(sharedPort ? { sharedPort } : {}),
    ...(agents > 1 ? { agents } : {}),
    ...(given('probes') === true ? { probes: true } : {}),
    ...present({ sweep, mapTo, userlandProxy, service }),
    ...(given('tls') === true ? { tls: true as const } : {}),
    ...(service === undefined ? {} : { request: requestOf(given) }),
    ...(ofPathSet ? { leftOut } : {}),
    confidence: open?.confidence ?? coverage,
    ...present({ margins }),
    ...(open === undefined ? {} : { stopping: open.stopping }),
  } satisfies Omit<Plan, PlainKey>;
  const plain = plainKeys.map((key) => [
    key,
    (unused.has(key) ? undefined : given(key)) ?? planDefaults[key],
  ]);
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

/** A sweep asks for small bodies on connections that stay open, as most loads do. */
function assertSwept(profiles: readonly LoadProfile[], name: string): void {
  if (profiles.some(({ load }) => load !== 'churn' && load !== 'bulk')) return;
  const names = profiles.map((it) => it.name).join(' and ');
  throw new Failure(
    'usage',
    `${name} loads connections that stay open and small bodies, and the plan has only ${names}`,
    { hint: 'Add a load such as --profile throughput, or leave out --sweep.' },
  );
}

interface Lengths {
  readonly turnSeconds: number;
  readonly sliceSeconds: number;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
