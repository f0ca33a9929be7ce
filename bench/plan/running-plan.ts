import type { Running } from '../model/described.ts';
import { Failure } from '../model/failure.ts';
import { wordHint } from '../model/nearest.ts';
import { type PathId, pathOf } from '../model/path.ts';
import { type Comparison, declaredComparisons, type LeftOut, type Plan, planSchema } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { type LoadProfile, loadProfiles, sliceSecondsOf } from '../model/profile.ts';
import { roundsToPlan } from '../model/rounds-needed.ts';
import type { Service } from '../model/service.ts';
import { askedMargins } from './asked-margins.ts';
import { largestSeed, type Options, type PlanOptionKey, planDefaults, planOptionKeys } from './options.ts';
import type { Layer, PlanLayers } from './plan-layers.ts';
import { requestOf } from './service-options.ts';

/**
 * The options that a plan for a running container may have. All others are about servers that bench starts, or about
 * load without a given rate.
 */
const runningKeys: ReadonlySet<PlanOptionKey> = new Set([
  ...(['container', 'copy', 'name', 'port', 'tls'] as const),
  ...(['requestPath', 'method', 'headers', 'requestBody', 'expectedStatus'] as const),
  ...(['paths', 'profiles', 'rates', 'rounds', 'blocks', 'sliceSeconds', 'rampSeconds'] as const),
  ...(['confidence', 'margins', 'seed'] as const),
] satisfies readonly PlanOptionKey[]);

/** Whether a plan of this service has the option. */
export function hasOption(key: PlanOptionKey, { service }: Pick<Plan, 'service'>): boolean {
  return service?.running === undefined || runningKeys.has(key);
}

/** Requests/s, at least and at most. A production service bears them, and a mistyped one does no harm. */
const rateRange = { least: 1, most: 2_000 };
/** A slice has at least so many requests, however low the rate is. */
const fewestRequests = 20;
/** So long may an answer take on average until all connections are busy, in seconds. */
const answerSeconds = 0.1;
/** The first answer after a pause may be slow: it falls into the ramp. */
const rampSeconds = 0.2;
const sliceSeconds = 0.5;
/** How long the container may take for one answer, in seconds. */
const readySeconds = 10;

type Given = <K extends PlanOptionKey>(key: K) => Options[K];

/**
 * The plan that measures a running container of the user's: at the rate that the user gives, and by nothing else. No
 * warm-up, no survey and no search for a rate. Slices take no turns, because the CPU time of one container does
 * not tell one case from the other.
 *
 * @param random gives numbers in [0, 1): the seed where none is given.
 * @throws {Failure} usage: no rate, or an option that does not suit a container that runs.
 */
export function runningPlan(
  running: Running,
  { layers, subject }: Pick<PlanLayers, 'layers'> & { readonly subject: Layer },
  random: () => number,
): Plan {
  const given: Given = (key) => layers.find(({ options }) => options[key] !== undefined)?.options[key];
  const option = `--container ${running.container}`;
  refuseForeignOptions(option, layers.slice(0, layers.indexOf(subject) + 1));
  const service = serviceOf(running, option, given);
  const server = service.name;
  const rate = rateOf(option, server, given('rates'));
  const { comparisons, leftOut } = comparisonsOf(service, running, given('paths'));
  const profiles = profilesOf(option, given('profiles'), rate, {
    sliceSeconds: given('sliceSeconds') ?? sliceSeconds,
  });
  const confidence = given('confidence') ?? planDefaults.confidence;
  const { margins } = askedMargins(given('margins'), profiles);
  const declared = declaredComparisons({ servers: [server], profiles, comparisons });
  return planSchema.parse({
    servers: [server],
    comparisons,
    profiles,
    rounds: given('rounds') ?? Math.max(planDefaults.rounds, roundsToPlan(confidence, declared)),
    blocks: given('blocks') ?? planDefaults.blocks,
    sliceSeconds: given('sliceSeconds') ?? sliceSeconds,
    rampSeconds: given('rampSeconds') ?? rampSeconds,
    warmupSeconds: 0,
    rates: { [server]: rate },
    bodyBytes: planDefaults.bodyBytes,
    ...(given('tls') === true ? { tls: true as const } : {}),
    service,
    request: requestOf(given),
    seed: given('seed') ?? Math.floor(random() * (largestSeed + 1)),
    ...present({ leftOut, margins }),
    confidence,
  } satisfies Plan);
}

/** Options of a lower source than the container's are for other plans, and are passed over. */
function refuseForeignOptions(option: string, layers: readonly Layer[]): void {
  for (const { options, nameOf } of layers) {
    const foreign = planOptionKeys.find((key) => options[key] !== undefined && !runningKeys.has(key));
    if (foreign === undefined) continue;
    throw new Failure('usage', `${nameOf(foreign)} does not suit ${option}, which is measured as it runs`, {
      hint: `Leave it out. Or measure copies of the container, which bench starts: ${option} --copy.`,
    });
  }
}

function serviceOf(running: Running, option: string, given: Given): Service {
  const { container, image, mode } = running;
  const port = portOf(running, option, given('port'));
  const published = publishedAt(running, port);
  const path = given('requestPath') ?? '/';
  return {
    name: given('name') ?? container,
    image,
    port,
    environment: [],
    mounts: [],
    running: {
      container,
      ...(mode === 'host' || published === undefined
        ? {}
        : {
            published: {
              ...(published.hostAddress === everyAddress ? {} : { address: published.hostAddress }),
              port: published.hostPort,
            },
          }),
    },
    pull: 'never',
    readyPath: path,
    readySeconds,
  };
}

