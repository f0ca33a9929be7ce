import * as z from 'zod';
import { capital } from '../model/capital.ts';
import { Failure } from '../model/failure.ts';
import { formatDuration } from '../model/format.ts';
import { nearest, wordHint } from '../model/nearest.ts';
import { externalPath, routeFor } from '../model/network-modes.ts';
import { networkModes, parsePathId } from '../model/path.ts';
import { isPathSet } from './named-plans.ts';
import {
  type Options,
  optionsSchema,
  type PlanOption,
  type PlanOptionKey,
  planOptionKeys,
  planOptions,
} from './options.ts';
import {
  durationUnits,
  isTable,
  numberOf,
  type Reading,
  readAs,
  shareUnits,
  type UnitTable,
} from './reading.ts';

/**
 * Reads and checks the options that one source gives. Flags, variables and configs are read alike. An error
 * names the source, the value and the allowed values.
 *
 * @param given values by config key, as the source has them; `undefined` counts as not given.
 * @param prefixOf text before a message about an option, e.g. `BENCH_MODE: `.
 * @throws {Failure} usage
 */
export function checkedOptions(
  given: Readonly<Partial<Record<PlanOptionKey, unknown>>>,
  prefixOf: PrefixOf,
): Options {
  const read: Partial<Record<PlanOptionKey, unknown>> = {};
  for (const key of planOptionKeys) {
    const written = given[key];
    if (written === undefined) continue;
    const value = readAs(planOptions[key].reads, written);
    if (!isAllowed(key, value)) throw refusal(key, { written, value }, prefixOf);
    const isList = /^(words|texts)$/.test(planOptions[key].reads.as);
    const twice =
      isList && Array.isArray(value) ? value.find((it, at) => value.indexOf(it) !== at) : undefined;
    if (twice !== undefined) {
      const { flag, secret }: PlanOption = planOptions[key];
      const shown = secret === true ? String(twice).replace(/:.*/s, '') : twice;
      throw new Failure('usage', `${prefixOf(key, twice)}${flag} "${shown}" is given twice`, {
        hint: `Give each ${flag} once.`,
      });
    }
    read[key] = value;
  }
  const options = optionsSchema.parse(read);
  const { plan, modes, paths } = options;
  if (plan !== undefined && isPathSet(plan) && (modes ?? paths) !== undefined) {
    const other = modes === undefined ? 'paths' : 'modes';
    throw new Failure(
      'usage',
      `${prefixOf('plan')}the plan ${plan} says itself which ${other} are measured`,
      {
        hint: `Leave out either the plan or the ${other}.`,
      },
    );
  }
  return options;
}

/**
 * @param part of the option's value that the message is about: a word of a list, or a key of a table. Absent:
 * the value as a whole.
 */
type PrefixOf = (key: PlanOptionKey, part?: unknown) => string;

/** A value as a source has it, and what it was read as. */
interface GivenValue {
  readonly written: unknown;
  readonly value: unknown;
}

