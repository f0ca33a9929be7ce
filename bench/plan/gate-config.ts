import * as z from 'zod';
import { Failure } from '../model/failure.ts';
import {
  type AcceptedStep,
  type Assertion,
  type GateConfig,
  type GateLimit,
  gateLevels,
  limitKinds,
} from '../model/gate.ts';
import { type MetricName, metric, metricNames } from '../model/metric.ts';
import { nearest, wordHint } from '../model/nearest.ts';
import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { patternTest } from '../model/path-pattern.ts';
import { mostRounds } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { profileNames } from '../model/profile.ts';
import { runIdSchema } from '../model/run.ts';
import { serverNameSchema } from '../model/server.ts';
import type { ConfigDocument, ConfigPath } from './config-document.ts';
import { isTable, numberOf, shareUnits, switchOf, type UnitTable } from './reading.ts';

/** The parts of a config that the gate reads, and no run. */
export const gateKeys = ['gate', 'accepted'] as const;

const knownPaths = possiblePaths().map(pathId);
const share = z.union([z.number().positive().lt(1), z.string().regex(/^(\d+(\.\d*)?|\.\d+) *%$/)]);

const selecting = {
  metric: z.enum(metricNames).describe('The metric, by its id in the data files.'),
  path: z
    .string()
    .min(1)
    .describe('A path by its id, such as bridge/external/published, or a pattern in which * is any text.'),
  server: serverNameSchema.optional().describe('Only this server. Absent: all.'),
  profile: z
    .enum(profileNames)
    .optional()
    .describe('Only this load profile. Absent: all that have the metric.'),
};

/** How `gate` and `accepted` are written, for the published schema of a config. */
export const gateConfigSchemas = {
  gate: z
    .array(
      z.strictObject({
        ...selecting,
        maxOverhead: share
          .optional()
          .describe('Largest overhead against the baseline, such as 20%; of a capacity: the largest loss.'),
        maxOverheadUs: z.number().positive().optional().describe('The same as a difference in µs.'),
        maxRegression: share
          .optional()
          .describe('By how much the overhead may be worse than in the reference, such as 5%.'),
        minRounds: z.int().min(1).max(mostRounds).optional().describe('Fewest rounds that it rests on.'),
        noUntrusted: z.boolean().optional().describe('Whether an untrusted comparison is a failure.'),
        level: z
          .enum(gateLevels)
          .optional()
          .describe(
            'error, the default: a failure fails the gate. warn: it is reported. off: nothing is checked.',
          ),
      }),
    )
    .describe('What bench gate asserts of a run (bench/docs/gate.md).'),
  accepted: z
    .array(
      z.strictObject({
        ...selecting,
        from: runIdSchema.describe('The first run with the new overhead, by its id.'),
        reason: z.string().min(1).describe('Why the new overhead is accepted.'),
        by: z.string().min(1).describe('Who accepted it.'),
      }),
    )
    .describe(
      'Changed overheads that are accepted: bench gate compares later runs with the run that is named.',
    ),
} as const;

const selectingKeys = ['metric', 'path', 'server', 'profile'] as const;
const assertionKeys = [...selectingKeys, ...limitKinds, 'level'] as const;
const acceptedKeys = [...selectingKeys, 'from', 'reason', 'by'] as const;

/**
 * Reads what a config says about the gate.
 * @throws {Failure} usage, with line and column: a key or a value that is not allowed, or an assertion that asserts nothing.
 */
export function gateConfigOf(
  written: Readonly<Partial<Record<(typeof gateKeys)[number], unknown>>>,
  document: ConfigDocument,
): GateConfig {
  const entriesOf = (part: (typeof gateKeys)[number], keys: readonly string[]) =>
    listAt([part], written[part], document).map((value, index) =>
      entryAt([part, index], value, keys, document),
    );
  return {
    assertions: entriesOf('gate', assertionKeys).map(assertionOf),
    accepted: entriesOf('accepted', acceptedKeys).map(acceptedOf),
  };
}

