import * as z from 'zod';

/*
 * Data files have keys in snake_case, as the languages that read them expect. The code has them in camelCase.
 * The schema determines both. The keys of its objects are names of ours and change their spelling. The keys
 * of its records are data (a kernel setting, an interface) and stay unchanged.
 *
 * Their numbers have 9 significant digits.
 */

type Rename = (value: unknown) => unknown;

/** How a document becomes that of its file, or a file's that of the code. */
interface Direction {
  /** How the result spells a key of the schema; the input has the other spelling. */
  readonly key: (key: string) => string;
  readonly number: Rename;
  /** For a value of no declared shape. */
  readonly unknown: Rename;
}

/** Gives a document the keys of its data file, and its numbers their digits. */
export function toDataKeys(schema: z.ZodType): Rename {
  return renamer(schema, { key: snakeCase, number: toDataNumber, unknown: anyToDataKeys });
}

/**
 * Gives a document of a data file the code's keys. Keys that the schema does not know stay unchanged, so that
 * the schema can judge them.
 */
export function fromDataKeys(schema: z.ZodType): Rename {
  const made = readers.get(schema) ?? renamer(schema, { key: (key) => key, number: asItIs, unknown: asItIs });
  readers.set(schema, made);
  return made;
}

/** Made once for each schema: a folder may have a thousand runs to read. */
const readers = new WeakMap<z.ZodType, Rename>();

/** The published JSON Schema of a data file (draft 2020-12). */
export function dataFileSchema(schema: z.ZodType): unknown {
  return renamedProperties(z.toJSONSchema(schema, { target: 'draft-2020-12' }));
}

/** `wallSeconds` → `wall_seconds`, `p50Us` → `p50_us`. */
export function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const significantDigits = 9;

/**
 * A number as data files have it: without the digits that binary fractions add to a sum, such as those of
 * 0.07527900000000001. Nine digits are finer than every clock that bench reads. Whole numbers are counts and
 * stay exact.
 */
export function dataNumber(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(significantDigits));
}

const toDataNumber: Rename = (value) => (typeof value === 'number' ? dataNumber(value) : value);

const asItIs: Rename = (value) => value;

/**
 * Values of no declared shape, such as raw evidence: every key that looks like a name of ours is renamed. A
 * reader of these values knows their shape, and renames by its own schema.
 */
function anyToDataKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anyToDataKeys);
  if (!isRecord(value)) return toDataNumber(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [
      /^[a-z][a-zA-Z0-9]*$/.test(key) ? snakeCase(key) : key,
      anyToDataKeys(it),
    ]),
  );
}

function renamer(schema: z.core.$ZodType, direction: Direction): Rename {
  // The documented way to walk a schema: https://zod.dev/packages/core
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const inner = (it: z.core.$ZodType) => renamer(it, direction);
  switch (def.type) {
    case 'unknown':
      return direction.unknown;
    case 'number':
      return direction.number;
    case 'optional':
    case 'nullable':
    case 'readonly':
      return inner(def.innerType);
    case 'array': {
      const element = inner(def.element);
      return element === asItIs
        ? asItIs
        : (value) => (Array.isArray(value) ? value.map((it) => element(it)) : value);
    }
    case 'record': {
      const element = inner(def.valueType);
      // Values of no declared shape stand under names of ours.
      if (element === asItIs || element === direction.unknown) return element;
      return (value) => mapped(value, (key) => ({ key, rename: element }));
    }
    case 'object':
      return objectRenamer(Object.entries(def.shape), direction.key, inner);
    case 'union':
      return unionRenamer(def, inner);
    case 'string':
    case 'boolean':
    case 'enum':
    case 'literal':
      return asItIs;
    default:
      throw new Error(
        `a data file has a part of type ${def.type}, and bench does not know how to rename its keys`,
      );
  }
}

/** The new spelling of a key, and how its value is renamed. */
interface Field {
  readonly key: string;
  readonly rename: Rename;
}

function objectRenamer(
  fields: readonly (readonly [string, z.core.$ZodType])[],
  outward: (key: string) => string,
  inner: (schema: z.core.$ZodType) => Rename,
): Rename {
  const known = new Map<string, Field>();
  for (const [name, schema] of fields) {
    const [given, spelled] = [outward(name), snakeCase(name)];
    known.set(given === name ? spelled : name, { key: given, rename: inner(schema) });
    // A file has one spelling. A key in the code's own spelling is unknown there, and the schema reports it.
    if (given === name && spelled !== name) {
      known.set(name, { key: `${name}, which is spelled ${spelled}`, rename: asItIs });
    }
  }
  return (value) => mapped(value, (key) => known.get(key));
}

/** Objects of a union are told apart by their discriminator, or have their keys in common. */
function unionRenamer(
  def: z.core.$ZodUnionDef & { readonly discriminator?: string },
  inner: (schema: z.core.$ZodType) => Rename,
): Rename {
  const { discriminator, options } = def;
  if (discriminator === undefined) {
    const renames = options.map(inner);
    return (value) => renames.reduce((renamed, rename) => rename(renamed), value);
  }
  const byValue = new Map<unknown, Rename>();
  for (const option of options) {
    const rename = inner(option);
    for (const value of option._zod.propValues?.[discriminator] ?? []) byValue.set(value, rename);
  }
  return (value) => {
    if (!isRecord(value)) return value;
    const tag = value[discriminator] ?? value[snakeCase(discriminator)];
    return (byValue.get(tag) ?? asItIs)(value);
  };
}

/** @param fieldOf how a key is renamed. An unknown key stays, with its value. */
function mapped(value: unknown, fieldOf: (key: string) => Field | undefined): unknown {
  if (!isRecord(value)) return value;
  const renamed: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    // Assigned to an object, this key would set its prototype. No schema knows the key, so a document that
    // has it is refused.
    if (key === '__proto__') return value;
    const field = fieldOf(key);
    if (field === undefined) renamed[key] = value[key];
    else renamed[field.key] = field.rename === asItIs ? value[key] : field.rename(value[key]);
  }
  return renamed;
}

function renamedProperties(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(renamedProperties);
  if (!isRecord(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key === 'properties' && isRecord(value)) {
        return [
          key,
          Object.fromEntries(
            Object.entries(value).map(([name, it]) => [snakeCase(name), renamedProperties(it)]),
          ),
        ];
      }
      if (key === 'required' && Array.isArray(value)) return [key, value.map((it) => snakeCase(String(it)))];
      // Values, not schemas.
      if (key === 'enum' || key === 'const') return [key, value];
      return [key, renamedProperties(value)];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
