import { basename, dirname, isAbsolute, relative } from 'node:path';
import { commandNames } from './command-table.ts';

/** How the process was started, as far as it shows how a user can start it again. */
interface Call {
  /** The program's path as it was given to Node: links are not resolved. */
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

/**
 * The words with which this user calls bench: `bench` where the shell finds it by that name, `npx bench` where
 * npm linked it into a project or npx fetched it, else Node with the program's path.
 */
export function calledAs({ script, env, directory }: Call): string {
  const folder = dirname(script);
  if (basename(script) === 'bench') {
    if (/[\\/]node_modules[\\/]\.bin$/.test(folder)) return 'npx bench';
    if ((env['PATH'] ?? '').split(':').includes(folder)) return 'bench';
    return quoted(nearPath(script, directory));
  }
  return `node ${quoted(nearPath(script, directory))}`;
}

function nearPath(path: string, directory: string): string {
  const near = relative(directory, path);
  return near.startsWith('..') || isAbsolute(near) ? path : near;
}

function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/**
 * The commands in a text, as bench's own texts spell them. `bench run 20261120T093220Z-k3f9` is the name of a
 * run, and no command.
 */
const commands = new RegExp(
  `(?<![\\w/.-])(?:npx )?bench (?=(?:${[...commandNames, 'COMMAND', '…'].join('|')})(?![\\w-]))(?!run \\d{8}T)`,
  'g',
);

/** Spells every `bench COMMAND` in a text as bench was called. */
export function spelledAs(called: string): (text: string) => string {
  return (text) => text.replace(commands, () => `${called} `);
}
