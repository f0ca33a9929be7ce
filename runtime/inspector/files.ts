import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { oneLine } from '../../bench/model/printable.ts';

/**
 * The part of a file system that the readers need. Synchronous on purpose: the kernel makes a file of /proc
 * while it is read, which takes microseconds. A trip through Node's thread pool takes longer.
 */
export interface Files {
  /** Throws the system's error if the file cannot be read. */
  read(path: string): string;
  /** The same for files that are not text. */
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
 * Errors that say "this machine or process does not have it, or does not show it to us". /proc/pressure
 * answers EOPNOTSUPP when the kernel was booted with psi=0. A process's files answer ESRCH once it has
 * exited.
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

/** Visible processes, by ascending pid. */
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

/**
 * The name that a process gives itself: up to 15 bytes of its choice. It appears inside sentences and must not
 * forge a line of ours.
 */
export function readName(files: Files, pid: number): string | undefined {
  const name = readIfPresent(files, `/proc/${pid}/comm`)?.trim();
  return name === undefined ? undefined : oneLine(name);
}
