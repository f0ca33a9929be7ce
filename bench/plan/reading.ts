import * as z from 'zod';

/** The value of each unit that a number may be written with, by the unit in lower case. */
export type UnitTable = Readonly<Record<string, number>>;

/** In seconds. */
export const durationUnits: UnitTable = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };
export const shareUnits: UnitTable = { '%': 0.01 };
/** Counts of anything but bytes. */
const countUnits: UnitTable = { k: 1e3, m: 1e6 };
/** In bytes, by IEC 80000-13: k is 1000, and Ki is 1024. */
export const byteUnits: UnitTable = {
  ...{ b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 },
  ...{ ki: 2 ** 10, kib: 2 ** 10, mi: 2 ** 20, mib: 2 ** 20, gi: 2 ** 30, gib: 2 ** 30 },
};

/** How the value of an option is written. Flags, variables and configs are read alike. */
export type Reading =
  /** A list of these words, separated by commas; the flag may be repeated. */
  | { readonly as: 'words'; readonly words: readonly string[] }
  | { readonly as: 'word'; readonly words: readonly string[] }
  /** `allowed`: the allowed numbers, in words: `"many" is not …`. */
  | { readonly as: 'number'; readonly allowed: string; readonly units: UnitTable }
  | { readonly as: 'rates'; readonly allowed: string; readonly shares?: true }
  /** One text, taken as it is. */
  | { readonly as: 'text'; readonly allowed: string }
  /** Texts, taken as they are; the flag may be repeated. */
  | { readonly as: 'texts'; readonly allowed: string }
  /** One share for all of these names, or one for each. */
  | {
      readonly as: 'shares';
      readonly names: readonly string[];
      /** What they are: `metric`. */
      readonly of: string;
      readonly allowed: string;
    }
  | { readonly as: 'switch'; readonly allowed: string };

/**
 * The value that was meant. A config's value may have its type already. What cannot be read is returned as it
 * was written, so that the error shows it.
 */
export function readAs(reading: Reading, value: unknown): unknown {
  switch (reading.as) {
    case 'words':
      return wordsOf(value);
    case 'number':
      return numberOf(value, reading.units);
    case 'rates':
      return numbersOf(value, countUnits);
    case 'shares':
      return numbersOf(value, shareUnits);
    case 'switch':
      return switchOf(value) ?? value;
    case 'texts':
      return typeof value === 'string' ? [value] : value;
    case 'word':
    case 'text':
      return value;
  }
}

/**
 * What a config may hold besides the value itself, for its published schema: the text that a flag takes.
 * @returns undefined where the value is a text anyway.
 */
export function writtenSchema(reading: Reading): z.ZodType | undefined {
  switch (reading.as) {
    case 'words':
      return z
        .string()
        .regex(new RegExp(`^(${reading.words.join('|')})( *, *(${reading.words.join('|')}))*$`));
    case 'number':
      return z.string().regex(numberPattern(reading.units));
    case 'switch':
      return z.enum(['on', 'off', 'yes', 'no', 'true', 'false', '1', '0']);
    case 'rates':
      return z
        .string()
        .regex(
          reading.shares === true
            ? /^(\d+(\.\d+)?(k| *%)?|\w+=\d+(\.\d+)?k?(,\w+=\d+(\.\d+)?k?)*)$/
            : /^(\d+(\.\d+)?k?|\w+=\d+(\.\d+)?k?(,\w+=\d+(\.\d+)?k?)*)$/,
        );
    case 'texts':
      return z.string();
    case 'shares': {
      const number = numberPattern(shareUnits).source.slice(1, -1);
      const named = `(${reading.names.join('|')})=${number}`;
      return z.string().regex(new RegExp(`^(${number}|${named}(,${named})*)$`));
    }
    case 'word':
    case 'text':
      return undefined;
  }
}

function numberPattern(units: UnitTable): RegExp {
  const letters = Object.keys(units).map((unit) =>
    [...unit].map((it) => (/[a-z]/.test(it) ? `[${it}${it.toUpperCase()}]` : it)).join(''),
  );
  return new RegExp(`^(\\d+(\\.\\d*)?|\\.\\d+)${letters.length === 0 ? '' : ` *(${letters.join('|')})?`}$`);
}

/**
 * A number as a user writes it, with a unit where the option has units: `5m` is 5 × units.m. Units are read in
 * either case.
 */
export function numberOf(value: unknown, units: UnitTable = {}): unknown {
  if (typeof value !== 'string') return value;
  const [, number, unit = ''] =
    /^((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\s*([a-z%]*)$/i.exec(value.trim()) ?? [];
  if (number === undefined) return value;
  if (unit === '') return Number(number);
  const worth = units[unit.toLowerCase()];
  return worth === undefined ? value : Number((Number(number) * worth).toPrecision(12));
}

/** `on`, `yes`, `true` and `1`, or their opposites; `undefined` for any other value. */
export function switchOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (/^(on|yes|true|1)$/i.test(value.trim())) return true;
  return /^(off|no|false|0)$/i.test(value.trim()) ? false : undefined;
}

/**
 * `12000` for all, `nginx=12000,apache=8000` for each, or a word such as `auto`. A name with two numbers is
 * returned as it was written: neither is the right one.
 */
function numbersOf(value: unknown, units: UnitTable): unknown {
  if (isTable(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, rate]) => [name, numberOf(rate, units)]));
  }
  if (typeof value !== 'string' && !Array.isArray(value)) return value;
  const words: readonly unknown[] = Array.isArray(value) ? value.flatMap(wordsIn) : wordsIn(value);
  const [only] = words;
  if (words.length === 1 && !String(only).includes('=')) return numberOf(only, units);
  const pairs = words.map((word): readonly [string, unknown] => {
    const [name = '', ...rest] = String(word).split('=');
    return [name, numberOf(rest.join('='), units)];
  });
  const fits = new Set(pairs.map(([name]) => name)).size === pairs.length;
  return fits && pairs.every(([, rate]) => typeof rate === 'number')
    ? Object.fromEntries(pairs)
    : words.join(',');
}

export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text is a list; other values are no words and are returned as they are. */
function wordsOf(value: unknown): unknown {
  if (typeof value === 'string') return wordsIn(value);
  return Array.isArray(value) ? value.flatMap(wordsIn) : value;
}

function wordsIn(value: unknown): readonly unknown[] {
  if (typeof value !== 'string') return [value];
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
