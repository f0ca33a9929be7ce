import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { oneLine } from '../../bench/model/printable.ts';

/**
 * What the readers need of a file system. Synchronous on purpose: a file of /proc is made in the kernel
 * while it is read and takes microseconds, a trip through Node's thread pool takes longer.
 */
export interface Files {
  /** Throws the system's error if the file cannot be read. */
  read(path: string): string;
  /** The same for what is no text. */
  bytes(path: string): Uint8Array;
  /** Names in a directory. Throws the system's error if it cannot be read. */
  list(path: string): readonly string[];
  /** Target of a symbolic link. Throws the system's error if it cannot be read. */
  link(path: string): string;
  /** When a file was last written, in seconds of the wall clock. Throws the system's error if it cannot be looked at. */
  writtenAt(path: string): number;
}

export const machineFiles: Files = {
  read: (path) => readFileSync(path, 'utf8'),
  bytes: (path) => readFileSync(path),
  list: (path) => readdirSync(path),
  link: (path) => readlinkSync(path),
  writtenAt: (path) => statSync(path).mtimeMs / 1000,
};

/**
 * Errors that say "this machine or process does not have it, or does not show it to us". EOPNOTSUPP is what
 * /proc/pressure answers when the kernel was booted with psi=0, ESRCH what a process's files answer once it
 * has exited.
 */
const absentCodes = new Set(['ENOENT', 'ENOTDIR', 'ESRCH', 'EACCES', 'EPERM', 'EOPNOTSUPP', 'EINVAL']);

/** The answer of `look`, or `undefined` where the file is absent or hidden. Other errors are thrown on. */
export function ifPresent<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isSystemError(error) && absentCodes.has(error.code)) return undefined;
    throw error;
  }
}

export function readIfPresent(files: Files, path: string): string | undefined {
  return ifPresent(() => files.read(path));
}

/** Processes in sight, by ascending pid. */
export function listPids(files: Files): readonly number[] {
  return files
    .list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** The name that a process gives itself, any 15 bytes: it stands inside sentences and forges no line of ours. */
export function readName(files: Files, pid: number): string | undefined {
  const name = readIfPresent(files, `/proc/${pid}/comm`)?.trim();
  return name === undefined ? undefined : oneLine(name);
}
