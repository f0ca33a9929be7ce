import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Evidence, evidenceSchema } from '../model/evidence.ts';
import { type Run, runSchema } from '../model/run.ts';
import { type Slice, sliceSchema } from '../model/slice.ts';
import { makeDirectory, syncDirectory, writeAtomically } from './atomic-file.ts';
import { evidenceFile, runFile, slicesFile } from './files.ts';
import { LineFile } from './line-file.ts';
import { writeFailure } from './write-failure.ts';

/** How a run ended: what changes in run.json. */
export interface RunEnd {
  readonly state: 'complete' | 'partial';
  readonly stateReason?: string;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  readonly timing?: NonNullable<Run['timing']>;
  /** With what only the run itself could show. */
  readonly environment?: Run['environment'];
}

/**
 * Makes the folder of a new run, and the results directory if there is none.
 * @throws {Failure} unfit: it cannot be written, or a run of this name is there already.
 */
export async function createRunFolder(resultsDirectory: string, runId: string): Promise<RunFolder> {
  const directory = join(resultsDirectory, runId);
  try {
    await makeDirectory(resultsDirectory);
    await mkdir(directory);
    await syncDirectory(resultsDirectory);
  } catch (cause) {
    throw writeFailure(directory, cause);
  }
  return new RunFolder(directory);
}

/**
 * The folder of a run under way. Documents are checked against their schemas before they are written: a
 * line that cannot be read back would cost all the others.
 *
 *   writeRun (state running) → appendSlice, appendEvidence … → finish
 */
export class RunFolder {
  readonly directory: string;
  readonly #slices: LineFile;
  readonly #evidence: LineFile;
  #run: Run | undefined;

  constructor(directory: string) {
    this.directory = directory;
    this.#slices = new LineFile(join(directory, slicesFile));
    this.#evidence = new LineFile(join(directory, evidenceFile));
  }

  /** Writes run.json as a whole. */
  async writeRun(run: Run): Promise<void> {
    const checked = runSchema.parse(run);
    await writeAtomically(join(this.directory, runFile), `${JSON.stringify(checked, null, 2)}\n`);
    this.#run = checked;
  }

  /** Resolves when the line is on the disk. */
  async appendSlice(slice: Slice): Promise<void> {
    await this.#slices.append(sliceSchema.parse(slice));
  }

  /** Resolves when the line is on the disk. */
  async appendEvidence(evidence: Evidence): Promise<void> {
    await this.#evidence.append(evidenceSchema.parse(evidence));
  }

  /** Closes the folder and says in run.json how the run ended. `writeRun` must have come before. */
  async finish(end: RunEnd): Promise<void> {
    if (this.#run === undefined) throw new Error('a run cannot end that was never written');
    await this.close();
    await this.writeRun({ ...this.#run, ...end });
  }

  /** Closes the files without a word about how the run ended: it then reads back as partial. */
  async close(): Promise<void> {
    await this.#slices.close();
    await this.#evidence.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