function refusal(key: PlanOptionKey, { written, value }: GivenValue, prefixOf: PrefixOf): Failure {
  const { flag, reads, says, secret }: PlanOption = planOptions[key];
  const refused = (message: string, hint: string, part?: unknown) =>
    new Failure('usage', `${prefixOf(key, part)}${message}`, { hint });
  switch (reads.as) {
    case 'words':
      return wordsRefusal(key, reads.words, value, refused);
    case 'word': {
      const plural = key === 'plan' ? 'Plans' : `Values of ${flag}`;
      return typeof value === 'string'
        ? refused(`unknown ${flag} "${value}"`, wordHint(value, reads.words, plural))
        : refused(`${valueWords(value)} is not a ${flag}`, `${plural}: ${reads.words.join(', ')}`);
    }
    case 'shares': {
      const [wrong, entry] = wrongEntry(key, value);
      if (wrong !== undefined && !reads.names.includes(wrong)) {
        const hint = wordHint(wrong, reads.names, capital(`${reads.of}s`));
        return refused(`unknown ${reads.of} "${wrong}"`, hint, wrong);
      }
      if (wrong !== undefined) {
        const typed = isTable(written) ? written[wrong] : entry;
        const hint = hintOf(key, typed, says);
        return refused(`${valueWords(typed)} of ${wrong} is not ${reads.allowed}`, hint, wrong);
      }
      return refused(`${valueWords(joined(written))} is not ${reads.allowed}`, hintOf(key, written, says));
    }
    case 'rates':
      return refused(`${valueWords(joined(written))} is not ${reads.allowed}`, hintOf(key, written, says));
    case 'switch': {
      const meant = typeof written === 'string' ? nearest(written, switchWords) : undefined;
      return refused(
        `${valueWords(written)} is not ${reads.allowed}`,
        meant === undefined ? says : `did you mean ${meant}? ${says}`,
      );
    }
    case 'texts': {
      const wrong = Array.isArray(value) ? value.find((it) => !isAllowed(key, [it])) : undefined;
      const shown = secret === true ? 'a value' : valueWords(wrong ?? written);
      return refused(`${shown} is not ${reads.allowed}`, says, wrong);
    }
    case 'number':
    case 'text':
      return refused(`${valueWords(written)} is not ${reads.allowed}`, hintOf(key, written, says));
  }
}

/** The first entry of a table that is not allowed, with what it was read as. */
function wrongEntry(key: PlanOptionKey, value: unknown): readonly [string?, unknown?] {
  const entries = isTable(value) ? Object.entries(value) : [];
  return entries.find(([name, it]) => !isAllowed(key, { [name]: it })) ?? [];
}

function isAllowed(key: PlanOptionKey, value: unknown): boolean {
  return optionsSchema.shape[key].safeParse(value).success;
}

const switchWords = ['on', 'off', 'yes', 'no', 'true', 'false'];

function wordsRefusal(
  key: PlanOptionKey,
  words: readonly string[],
  value: unknown,
  refused: (message: string, hint: string, part?: unknown) => Failure,
): Failure {
  const { flag } = planOptions[key];
  const plural = capital(key);
  const list = (typed?: string) => `${plural}: ${mentioned(key, words, typed).join(', ')}`;
  if (!Array.isArray(value)) return refused(`${valueWords(value)} is not a list`, list());
  const wrong: unknown = value.find((word) => !words.includes(String(word)));
  if (wrong === undefined) return refused(`no ${flag} given`, list());
  if (typeof wrong !== 'string') return refused(`${valueWords(wrong)} is not a ${flag}`, list(), wrong);
  const known = knownButRefused(key, wrong);
  if (known !== undefined)
    return refused(`${flag} "${wrong}" cannot be measured: ${known}`, list(wrong), wrong);
  const hint = [aboutWord(key, wrong), wordHint(wrong, words, plural, mentioned(key, words, wrong))]
    .filter((it) => it !== undefined)
    .join(' ');
  return refused(`unknown ${flag} "${wrong}"`, hint, wrong);
}

/** The nearest value that is allowed, where one is near, and what the option is. */
function hintOf(key: PlanOptionKey, written: unknown, says: string): string {
  const percentage = asPercentage(key, written);
  if (percentage !== undefined) return `did you mean ${percentage}? ${says}`;
  const near = nearestText(key, written) ?? nearestNumber(key, written);
  return near === undefined ? says : `The nearest is ${near}. ${says}`;
}

/** A text as it was probably meant: in capitals, as a method is, or with the / that begins a path. */
function nearestText(key: PlanOptionKey, written: unknown): string | undefined {
  if (typeof written !== 'string' || planOptions[key].reads.as !== 'text') return undefined;
  return [written.toUpperCase(), `/${written}`].find((it) => it !== written && isAllowed(key, it));
}

/** The units that a number of the option may have. */
function unitsOf(reads: Reading): UnitTable {
  if (reads.as === 'number') return reads.units;
  return reads.as === 'shares' ? shareUnits : {};
}

