import { lstat, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { GateConfig } from '../model/gate.ts';
import { wordHint } from '../model/nearest.ts';
import { errorCode, systemWords } from '../model/system-error.ts';
import { checkedOptions } from './checked-options.ts';
import { type ConfigDocument, type ConfigPath, parseConfigDocument } from './config-document.ts';
import { gateConfigOf, gateKeys } from './gate-config.ts';
import { isOwnPlan, planNamed, type UsersPlans } from './named-plans.ts';
import { configNames, type Options, type PlanOptionKey, planName, planOptionKeys } from './options.ts';
import { isTable } from './reading.ts';

/** One of these in the current directory is read. */
export const configFileNames = ['bench.config.json', 'bench.config.yaml', 'bench.config.yml'] as const;

/** The options of a config, the plans that it defines, and what it says about the gate. */
export type Config = Options & { readonly plans?: UsersPlans; readonly gate?: GateConfig };

interface ConfigFile {
  readonly file: string;
  readonly config: Config;
}

/**
 * Reads the one config file of a directory; `undefined` if it has none.
 * @throws {Failure} usage: more than one, unreadable, not JSON or YAML, or a value that is not allowed.
 */
export async function readConfig(directory: string): Promise<ConfigFile | undefined> {
  const found: { name: string; text: string }[] = [];
  for (const name of configFileNames) {
    const text = await readIfPresent(join(directory, name));
    if (text !== undefined) found.push({ name, text });
  }
  const [only, ...others] = found;
  if (only === undefined) return undefined;
  if (others.length > 0) {
    const names = found.map(({ name }) => name).join(' and ');
    throw new Failure('usage', `${directory} has more than one config: ${names}`, {
      hint: 'Keep one of them: which of two would win is nothing to guess at.',
    });
  }
  return { file: join(directory, only.name), config: parseConfig(only.name, only.text) };
}

/**
 * @param name of the file: its ending tells JSON from YAML, and errors carry it.
 * @throws {Failure} usage, naming file, line, column, key, value and what is allowed.
 */
export function parseConfig(name: string, text: string): Config {
  const document = parseConfigDocument(name, text);
  // A pointer to the published schema is for editors: it is no option.
  const {
    $schema,
    plans: written,
    gate: assertions,
    accepted,
    ...given
  } = tableAt([], document.value, document, topKeys);
  const plans = usersPlans(written, document);
  const options = optionsAt([], given, document, topKeys);
  if (options.plan !== undefined) planNamed(options.plan, plans, `${document.placeOf(['plan'])}: plan: `);
  const gate = gateConfigOf({ gate: assertions, accepted }, document);
  return {
    ...options,
    ...(Object.keys(plans).length === 0 ? {} : { plans }),
    ...(gate.assertions.length + gate.accepted.length === 0 ? {} : { gate }),
  };
}

const nestedKeys = planOptionKeys.filter((key) => key !== 'plan');
const topKeys: readonly string[] = [...planOptionKeys, 'plans', ...gateKeys];

/** @throws {Failure} usage: a name that no plan can have, or that one of bench's own has. */
function usersPlans(written: unknown, document: ConfigDocument): UsersPlans {
  const tables = tableAt(['plans'], written, document, ['a name for each plan']);
  const plans = Object.entries(tables).map(([name, table]) => {
    const path = ['plans', name];
    const place = `${document.placeOf(path, 'key')}: plans`;
    if (isOwnPlan(name)) {
      throw new Failure('usage', `${place}: ${name} is a plan of bench's own`, {
        hint: `Choose another name, such as my-${name}.`,
      });
    }
    if (!planName.test(name)) {
      throw new Failure('usage', `${place}: "${name}" is not a name for a plan`, {
        hint: 'A name is letters, digits, and . _ - after the first one.',
      });
    }
    const given = tableAt(path, table, document, nestedKeys);
    if ('plan' in given) {
      throw new Failure(
        'usage',
        `${document.placeOf([...path, 'plan'], 'key')}: ${path.join('.')}.plan: a plan does not choose another plan`,
        { hint: 'Write its options out.' },
      );
    }
    return [name, optionsAt(path, given, document, nestedKeys)] as const;
  });
  return Object.fromEntries(plans);
}

/** A table of a config; one without content, or with comments only, is empty. */
function tableAt(
  path: ConfigPath,
  value: unknown,
  { placeOf }: ConfigDocument,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (isTable(value)) return value;
  const what = path.length === 0 ? '' : `${path.join('.')}: `;
  throw new Failure(
    'usage',
    `${placeOf(path)}: ${what}${JSON.stringify(value)} is not a set of keys and values`,
    { hint: `Keys: ${keys.join(', ')}` },
  );
}

/**
 * The options of one table.
 * @param path of the table, which errors name: `plans.checkout.rounds`.
 */
function optionsAt(
  path: ConfigPath,
  given: Readonly<Record<string, unknown>>,
  { placeOf }: ConfigDocument,
  keys: readonly string[],
): Options {
  const words = (name: string) => [...path, name].join('.');
  const typed = new Map<PlanOptionKey, string>();
  for (const name of Object.keys(given)) {
    const key = planOptionKeys.find((it) => configNames(it).includes(name));
    const place = placeOf([...path, name], 'key');
    if (key === undefined) {
      const where = path.length === 0 ? '' : `${path.join('.')}: `;
      const known = [...planOptionKeys.flatMap(configNames), ...keys];
      throw new Failure('usage', `${place}: ${where}unknown key "${name}"`, {
        hint: wordHint(name, known, 'Keys', keys),
      });
    }
    const other = typed.get(key);
    if (other !== undefined) {
      throw new Failure('usage', `${place}: ${words(other)} and ${words(name)} are the same option`, {
        hint: 'Keep one of them.',
      });
    }
    typed.set(key, name);
  }
  const values = Object.fromEntries([...typed].map(([key, name]) => [key, given[name]]));
  return checkedOptions(values, (key, part) => {
    const name = typed.get(key) ?? key;
    return `${placeOfPart([...path, name], given[name], part)}: ${words(name)}: `;
  });

  /** The place of a word of a list or of a key of a table; else that of the whole value. */
  function placeOfPart(whole: ConfigPath, value: unknown, part: unknown): string {
    if (Array.isArray(value) && value.includes(part)) return placeOf([...whole, value.indexOf(part)]);
    return isTable(value) && typeof part === 'string' ? placeOf([...whole, part], 'key') : placeOf(whole);
  }
}

/** A config is some KiB. */
const mostConfigBytes = 16 * 2 ** 20;

/** A pipe would be waited for, a device never ends, and a link that leads nowhere is a config that was meant to be there. */
async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) throw new Error('it is a directory');
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > mostConfigBytes) throw new Error(`it is larger than ${mostConfigBytes / 2 ** 20} MiB`);
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = errorCode(cause) === 'ENOENT';
    if (isMissing && (await lstat(path).catch(() => undefined)) === undefined) return undefined;
    const why = isMissing ? 'it is a link that leads nowhere' : systemWords(cause);
    throw new Failure('usage', `cannot read the config ${path}: ${why}`, {
      hint: 'Make the file readable, or move it away to continue without it.',
      cause,
    });
  }
}
