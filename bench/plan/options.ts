import * as z from 'zod';
import type { OptionGroup } from '../command-options.ts';
import { arrivalKinds } from '../model/arrivals.ts';
import { metricNames, metrics } from '../model/metric.ts';
import { externalPath, possiblePaths } from '../model/network-modes.ts';
import { quantileNames } from '../model/paced.ts';
import { networkModes, pathId } from '../model/path.ts';
import { containerNameSchema, mostRounds, type Plan } from '../model/plan.ts';
import { bulkDirections, profileNames } from '../model/profile.ts';
import { ownServers, serverNameSchema } from '../model/server.ts';
import { pullPolicies } from '../model/service.ts';
import { hasClosedQuotes } from '../model/shell-words.ts';
import { mostSweptConnections } from '../model/sweep.ts';
import { gateConfigSchemas } from './gate-config.ts';
import { planNames } from './plan-names.ts';
import {
  byteUnits,
  durationUnits,
  type Reading,
  shareUnits,
  type UnitTable,
  writtenSchema,
} from './reading.ts';

/** The name of a plan. */
export const planName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
/** Seeds have 32 bits, like the input of the schedule's random generator. */
export const largestSeed = 0xffff_ffff;
export const longestSeconds = 60;
const mostBlocks = 1_000;
/** As many as the connections of the usual profiles. */
const mostAgents = 32;
const highestRate = 1e7;
/** 1 % to 99 %. */
const sharePattern = /^[1-9]\d?(\.\d+)? *%$/;
const largestBodyBytes = 2 ** 30;
const longestRunSeconds = 7 * 24 * 3600;
const finestPrecision = 0.0005;
const coarsestPrecision = 0.5;
/** The exact interval of 20 rounds reaches this level. No result of a run is more certain. */
const highestConfidence = 0.99999;

const selectableModes = networkModes.filter((mode) => externalPath(mode) !== undefined);
const selectablePaths = possiblePaths().map(pathId);

/**
 * An option of a plan. Its row is its only definition. The flags, the BENCH_… variables, the keys of a
 * config, the defaults, the help, and the JSON Schema of a config come from the rows. The config's key is the
 * key of the table, or the name of the flag.
 */
interface Row {
  /** The flag on the command line, without its dashes. An error about one word uses this name as well. */
  readonly flag: string;
  /** One letter that stands for the flag. */
  readonly short?: string;
  /** The argument after the flag, in the help. */
  readonly argument: string;
  readonly group: OptionGroup;
  /** Shown by `--help-all` alone. */
  readonly expert?: true;
  readonly schema: z.ZodType;
  /** Its purpose, in one short sentence. */
  readonly says: string;
  /** What else there is to know: for `--help-all`, the man page and the schema of a config. */
  readonly more?: string;
  /** The value if no source gives one. Some named plans have another default. */
  readonly default?: unknown;
  /** Its values may be secrets: no message repeats them. */
  readonly secret?: true;
  /** The default in words, where it is not one value. */
  readonly defaultWords?: string;
  /** A value to show where there is no default of one value, as a config has it. */
  readonly example?: string;
  /** How a text from a flag, a variable, or a config is read. */
  readonly reads: Reading;
  /** The plan holds the given value or the default under the same key. */
  readonly plain?: true;
}

function words(of: readonly string[]) {
  return { as: 'words', words: of } as const;
}

function number(allowed: string, units: UnitTable = {}) {
  return { as: 'number', allowed, units } as const;
}

const seconds = number(`from 0 to ${longestSeconds} seconds, such as 0.5, 30ms or 2s`, durationUnits);
function text(allowed: string) {
  return { as: 'text', allowed } as const;
}

function texts(allowed: string) {
  return { as: 'texts', allowed } as const;
}

const variableName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const onOrOff = { as: 'switch', allowed: 'on or off' } as const;

const share = z.number().min(finestPrecision).max(coarsestPrecision);
const shares = `from ${100 * finestPrecision}% to ${100 * coarsestPrecision}%`;
const [usualMargin, otherMargins] = usualMargins();

