import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { Failure } from '../model/failure.ts';

/*
 * A run folder may come from another person. Only plain files of a size that a run can have are read: a link
 * could lead to any file of the reader's, a pipe waits for ever, a device never ends.
 */

/** run.json describes a run in some KiB. */
export const mostRunBytes = 16 * 2 ** 20;
/** summary.json has about 1 KiB for each comparison on each metric. */
export const mostSummaryBytes = 64 * 2 ** 20;
/** A slice has some 4 KiB. The evidence of one deployment has some more. */
export const mostLineBytes = 16 * 2 ** 20;
/** A week of slices, one after another, is less. */
export const mostFileBytes = 4 * 2 ** 30;
/** Bench writes no more than a dozen levels. Each level takes stack from code that walks the document. */
export const mostLevels = 64;

const mebibyte = 2 ** 20;

/**
 * Opens a file of a run folder for reading.
 * @returns a descriptor, which the caller closes.
 * @throws {Failure} usage: it is no plain file, or larger than any that bench writes. Errors of the system
 *   are thrown on.
 */
export function openReceived(path: string, mostBytes: number): number {
  // The check comes before opening, because opening some devices has an effect.
  assertPlain(path, lstatSync(path));
  const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = fstatSync(file);
    assertPlain(path, stats);
    if (stats.size > mostBytes) throw tooLarge(path, mostBytes);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The whole of a small file. @throws as `openReceived`. */
export function readReceived(path: string, mostBytes: number): Buffer {
  const file = openReceived(path, mostBytes);
  try {
    const bytes = Buffer.alloc(fstatSync(file).size);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(file, bytes, filled, bytes.length - filled, null);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

export function tooLarge(what: string, mostBytes: number): Failure {
  return new Failure('usage', `${what} is larger than ${mostBytes / mebibyte} MiB`, {
    hint: 'bench writes no file of this size: the file was changed, or it does not belong to a run.',
  });
}

function assertPlain(path: string, stats: Stats): void {
  if (stats.isFile()) return;
  throw new Failure('usage', `${path} is ${kindOf(stats)}, not a regular file`, {
    hint: 'bench reads only regular files inside a run folder and follows no links. If you trust the file, put a copy of it in this place.',
  });
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/** Whether the objects and arrays of a document are nested more than so many levels deep. */
export function isDeeperThan(levels: number, document: unknown): boolean {
  if (typeof document !== 'object' || document === null) return false;
  if (levels === 0) return true;
  const parts: readonly unknown[] = Array.isArray(document) ? document : Object.values(document);
  return parts.some((part) => isDeeperThan(levels - 1, part));
}
