import { join, resolve } from 'node:path';
import { historyOf } from '../../../reports/history/history.ts';
import { renderHistory } from '../../../reports/history/history-terminal.ts';
import { exitCodes, Failure, messageOf } from '../../model/failure.ts';
import { counted, formatNumber } from '../../model/format.ts';
import type { IndexedRun } from '../../model/indexed-run.ts';
import { present } from '../../model/present.ts';
import { oneLine } from '../../model/printable.ts';
import type { Outside } from '../../outside.ts';
import { type Disk, diskFor } from '../../run-folder/disk.ts';
import { type IndexedFolder, indexRuns, writeIndex } from '../../run-folder/history-index.ts';
import { type Pruned, prune } from '../../run-folder/prune.ts';
import { type CommandRunner, type Invocation, versionOf } from '../command.ts';
import { documentText } from '../documents.ts';
import { futureWords } from '../future-run.ts';
import { resultsDirectory } from '../places.ts';
import { tellLines } from '../tell-lines.ts';
import { historyDocument } from './document.ts';
import { keepOf } from './keep.ts';
import { writeSite } from './write-site.ts';

/**
 * `bench history [html|prune] [FOLDER]`: how overheads developed over the runs of a folder.
 *
 *   run folders → index → series → changes → one line, one document, or a static site
 *
 * It measures nothing and judges nothing: the exit code is 0 whatever changed. `bench gate` decides.
 */
export const history: CommandRunner = async ({ flags, operands }, outside) => {
  const { action, folder } = asked(flags, operands, outside);
  const keep = action === 'prune' ? keepOf(flags['keep']) : undefined;
  const disk = await diskFor(folder, outside.disk);
  const found = await indexRuns(folder, versionOf(outside.installation));
  if (found.runs.length === 0) throw noRuns(folder, found);
  if (!found.isIndexed) await keepIndex(folder, found.runs, disk, outside);
  tellLines(
    found.skipped.map(({ folder: name, reason }) => oneLine(`skipped ${name}: ${reason}`)),
    outside.stderr,
  );
  tellFuture(found.runs, outside);
  const shown = historyOf(found.runs);
  const site =
    action === 'html' ? await writeSite(shown, { folder, disk, skipped: found.skipped }, outside) : undefined;
  const pruned =
    keep === undefined
      ? undefined
      : await prune(folder, found.runs, keep, {
          disk,
          now: outside.clock.now().getTime(),
          dryRun: flags['dryRun'] === true,
        });
  const { stdout } = outside;
  if (flags['json'] === true) {
    const { skipped } = found;
    const more = { folder, skipped, ...present({ site, pruned }) };
    stdout.write(documentText('history-output', historyDocument(shown, more)));
  } else if (pruned !== undefined) stdout.write(prunedWords(pruned));
  else {
    stdout.write(renderHistory(shown, { width: stdout.columns, all: flags['all'] === true }));
    if (site !== undefined) stdout.write(`${join(site.directory, 'index.html')}\n`);
  }
  return exitCodes.ok;
};

type Action = 'show' | 'html' | 'prune';

function asked(flags: Invocation['flags'], operands: readonly string[], outside: Outside) {
  const [first, second, ...rest] = operands;
  const action: Action = first === 'html' || first === 'prune' ? first : 'show';
  const [named, surplus] = action === 'show' ? [first, second] : [second, rest[0]];
  if (surplus !== undefined) {
    throw new Failure('usage', `history takes one folder, and "${surplus}" was given besides "${named}"`, {
      hint: 'Give one: bench history [html|prune] [FOLDER]',
    });
  }
  for (const [flag, name] of [
    ['keep', '--keep'],
    ['dryRun', '--dry-run'],
  ] as const) {
    if (action !== 'prune' && flags[flag] !== undefined) {
      throw new Failure('usage', `${name} belongs to bench history prune`, {
        hint: `Did you mean: bench history prune ${named ?? ''}`.trimEnd(),
      });
    }
  }
  const folder = named === undefined ? resultsDirectory(flags, outside) : resolve(outside.directory, named);
  return { action, folder };
}

function noRuns(folder: string, { skipped }: IndexedFolder): Failure {
  const [first] = skipped;
  const why = first === undefined ? '' : oneLine(`; ${first.folder} was skipped: ${first.reason}`);
  return new Failure('usage', `no runs in ${folder}${why}`, {
    hint: 'Name the folder that has the run folders: bench history FOLDER. A run makes one: bench run',
  });
}

/** News is about the newest run. One from the future stays that until its day comes. */
function tellFuture(runs: readonly IndexedRun[], { clock, stderr }: Outside): void {
  const newest = runs.at(-1);
  const words = newest === undefined ? undefined : futureWords(newest, clock.now());
  if (words !== undefined)
    stderr.write(`warning: ${words}\n  Set the clock, or move the folder of that run away.\n`);
}

/** A folder that cannot be written has a history all the same: the index only saves time. */
async function keepIndex(
  folder: string,
  runs: readonly IndexedRun[],
  disk: Disk,
  { stderr }: Outside,
): Promise<void> {
  try {
    await writeIndex(folder, runs, disk);
  } catch (error) {
    stderr.write(`the index was not kept: ${messageOf(error)}\n`);
  }
}

function prunedWords({ dryRun, runs, bytes }: Pruned): string {
  if (runs.length === 0) return 'nothing to prune\n';
  const mebibytes = `${formatNumber(bytes / 2 ** 20, 1)} MiB`;
  const verb = dryRun ? 'would be freed' : 'freed';
  const lines = runs.map((it) => `${it.folder}: ${it.files.join(', ')}\n`);
  return `${lines.join('')}${mebibytes} ${verb}: the slices of ${counted(runs.length, 'run')}. run.json and the summaries stay.\n`;
}
