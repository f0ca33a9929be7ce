import { existsSync, lstatSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { type History, historyOf } from '../../../reports/history/history.ts';
import { renderHistory } from '../../../reports/history/history-terminal.ts';
import { exitCodes, Failure, messageOf } from '../../model/failure.ts';
import { counted, formatNumber } from '../../model/format.ts';
import type { IndexedRun } from '../../model/indexed-run.ts';
import { present } from '../../model/present.ts';
import { oneLine } from '../../model/printable.ts';
import { systemWords } from '../../model/system-error.ts';
import type { Outside } from '../../outside.ts';
import { makeDirectory, writeAtomically } from '../../run-folder/atomic-file.ts';
import { type Disk, diskFor } from '../../run-folder/disk.ts';
import {
  historySiteFolder,
  type IndexedFolder,
  indexRuns,
  writeIndex,
} from '../../run-folder/history-index.ts';
import { type Pruned, prune } from '../../run-folder/prune.ts';
import { mostSummaryBytes, readReceived } from '../../run-folder/received-file.ts';
import { type CommandRunner, type Invocation, versionOf } from '../command.ts';
import { documentText } from '../documents.ts';
import { futureWords } from '../future-run.ts';
import { resultsDirectory } from '../places.ts';
import { tellLines } from '../tell-lines.ts';
import { historyDocument } from './document.ts';
import { keepOf } from './keep.ts';

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
  const site = action === 'html' ? await writeSite(folder, shown, found.skipped, disk, outside) : undefined;
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
  const why = first === undefined ? '' : `; ${oneLine(first.folder)} was skipped: ${first.reason}`;
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

async function writeSite(
  folder: string,
  shown: History,
  skipped: IndexedFolder['skipped'],
  disk: Disk,
  { installation }: Outside,
): Promise<{ readonly directory: string; readonly pages: number }> {
  // Loaded only when it is asked for: the charts are large.
  const { renderSite } = await import('../../../reports/history/site.ts');
  const directory = join(folder, historySiteFolder);
  assertOwnSite(directory);
  const files = await renderSite(shown, {
    fontsDirectory: join(installation, 'reports', 'fonts'),
    reportOf: (run) => {
      const report = join(folder, run.folder, 'report.html');
      return existsSync(report) ? linkTo(relative(directory, report)) : undefined;
    },
    skipped,
  });
  try {
    await makeDirectory(directory, disk);
    for (const { name, content } of files) await writeAtomically(join(directory, name), content, disk);
  } catch (error) {
    const cause = error instanceof Failure ? error.cause : error;
    throw new Failure('unfit', `the site cannot be written to ${directory}: ${systemWords(cause)}`, {
      hint: 'Make the folder writable, with room on its disk, or copy it elsewhere.',
      cause,
    });
  }
  return { directory, pages: files.filter(({ name }) => name.endsWith('.html')).length };
}

/**
 * The pages replace files of their names. A link could lead them into any folder of the user's, and a folder of this name
 * may be somebody's own.
 * @throws {Failure} unfit: it is not a folder that bench made.
 */
function assertOwnSite(directory: string): void {
  const refused = (why: string) =>
    new Failure('unfit', `the site cannot be written to ${directory}: ${why}`, {
      hint: 'Rename it or move it away: bench makes a folder of this name.',
    });
  const stats = lstatSync(directory, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw refused('it is a symbolic link');
  if (!stats.isDirectory()) throw refused('it is a file');
  const index = join(directory, 'index.html');
  if (!existsSync(index)) return;
  const page = readReceived(index, mostSummaryBytes).toString('utf8');
  if (!page.includes(' · bench history</title>')) throw refused('its index.html is not of bench history');
}

/** A relative path as an address. A folder may be named `night #5?`. */
function linkTo(path: string): string {
  return path.split(sep).map(encodeURIComponent).join('/');
}

function prunedWords({ dryRun, runs, bytes }: Pruned): string {
  if (runs.length === 0) return 'nothing to prune\n';
  const mebibytes = `${formatNumber(bytes / 2 ** 20, 1)} MiB`;
  const verb = dryRun ? 'would be freed' : 'freed';
  const lines = runs.map((it) => `${it.folder}: ${it.files.join(', ')}\n`);
  const count = `${counted(runs.length, 'run')}`;
  return `${lines.join('')}${mebibytes} ${verb}: the slices of ${count}. run.json and the summaries stay.\n`;
}
