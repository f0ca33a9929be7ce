import { join } from 'node:path';
import type { Outside } from '../../outside.ts';
import type { Invocation } from '../command.ts';
import { pictureFiles } from './write-reports.ts';

/** Says where the report of a run folder and its picture are and, with `--open`, opens it. */
export async function showReport(
  directory: string,
  flags: Invocation['flags'],
  outside: Pick<Outside, 'stderr' | 'errors' | 'open'>,
): Promise<void> {
  const report = join(directory, 'report.html');
  outside.stderr.write(`\nreport: ${report}\n`);
  if (flags['picture'] === true) outside.stderr.write(`picture: ${join(directory, pictureFiles.png)}\n`);
  if (flags['open'] !== true || (await outside.open(report))) return;
  outside.errors.write(`bench: no program of this machine opens the report: it is ${report}\n`);
}
