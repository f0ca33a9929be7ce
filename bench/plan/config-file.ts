import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument as parseYamlDocument } from 'yaml';
import { Failure, messageOf } from '../model/failure.ts';
import { wordHint } from '../model/nearest.ts';
import { checkedOptions } from './checked-options.ts';
import { configNames, type Options, type PlanOptionKey, planOptionKeys } from './options.ts';

/** One of these in the current directory is read. */
export const configFileNames = ['bench.config.json', 'bench.config.yaml', 'bench.config.yml'] as const;

interface ConfigFile {
  readonly file: string;
  readonly config: Options;
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
 * @throws {Failure} usage, naming file, key, value and what is allowed.
 */
export function parseConfig(name: string, text: string): Options {
  const document = parseDocument(name, text);
  // An empty YAML file, or one of comments only, is allowed and gives no options.
  if (document === undefined || document === null) return {};
  if (typeof document !== 'object' || Array.isArray(document)) {
    throw new Failure('usage', `${name}: ${JSON.stringify(document)} is not a set of keys and values`, {
      hint: `Keys: ${planOptionKeys.join(', ')}`,
    });
  }
  // A pointer to the published schema is for editors: it is no option.
  const { $schema, ...given }: Record<string, unknown> = { ...document };
  const typed = new Map<PlanOptionKey, string>();
  for (const typedName of Object.keys(given)) {
    const key = planOptionKeys.find((it) => configNames(it).includes(typedName));
    if (key === undefined) {
      const hint = wordHint(typedName, planOptionKeys.flatMap(configNames), 'Keys', planOptionKeys);
      throw new Failure('usage', `${name}: unknown key "${typedName}"`, { hint });
    }
    const other = typed.get(key);
    if (other !== undefined) {
      throw new Failure('usage', `${name}: ${other} and ${typedName} are the same option`, {
        hint: 'Keep one of them.',
      });
    }
    typed.set(key, typedName);
  }
  const values = Object.fromEntries([...typed].map(([key, typedName]) => [key, given[typedName]]));
  return checkedOptions(values, (key) => `${name}: ${typed.get(key) ?? key}: `);
}

function parseDocument(name: string, text: string): unknown {
  const json = name.endsWith('.json');
  const plain = text.replace(/^\uFEFF/, ''); // editors on Windows begin a file with a byte order mark
  try {
    if (json) JSON.parse(plain);
    // JSON is YAML. JSON.parse would silently take the last of two equal keys.
    return parseYaml(plain, json);
  } catch (cause) {
    const empty = plain.trim() === '' ? 'it is empty' : undefined;
    throw new Failure('usage', `${name} is not ${json ? 'JSON' : 'YAML'}: ${empty ?? messageOf(cause)}`, {
      hint: json ? 'An empty config is: {}' : 'A config is keys and values: `rounds: 12`.',
      cause,
    });
  }
}

/** Warnings that the library would write to the console, e.g. about an unknown tag, are errors here. */
function parseYaml(text: string, json: boolean): unknown {
  const document = parseYamlDocument(text, json ? { schema: 'json', version: '1.2' } : {});
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) throw wrong;
  const value: unknown = document.toJS();
  JSON.stringify(value); // fails for a value that holds itself: YAML can have one, but it means nothing here
  return value;
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    const directory = cause instanceof Error && 'code' in cause && cause.code === 'EISDIR';
    const why = directory ? 'it is a directory' : messageOf(cause);
    throw new Failure('usage', `cannot read the config ${path}: ${why}`, {
      hint: 'Make the file readable, or move it away to continue without it.',
      cause,
    });
  }
}
