import * as z from 'zod';
import { externalPath, possiblePaths } from '../model/network-modes.ts';
import { networkModes, pathId } from '../model/path.ts';
import { containerNameSchema, mostRounds } from '../model/plan.ts';
import { profileNames } from '../model/profile.ts';
import { labServers } from '../model/server.ts';
import { planNames } from './plan-names.ts';

/** Seeds are 32 bits: what the generator of the schedule takes. */
export const largestSeed = 0xffff_ffff;
export const longestSeconds = 60;
const mostBlocks = 1_000;
const highestRate = 1e7;
const largestBodyBytes = 2 ** 30;
const longestRunSeconds = 7 * 24 * 3600;
const finestPrecision = 0.0005;
const coarsestPrecision = 0.5;
/** The exact interval of 20 rounds; nothing that a run measures is surer than that. */
const highestConfidence = 0.99999;

const selectableModes = networkModes.filter((mode) => externalPath(mode) !== undefined);
const selectablePaths = possiblePaths().map(pathId);

/** Everything that a user can say about a plan, by flag, variable or config. */
export const optionsSchema = z
  .strictObject({
    plan: z
      .enum(planNames)
      .describe(
        'What is measured, by name: every path there is, or what each layer adds to the one before it.',
      ),
    servers: z.array(z.enum(labServers)).min(1).describe('What is put under load.'),
    modes: z
      .array(z.enum(selectableModes))
      .min(1)
      .describe(
        'Network modes as a client over the virtual link sees them; the baseline, host, is always added.',
      ),
    paths: z
      .array(z.enum(selectablePaths))
      .min(1)
      .describe('Paths by id, mode/vantage[/address]; the baseline of each vantage is always added.'),
    profiles: z.array(z.enum(profileNames)).min(1).describe('How load is applied.'),
    rounds: z.int().min(1).max(mostRounds).describe('Fresh deployments of every case: the statistical unit.'),
    timeSeconds: z
      .number()
      .positive()
      .max(longestRunSeconds)
      .describe('Rounds are added until this time is up, in seconds.'),
    precision: z
      .number()
      .min(finestPrecision)
      .max(coarsestPrecision)
      .describe(
        'Rounds are added until every declared interval is this tight: half-width over ratio, 0.01 = 1 %.',
      ),
    blocks: z.int().min(1).max(mostBlocks).describe('Recorded slices of each case in a round.'),
    seed: z
      .int()
      .min(0)
      .max(largestSeed)
      .describe('Fixes every random choice of the schedule; random if not given.'),
    sliceSeconds: z
      .number()
      .positive()
      .max(longestSeconds)
      .describe('Measured part of each slice; twice that for the steady profile.'),
    turnSeconds: z
      .number()
      .min(0)
      .max(longestSeconds)
      .describe(
        'Compared cases take turns, each measured for so long at a time until its slice is full; 0: one slice after the other.',
      ),
    exchangeCpus: z
      .boolean()
      .describe(
        "Servers and load agents run on each other's CPUs in about half of the rounds. The default, " +
          'unless a server is a plain process, which no engine can move.',
      ),
    rampSeconds: z.number().min(0).max(longestSeconds).describe('Discarded at the start of each slice.'),
    warmupSeconds: z
      .number()
      .min(0)
      .max(longestSeconds)
      .describe(
        "Longest time that a case's connections are warmed up at the beginning of a round; 0: not at all, and no turns are taken.",
      ),
    rates: z
      .union([
        z.literal('auto'),
        z.number().positive().max(highestRate),
        z.partialRecord(z.enum(labServers), z.number().positive().max(highestRate)),
      ])
      .describe(
        'Requests/s of the steady profile, equal on all paths: one number, or one for each server. auto, the default: ' +
          'half of what the slowest path of a server carries.',
      ),
    bodyBytes: z
      .int()
      .min(1)
      .max(largestBodyBytes)
      .describe('Length of the static body that servers answer with.'),
    confidence: z
      .number()
      .gt(0.5)
      .max(highestConfidence)
      .describe('Level of the intervals, e.g. 0.95; a higher one needs more rounds.'),
    sharedPort: z
      .boolean()
      .describe('All servers of a round take one port of the host, each at an address of its own.'),
    mapTo: containerNameSchema.describe(
      "A running container of the user's that mapped servers join, by name or id.",
    ),
    userlandProxy: z
      .boolean()
      .describe(
        'Whether docker-proxy serves published ports: how a lab is started. ' +
          'With any other engine it must be what its daemon has.',
      ),
  })
  .partial();
export type Options = z.infer<typeof optionsSchema>;
export type PlanOptionKey = keyof Options;

const { timeSeconds, precision } = optionsSchema.shape;

