import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './write-failure.ts';

/** Owner of a file. */
export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** A file that was made by `Disk.create`. */
export interface DiskFile {
  /** Adds bytes at the end. */
  append(bytes: Buffer): Promise<void>;
  /** Replaces the whole contents. Needs no more room on the disk where the new contents are no longer than the old. */
  overwrite(bytes: Buffer): Promise<void>;
  truncate(bytes: number): Promise<void>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  /** Whether it still is what that name leads to: it may have been removed, replaced or moved. */
  isAt(path: string): Promise<boolean>;
  /** Everything in it, piece by piece, also when no name leads to it any more. */
  contents(): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/**
 * The file system, as far as results are written: an argument, so that a test sees the order of the calls. No call follows
 * a symbolic link in the last part of a path.
 */
export interface Disk {
  /** Owner of all that is made here; undefined: the user who runs bench. */
  readonly owner: FileOwner | undefined;
  /** Makes a file. Rejects with EEXIST where the name is taken, by a link that leads nowhere too. */
  create(path: string): Promise<DiskFile>;
  /** Makes a directory. Rejects with EEXIST where the name is taken. */
  makeDirectory(path: string): Promise<void>;
  /** Replaces what is at `to`: a file, or a link, not what the link leads to. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a link. Nothing there is no error. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
}

// Windows knows neither, and makes no links without being asked as an administrator.
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
        // Windows opens no directories; its file systems keep names without being asked.
        if (errorCode(error) === 'EISDIR' || errorCode(error) === 'EPERM') return;
        throw error;
      }
      await handle.sync().finally(() => handle.close());
    },
  };
}

/**
 * The disk for a place that belongs to root or to the caller of sudo. What is made in the caller's directory belongs to
 * the caller. What is made in root's home stays root's, so that the caller never owns a part of it.
 */
export async function diskFor(path: string, disk: Disk): Promise<Disk> {
  const found = await lstat(path).catch(() => undefined);
  const parent = dirname(path);
  if (found === undefined && parent !== path) return diskFor(parent, disk);
  return found?.uid === disk.owner?.uid ? disk : nodeDisk();
}

/**
 * Changes the owner of the open file, not of a name: a link could take the place of that. File systems without owners (FAT,
 * some NFS mounts) refuse, and that is no error.
 */
async function give(handle: FileHandle, owner: FileOwner | undefined): Promise<void> {
  if (owner !== undefined) await handle.chown(owner.uid, owner.gid).catch(() => undefined);
}

/** Read at a time. */
const chunkBytes = 1 << 20;

function diskFile(handle: FileHandle): DiskFile {
  let size = 0;
  /** The system may take less at a time than it is given. */
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
