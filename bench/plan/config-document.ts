import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument as parseYamlDocument,
  visit,
  type Document as YamlDocument,
} from 'yaml';
import { Failure, messageOf } from '../model/failure.ts';

/** Where something is in a config: the keys that lead to it, and the place in a list. */
export type ConfigPath = readonly (string | number)[];

/** A config, and the place of each part of it. */
export interface ConfigDocument {
  readonly value: unknown;
  /**
   * `bench.config.yaml:3:5`: the file with line and column, as editors open it. What is not there has the
   * place of the nearest thing around it.
   * @param of whether the key itself is meant, or its value.
   */
  readonly placeOf: (path: ConfigPath, of?: 'key' | 'value') => string;
}

/**
 * @param name of the file: its ending tells JSON from YAML.
 * @throws {Failure} usage, with line and column: not JSON or YAML.
 */
export function parseConfigDocument(name: string, text: string): ConfigDocument {
  const json = name.endsWith('.json');
  const plain = text.replace(/^\uFEFF/, ''); // editors on Windows begin a file with a byte order mark
  const lines = new LineCounter();
  const at = (offset: number | undefined) => {
    if (offset === undefined) return name;
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const refused: Refused = (offset, why, cause, hint) =>
    new Failure('usage', `${at(offset)}: not ${json ? 'JSON' : 'YAML'}: ${why}`, {
      hint: hint ?? (json ? 'An empty config is: {}' : 'A config is keys and values: `rounds: 12`.'),
      cause,
    });
  if (json && plain.trim() === '') throw refused(undefined, 'it is empty');
  // JSON is YAML. JSON.parse would silently take the last of two equal keys.
  const document = parseYamlDocument(plain, {
    ...(json ? { schema: 'json', version: '1.2' } : {}),
    lineCounter: lines,
    prettyErrors: false,
  });
  if (json) checkJson(plain, refused);
  // Warnings that the library would write to the console, e.g. about an unknown tag, are errors here.
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) {
    throw refused(wrong.pos[0], wrong.message, wrong, wrong.code === 'BAD_ALIAS' ? quoteStar : undefined);
  }
  assertAliases(document, refused);
  return {
    value: plainValue(document, refused),
    placeOf: (path, of = 'value') => at(offsetOf(document, path, of)),
  };
}

type Refused = (offset: number | undefined, why: string, cause?: unknown, hint?: string) => Failure;

/** A pattern of the gate begins with a star, and YAML takes it for an alias: the name of another value. */
const quoteStar = 'Put a text that begins with * in quotes, such as path: "*/external/*"';

function assertAliases(document: YamlDocument, refused: Refused): void {
  const named = new Set<string>();
  visit(document, {
    Value(_, { anchor }) {
      if (anchor !== undefined) named.add(anchor);
    },
    Alias(_, alias) {
      if (named.has(alias.source)) return;
      throw refused(startOf(alias), `nothing has the name "${alias.source}"`, undefined, quoteStar);
    },
  });
}

/** JSON allows less than YAML: no comments, no comma at the end, no bare words. */
function checkJson(text: string, refused: Refused): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    const message = messageOf(cause);
    const [, position] = /at position (\d+)/.exec(message) ?? [];
    const why = message.replace(/ in JSON at position .*$/s, '');
    throw refused(position === undefined ? text.length : Number(position), why, cause);
  }
}

function plainValue(document: YamlDocument, refused: Refused): unknown {
  let value: unknown;
  try {
    value = document.toJS();
  } catch (cause) {
    throw refused(undefined, messageOf(cause), cause);
  }
  try {
    JSON.stringify(value);
  } catch (cause) {
    // YAML can have one, but it means nothing here.
    throw refused(undefined, 'a circular value, which contains itself', cause);
  }
  return value;
}

/** The offset of the deepest part of the path that is there. */
function offsetOf(document: YamlDocument, path: ConfigPath, of: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [index, step] of path.entries()) {
    const within = isAlias(node) ? node.resolve(document) : node;
    if (isMap(within)) {
      const pair = within.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      node = pair.value;
      const wanted = of === 'key' && index === path.length - 1 ? pair.key : pair.value;
      // A key without a value has no place of its own for it.
      offset = startOf(wanted) ?? startOf(pair.key) ?? offset;
    } else if (isSeq(within) && typeof step === 'number') {
      node = within.items[step];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
