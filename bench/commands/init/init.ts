import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { exitCodes, Failure, messageOf } from '../../model/failure.ts';
import { configFileNames } from '../../plan/config-file.ts';
import { writeAtomically } from '../../run-folder/atomic-file.ts';
import { diskFor } from '../../run-folder/disk.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
import { configText } from './config-text.ts';

const file = 'bench.config.yaml';

/** `bench init`: writes a config that sets nothing yet and shows every option. A config that is there is kept. */
export const init: CommandRunner = async ({ flags }, outside) => {
  const { directory, installation, stdout } = outside;
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const there = configFileNames.find((name) => names.includes(name));
  if (there !== undefined) {
    throw new Failure('usage', `there is a config already: ${join(directory, there)}`, {
      hint: 'Edit it, or move it away and run bench init again.',
    });
  }
  const path = join(directory, file);
  const schema = schemaFrom(directory, join(installation, 'results', 'schema', 'config.schema.json'));
  try {
    await writeAtomically(path, configText(schema), await diskFor(directory, outside.disk));
  } catch (cause) {
    throw new Failure('unfit', `the config cannot be written: ${messageOf(cause)}`, {
      hint: 'Make the directory writable, or go to another one.',
      cause,
    });
  }
  if (flags['json'] === true) stdout.write(documentText('init-output', { path }));
  else stdout.write(`wrote ${path}: every option with its default, as comments\n`);
  return exitCodes.ok;
};

/** Relative where the schema lies below the directory, so that the config may be committed. */
function schemaFrom(directory: string, schema: string): string {
  const near = relative(directory, schema);
  return near.startsWith('..') ? schema : `./${near}`;
}