/** One table of a list, with what its errors say. */
interface Entry {
  readonly value: Readonly<Record<string, unknown>>;
  readonly place: string;
  readonly refused: (key: string | undefined, message: string, hint: string) => Failure;
}

function listAt(path: ConfigPath, value: unknown, { placeOf }: ConfigDocument): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new Failure('usage', `${placeOf(path)}: ${path.join('.')}: ${JSON.stringify(value)} is not a list`, {
    hint: 'Begin each entry with a dash, such as: - metric: latency_p50_us',
  });
}

function entryAt(
  path: ConfigPath,
  value: unknown,
  keys: readonly string[],
  { placeOf }: ConfigDocument,
): Entry {
  const words = path.join('.');
  if (!isTable(value)) {
    throw new Failure(
      'usage',
      `${placeOf(path)}: ${words}: ${JSON.stringify(value)} is not a set of keys and values`,
      { hint: `Keys: ${keys.join(', ')}` },
    );
  }
  const refused: Entry['refused'] = (key, message, hint) => {
    const place = key === undefined ? placeOf(path) : placeOf([...path, key]);
    return new Failure(
      'usage',
      `${place}: ${[words, key].filter((it) => it !== undefined).join('.')}: ${message}`,
      {
        hint,
      },
    );
  };
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new Failure('usage', `${placeOf([...path, unknown], 'key')}: ${words}: unknown key "${unknown}"`, {
      hint: wordHint(unknown, keys, 'Keys'),
    });
  }
  return { value, place: placeOf(path), refused };
}

function assertionOf(entry: Entry): Assertion {
  const selected = selectionOf(entry);
  const limits = limitKinds.flatMap((kind): readonly GateLimit[] => {
    if (entry.value[kind] === undefined) return [];
    // The key is there for a reason: without its value, the check would silently be missing.
    if (entry.value[kind] === null) throw entry.refused(kind, 'it has no value', limitSays[kind]);
    if (kind === 'noUntrusted') return switchAt(kind, entry) ? [{ kind }] : [];
    return [{ kind, value: limitOf(kind, entry, selected.metric) }];
  });
  if (limits.length === 0) {
    throw entry.refused(
      undefined,
      'it has no limit',
      `Add one, such as maxOverhead: 20%. Limits: ${limitKinds.join(', ')}`,
    );
  }
  const level = wordAt('level', entry, gateLevels, 'Levels') ?? 'error';
  return { ...selected, limits, level, place: entry.place };
}

function acceptedOf(entry: Entry): AcceptedStep {
  const from = textAt('from', entry, 'The id of the first run with the new overhead.');
  if (!runIdSchema.safeParse(from).success) {
    throw entry.refused(
      'from',
      `"${from}" is not the id of a run`,
      'An id is the name of a run folder, such as 20261120T093220Z-k3f9.',
    );
  }
  return {
    ...selectionOf(entry),
    from,
    reason: textAt('reason', entry, 'Why the new overhead is accepted.'),
    by: textAt('by', entry, 'Who accepted it.'),
    place: entry.place,
  };
}

function selectionOf(entry: Entry) {
  const name = wordAt('metric', entry, metricNames, 'Metrics');
  if (name === undefined) throw missing('metric', entry, `Metrics: ${metricNames.join(', ')}`);
  const server =
    entry.value['server'] === undefined
      ? undefined
      : textAt(
          'server',
          entry,
          'The name of a server, such as nginx. Without the key it is about all servers.',
        );
  return {
    metric: name,
    path: patternAt(entry),
    ...present({ server, profile: wordAt('profile', entry, profileNames, 'Profiles') }),
  };
}

