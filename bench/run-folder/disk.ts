import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../model/system-error.ts';

/** Owner of a file. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A file that was made by `Disk.create`. */
export interface DiskFile {
  /** Adds bytes at the end. */
  append(bytes: Buffer): Promise<void>;
  /**
   * Replaces the whole contents. Needs no more room on the disk if the new contents are not longer than the
   * old.
   */
  overwrite(bytes: Buffer): Promise<void>;
  truncate(bytes: number): Promise<void>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  /** Whether the path still leads to this file: it may have been removed, replaced or moved. */
  isAt(path: string): Promise<boolean>;
  /** The whole contents, piece by piece, also when no name leads to the file any more. */
  contents(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/**
 * The file system, as far as results are written. It is an argument, so that a test sees the order of the
 * calls. No call follows a symbolic link in the last part of a path.
 */
export interface Disk {
  /** Owner of everything that is made here. Absent: the user who runs bench. */
  readonly owner: FileOwner | undefined;
  /** Makes a file. Rejects with EEXIST where the name is taken, also by a broken link. */
  create(path: string): Promise<DiskFile>;
  /** Makes a directory. Rejects with EEXIST where the name is taken. */
  makeDirectory(path: string): Promise<void>;
  /** Replaces the file or link at `to`, but never the target of a link. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a link. It is no error if neither exists. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
}

// Windows has neither, and makes links only on an administrator's request.
const noFollow = constants.O_NOFOLLOW ?? 0;
const directoryOnly = constants.O_DIRECTORY ?? 0;

/** @param owner of all that is made, e.g. the user who called bench through sudo. */
export function nodeDisk(owner?: FileOwner): Disk {
  return {
    owner,
    async create(path) {
      const { O_CREAT, O_EXCL, O_RDWR } = constants;
      const handle = await open(path, O_RDWR | O_CREAT | O_EXCL | noFollow, 0o666);
      await give(handle, owner);
      return diskFile(handle);
    },
    async makeDirectory(path) {
      await mkdir(path);
      if (owner === undefined) return;
      const handle = await open(path, constants.O_RDONLY | directoryOnly | noFollow);
      await give(handle, owner).finally(() => handle.close());
    },
    rename,
    remove: (path) => rm(path, { force: true }),
    async syncDirectory(path) {
      let handle: FileHandle;
      try {
        handle = await open(path, constants.O_RDONLY | directoryOnly);
      } catch (error) {
        // Windows opens no directories. Its file systems keep names without this call.
        if (errorCode(error) === 'EISDIR' || errorCode(error) === 'EPERM') return;
        throw error;
      }
      await handle.sync().finally(() => handle.close());
    },
  };
}

/**
 * The disk for a directory that belongs to root or to the caller of sudo. Files made in the caller's
 * directory belong to the caller. Files made in root's home stay root's, so that the caller never owns a part
 * of it.
 */
export async function diskFor(path: string, disk: Disk): Promise<Disk> {
  const found = await lstat(path).catch(() => undefined);
  const parent = dirname(path);
  if (found === undefined && parent !== path) return diskFor(parent, disk);
  return found?.uid === disk.owner?.uid ? disk : nodeDisk();
}

/**
 * Changes the owner of the open file, not of a name: a link could replace a name. File systems without owners
 * (FAT, some NFS mounts) refuse. That is no error.
 */
async function give(handle: FileHandle, owner: FileOwner | undefined): Promise<void> {
  if (owner !== undefined) await handle.chown(owner.uid, owner.gid).catch(() => undefined);
}

/** Number of bytes that are read at a time. */
const chunkBytes = 1 << 20;

function diskFile(handle: FileHandle): DiskFile {
  let size = 0;
  /** The system may write less at a time than it is given. */
  async function put(bytes: Buffer, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
  return {
    async append(bytes) {
      await put(bytes, size);
      size += bytes.length;
    },
    async overwrite(bytes) {
      await put(bytes, 0);
      await handle.truncate(bytes.length);
      size = bytes.length;
    },
    async truncate(bytes) {
      await handle.truncate(bytes);
      size = bytes;
    },
    sync: () => handle.sync(),
    async isAt(path) {
      const own = await handle.stat();
      return lstat(path).then(
        ({ dev, ino }) => dev === own.dev && ino === own.ino,
        () => false,
      );
    },
    async *contents() {
      for (let at = 0; at < size; ) {
        const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, size - at));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}
