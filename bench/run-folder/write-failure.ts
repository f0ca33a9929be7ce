import { Failure } from '../model/failure.ts';
import { errorCode, systemWords } from '../model/system-error.ts';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space, or write to another disk with --out.',
  EDQUOT: 'Free some space, or write elsewhere with --out.',
  EFBIG: 'Raise the limit (ulimit -f), or write elsewhere with --out.',
  EROFS: 'Write elsewhere with --out.',
  EACCES: 'Make the directory writable, or write elsewhere with --out.',
  EPERM: 'Make the directory writable, or write elsewhere with --out.',
  ENOENT: 'Its directory was removed meanwhile: repeat the command.',
  EISDIR: 'Move that directory away, or write elsewhere with --out.',
  ENOTDIR: 'Name another directory with --out.',
  EEXIST: 'bench overwrites no file. Repeat the command.',
};

/** Reports why a part of the results could not be written and what to do. Data written before is untouched. */
export function writeFailure(path: string, cause: unknown): Failure {
  const hint = hints[errorCode(cause) ?? ''];
  const details = hint === undefined ? { cause } : { hint, cause };
  return new Failure('unfit', `cannot write ${path}: ${systemWords(cause)}`, details);
}