const everyAddress = '0.0.0.0';

/** The port inside the container: the given one, or the only one that it publishes, or the only one that it exposes. */
function portOf({ container, ports, published }: Running, option: string, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  const publishedPorts = [...new Set(published.map(({ containerPort }) => containerPort))];
  const [first, ...others] = publishedPorts.length > 0 ? publishedPorts : ports;
  if (first !== undefined && others.length === 0) return first;
  const has =
    first === undefined
      ? 'It publishes and exposes none'
      : `It ${publishedPorts.length > 0 ? 'publishes' : 'exposes'} ${[first, ...others].join(', ')}`;
  throw new Failure('usage', `${option}: on which port does ${container} answer? ${has}`, {
    hint: `Give the port inside the container, such as --port ${first ?? 8080}.`,
  });
}

/** Where a port is published. Every address comes before a single one, and loopback is last. */
function publishedAt({ published }: Running, port: number): Running['published'][number] | undefined {
  const rank = ({ hostAddress }: Running['published'][number]) =>
    hostAddress === everyAddress ? 0 : isLoopback(hostAddress) ? 2 : 1;
  return published
    .filter(({ containerPort }) => containerPort === port)
    .toSorted((a, b) => rank(a) - rank(b))[0];
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.');
}

/** No rate is given for a running container. */
export function withoutRate(option: string): Failure {
  return new Failure('usage', `${option}: at which rate may bench send requests to it?`, {
    hint: `Give requests/s, such as --rate 50: bench looks for no rate on a container that it did not start. Or measure copies of it: ${option} --copy.`,
  });
}

/** @throws {Failure} usage: no rate is given, or it is out of range. */
function rateOf(option: string, server: string, asked: Options['rates']): number {
  const rate = typeof asked === 'object' ? asked[server] : asked;
  if (rate === undefined || rate === 'auto') throw withoutRate(option);
  const { least, most } = rateRange;
  if (rate >= least && rate <= most) return rate;
  throw new Failure(
    'usage',
    `${option}: a rate of ${rate} requests/s is not from ${least} to ${most}, which are sent to a container that bench did not start`,
    {
      hint: `The nearest is --rate ${rate < least ? least : most}. For a higher rate, measure copies of it: ${option} --copy.`,
    },
  );
}

/** The steady load, on as many connections as the rate needs, in slices that have enough requests. */
function profilesOf(
  option: string,
  asked: Options['profiles'],
  rate: number,
  plan: { readonly sliceSeconds: number },
): LoadProfile[] {
  const foreign = asked?.find((name) => name !== 'steady');
  if (foreign !== undefined) {
    throw new Failure('usage', `--profile ${foreign} does not suit ${option}, which is measured as it runs`, {
      hint: `It gets the steady load alone, at --rate. For other loads, measure copies of it: ${option} --copy.`,
    });
  }
  const { steady } = loadProfiles;
  return [
    {
      ...steady,
      connections: Math.min(steady.connections, Math.ceil(rate * answerSeconds)),
      leastSliceSeconds: Math.max(sliceSecondsOf(plan, steady), fewestRequests / rate),
      declaredMetric: 'latency_p50_us',
    },
  ];
}

interface Selection {
  readonly comparisons: Comparison[];
  /** Absent where the user chose the paths. */
  readonly leftOut?: LeftOut[];
}

/**
 * The paths to a container as it is. From the host, its published port is compared with its own address. A path without
 * such a baseline is measured twice, for its absolute figures.
 */
function comparisonsOf(
  { running: source }: Service,
  { mode, container }: Running,
  asked: readonly PathId[] | undefined,
): Selection {
  const possible = possiblePaths(mode, source?.published);
  const foreign = asked?.find((path) => !possible.includes(path));
  if (foreign !== undefined) {
    throw new Failure('usage', `--path ${foreign}: the container ${container} has no such path as it runs`, {
      hint: wordHint(foreign, possible, 'Its paths'),
    });
  }
  // By loopback it is reached by the same port, and dialled only where that is the one address or asked for.
  const usual = possible.filter(
    (path) => !path.endsWith('/loopback') || source?.published?.address !== undefined,
  );
  const paths = asked ?? usual;
  const own = `${mode}/host/container`;
  const contenders = paths.filter((path) => path !== own && isComparable(path));
  const alone = paths.filter((path) => !isComparable(path));
  const comparisons = [
    ...(paths.some(isComparable) ? [{ baseline: own, contenders }] : []),
    ...alone.map((path) => ({ baseline: path, contenders: [] })),
  ];
  const address = source?.published?.address;
  if (asked !== undefined) return { comparisons };
  const fromLink = `${mode}/external/published`;
  const leftOut =
    address === undefined
      ? []
      : [
          {
            path: fromLink,
            reason: `its port is published at ${address} alone, which the link does not reach`,
          },
        ];
  return { comparisons, leftOut };
}

/** Whether a path has the container's own address as its baseline. */
function isComparable(path: PathId): boolean {
  const { mode, vantage } = pathOf(path);
  return mode !== 'host' && vantage === 'host';
}

function possiblePaths(
  mode: Running['mode'],
  published: NonNullable<Service['running']>['published'],
): readonly PathId[] {
  if (mode === 'host') return ['host/host', 'host/external'];
  const own = `${mode}/host/container`;
  if (published === undefined) return [own];
  const { address } = published;
  if (address === undefined) {
    return [own, ...['host/published', 'host/loopback', 'external/published'].map((it) => `${mode}/${it}`)];
  }
  return [own, `${mode}/host/${isLoopback(address) ? 'loopback' : 'published'}`];
}