/** The allowed number that is nearest to one out of range or with a fraction, as it may be written. */
function nearestNumber(key: PlanOptionKey, written: unknown): string | undefined {
  const { reads, schema }: PlanOption = planOptions[key];
  const numbers = schema instanceof z.ZodUnion ? schema.options : [schema];
  const plain = numbers.find((it) => it instanceof z.ZodNumber);
  const units = unitsOf(reads);
  const number = numberOf(written, units);
  if (plain === undefined || typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  const { minValue, maxValue } = plain;
  const near = Math.min(Math.max(Math.round(number), minValue ?? -Infinity), maxValue ?? Infinity);
  if (!plain.safeParse(near).success) return undefined;
  if (units === shareUnits) return `${Number((100 * near).toPrecision(12))}%`;
  return units === durationUnits ? formatDuration(near, 0) : `${near}`;
}

/** A number that is too large for a share, but would be one in per cent: `1` for `1%`. */
function asPercentage(key: PlanOptionKey, written: unknown): string | undefined {
  const { reads }: PlanOption = planOptions[key];
  if (reads.as === 'rates' && reads.shares === true) return nearestShare(written);
  const number = numberOf(written);
  if (unitsOf(reads) !== shareUnits || typeof number !== 'number') return undefined;
  return isAllowed(key, number / 100) ? `${number}%` : undefined;
}

/** The share that is nearest to one that is refused, or that a number below 1 was meant for. */
function nearestShare(written: unknown): string | undefined {
  const per = numberOf(String(written), { '': 100, '%': 1 });
  if (typeof per !== 'number') return undefined;
  const percent = /%/.test(String(written)) ? per : 100 * per;
  return percent > 100 && !/%/.test(String(written)) ? undefined : `${Math.min(99, Math.max(1, percent))}%`;
}

/** What a user who knows the word from elsewhere looks for. */
function aboutWord(key: PlanOptionKey, word: string): string | undefined {
  return key === 'profiles' && /^p?\d+(\.\d+)?$/.test(word)
    ? 'The percentiles of latency are in every report. --profile paced measures p99, and with --quantile p99.9.'
    : undefined;
}

/**
 * The allowed words that an error lists. All paths are too many to read. The list has the paths of the typed
 * mode, or those that a remote client takes.
 */
function mentioned(key: PlanOptionKey, words: readonly string[], typed = ''): readonly string[] {
  if (key !== 'paths') return words;
  const mode = typed.split('/')[0];
  const ofMode = words.filter((word) => word.split('/')[0] === mode);
  if (ofMode.length > 0) return ofMode;
  const external = words.filter((word) => word.split('/')[1] === 'external' && !word.endsWith('/ipv6'));
  return [...external, '… (`bench plan --plan paths --verbose` lists all)'];
}

/** Why a word of the domain names something that cannot be measured; `undefined` for other words. */
function knownButRefused(key: PlanOptionKey, word: string): string | undefined {
  if (key === 'modes') {
    const mode = networkModes.find((known) => known === word);
    if (mode === undefined || externalPath(mode) !== undefined) return undefined;
    return reasonOf(routeFor({ mode, vantage: 'external' }));
  }
  const path = key === 'paths' ? parsePathId(word) : undefined;
  return path && reasonOf(routeFor(path));
}

function reasonOf(answer: ReturnType<typeof routeFor>): string | undefined {
  return answer.possible ? undefined : answer.reason.replace(/^bench does not lay the path \S+: /, '');
}

/** A flag that is repeated is one list. */
function joined(value: unknown): unknown {
  return Array.isArray(value) ? value.join(',') : value;
}

/** A value as it was typed. JSON has no notation for numbers beyond its range. */
function valueWords(value: unknown): string {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return value;
  if (typeof value !== 'number' || Number.isFinite(value)) return JSON.stringify(value);
  return Number.isNaN(value) ? 'not a number' : 'a number too large to count with';
}
