import { dirname } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import type { Disk, DiskFile } from './disk.ts';

/**
 * Room on the disk for a text that is written later. Even if the disk has filled meanwhile, the text can be
 * written as a whole, in place of another file.
 */
export class ReservedFile {
  readonly #path: string;
  readonly #file: DiskFile;
  readonly #disk: Disk;

  private constructor(path: string, file: DiskFile, disk: Disk) {
    this.#path = path;
    this.#file = file;
    this.#disk = disk;
  }

  static async reserve(path: string, bytes: number, disk: Disk): Promise<ReservedFile> {
    const file = await disk.create(path);
    try {
      await file.append(Buffer.alloc(bytes, ' '));
      await file.sync();
    } catch (error) {
      await file.close();
      await disk.remove(path);
      throw error;
    }
    return new ReservedFile(path, file, disk);
  }

  /**
   * Puts the text in place of a file of the same directory. The room is used up then. Where the room cannot
   * be used (it was removed, or the file system writes every block anew, as btrfs and ZFS do) it is released,
   * and the text is written without it.
   * @throws {Failure} unfit, as `writeAtomically`.
   */
  async replace(path: string, text: string): Promise<void> {
    try {
      await this.#file.overwrite(Buffer.from(text));
      await this.#file.sync();
      await this.#disk.rename(this.#path, path);
      await this.#disk.syncDirectory(dirname(path));
    } catch {
      await this.release().catch(() => undefined);
      await writeAtomically(path, text, this.#disk);
      return;
    }
    await this.#file.close();
  }

  /** Releases the room. */
  async release(): Promise<void> {
    await this.#file.close();
    await this.#disk.remove(this.#path);
  }
}
