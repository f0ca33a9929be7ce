import { messageOf } from './failure.ts';

/** Errors of the system in words. Its own words name its calls: `ENOENT: no such file or directory, scandir '…'`. */
const words: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file has reached its size limit',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'a part of the path does not exist',
  ENOTDIR: 'a part of the path is a file, not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'it already exists',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EBADF: 'it is closed',
  EIO: 'the disk reports an input or output error',
  EMFILE: 'too many files are open',
};

/** Why the system refused something, in words that can follow a path and a colon. */
export function systemWords(error: unknown): string {
  return words[errorCode(error) ?? ''] ?? messageOf(error);
}

/** The system's name of an error, e.g. ENOENT. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
