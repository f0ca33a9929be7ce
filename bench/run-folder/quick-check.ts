import type * as z from 'zod';
import { mostLevels } from './received-file.ts';

/**
 * Whether a document certainly fits. `false` means nothing: the schema itself then decides, and describes
 * what is wrong.
 */
export type QuickCheck = (document: unknown) => boolean;

/**
 * A schema as a plain predicate. zod copies what it checks and prepares to explain every value. That is a
 * third of the time that reading the lines of a long run takes, and nearly all of them are valid.
 *
 * For documents that JSON.parse returned. The schema accepts every document that passes and returns it
 * unchanged (a property test compares the two). A schema or check of a kind that is not known here lets
 * nothing pass.
 */
export function quickCheck(schema: z.core.$ZodType): QuickCheck {
  // The documented way to walk a schema: https://zod.dev/packages/core
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'unknown':
      return (value) => !hasMoreLevels(value, mostLevels);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'literal':
      return oneOf(def.values);
    case 'enum':
      return oneOf(Object.values(def.entries));
    case 'optional':
      return quickCheck(def.innerType);
    case 'string':
      return quickString(checksOf(def));
    case 'number':
      return quickNumber(checksOf(def));
    case 'array':
      return quickArray(quickCheck(def.element), checksOf(def));
    case 'record':
      return quickRecord(quickCheck(def.keyType), quickCheck(def.valueType), checksOf(def));
    case 'object':
      return quickObject(def);
    case 'union':
      return quickUnion(def);
    default:
      return unsure;
  }
}

const unsure: QuickCheck = () => false;

/**
 * The checks of a schema: those that were added to it, and the schema itself if it is a check, as `z.int()`.
 */
function checksOf(def: {
  readonly checks?: readonly z.core.$ZodCheck[] | undefined;
}): readonly z.core.$ZodCheckDef[] {
  const own = 'check' in def ? [def as unknown as z.core.$ZodCheckDef] : [];
  return [...own, ...(def.checks ?? []).map((it) => it._zod.def)];
}

function oneOf(values: readonly unknown[]): QuickCheck {
  const known = new Set(values);
  return (value) => known.has(value);
}

/** For values of any form. Code that later walks such a value recursively must not run out of stack. */
function hasMoreLevels(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((it) => hasMoreLevels(it, levels - 1));
}

function quickString(checks: readonly z.core.$ZodCheckDef[]): QuickCheck {
  const patterns: RegExp[] = [];
  for (const check of checks) {
    const { pattern } = check as z.core.$ZodCheckStringFormatDef;
    // A pattern that keeps its position between tests would make a check depend on the one before.
    const known =
      check.check === 'string_format' && pattern !== undefined && !pattern.global && !pattern.sticky;
    if (!known) return unsure;
    patterns.push(pattern);
  }
  return (value) => typeof value === 'string' && patterns.every((pattern) => pattern.test(value));
}

function quickNumber(checks: readonly z.core.$ZodCheckDef[]): QuickCheck {
  let whole = false;
  let least = Number.NEGATIVE_INFINITY;
  let above = Number.NEGATIVE_INFINITY;
  for (const check of checks) {
    if (check.check === 'number_format' && (check as z.core.$ZodCheckNumberFormatDef).format === 'safeint') {
      whole = true;
    } else if (check.check === 'greater_than') {
      const { value, inclusive } = check as z.core.$ZodCheckGreaterThanDef;
      if (inclusive) least = Math.max(least, Number(value));
      else above = Math.max(above, Number(value));
    } else {
      return unsure;
    }
  }
  return (value) =>
    typeof value === 'number' &&
    (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    value >= least &&
    value > above;
}

function quickArray(element: QuickCheck, checks: readonly z.core.$ZodCheckDef[]): QuickCheck {
  let least = 0;
  for (const check of checks) {
    if (check.check !== 'min_length') return unsure;
    least = Math.max(least, (check as z.core.$ZodCheckMinLengthDef).minimum);
  }
  return (value) => Array.isArray(value) && value.length >= least && value.every((it) => element(it));
}

function quickRecord(
  key: QuickCheck,
  element: QuickCheck,
  checks: readonly z.core.$ZodCheckDef[],
): QuickCheck {
  if (checks.length > 0) return unsure;
  return (value) => {
    if (!isRecord(value)) return false;
    for (const name in value) {
      if (name === '__proto__' || !key(name) || !element(value[name])) return false;
    }
    return true;
  };
}

/** Strict objects only: others drop the keys that they do not know. */
function quickObject(def: z.core.$ZodObjectDef): QuickCheck {
  const isStrict = def.catchall?._zod.def.type === 'never';
  if (!isStrict || checksOf(def).length > 0) return unsure;
  const fields = Object.entries(def.shape).map(([name, schema]) => ({
    name,
    optional: (schema as z.core.$ZodTypes)._zod.def.type === 'optional',
    fits: quickCheck(schema),
  }));
  return (value) => {
    if (!isRecord(value)) return false;
    let present = 0;
    for (const { name, optional, fits } of fields) {
      const field = value[name];
      if (field === undefined) {
        if (!optional) return false;
      } else {
        if (!fits(field)) return false;
        present++;
      }
    }
    return Object.keys(value).length === present;
  };
}

function quickUnion(def: z.core.$ZodUnionDef & { readonly discriminator?: string }): QuickCheck {
  const { discriminator } = def;
  if (discriminator === undefined || checksOf(def).length > 0) return unsure;
  const options = new Map<unknown, QuickCheck>();
  for (const option of def.options) {
    const fits = quickCheck(option);
    for (const value of option._zod.propValues?.[discriminator] ?? []) options.set(value, fits);
  }
  return (value) => isRecord(value) && (options.get(value[discriminator])?.(value) ?? false);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
