import { createReadStream } from 'node:fs';
import type * as z from 'zod';
import { Failure, messageOf } from '../model/failure.ts';
import type { Warning } from '../model/summary.ts';
import { type QuickCheck, quickCheck } from './quick-check.ts';
import { errorCode } from './write-failure.ts';

export interface ReadLines<T> {
  readonly documents: readonly T[];
  readonly warnings: readonly Warning[];
  /** Whether the file is there. */
  readonly present: boolean;
}

const lineFeed = 0x0a;

/**
 * Reads a file of one JSON document a line. A last line without its line feed is what a kill leaves: it is
 * dropped with a warning, unless it is whole. A file that is not there has no lines.
 *
 * @param name of the file, for messages.
 * @throws {Failure} usage, naming file and line, if any other line is not what the schema says.
 */
export async function readLines<T>(path: string, name: string, schema: z.ZodType<T>): Promise<ReadLines<T>> {
  const documents: T[] = [];
  const form = { schema, surelyFits: quickCheck(schema) };
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      // Split by bytes: a chunk may end inside a character, and some characters look like line ends.
      let from = 0;
      let to = chunk.indexOf(lineFeed);
      while (to !== -1) {
        const end = chunk.subarray(from, to);
        const line = rest.length === 0 ? end : Buffer.concat([rest, end]);
        if (rest.length > 0) rest = Buffer.alloc(0);
        documents.push(readLine(line.toString('utf8'), () => `${name} line ${documents.length + 1}`, form));
        from = to + 1;
        to = chunk.indexOf(lineFeed, from);
      }
      rest = Buffer.concat([rest, chunk.subarray(from)]);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (errorCode(error) === 'ENOENT') return { documents: [], warnings: [], present: false };
    throw new Failure('usage', `cannot read ${path}: ${messageOf(error)}`, {
      hint: 'Make the run folder readable.',
      cause: error,
    });
  }
  if (rest.length === 0) return { documents, warnings: [], present: true };
  try {
    documents.push(readLine(rest.toString('utf8'), () => name, form));
    return { documents, warnings: [], present: true };
  } catch {
    return { documents, warnings: [truncatedLine(name, documents.length + 1, rest.length)], present: true };
  }
}

interface Form<T> {
  readonly schema: z.ZodType<T>;
  readonly surelyFits: QuickCheck;
}

function readLine<T>(line: string, place: () => string, { schema, surelyFits }: Form<T>): T {
  const hint = 'The file was changed or damaged after it was written. Remove that line to read the others.';
  let document: unknown;
  try {
    document = JSON.parse(line);
  } catch (cause) {
    throw new Failure('usage', `${place()} is not JSON: ${messageOf(cause)}`, { hint, cause });
  }
  if (surelyFits(document)) return document as T;
  const checked = schema.safeParse(document);
  if (checked.success) return checked.data;
  throw new Failure('usage', `${place()}: ${firstIssue(checked.error)}`, { hint, cause: checked.error });
}

/** Where a document leaves its schema, and how: `latency.meanNs: expected number`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it does not fit its schema';
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

function truncatedLine(name: string, line: number, bytes: number): Warning {
  return {
    code: 'truncated-line',
    message: `${name} ends in the middle of line ${line}: its ${bytes} bytes are left out`,
    hint: 'bench was killed while it wrote that line. All lines before it are kept.',
  };
}
