import { isAscii } from 'node:buffer';
import * as z from 'zod';
import { fromDataKeys } from '../model/data-keys.ts';
import { Failure, messageOf } from '../model/failure.ts';
import { schemaVersion } from '../model/run.ts';
import { firstIssue } from './read-lines.ts';
import { isDeeperThan, mostLevels, readReceived } from './received-file.ts';

/**
 * Only the version is read first. A document of another version is not checked further. Version 1 spelled its
 * keys differently.
 */
const versionSchema = z.union([
  z.looseObject({ schema_version: z.int() }).transform((it) => it.schema_version),
  z.looseObject({ schemaVersion: z.int() }).transform((it) => it.schemaVersion),
]);

/**
 * Reads a file of a run folder that is one JSON document with a `schema_version`.
 * @throws {Failure} usage: damaged, or from a newer or an older bench. Errors of the system are thrown on.
 */
export function readDocument<T>(path: string, mostBytes: number, schema: z.ZodType<T>): T {
  const bytes = readReceived(path, mostBytes);
  const damaged = 'The file was changed or damaged after it was written.';
  let document: unknown;
  try {
    // Most documents are ASCII. Their bytes need no decoding.
    document = JSON.parse(bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8'));
  } catch (cause) {
    throw new Failure('usage', `${path} is not JSON: ${messageOf(cause)}`, { hint: damaged, cause });
  }
  if (isDeeperThan(mostLevels, document)) {
    throw new Failure('usage', `${path} is nested more than ${mostLevels} levels deep`, { hint: damaged });
  }
  const versioned = versionSchema.safeParse(document);
  if (versioned.success && versioned.data > schemaVersion) {
    throw new Failure(
      'usage',
      `${path} was written by a newer bench: schema ${versioned.data}, this one reads ${schemaVersion}`,
      { hint: 'Upgrade bench to read it: npm install container-network-bench@latest' },
    );
  }
  if (versioned.success && versioned.data < schemaVersion) {
    throw new Failure(
      'usage',
      `${path} was written by an older bench: schema ${versioned.data}, this one reads ${schemaVersion}`,
      {
        hint: 'The method has changed since, so its figures are not comparable with new ones. The reports of that version are in its folder.',
      },
    );
  }
  const checked = schema.safeParse(fromDataKeys(schema)(document));
  if (checked.success) return checked.data;
  throw new Failure('usage', `${path}: ${firstIssue(checked.error)}`, {
    hint: damaged,
    cause: checked.error,
  });
}
