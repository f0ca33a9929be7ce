import { variablesAlone } from '../../command-options.ts';
import { commandNames } from '../../command-table.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { wordHint } from '../../model/nearest.ts';
import { readerWords } from '../../model/reader-words.ts';
import type { CommandRunner } from '../command.ts';
import { versionOf } from '../command.ts';
import { rootHelp, twoColumns } from './help-text.ts';
import { manPage } from './man-page.ts';

/**
 * `bench help [TOPIC]`. The command line has turned `bench help COMMAND` into `bench COMMAND --help` already.
 */
export const help: CommandRunner = async ({ flags, operands: [topic] }, outside) => {
  const { stdout, asCalled } = outside;
  if (flags['man'] === true) stdout.write(manPage(versionOf(outside.installation)));
  else if (topic === undefined) {
    stdout.write(rootHelp({ asCalled, columns: stdout.columns, all: false, variables: variablesAlone }));
  } else if (topic === 'words') stdout.write(wordsTable(stdout.columns));
  else {
    const topics = [...commandNames, 'words'];
    throw new Failure('usage', `no help about '${topic}'`, { hint: wordHint(topic, topics, 'Topics') });
  }
  return exitCodes.ok;
};

/** The words of options and data files, with those of reports where they differ, and their meaning. */
function wordsTable(columns: number): string {
  const rows = Object.entries(readerWords).map(
    ([word, { reader, says }]) => [word, reader === word ? says : `${reader}. ${says}`] as const,
  );
  return twoColumns(rows, Math.min(100, columns));
}
