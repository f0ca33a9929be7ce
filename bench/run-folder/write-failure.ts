import { Failure, messageOf } from '../model/failure.ts';

/** Reasons of the system (errno) that a user can act on. */
const reasons: Readonly<Record<string, { readonly what: string; readonly hint: string }>> = {
  ENOSPC: {
    what: 'no space is left on the disk',
    hint: 'Free some space, or write to another disk with --out.',
  },
  EDQUOT: { what: 'the disk quota is used up', hint: 'Free some space, or write elsewhere with --out.' },
  EFBIG: {
    what: 'the file has reached its size limit',
    hint: 'Raise the limit (ulimit -f), or write elsewhere with --out.',
  },
  EROFS: { what: 'the file system is read-only', hint: 'Write elsewhere with --out.' },
  EACCES: { what: 'permission denied', hint: 'Make the directory writable, or write elsewhere with --out.' },
  EPERM: { what: 'permission denied', hint: 'Make the directory writable, or write elsewhere with --out.' },
  ENOTDIR: {
    what: 'a part of the path is a file, not a directory',
    hint: 'Name another directory with --out.',
  },
  EEXIST: { what: 'it already exists', hint: 'bench overwrites no file. Repeat the command.' },
};

/** Reports why something could not be written and what to do. Data written before is untouched. */
export function writeFailure(path: string, cause: unknown): Failure {
  const reason = reasons[errorCode(cause) ?? ''];
  return reason === undefined
    ? new Failure('unfit', `cannot write ${path}: ${messageOf(cause)}`, { cause })
    : new Failure('unfit', `cannot write ${path}: ${reason.what}`, { hint: reason.hint, cause });
}

/** The system's name of an error, e.g. ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
