import * as z from 'zod';
import { externalPath, possiblePaths } from '../model/network-modes.ts';
import { networkModes, pathId } from '../model/path.ts';
import { containerNameSchema, mostRounds, type Plan, planSchema } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { profileNames } from '../model/profile.ts';
import { ownServers } from '../model/server.ts';
import { planNames } from './plan-names.ts';

/** Seeds have 32 bits, like the input of the schedule's random generator. */
export const largestSeed = 0xffff_ffff;
export const longestSeconds = 60;
const mostBlocks = 1_000;
const highestRate = 1e7;
const largestBodyBytes = 2 ** 30;
const longestRunSeconds = 7 * 24 * 3600;
const finestPrecision = 0.0005;
const coarsestPrecision = 0.5;
/** The exact interval of 20 rounds reaches this level. No result of a run is more certain. */
const highestConfidence = 0.99999;

const selectableModes = networkModes.filter((mode) => externalPath(mode) !== undefined);
const selectablePaths = possiblePaths().map(pathId);

/** Headings of the help of `bench run` and `bench plan`, in their order. */
export const optionGroups = ['What is measured', 'How long', 'Load', 'Slices and order'] as const;

/**
 * An option of a plan. Its row is its only definition. The flags, the BENCH_… variables, the keys of a
 * config, the defaults, the help, and the JSON Schema of a config come from the rows. The config's key is the
 * key of the table.
 */
interface Row {
  /** The flag on the command line, without its dashes. An error about one word uses this name as well. */
  readonly flag: string;
  /** One letter that stands for the flag. */
  readonly short?: string;
  /** The argument after the flag, in the help. */
  readonly argument: string;
  readonly group: (typeof optionGroups)[number];
  readonly schema: z.ZodType;
  /** Its purpose: for the help, and for the schema of a config. */
  readonly says: string;
  /** The value if no source gives one. Some named plans have another default. */
  readonly default?: unknown;
  /** The default in words, where it is not one value. */
  readonly defaultWords?: string;
  /** How a text from a flag, a variable, or a config is read. */
  readonly reads: Reading;
  /** The plan holds the given value or the default under the same key. */
  readonly plain?: true;
}

export type Reading =
  /** A list of these words, separated by commas; the flag may be repeated. */
  | { readonly as: 'words'; readonly words: readonly string[] }
  | { readonly as: 'word'; readonly words: readonly string[]; readonly allowed: string }
  | {
      readonly as: 'number';
      /** The allowed numbers, in words: `"many" is not …`. */
      readonly allowed: string;
      /** The value of each unit, where a number may be written with one: `{ m: 60 }` for `5m`. */
      readonly units?: Readonly<Record<string, number>>;
    }
  | { readonly as: 'rates'; readonly allowed: string }
  | { readonly as: 'name'; readonly allowed: string }
  | { readonly as: 'switch'; readonly allowed: string };

function words(of: readonly string[]) {
  return { as: 'words', words: of } as const;
}

function number(allowed: string, units?: Readonly<Record<string, number>>) {
  return { as: 'number', allowed, ...present({ units }) } as const;
}

const seconds = number(`from 0 to ${longestSeconds} (seconds)`);
const trueOrFalse = { as: 'switch', allowed: 'true or false' } as const;

/** The plan schema's description of the value under this key. */
function saidOf(key: 'blocks' | 'sliceSeconds' | 'rampSeconds' | 'bodyBytes'): string {
  return planSchema.shape[key].description ?? '';
}

