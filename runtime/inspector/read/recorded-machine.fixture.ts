import { Failure } from '../../../bench/model/failure.ts';
import type { RunCommand } from '../commander.ts';
import type { Files } from '../files.ts';

/** A file's text, with when it was written (0 if left out), a symbolic link's target, or the code of a reader's error. */
export type RecordedEntry =
  | string
  | { readonly text: string; readonly writtenAt: number }
  | { readonly bytes: Uint8Array }
  | { readonly link: string }
  | { readonly error: string };
export type RecordedTree = Readonly<Record<string, RecordedEntry>>;

/** A file system from a record by path. `journal` gets every path that is looked at, in order. */
export function recordedFiles(tree: RecordedTree, journal: string[] = []): Files {
  function entry(path: string): RecordedEntry {
    journal.push(path);
    const found = tree[path];
    if (found === undefined) throw systemError('ENOENT', path);
    if (typeof found === 'object' && 'error' in found) throw systemError(found.error, path);
    return found;
  }
  return {
    read(path) {
      const found = entry(path);
      if (typeof found === 'object' && 'text' in found) return found.text;
      if (typeof found !== 'string') throw systemError('EISDIR', path);
      return found;
    },
    bytes(path) {
      const found = entry(path);
      if (typeof found === 'object' && 'bytes' in found) return found.bytes;
      throw systemError('EISDIR', path);
    },
    link(path) {
      const found = entry(path);
      if (typeof found === 'object' && 'link' in found) return found.link;
      throw systemError('EINVAL', path);
    },
    writtenAt(path) {
      const found = entry(path);
      return typeof found === 'object' && 'writtenAt' in found ? found.writtenAt : 0;
    },
    list(path) {
      journal.push(path);
      const below = Object.keys(tree).filter((name) => name.startsWith(`${path}/`));
      if (below.length === 0) throw systemError('ENOENT', path);
      return [...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))];
    },
  };
}

/** A commander from a record by command line. `journal` gets every command line, in order. */
export function recordedCommander(
  outputs: Readonly<Record<string, string>>,
  journal: string[] = [],
): RunCommand {
  return async (command, args) => {
    const line = [command, ...args].join(' ');
    journal.push(line);
    const stdout = outputs[line];
    if (stdout === undefined) throw new Failure('unfit', `\`${line}\` failed: it is not installed`);
    return { stdout, stderr: '' };
  };
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
