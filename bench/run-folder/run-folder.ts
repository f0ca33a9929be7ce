import { join } from 'node:path';
import { toDataKeys } from '../model/data-keys.ts';
import { type Evidence, evidenceSchema } from '../model/evidence.ts';
import { type Run, runSchema } from '../model/run.ts';
import { type Slice, sliceSchema } from '../model/slice.ts';
import { planCommand } from '../plan/plan-command.ts';
import { makeDirectory, writeAtomically } from './atomic-file.ts';
import type { Disk } from './disk.ts';
import { evidenceFile, roomFile, runFile, slicesFile } from './files.ts';
import { LineFile } from './line-file.ts';
import { ReservedFile } from './reserved-file.ts';
import { writeFailure } from './write-failure.ts';

/** How a run ended: the part of run.json that changes. */
export interface RunEnd {
  readonly state: 'complete' | 'partial';
  readonly stateReason?: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  readonly timing?: NonNullable<Run['timing']>;
  /** Includes facts that only the run itself could show. */
  readonly environment?: Run['environment'];
  readonly foreign?: Run['foreign'];
  readonly lookups?: Run['lookups'];
  readonly agentCeiling?: Run['agentCeiling'];
  readonly jitter?: Run['jitter'];
}

/**
 * Makes the folder of a new run, and the results directory if there is none.
 * @throws {Failure} unfit: it cannot be written, or a run of this name exists already.
 */
export async function createRunFolder(
  resultsDirectory: string,
  runId: string,
  disk: Disk,
): Promise<RunFolder> {
  const directory = join(resultsDirectory, runId);
  try {
    await makeDirectory(resultsDirectory, disk);
    await disk.makeDirectory(directory);
    await disk.syncDirectory(resultsDirectory);
  } catch (cause) {
    throw writeFailure(directory, cause);
  }
  return new RunFolder(directory, disk);
}

/**
 * How much run.json may grow until the run has ended: by its timing, its end and what only the run could
 * show.
 */
const growthBytes = 16 * 1024;

/**
 * The folder of a run under way. Documents are checked against their schemas before they are written: a
 * line that cannot be read back would cost all the others.
 *
 *   writeRun (state running) → appendSlices, appendEvidence … → finish
 */
export class RunFolder {
  readonly directory: string;
  readonly #slices: LineFile;
  readonly #evidence: LineFile;
  readonly #disk: Disk;
  #begun: { readonly run: Run; readonly room: ReservedFile } | undefined;

  constructor(directory: string, disk: Disk) {
    this.directory = directory;
    this.#disk = disk;
    this.#slices = new LineFile(join(directory, slicesFile), disk);
    this.#evidence = new LineFile(join(directory, evidenceFile), disk);
  }

  /**
   * Writes run.json, and reserves the room for the later record of how the run ended.
   * @throws {Failure} unfit: it cannot be written.
   */
  async writeRun(run: Run): Promise<void> {
    const text = textOf(run);
    await writeAtomically(join(this.directory, runFile), text, this.#disk);
    const path = join(this.directory, roomFile);
    try {
      const room = await ReservedFile.reserve(path, Buffer.byteLength(text) + growthBytes, this.#disk);
      this.#begun = { run, room };
    } catch (cause) {
      throw writeFailure(path, cause);
    }
    await this.#slices.create();
    await this.#evidence.create();
  }

  /**
   * Adds the rates of paced load to run.json, once they are known, and to the command that repeats the run.
   * @throws {Failure} unfit: it cannot be written. `finish` then tries again.
   */
  async noteRates(found: Pick<Run, 'rates' | 'pacedRates'>): Promise<void> {
    const begun = this.#begun;
    if (begun === undefined) throw new Error('nothing can be added to a run that was never written');
    const run = { ...begun.run, ...found, command: planCommand(begun.run.plan, found) };
    this.#begun = { ...begun, run };
    await writeAtomically(join(this.directory, runFile), textOf(run), this.#disk);
  }

  /** Resolves when the lines are on the disk. @throws {Failure} unfit, as `LineFile.append`. */
  async appendSlices(...slices: readonly Slice[]): Promise<void> {
    await this.#slices.append(slices.map((slice) => sliceKeys(sliceSchema.parse(slice))));
  }

  /** Resolves when the lines are on the disk. @throws {Failure} unfit, as `LineFile.append`. */
  async appendEvidence(...evidence: readonly Evidence[]): Promise<void> {
    await this.#evidence.append(evidence.map((line) => evidenceKeys(evidenceSchema.parse(line))));
  }

  /**
   * Closes the folder and records in run.json how the run ended. A folder that was removed meanwhile is made
   * anew, with everything that was measured. `writeRun` must have been called before.
   * @throws {Failure} unfit: it cannot be written.
   */
  async finish(end: RunEnd): Promise<void> {
    const begun = this.#begun;
    if (begun === undefined) throw new Error('a run cannot end that was never written');
    const path = join(this.directory, runFile);
    const text = textOf({ ...begun.run, ...end });
    // Each step is tried even if the other fails, so that as much as possible is written.
    const steps = await Promise.allSettled([this.#putBack()]);
    this.#begun = undefined;
    steps.push(...(await Promise.allSettled([begun.room.replace(path, text)])));
    const failed = steps.find((step) => step.status === 'rejected');
    if (failed !== undefined) throw writeFailure(this.directory, failed.reason);
  }

  async #putBack(): Promise<void> {
    await makeDirectory(this.directory, this.#disk);
    await this.#slices.putBack();
    await this.#evidence.putBack();
    await this.#closeLines();
  }

  /** Closes the files without recording how the run ended. The run then reads back as partial. */
  async close(): Promise<void> {
    await this.#closeLines();
    await this.#begun?.room.release();
    this.#begun = undefined;
  }

  async #closeLines(): Promise<void> {
    await this.#slices.close();
    await this.#evidence.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const sliceKeys = toDataKeys(sliceSchema);
const evidenceKeys = toDataKeys(evidenceSchema);
const runKeys = toDataKeys(runSchema);

function textOf(run: Run): string {
  return `${JSON.stringify(runKeys(runSchema.parse(run)), null, 2)}\n`;
}