function patternAt(entry: Entry): string {
  const pattern = textAt(
    'path',
    entry,
    'A path, such as bridge/external/published, or a pattern, such as bridge/*.',
  );
  if (knownPaths.some(patternTest(pattern))) return pattern;
  const near = nearest(pattern, knownPaths);
  throw entry.refused(
    'path',
    `${pattern.includes('*') ? 'no path fits' : 'unknown path'} "${pattern}"`,
    near === undefined ? '`bench plan --plan paths --verbose` lists all paths.' : `did you mean "${near}"?`,
  );
}

const numbers = {
  maxOverhead: {
    allowed: 'a share such as 20% or 0.2, above 0% and up to 1000%',
    units: shareUnits,
    most: 10,
  },
  maxOverheadUs: {
    allowed: 'a number of microseconds such as 12, above 0 and up to 1e9',
    units: {},
    most: 1e9,
  },
  maxRegression: {
    allowed: 'a share such as 5% or 0.05, above 0% and up to 1000%',
    units: shareUnits,
    most: 10,
  },
  minRounds: { allowed: `a whole number from 1 to ${mostRounds}`, units: {}, most: mostRounds },
} as const satisfies Record<string, { allowed: string; units: UnitTable; most: number }>;

function limitOf(kind: keyof typeof numbers, { value, refused }: Entry, name: MetricName): number {
  const { allowed, units, most } = numbers[kind];
  const { unit, better } = metric(name);
  if (kind === 'maxOverheadUs' && unit !== 'us') {
    throw refused(
      kind,
      `${name} is not measured in microseconds`,
      'Use maxOverhead, such as maxOverhead: 20%.',
    );
  }
  const written = value[kind];
  const wrong = (hint: string) => refused(kind, `${shown(written)} is not ${allowed}`, hint);
  const number = numberOf(written, units);
  const isShare = units === shareUnits;
  if (typeof number !== 'number' || !(number > 0) || number > (isShare ? 100 * most : most)) {
    throw wrong(limitSays[kind]);
  }
  if (isShare && number >= 1 && !String(written).includes('%'))
    throw wrong(`did you mean ${number}%? ${limitSays[kind]}`);
  if (number > most || (kind === 'minRounds' && !Number.isInteger(number))) throw wrong(limitSays[kind]);
  if (isShare && better === 'higher' && number >= 1) {
    throw refused(kind, `${name} cannot lose ${JSON.stringify(written)}`, 'Give a share below 100%.');
  }
  return number;
}

const limitSays = {
  maxOverhead: 'The largest overhead against the baseline.',
  maxOverheadUs: 'The largest overhead against the baseline, as a difference.',
  maxRegression: 'By how much the overhead may be worse than in the reference.',
  minRounds: 'The fewest rounds that the comparison rests on.',
  noUntrusted: 'Write true or false.',
} as const;

/** A value as it was written, as far as JSON has it. It has no NaN and no infinity. */
function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function switchAt(key: string, { value, refused }: Entry): boolean {
  const read = switchOf(value[key]);
  if (read === undefined)
    throw refused(key, `${JSON.stringify(value[key])} is not on or off`, limitSays.noUntrusted);
  return read;
}

function textAt(key: string, entry: Entry, says: string): string {
  const { value, refused } = entry;
  const text = value[key];
  if (text === undefined || text === null) throw missing(key, entry, says);
  if (typeof text !== 'string' || text.trim() === '')
    throw refused(key, `${JSON.stringify(text)} is not a text`, says);
  return text;
}

function wordAt<W extends string>(
  key: string,
  { value, refused }: Entry,
  words: readonly W[],
  plural: string,
): W | undefined {
  const written = value[key];
  if (written === undefined) return undefined;
  const word = words.find((it) => it === written);
  if (word !== undefined) return word;
  throw refused(
    key,
    typeof written === 'string'
      ? `unknown ${key} "${written}"`
      : `${JSON.stringify(written)} is not a ${key}`,
    wordHint(String(written), words, plural),
  );
}

function missing(key: string, { refused }: Entry, hint: string): Failure {
  return refused(undefined, `it has no ${key}`, hint);
}