/** In the order of the help, and of the command that repeats a run. */
export const planOptions = {
  plan: {
    flag: 'plan',
    argument: '<name>',
    group: 'What is measured',
    schema: z.enum(planNames),
    says: 'What is measured, by name: paths (every path there is), waterfall (what each layer adds to the one before it), two-addresses (host mode twice, on one port).',
    reads: { as: 'word', words: planNames, allowed: planNames.join(' or ') },
  },
  servers: {
    flag: 'server',
    short: 's',
    argument: '<name>',
    group: 'What is measured',
    schema: z.array(z.enum(ownServers)).min(1),
    says: 'What is put under load.',
    default: ['nginx', 'apache'],
    reads: words(ownServers),
  },
  modes: {
    flag: 'mode',
    short: 'm',
    argument: '<mode>',
    group: 'What is measured',
    schema: z.array(z.enum(selectableModes)).min(1),
    says: 'Network modes as a client over the virtual link sees them; the baseline, host, is always added.',
    default: ['host', 'bridge', 'mapped'],
    reads: words(selectableModes),
  },
  paths: {
    flag: 'path',
    argument: '<id>',
    group: 'What is measured',
    schema: z.array(z.enum(selectablePaths)).min(1),
    says: 'Paths by id, mode/vantage[/address]; the baseline of each vantage is always added.',
    reads: words(selectablePaths),
  },
  profiles: {
    flag: 'profile',
    short: 'p',
    argument: '<name>',
    group: 'What is measured',
    schema: z.array(z.enum(profileNames)).min(1),
    says: 'How load is applied.',
    default: ['latency', 'steady', 'throughput'],
    reads: words(profileNames),
  },
  rounds: {
    flag: 'rounds',
    short: 'r',
    argument: '<n>',
    group: 'How long',
    schema: z.int().min(1).max(mostRounds),
    says: 'Fresh deployments of every case: the statistical unit.',
    default: 10,
    defaultWords: '10, or as many as its comparisons need',
    reads: number(`a whole number from 1 to ${mostRounds}`),
  },
  timeSeconds: {
    flag: 'time',
    argument: '<duration>',
    group: 'How long',
    schema: z.number().positive().max(longestRunSeconds),
    says: 'Rounds are added until this time is up: seconds, or a text such as "5m". With --rounds, at most as many.',
    reads: number('a time up to a week, such as 90s, 5m or 1h', { s: 1, m: 60, min: 60, h: 3600 }),
  },
  precision: {
    flag: 'precision',
    argument: '<percentage>',
    group: 'How long',
    schema: z.number().min(finestPrecision).max(coarsestPrecision),
    says: 'Rounds are added until every declared interval is this tight, half-width over ratio: 0.01 or "1%"; or until the time is up (--time, else 10m).',
    reads: number(`from ${100 * finestPrecision}% to ${100 * coarsestPrecision}%`, { '%': 0.01 }),
  },
  blocks: {
    flag: 'blocks',
    argument: '<n>',
    group: 'Slices and order',
    schema: z.int().min(1).max(mostBlocks),
    says: saidOf('blocks'),
    default: 2,
    reads: number(`a whole number from 1 to ${mostBlocks}`),
    plain: true,
  },
  sliceSeconds: {
    flag: 'slice-seconds',
    argument: '<s>',
    group: 'Slices and order',
    schema: z.number().positive().max(longestSeconds),
    says: saidOf('sliceSeconds'),
    default: 0.18,
    reads: number(`above 0 and at most ${longestSeconds} (seconds)`),
    plain: true,
  },
  turnSeconds: {
    flag: 'turn-seconds',
    argument: '<s>',
    group: 'Slices and order',
    schema: z.number().min(0).max(longestSeconds),
    says: 'Compared cases take turns, each measured for so long at a time until its slice is full; 0: one slice after the other.',
    default: 0.03,
    reads: seconds,
  },
  exchangeCpus: {
    flag: 'exchange-cpus',
    argument: '<true|false>',
    group: 'Slices and order',
    schema: z.boolean(),
    says: "Servers and load agents run on each other's CPUs in about half of the rounds.",
    defaultWords: 'true; false with a server that is a plain process, which no engine can move',
    reads: trueOrFalse,
  },
  rampSeconds: {
    flag: 'ramp-seconds',
    argument: '<s>',
    group: 'Slices and order',
    schema: z.number().min(0).max(longestSeconds),
    says: saidOf('rampSeconds'),
    default: 0.02,
    reads: seconds,
    plain: true,
  },
  warmupSeconds: {
    flag: 'warmup-seconds',
    argument: '<s>',
    group: 'Slices and order',
    schema: z.number().min(0).max(longestSeconds),
    says: "Longest time that a case's connections are warmed up at the beginning of a round. 0: no warm-up; without warm connections slices run one after the other, without turns.",
    default: 1,
    reads: seconds,
    plain: true,
  },
  rates: {
    flag: 'rate',
    argument: '<requests/s>',
    group: 'Load',
    schema: z.union([
      z.literal('auto'),
      z.number().positive().max(highestRate),
      z.partialRecord(z.enum(ownServers), z.number().positive().max(highestRate)),
    ]),
    says: 'Requests/s of the steady profile, equal on all paths: 12000 for all servers, or nginx=12000,apache=8000; auto: half of what the slowest path of a server carries.',
    defaultWords: 'auto',
    reads: {
      as: 'rates',
      allowed: `auto, or a rate above 0 and at most ${highestRate}, such as 12000 or ${ownServers.map((name) => `${name}=12000`).join(',')}`,
    },
  },
  bodyBytes: {
    flag: 'body-bytes',
    argument: '<n>',
    group: 'Load',
    schema: z.int().min(1).max(largestBodyBytes),
    says: saidOf('bodyBytes'),
    default: 1024,
    reads: number(`a whole number from 1 to ${largestBodyBytes}`),
    plain: true,
  },
  confidence: {
    flag: 'confidence',
    argument: '<level>',
    group: 'Slices and order',
    schema: z.number().gt(0.5).max(highestConfidence),
    says: 'Level of the intervals, e.g. 0.95; a higher one needs more rounds.',
    default: 0.95,
    reads: number(`above 0.5 and at most ${highestConfidence}`),
  },
  seed: {
    flag: 'seed',
    argument: '<n>',
    group: 'Slices and order',
    schema: z.int().min(0).max(largestSeed),
    says: 'Fixes every random choice of the schedule: repeats the order of another run.',
    defaultWords: 'random',
    reads: number(`a whole number from 0 to ${largestSeed}`),
  },
  sharedPort: {
    flag: 'shared-port',
    argument: '<true|false>',
    group: 'What is measured',
    schema: z.boolean(),
    says: 'All servers of a round take one port of the host, each at an address of its own.',
    defaultWords: 'false',
    reads: trueOrFalse,
  },
  mapTo: {
    flag: 'map-to',
    argument: '<container>',
    group: 'What is measured',
    schema: containerNameSchema,
    says: 'A running container of yours that mapped servers join, by name or id.',
    reads: { as: 'name', allowed: "a container's name or id" },
  },
  userlandProxy: {
    flag: 'userland-proxy',
    argument: '<true|false>',
    group: 'What is measured',
    schema: z.boolean(),
    says: 'Whether docker-proxy serves published ports. A lab is started with this setting; any other engine must have it already.',
    reads: trueOrFalse,
  },
} as const satisfies Record<string, Row>;

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
    column<{ [K in PlanOptionKey]: Rows[K]['schema'] }>(({ schema, says }) => schema.describe(says)),
  )
  .partial();
export type Options = z.infer<typeof optionsSchema>;

const { timeSeconds, precision } = optionsSchema.shape;

/** The allowed content of bench.config.json or bench.config.yaml: for the published JSON Schema. */
export const configSchema = optionsSchema.extend({
  timeSeconds: z
    .union([timeSeconds.unwrap(), z.string().regex(/^\d+(\.\d+)? *(s|m|min|h)$/)])
    .describe(planOptions.timeSeconds.says)
    .optional(),
  precision: z
    .union([precision.unwrap(), z.string().regex(/^\d+(\.\d+)? *%$/)])
    .describe(planOptions.precision.says)
    .optional(),
  $schema: z.string().describe('Where an editor finds this schema; bench ignores it.').optional(),
});

/** The environment variable of an option, e.g. BENCH_SLICE_SECONDS. */
export function variableOf(key: PlanOptionKey): string {
  return `BENCH_${planOptions[key].flag.toUpperCase().replaceAll('-', '_')}`;
}

/** The name under which an argument parser keeps a flag, e.g. `sliceSeconds` for `--slice-seconds`. */
export function attributeOf(key: PlanOptionKey): string {
  return planOptions[key].flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
