import { writeSync } from 'node:fs';
import { nodeDisk } from './disk.ts';
import { exampleEvidence, exampleRun, exampleSlice } from './recorded.fixture.ts';
import { createRunFolder } from './run-folder.ts';

/**
 * A program that writes a run until it is killed: each line that is on the disk is reported on stdout by its
 * number, in one write, after the append has resolved.
 */
const [resultsDirectory, runId] = process.argv.slice(2);
if (resultsDirectory === undefined || runId === undefined) throw new Error('which directory, which run?');

async function writeForEver(directory: string, id: string): Promise<never> {
  const folder = await createRunFolder(directory, id, nodeDisk());
  await folder.writeRun(exampleRun(id));
  for (let line = 1; ; line++) {
    await Promise.all([
      folder.appendSlices(exampleSlice(line)),
      folder.appendEvidence(exampleEvidence(line)),
    ]);
    writeSync(1, `${line}\n`);
  }
}

await writeForEver(resultsDirectory, runId);
