import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { History } from '../../../reports/history/history.ts';
import { Failure } from '../../model/failure.ts';
import { systemWords } from '../../model/system-error.ts';
import type { Outside } from '../../outside.ts';
import { makeDirectory, writeAtomically } from '../../run-folder/atomic-file.ts';
import type { Disk } from '../../run-folder/disk.ts';
import { historySiteFolder, type IndexedFolder } from '../../run-folder/history-index.ts';
import { mostSummaryBytes, readReceived } from '../../run-folder/received-file.ts';

interface SiteOptions {
  /** The folder of run folders. The site is in it, and links to their reports. */
  readonly folder: string;
  readonly disk: Disk;
  readonly skipped: IndexedFolder['skipped'];
}

/**
 * Writes the static site of a history.
 * @returns where it is, and how many pages it has.
 * @throws {Failure} unfit: it cannot be written, or its place is somebody else's.
 */
export async function writeSite(
  shown: History,
  { folder, disk, skipped }: SiteOptions,
  { installation }: Pick<Outside, 'installation'>,
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
  if (!existsSync(index)) {
    // Somebody's own pages, or a site whose first file was not written: index.html is that one.
    if (readdirSync(directory).length > 0) throw refused('it has files, and no index.html of bench history');
    return;
  }
  let page: string;
  try {
    page = readReceived(index, mostSummaryBytes).toString('utf8');
  } catch (error) {
    throw refused(`its index.html cannot be read: ${systemWords(error)}`);
  }
  if (!page.includes(' · bench history</title>')) throw refused('its index.html is not of bench history');
}

/** A relative path as an address. A folder may be named `night #5?`. */
function linkTo(path: string): string {
  return path.split(sep).map(encodeURIComponent).join('/');
}