/** What bench.config.json or bench.config.yaml may hold: for the published JSON Schema. */
export const configSchema = optionsSchema.extend({
  timeSeconds: z
    .union([timeSeconds.unwrap(), z.string().regex(/^\d+(\.\d+)? *(s|m|min|h)$/)])
    .describe('Rounds are added until this time is up: seconds as a number, or a text such as "5m".')
    .optional(),
  precision: z
    .union([precision.unwrap(), z.string().regex(/^\d+(\.\d+)? *%$/)])
    .describe(
      'Rounds are added until every declared interval is this tight: half-width over ratio, 0.01 or "1%".',
    )
    .optional(),
  $schema: z.string().describe('Where an editor finds this schema; bench ignores it.').optional(),
});

/** How an option is said on the command line. The config's key is the key of the table. */
export type PlanOption =
  | {
      readonly kind: 'words';
      /** Singular: the flag's name, and what an error calls it. May be repeated or comma separated. */
      readonly flag: string;
      readonly words: readonly string[];
    }
  | {
      readonly kind: 'number';
      readonly flag: string;
      /** What the number may be, in words: `"many" is not …`. */
      readonly allowed: string;
      /** What one of a unit is worth, where a number may be written with one: `{ m: 60 }` for `5m`. */
      readonly units?: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'word';
      readonly flag: string;
      readonly words: readonly string[];
      /** What the word may be. */
      readonly allowed: string;
    }
  | { readonly kind: 'rates'; readonly flag: string; readonly allowed: string }
  | { readonly kind: 'name'; readonly flag: string; readonly allowed: string }
  | { readonly kind: 'switch'; readonly flag: string; readonly allowed: string };

export const planOptions = {
  plan: { kind: 'word', flag: 'plan', words: planNames, allowed: planNames.join(' or ') },
  servers: { kind: 'words', flag: 'server', words: labServers },
  modes: { kind: 'words', flag: 'mode', words: selectableModes },
  paths: { kind: 'words', flag: 'path', words: selectablePaths },
  profiles: { kind: 'words', flag: 'profile', words: profileNames },
  rounds: { kind: 'number', flag: 'rounds', allowed: `a whole number from 1 to ${mostRounds}` },
  timeSeconds: {
    kind: 'number',
    flag: 'time',
    allowed: 'a time up to a week, such as 90s, 5m or 1h',
    units: { s: 1, m: 60, min: 60, h: 3600 },
  },
  precision: {
    kind: 'number',
    flag: 'precision',
    allowed: `from ${100 * finestPrecision}% to ${100 * coarsestPrecision}%`,
    units: { '%': 0.01 },
  },
  blocks: { kind: 'number', flag: 'blocks', allowed: `a whole number from 1 to ${mostBlocks}` },
  seed: { kind: 'number', flag: 'seed', allowed: `a whole number from 0 to ${largestSeed}` },
  sliceSeconds: {
    kind: 'number',
    flag: 'slice-seconds',
    allowed: `above 0 and at most ${longestSeconds} (seconds)`,
  },
  turnSeconds: { kind: 'number', flag: 'turn-seconds', allowed: `from 0 to ${longestSeconds} (seconds)` },
  exchangeCpus: { kind: 'switch', flag: 'exchange-cpus', allowed: 'true or false' },
  rampSeconds: { kind: 'number', flag: 'ramp-seconds', allowed: `from 0 to ${longestSeconds} (seconds)` },
  warmupSeconds: { kind: 'number', flag: 'warmup-seconds', allowed: `from 0 to ${longestSeconds} (seconds)` },
  rates: {
    kind: 'rates',
    flag: 'rate',
    allowed: `auto, or a rate above 0 and at most ${highestRate}, such as 12000 or ${labServers.map((name) => `${name}=12000`).join(',')}`,
  },
  bodyBytes: {
    kind: 'number',
    flag: 'body-bytes',
    allowed: `a whole number from 1 to ${largestBodyBytes}`,
  },
  confidence: { kind: 'number', flag: 'confidence', allowed: `above 0.5 and at most ${highestConfidence}` },
  sharedPort: { kind: 'switch', flag: 'shared-port', allowed: 'true or false' },
  mapTo: { kind: 'name', flag: 'map-to', allowed: "a container's name or id" },
  userlandProxy: { kind: 'switch', flag: 'userland-proxy', allowed: 'true or false' },
} as const satisfies Record<PlanOptionKey, PlanOption>;

export const planOptionKeys = optionsSchema.keyof().options;

/** The environment variable of an option, e.g. BENCH_SLICE_SECONDS. */
export function variableOf(key: PlanOptionKey): string {
  return `BENCH_${planOptions[key].flag.toUpperCase().replaceAll('-', '_')}`;
}

/** The name under which an argument parser keeps a flag, e.g. `sliceSeconds` for `--slice-seconds`. */
export function attributeOf(key: PlanOptionKey): string {
  return planOptions[key].flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
