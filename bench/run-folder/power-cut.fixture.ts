import { basename, dirname, join } from 'node:path';
import { type Disk, type DiskFile, nodeDisk } from './disk.ts';

type Call = keyof Disk | keyof DiskFile;

interface File {
  readonly kind: 'file';
  now: Buffer;
  /** What a power cut leaves of it. */
  safe: Buffer;
}

interface Directory {
  readonly kind: 'directory';
  now: Map<string, File | Directory>;
  /** The names that a power cut leaves. */
  safe: Map<string, File | Directory>;
}

export interface NotedDisk {
  readonly disk: Disk;
  /** What was called, in order: `create run.json.new`, `sync run.json.new`. */
  readonly calls: readonly string[];
  /** The files that a power cut at this moment would leave below the base, by their paths, with their contents. */
  survivors(): ReadonlyMap<string, string>;
}

export interface NotedDiskOptions {
  /** The system's name of an error that a call is to fail with, e.g. ENOSPC. */
  readonly refuse?: (call: Call, path: string) => string | undefined;
  /** Called after each call. */
  readonly after?: () => void;
}

/**
 * The real disk below a directory, with a note of what was synced: POSIX promises of nothing else that it outlives a power
 * cut. A file's bytes need an fsync of the file, its name one of its directory.
 */
export function notedDisk(base: string, { refuse, after }: NotedDiskOptions = {}): NotedDisk {
  const real = nodeDisk();
  const calls: string[] = [];
  const root: Directory = { kind: 'directory', now: new Map(), safe: new Map() };

  function directoryAt(path: string): Directory {
    if (path === base) return root;
    const found = directoryAt(dirname(path)).now.get(basename(path));
    if (found?.kind !== 'directory') throw new Error(`bench did not make ${path}`);
    return found;
  }

  async function noted<T>(call: Call, path: string, work: () => Promise<T>, note: () => void): Promise<T> {
    const code = refuse?.(call, path);
    if (code !== undefined) throw Object.assign(new Error(`${code}: as the system says it`), { code });
    const result = await work();
    note();
    calls.push(`${call} ${basename(path)}`);
    after?.();
    return result;
  }

  function notedFile(path: string, file: DiskFile, node: File): DiskFile {
    return {
      ...file,
      append: (bytes) =>
        noted(
          'append',
          path,
          () => file.append(bytes),
          () => {
            node.now = Buffer.concat([node.now, bytes]);
          },
        ),
      overwrite: (bytes) =>
        noted(
          'overwrite',
          path,
          () => file.overwrite(bytes),
          () => {
            node.now = bytes;
          },
        ),
      truncate: (bytes) =>
        noted(
          'truncate',
          path,
          () => file.truncate(bytes),
          () => {
            node.now = node.now.subarray(0, bytes);
          },
        ),
      sync: () =>
        noted(
          'sync',
          path,
          () => file.sync(),
          () => {
            node.safe = node.now;
          },
        ),
    };
  }

  const disk: Disk = {
    owner: undefined,
    async create(path) {
      const node: File = { kind: 'file', now: Buffer.alloc(0), safe: Buffer.alloc(0) };
      const file = await noted(
        'create',
        path,
        () => real.create(path),
        () => directoryAt(dirname(path)).now.set(basename(path), node),
      );
      return notedFile(path, file, node);
    },
    makeDirectory: (path) =>
      noted(
        'makeDirectory',
        path,
        () => real.makeDirectory(path),
        () =>
          directoryAt(dirname(path)).now.set(basename(path), {
            kind: 'directory',
            now: new Map(),
            safe: new Map(),
          }),
      ),
    rename: (from, to) =>
      noted(
        'rename',
        to,
        () => real.rename(from, to),
        () => {
          const names = directoryAt(dirname(from)).now;
          const node = names.get(basename(from));
          names.delete(basename(from));
          if (node !== undefined) directoryAt(dirname(to)).now.set(basename(to), node);
        },
      ),
    remove: (path) =>
      noted(
        'remove',
        path,
        () => real.remove(path),
        () => directoryAt(dirname(path)).now.delete(basename(path)),
      ),
    syncDirectory: (path) =>
      noted(
        'syncDirectory',
        path,
        () => real.syncDirectory(path),
        () => {
          const directory = directoryAt(path);
          directory.safe = new Map(directory.now);
        },
      ),
  };

  function survivors(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    const walk = (path: string, directory: Directory) => {
      for (const [name, node] of directory.safe) {
        if (node.kind === 'directory') walk(join(path, name), node);
        else found.set(join(path, name), node.safe.toString());
      }
    };
    walk('', root);
    return found;
  }

  return { disk, calls, survivors };
}
