import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

/**
 * Writes a run folder of `slices` slices or a few more. It repeats another run's slices as rounds that follow
 * one another.
 * @returns the number of slices.
 */
export async function writeLongRun(source: string, directory: string, slices: number): Promise<number> {
  const run = JSON.parse(await readFile(join(source, 'run.json'), 'utf8'));
  const rounds: number = run.plan.rounds;
  let written = 0;
  let times = 0;
  for (const name of ['slices.ndjson', 'evidence.ndjson']) {
    const lines = (await readFile(join(source, name), 'utf8')).trimEnd().split('\n');
    if (times === 0) times = Math.ceil(slices / lines.length);
    const file = createWriteStream(join(directory, name));
    for (let time = 0; time < times; time++) {
      for (const line of lines) {
        const document = JSON.parse(line);
        file.write(`${JSON.stringify({ ...document, round: document.round + time * rounds })}\n`);
      }
    }
    file.end();
    await finished(file);
    if (name === 'slices.ndjson') written = times * lines.length;
  }
  const plan = { ...run.plan, rounds: rounds * times };
  await writeFile(join(directory, 'run.json'), JSON.stringify({ ...run, plan }));
  return written;
}
