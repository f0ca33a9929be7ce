import { dirname } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { Disk, DiskFile } from './disk.ts';
import { writeFailure } from './write-failure.ts';

/**
 * A file of one JSON document a line. Lines are only added. A line whose `append` has resolved is on the
 * disk, under the file's name: it survives a kill and a power cut. Lines never interleave, even when several
 * writers run at once.
 */
export class LineFile {
  readonly #path: string;
  readonly #disk: Disk;
  #file: DiskFile | undefined;
  #bytes = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #broken: Failure | undefined;

  constructor(path: string, disk: Disk) {
    this.#path = path;
    this.#disk = disk;
  }

  /**
   * Makes the file, without a line. From now on `putBack` saves what is added, also where the folder is removed before the
   * first line.
   * @throws {Failure} unfit, as `append`.
   */
  async create(): Promise<void> {
    try {
      this.#file ??= await this.#create();
    } catch (cause) {
      throw writeFailure(this.#path, cause);
    }
  }

  /**
   * Documents that are given at once cost one wait for the disk, a millisecond or more, and not one each.
   * @throws {Failure} unfit: disk full and the like. What was written of these lines is cut off again, so that the file
   *   stays readable and a later line can still be added. Or the file was removed or moved: it contains the
   *   lines all the same, and `putBack` saves them.
   */
  append(documents: readonly unknown[]): Promise<void> {
    if (documents.length === 0) return Promise.resolve();
    const lines = Buffer.from(documents.map((document) => `${JSON.stringify(document)}\n`).join(''));
    const written = this.#turn.then(() => this.#write(lines));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  /** Writes the file anew, with every line that was added, if its name no longer leads to it. */
  async putBack(): Promise<void> {
    await this.#turn;
    const lost = this.#file;
    if (lost === undefined || (await lost.isAt(this.#path))) return;
    const file = await this.#create();
    try {
      for await (const piece of lost.contents()) await file.append(piece);
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#file = file;
    await lost.close();
  }

  /** Waits for the lines that are being written. */
  async close(): Promise<void> {
    await this.#turn;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #write(lines: Buffer): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      this.#file ??= await this.#create();
      await this.#file.append(lines);
      await this.#file.sync();
      this.#bytes += lines.length;
    } catch (cause) {
      const failure = writeFailure(this.#path, cause);
      await this.#cutOff(failure);
      throw failure;
    }
    if (!(await this.#file.isAt(this.#path))) throw goneFailure(this.#path);
  }

  async #create(): Promise<DiskFile> {
    const file = await this.#disk.create(this.#path);
    await this.#disk.syncDirectory(dirname(this.#path));
    return file;
  }

  /**
   * Cuts the file back to the last whole line. If even that fails, no line is added any more: it would be
   * unreadable.
   */
  async #cutOff(failure: Failure): Promise<void> {
    try {
      await this.#file?.truncate(this.#bytes);
    } catch {
      this.#broken = failure;
    }
  }
}

function goneFailure(path: string): Failure {
  return new Failure('unfit', `${path} was removed or moved while bench was writing to it`, {
    hint: 'Leave the run folder where it is until the run has ended.',
  });
}