/** In the order of the help, and of the command that repeats a run. */
export const planOptions = {
  plan: {
    flag: 'plan',
    argument: '<name>',
    group: 'What to measure',
    schema: z.union([z.enum(planNames), z.string().regex(planName)]),
    says: 'A set of options by its name, such as quick.',
    more: `${planNames.join(', ')}, or one of your own: plans: in the config. Flags and variables come before its values.`,
    example: 'quick',
    reads: { as: 'word', words: planNames },
  },
  servers: {
    flag: 'server',
    short: 's',
    argument: '<name>',
    group: 'What to measure',
    schema: z.array(z.enum(ownServers)).min(1),
    says: 'What is put under load.',
    default: ['nginx', 'apache'],
    reads: words(ownServers),
  },
  modes: {
    flag: 'mode',
    short: 'm',
    argument: '<mode>',
    group: 'What to measure',
    schema: z.array(z.enum(selectableModes)).min(1),
    says: 'Network modes.',
    more: 'They are as a client over a virtual link sees them. mapped is --network container:X. The baseline, host, is always added.',
    default: ['host', 'bridge', 'mapped'],
    reads: words(selectableModes),
  },
  paths: {
    flag: 'path',
    argument: '<id>',
    group: 'What to measure',
    schema: z.array(z.enum(selectablePaths)).min(1),
    says: 'Paths by id, such as bridge/host/loopback.',
    more: 'An id is mode/vantage[/address][/ipv6]. The baseline of each vantage is always added. `bench plan --plan paths --verbose` lists all.',
    example: '[bridge/host/container, bridge/host/loopback]',
    reads: words(selectablePaths),
  },
  profiles: {
    flag: 'profile',
    short: 'p',
    argument: '<name>',
    group: 'What to measure',
    schema: z.array(z.enum(profileNames)).min(1),
    says: 'Kinds of load.',
    more: 'latency: one request at a time, for how long it takes; steady: equal rate on all paths, for its CPU time; throughput: full load, for the capacity; paced: random arrivals at one rate, for its slow requests; churn: a new connection for each request; bulk: large bodies.',
    default: ['latency', 'steady', 'throughput'],
    reads: words(profileNames),
  },
  image: {
    flag: 'image',
    short: 'i',
    argument: '<image>',
    group: 'Your service',
    schema: z.string().regex(/^[a-zA-Z0-9][\w.:/@+-]*$/),
    says: 'Measure this image instead of nginx and Apache.',
    more: 'It is used as it is: bench sets its network mode, its port and its CPUs, and nothing else.',
    example: 'my/app:1.2',
    reads: text('the name of an image, such as my/app:1.2'),
  },
  compose: {
    flag: 'compose',
    argument: '<file>',
    group: 'Your service',
    schema: z.string().min(1),
    says: 'Measure its --service, with all that this needs.',
    more: 'The services that it depends on are started once, before round 1, and removed after the run. Paths: host and user-bridge.',
    example: 'compose.yaml',
    reads: text('the name of a Compose file, such as compose.yaml'),
  },
  composeService: {
    flag: 'service',
    argument: '<name>',
    group: 'Your service',
    expert: true,
    schema: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/),
    says: 'The service of the Compose file that is measured.',
    example: 'web',
    reads: text('the name of a service in the Compose file, such as web'),
  },
  container: {
    flag: 'container',
    argument: '<name>',
    group: 'Your service',
    expert: true,
    schema: containerNameSchema,
    says: 'Measure this running container at --rate; or copies of it: --copy.',
    more: 'A running container is not changed. It gets requests at the rate that --rate gives, and bench shows beforehand how many. Copies are made like it: its image, command, variables, user and settings; the container itself then gets no load.',
    example: 'my-container',
    reads: text("a container's name or id"),
  },
  copy: {
    flag: 'copy',
    argument: '[on|off]',
    group: 'Your service',
    expert: true,
    schema: z.boolean(),
    says: 'Start copies of the --container, one in each network mode.',
    more: 'A container that writes to a volume or a directory is refused, unless --mount gives its copies another one.',
    defaultWords: 'off',
    example: 'on',
    reads: onOrOff,
  },
  name: {
    flag: 'name',
    argument: '<name>',
    group: 'Your service',
    expert: true,
    schema: serverNameSchema,
    says: 'What the report calls your service.',
    defaultWords: "the image's name",
    example: 'app',
    reads: text('a name of letters, digits and . _ -, such as app'),
  },
  port: {
    flag: 'port',
    argument: '<n>',
    group: 'Your service',
    schema: z.int().min(1).max(65_535),
    says: 'The TCP port on which your service listens.',
    example: '8080',
    reads: number('a port from 1 to 65535'),
  },
  portVariable: {
    flag: 'port-env',
    argument: '<variable>',
    group: 'Your service',
    expert: true,
    schema: z.string().regex(variableName),
    says: 'The variable that tells your service its port.',
    more: 'In host mode, several of it can then run at the same time. {port} in --command or --env does the same.',
    example: 'PORT',
    reads: text('the name of a variable, such as PORT'),
  },
  environment: {
    flag: 'env',
    short: 'e',
    argument: '<NAME=value>',
    group: 'Your service',
    schema: z.array(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*(=|$)/)),
    says: 'A variable for your service; repeat for more.',
    more: 'A NAME alone takes the value that it has here, and keeps that value out of the run folder.',
    example: '[LOG_LEVEL=warn, API_KEY]',
    reads: texts('NAME=value, or NAME for the value that it has here'),
  },
  mounts: {
    flag: 'mount',
    argument: '<source:target>',
    group: 'Your service',
    expert: true,
    schema: z.array(z.string().regex(/^[^:]+:\/[^:]*(:(ro|rw))?$/)),
    says: 'A directory or volume that your service sees, read-only. May be repeated.',
    more: 'source:target:rw lets it write there. All copies of your service then write to the same place.',
    example: '[./site:/srv/site]',
    reads: texts('source:target, or source:target:rw'),
  },
  command: {
    flag: 'command',
    argument: '<command>',
    group: 'Your service',
    expert: true,
    schema: z.union([z.string().min(1).refine(hasClosedQuotes), z.array(z.string()).min(1)]),
    says: "The command of your service, instead of the image's.",
    more: 'Words are split at spaces, as a shell does; no shell runs it. A config can give a list of words.',
    example: 'node server.js --port {port}',
    reads: text('a command with its quotes closed, such as "node server.js --port {port}"'),
  },
  user: {
    flag: 'user',
    argument: '<user>',
    group: 'Your service',
    expert: true,
    schema: z.string().min(1),
    says: "The user that your service runs as, instead of the image's.",
    example: '1000:1000',
    reads: text('a user, such as 1000 or 1000:1000'),
  },
  pull: {
    flag: 'pull',
    argument: '<when>',
    group: 'Your service',
    expert: true,
    schema: z.enum(pullPolicies),
    says: 'When the image is pulled: missing, always or never.',
    default: 'missing',
    reads: { as: 'word', words: pullPolicies },
  },
  requestPath: {
    flag: 'request-path',
    argument: '<path>',
    group: 'Your service',
    schema: z.string().regex(/^\/[!-~]*$/),
    says: 'What is requested of your service.',
    defaultWords: '/',
    example: '/health',
    reads: text('a path that begins with /, such as /search?q=1'),
  },
  method: {
    flag: 'method',
    argument: '<method>',
    group: 'Your service',
    expert: true,
    schema: z.string().regex(/^[A-Z]+$/),
    says: 'The HTTP method of the requests.',
    defaultWords: 'GET, or POST with a body',
    example: 'POST',
    reads: text('a method in capitals, such as POST'),
  },
  headers: {
    flag: 'header',
    argument: '<Name: value>',
    group: 'Your service',
    expert: true,
    schema: z.array(z.string().regex(/^[!#$%&'*+.^_`|~a-zA-Z0-9-]+(: *[\t -~]*)?$/)),
    says: 'A header of the requests. May be repeated.',
    more: 'A Name alone takes the value of a variable here: AUTHORIZATION for Authorization, X_API_KEY for X-Api-Key. That value, and any value of a header that looks like a secret, is kept out of the run folder.',
    example: "['Accept: application/json', Authorization]",
    secret: true,
    reads: texts('a header, such as "Accept: application/json", or its name alone'),
  },
  requestBody: {
    flag: 'request-body',
    argument: '<text>',
    group: 'Your service',
    expert: true,
    schema: z.string(),
    says: 'The body of the requests.',
    example: '\'{"q": 1}\'',
    reads: text('a text'),
  },
  expectedStatus: {
    flag: 'expect-status',
    argument: '<status>',
    group: 'Your service',
    expert: true,
    schema: z.int().min(200).max(599),
    says: 'The status of a good answer.',
    defaultWords: '200 to 299',
    example: '200',
    reads: number('a status from 200 to 599'),
  },
  readyPath: {
    flag: 'ready-path',
    argument: '<path>',
    group: 'Your service',
    expert: true,
    schema: z.string().regex(/^\/[!-~]*$/),
    says: 'The path that answers once your service is ready.',
    defaultWords: 'the requested path',
    example: '/ready',
    reads: text('a path that begins with /, such as /ready'),
  },
  readySeconds: {
    flag: 'ready-seconds',
    argument: '<s>',
    group: 'Your service',
    expert: true,
    schema: z.number().positive().max(600),
    says: 'How long your service may take until it is ready.',
    default: 60,
    reads: number('above 0 and at most 600 seconds, such as 90s or 2m', durationUnits),
  },
  rounds: {
    flag: 'rounds',
    short: 'r',
    argument: '<n>',
    group: 'How long',
    schema: z.int().min(1).max(mostRounds),
    says: 'Fresh starts of everything.',
    more: 'In each round, all containers are started afresh and measured. The number of rounds is the n of every interval.',
    default: 10,
    defaultWords: '10, or more if needed',
    reads: number(`a whole number from 1 to ${mostRounds}`),
  },
  timeSeconds: {
    flag: 'time',
    argument: '<duration>',
    group: 'How long',
    schema: z.number().positive().max(longestRunSeconds),
    says: 'Add rounds until this time is up: 90s, 5m, 1h.',
    more: 'With --rounds, at most as many.',
    example: '5m',
    reads: number('a time up to a week, such as 90s, 5m, 1h or 2d', durationUnits),
  },
  precision: {
    flag: 'precision',
    argument: '<percent>',
    group: 'How long',
    schema: share,
    says: 'Add rounds until main results are known to ±1%.',
    more: 'Any other share may be given, such as 0.5%. It is half of the width of each interval, over its ratio. The run ends at the latest when the time is up (--time, else 10m).',
    example: '1%',
    reads: number(`${shares}, such as 1%`, shareUnits),
  },
  blocks: {
    flag: 'blocks',
    argument: '<n>',
    group: 'Slices and order',
    expert: true,
    schema: z.int().min(1).max(mostBlocks),
    says: 'Recorded slices of each case in a round.',
    default: 2,
    reads: number(`a whole number from 1 to ${mostBlocks}`),
    plain: true,
  },
  sliceSeconds: {
    flag: 'slice-seconds',
    argument: '<s>',
    group: 'Slices and order',
    expert: true,
    schema: z.number().positive().max(longestSeconds),
    says: 'Measured part of each slice.',
    more: 'A slice of the steady profile measures twice as long, one of the paced profile as long as its quantile needs.',
    default: 0.18,
    reads: number(`above 0 and at most ${longestSeconds} seconds, such as 0.5, 180ms or 2s`, durationUnits),
    plain: true,
  },
  turnSeconds: {
    flag: 'turn-seconds',
    argument: '<s>',
    group: 'Slices and order',
    expert: true,
    schema: z.number().min(0).max(longestSeconds),
    says: 'Compared cases take turns, each measured for so long at a time.',
    more: 'They do so until their slices are full. A turn is at most as long as a slice. With 0, one slice comes after the other.',
    default: 0.03,
    reads: seconds,
  },
  exchangeCpus: {
    flag: 'exchange-cpus',
    argument: '[on|off]',
    group: 'Slices and order',
    expert: true,
    schema: z.boolean(),
    says: "Servers and load generators run on each other's CPUs in about half of the rounds.",
    defaultWords: 'on; off with a server that is a plain process, which no engine can move',
    example: 'on',
    reads: onOrOff,
  },
  rampSeconds: {
    flag: 'ramp-seconds',
    argument: '<s>',
    group: 'Slices and order',
    expert: true,
    schema: z.number().min(0).max(longestSeconds),
    says: 'Load before the first turn of each slice. It is discarded.',
    more: 'It is four times as long in the throughput profile.',
    default: 0.02,
    reads: seconds,
    plain: true,
  },
  warmupSeconds: {
    flag: 'warmup-seconds',
    argument: '<s>',
    group: 'Slices and order',
    expert: true,
    schema: z.number().min(0).max(longestSeconds),
    says: "Longest time that a case's connections are warmed up at the beginning of a round.",
    more: '0: no warm-up; without warm connections slices run one after the other, without turns.',
    default: 1,
    reads: seconds,
    plain: true,
  },
  rates: {
    flag: 'rate',
    argument: '<requests/s>',
    group: 'Load',
    expert: true,
    schema: z.union([
      z.literal('auto'),
      z.number().positive().max(highestRate),
      z.record(serverNameSchema, z.number().positive().max(highestRate)),
    ]),
    says: 'Requests/s of the steady profile, equal on all paths.',
    more: '12000 or 12k for all servers, or nginx=12000,apache=8000; auto: half of what the slowest path of a server carries. A running --container needs a rate, from 1 to 2000.',
    defaultWords: 'auto',
    example: 'auto',
    reads: {
      as: 'rates',
      allowed: `auto, or a rate above 0 and at most ${highestRate}, such as 12000 or ${ownServers.map((name) => `${name}=12000`).join(',')}`,
    },
  },
  pacedRate: {
    flag: 'paced-rate',
    argument: '<rate>',
    group: 'Load',
    expert: true,
    schema: z.union([
      z.string().regex(sharePattern),
      z.number().min(1).max(highestRate),
      z.record(serverNameSchema, z.number().min(1).max(highestRate)),
    ]),
    says: 'Rate of the paced profile, equal on all paths.',
    more: '50% of what the slowest path of a server carries; or requests/s: 12000 or 12k for all servers, or nginx=12000,apache=8000.',
    default: '50%',
    reads: {
      as: 'rates',
      shares: true,
      allowed: `a share from 1% to 99%, or a rate from 1 to ${highestRate}, such as 12000 or ${ownServers.map((name) => `${name}=12000`).join(',')}`,
    },
  },
  arrivals: {
    flag: 'arrivals',
    argument: '<kind>',
    group: 'Load',
    expert: true,
    schema: z.enum(arrivalKinds),
    says: 'When requests of the paced profile fall due: poisson or uniform.',
    more: 'poisson: at random moments, as those of many clients do; uniform: at equal intervals.',
    default: 'poisson',
    reads: { as: 'word', words: arrivalKinds },
  },
  quantile: {
    flag: 'quantile',
    argument: '<name>',
    group: 'Load',
    expert: true,
    schema: z.enum(quantileNames),
    says: 'Main result of the paced profile: p99 or p99.9.',
    more: 'p99.9 takes ten times as long as p99.',
    default: 'p99',
    reads: { as: 'word', words: quantileNames },
  },
  agents: {
    flag: 'agents',
    argument: '<n>',
    group: 'Load',
    expert: true,
    schema: z.int().min(1).max(mostAgents),
    says: 'Load generators that share the load of each slice.',
    more: 'Each has a CPU of its own, beside the CPU of the servers. They share the connections of a profile; one connection stays with one of them.',
    default: 1,
    reads: number(`a whole number from 1 to ${mostAgents}`),
  },
  tls: {
    flag: 'tls',
    argument: '[on|off]',
    group: 'Load',
    expert: true,
    schema: z.boolean(),
    says: 'Requests over TLS: https instead of http.',
    more: 'nginx and Apache have a certificate of their own making. No certificate is verified.',
    defaultWords: 'off',
    example: 'on',
    reads: onOrOff,
  },
  bodyBytes: {
    flag: 'body-bytes',
    argument: '<n>',
    group: 'What to measure',
    schema: z.int().min(1).max(largestBodyBytes),
    says: 'Length of the answers: 1024, 64KiB, 100k.',
    more: 'k is 1000, KiB is 1024.',
    default: 1024,
    reads: number(`a whole number of bytes from 1 to ${largestBodyBytes}, such as 64KiB or 100k`, byteUnits),
    plain: true,
  },
  bulkBytes: {
    flag: 'bulk-bytes',
    argument: '<n>',
    group: 'Load',
    expert: true,
    schema: z.int().min(1).max(largestBodyBytes),
    says: 'Length of the bodies of the bulk profile: 64KiB, 1MiB, 10MiB.',
    more: 'Its slices are as long as 32 such bodies at a time need.',
    defaultWords: '1MiB',
    example: '10MiB',
    reads: number(`a whole number of bytes from 1 to ${largestBodyBytes}, such as 64KiB or 10MiB`, byteUnits),
  },
  bulkDirection: {
    flag: 'bulk-direction',
    argument: '<way>',
    group: 'Load',
    expert: true,
    schema: z.enum(bulkDirections),
    says: 'Whether the bulk profile downloads or uploads: down, up.',
    more: 'down: the server sends the bodies; up: the load generator sends them with POST.',
    defaultWords: 'down',
    example: 'up',
    reads: { as: 'word', words: bulkDirections },
  },
  confidence: {
    flag: 'confidence',
    argument: '<level>',
    group: 'Slices and order',
    expert: true,
    schema: z.number().gt(0.5).max(highestConfidence),
    says: 'Level of the intervals, such as 95%.',
    more: 'A higher one needs more rounds.',
    default: 0.95,
    reads: number(`above 50% and at most ${highestConfidence}, such as 95% or 0.95`, shareUnits),
  },
  margins: {
    flag: 'margin',
    argument: '<percent>',
    group: 'Slices and order',
    expert: true,
    schema: z.union([share, z.partialRecord(z.enum(metricNames), share)]),
    says: 'Relevance margin: a smaller change does not matter.',
    more: 'A result is called equal where its interval lies within it. 5% for all metrics, or latency_p50_us=5%,cpu_server_us=3%.',
    defaultWords: [usualMargin, ...otherMargins].join(', '),
    example: usualMargin,
    reads: {
      as: 'shares',
      names: metricNames,
      of: 'metric',
      allowed: `${shares}, such as 2%, or latency_p50_us=5%,cpu_server_us=3%`,
    },
  },
  seed: {
    flag: 'seed',
    argument: '<n>',
    group: 'Slices and order',
    expert: true,
    schema: z.int().min(0).max(largestSeed),
    says: 'Fixes every random choice of the schedule: repeats the order of another run.',
    defaultWords: 'random',
    example: '1',
    reads: number(`a whole number from 0 to ${largestSeed}`),
  },
  sharedPort: {
    flag: 'shared-port',
    argument: '[on|off]',
    group: 'Load',
    expert: true,
    schema: z.boolean(),
    says: 'All servers of a round take one port of the host, each at an address of its own.',
    defaultWords: 'off',
    example: 'off',
    reads: onOrOff,
  },
  mapTo: {
    flag: 'map-to',
    argument: '<container>',
    group: 'What to measure',
    expert: true,
    schema: containerNameSchema,
    says: 'Mapped servers join this container of yours.',
    more: 'It is given by its name or id, and must be running.',
    example: 'my-container',
    reads: { as: 'text', allowed: "a container's name or id" },
  },
  probes: {
    flag: 'probes',
    argument: '[on|off]',
    group: 'What to measure',
    expert: true,
    schema: z.boolean(),
    says: 'Also time starts, connections and DNS lookups.',
    more: 'In ten rounds, or in all if there are fewer, the servers start one after the other, and each is timed. Then a TCP connection and one request are timed on each path, and a DNS lookup in host mode and on a bridge.',
    defaultWords: 'off',
    example: 'off',
    reads: onOrOff,
  },
  sweep: {
    flag: 'sweep',
    argument: '[on|off]',
    group: 'What to measure',
    expert: true,
    schema: z.boolean(),
    says: 'Also load 1, 2, 4, 8 … connections until capacity stops growing.',
    more: 'The first rounds take these steps on each path after their slices: requests/s, median latency, and whose CPU was the limit. They get no verdict.',
    defaultWords: 'off',
    example: 'off',
    reads: onOrOff,
  },
  sweepConnections: {
    flag: 'sweep-connections',
    argument: '<n>',
    group: 'What to measure',
    expert: true,
    schema: z.int().min(2).max(mostSweptConnections),
    says: 'Most connections of --sweep on one path.',
    default: 256,
    reads: number(`a whole number from 2 to ${mostSweptConnections}`),
  },
  userlandProxy: {
    flag: 'userland-proxy',
    argument: '[on|off]',
    group: 'This machine',
    schema: z.boolean(),
    says: 'Whether docker-proxy serves published ports.',
    more: 'A lab is started with this setting; any other engine must have it already. Without it, docker-proxy stays as the engine has it.',
    example: 'on',
    reads: onOrOff,
  },
} as const satisfies Record<string, Row & ({ readonly default: unknown } | { readonly example: string })>;

/** The margin of most metrics, and those of the others: `5% for latency_p90_us`. */
function usualMargins(): readonly [string, readonly string[]] {
  const { usualMargin: most } = metrics.latency_p50_us;
  const others = metricNames.filter((name) => metrics[name].usualMargin !== most);
  return [`${100 * most}%`, others.map((name) => `${100 * metrics[name].usualMargin}% for ${name}`)];
}

type Rows = typeof planOptions;
export type PlanOptionKey = keyof Rows;
export type PlanOption = Row;
type KeysWith<Field extends keyof Row> = {
  [K in PlanOptionKey]: Rows[K] extends Record<Field, unknown> ? K : never;
}[PlanOptionKey];
export type PlainKey = KeysWith<'plain'> & keyof Plan;

/** `Object.keys` of a table whose keys are all known. */
function keysOf<K extends string>(table: Readonly<Record<K, unknown>>): readonly K[] {
  return Object.keys(table) as K[];
}

export const planOptionKeys = keysOf(planOptions);

/** Whether the plan holds the option's value under the option's own key. */
export function isPlain(key: PlanOptionKey): key is PlainKey {
  return 'plain' in planOptions[key];
}
export const plainKeys: readonly PlainKey[] = planOptionKeys.filter(isPlain);

/** One entry for each row for which `entry` gives one. The caller's type says which entries these are. */
function column<Column>(entry: (row: Row) => unknown): Column {
  const entries = planOptionKeys.map((key) => [key, entry(planOptions[key])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Column;
}

/**
 * The defaults of a run. The length of a default run is chosen by measurement; `planDuration` predicts it.
 */
export const planDefaults = column<{
  readonly [K in KeysWith<'default'>]: Rows[K] extends { default: infer D } ? D : never;
}>((row) => row.default);

/** All options of a plan that a user can give, by flag, variable or config. */
export const optionsSchema = z
  .strictObject(
    column<{ [K in PlanOptionKey]: Rows[K]['schema'] }>((row) => row.schema.describe(descriptionOf(row))),
  )
  .partial();
export type Options = z.infer<typeof optionsSchema>;

function descriptionOf({ says, more }: Row): string {
  return more === undefined ? says : `${says} ${more}`;
}

/** The names that an option may have in a config: its key, and its flag in both spellings. */
export function configNames(key: PlanOptionKey): readonly string[] {
  return [...new Set([key, planOptions[key].flag, attributeOf(key)])];
}

/** The keys of a table of options, as a config has them. */
function configEntries(keys: readonly PlanOptionKey[]): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const row: Row = planOptions[key];
      const written = writtenSchema(row.reads);
      const value = written === undefined ? row.schema : z.union([row.schema, written]);
      return configNames(key).map((name) => [name, value.describe(descriptionOf(row))] as const);
    }),
  );
}

/** The allowed content of bench.config.json or bench.config.yaml: for the published JSON Schema. */
export const configSchema = z
  .strictObject({
    $schema: z.string().describe('Where an editor finds this schema; bench ignores it.'),
    ...configEntries(planOptionKeys),
    plans: z
      .record(
        z.string().regex(planName),
        z
          .strictObject(configEntries(planOptionKeys.filter((key) => key !== 'plan')))
          .partial()
          .describe('The options of this plan. They come before those outside of plans.'),
      )
      .describe('Plans of your own, by their names: --plan NAME, or the key plan, chooses one.'),
    ...gateConfigSchemas,
  })
  .partial();

/** The environment variable of an option, e.g. BENCH_SLICE_SECONDS. */
export function variableOf(key: PlanOptionKey): string {
  return `BENCH_${planOptions[key].flag.toUpperCase().replaceAll('-', '_')}`;
}

/** The name under which an argument parser keeps a flag, e.g. `sliceSeconds` for `--slice-seconds`. */
export function attributeOf(key: PlanOptionKey): string {
  return planOptions[key].flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
