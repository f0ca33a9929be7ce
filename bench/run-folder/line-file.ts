import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Failure } from '../model/failure.ts';
import { syncDirectory } from './atomic-file.ts';
import { writeFailure } from './write-failure.ts';

/**
 * A file of one JSON document a line, to which lines are only added. A line whose `append` has resolved is on
 * the disk: it survives a kill and a power cut. Lines never interleave, whatever runs at once.
 */
export class LineFile {
  readonly #path: string;
  #handle: FileHandle | undefined;
  #bytes = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #broken: Failure | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * @throws {Failure} unfit: disk full and the like. What was half written is cut off again, so that the file
   *   stays readable and a later line can still be added.
   */
  append(document: unknown): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(document)}\n`);
    const written = this.#turn.then(() => this.#write(line));
    this.#turn = written.catch(() => undefined);
    return written;
  }

  /** Waits for the lines under way. */
  async close(): Promise<void> {
    await this.#turn;
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #write(line: Buffer): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    try {
      this.#handle ??= await this.#open();
      await this.#handle.appendFile(line);
      await this.#handle.sync();
      this.#bytes += line.length;
    } catch (cause) {
      const failure = writeFailure(this.#path, cause);
      await this.#cutOff(failure);
      throw failure;
    }
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#path, 'a');
    this.#bytes = (await handle.stat()).size;
    await syncDirectory(dirname(this.#path));
    return handle;
  }

  /** Back to the last whole line. Where even that fails, no line is added any more: it would be unreadable. */
  async #cutOff(failure: Failure): Promise<void> {
    try {
      await this.#handle?.truncate(this.#bytes);
    } catch {
      this.#broken = failure;
    }
  }
}
