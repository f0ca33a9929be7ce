import type { RecordedRun } from '../model/recorded-run.ts';
import { nodeDisk } from './disk.ts';
import { createRunFolder } from './run-folder.ts';

/** Writes a run as bench does. @returns its folder. */
export async function writtenRun(results: string, { run, slices, evidence }: RecordedRun): Promise<string> {
  await using folder = await createRunFolder(results, run.runId, nodeDisk());
  await folder.writeRun(run);
  for (const slice of slices) await folder.appendSlices(slice);
  for (const line of evidence) await folder.appendEvidence(line);
  return folder.directory;
}
