import { isAscii } from 'node:buffer';
import { closeSync, readSync } from 'node:fs';
import type * as z from 'zod';
import { fromDataKeys, snakeCase } from '../model/data-keys.ts';
import { Failure, messageOf } from '../model/failure.ts';
import { errorCode, systemWords } from '../model/system-error.ts';
import type { Warning } from '../model/warning.ts';
import { type QuickCheck, quickCheck } from './quick-check.ts';
import {
  isDeeperThan,
  mostFileBytes,
  mostLevels,
  mostLineBytes,
  openReceived,
  tooLarge,
} from './received-file.ts';

interface ReadLines<T> {
  readonly documents: readonly T[];
  readonly warnings: readonly Warning[];
  /** Whether the file exists. */
  readonly present: boolean;
}

const [lineFeed, comma] = [0x0a, 0x2c];
const [openBracket, closeBracket] = [0x5b, 0x5d];
const [openBrace, closeBrace] = [0x7b, 0x7d];

/** Number of bytes that are read at a time: some hundred lines. */
const chunkBytes = 1 << 20;

/**
 * Reads a file of one JSON document a line. A kill leaves a last line without its line feed. That line is
 * dropped with a warning, unless it is whole. A file that does not exist has no lines.
 *
 * @param name of the file, for messages.
 * @throws {Failure} usage, naming file and line: a line that is not the last does not fit the schema, or is
 *   larger or deeper than a line of ours. Or the file is no plain one.
 */
export function readLines<T>(path: string, name: string, schema: z.ZodType<T>): ReadLines<T> {
  const documents: T[] = [];
  const form = { schema, rename: fromDataKeys(schema), surelyFits: quickCheck(schema) };
  const placeOf = (index: number) => `${name} line ${documents.length + index + 1}`;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for (const piece of pieces(path, () => placeOf(0))) {
      if (!piece.ended) {
        rest = piece.bytes;
        continue;
      }
      const read = parsedTogether(piece.bytes, form) ?? parsedOneByOne(piece.bytes, placeOf, form);
      for (const document of read) documents.push(document);
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return { documents: [], warnings: [], present: false };
    throw new Failure('usage', `cannot read ${path}: ${systemWords(error)}`, {
      hint: 'Make the run folder readable.',
      cause: error,
    });
  }
  if (rest.length === 0) return { documents, warnings: [], present: true };
  let last: T;
  try {
    last = readLine(rest, () => name, form);
  } catch {
    return { documents, warnings: [truncatedLine(name, documents.length + 1, rest.length)], present: true };
  }
  documents.push(last);
  return { documents, warnings: [], present: true };
}

interface Piece {
  readonly bytes: Buffer;
  /**
   * Whether its last line has its line feed. Only the last piece of a file may lack it, and is then that one
   * line.
   */
  readonly ended: boolean;
}

/**
 * The lines of a file, a megabyte or more at a time. They are split as bytes: a read may end inside a
 * character, and some characters look like line ends. Each piece is overwritten by the next. Reads are
 * synchronous: the program has nothing else to do meanwhile, and not waiting for each piece takes 7 % off the
 * time of a long analysis.
 */
function* pieces(path: string, place: () => string): Generator<Piece> {
  const file = openReceived(path, mostFileBytes);
  try {
    let buffer = Buffer.allocUnsafe(2 * chunkBytes);
    let filled = 0;
    let total = 0;
    for (;;) {
      if (buffer.length - filled < chunkBytes) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const bytes = readSync(file, buffer, filled, chunkBytes, null);
      if (bytes === 0) break;
      filled += bytes;
      total += bytes;
      if (total > mostFileBytes) throw tooLarge(path, mostFileBytes);
      const end = buffer.lastIndexOf(lineFeed, filled - 1) + 1;
      if (filled - end > mostLineBytes) throw tooLarge(place(), mostLineBytes);
      if (end === 0) continue;
      yield { bytes: buffer.subarray(0, end), ended: true };
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
    if (filled > 0) yield { bytes: buffer.subarray(0, filled), ended: false };
  } finally {
    closeSync(file);
  }
}

interface Form<T> {
  readonly schema: z.ZodType<T>;
  /** Converts the keys of the data file to those of the code. */
  readonly rename: (document: unknown) => unknown;
  readonly surelyFits: QuickCheck;
}

/**
 * Reads many lines as one JSON array, which takes less time and memory than many texts.
 * @returns `undefined` if anything about them is wrong. Each line is then read by itself.
 */
function parsedTogether<T>(lines: Buffer, { rename, surelyFits }: Form<T>): readonly T[] | undefined {
  const joined = Buffer.allocUnsafe(lines.length + 1);
  joined[0] = openBracket;
  lines.copy(joined, 1);
  // Replaces the last line feed.
  joined[lines.length] = closeBracket;
  let count = 1;
  for (let at = joined.indexOf(lineFeed); at !== -1; at = joined.indexOf(lineFeed, at + 1)) {
    // A line that is no whole object might form one together with its neighbour.
    if (joined[at - 1] !== closeBrace || joined[at + 1] !== openBrace) return undefined;
    joined[at] = comma;
    count++;
  }
  let documents: unknown;
  try {
    // Nearly all lines are ASCII. Their bytes need no decoding.
    documents = JSON.parse(joined.toString(isAscii(joined) ? 'latin1' : 'utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(documents) || documents.length !== count) return undefined;
  const renamed: readonly unknown[] = documents.map(rename);
  return renamed.every(surelyFits) ? (renamed as readonly T[]) : undefined;
}

function parsedOneByOne<T>(lines: Buffer, placeOf: (index: number) => string, form: Form<T>): readonly T[] {
  return splitLines(lines).map((line, index) => readLine(line, () => placeOf(index), form));
}

function splitLines(lines: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  let from = 0;
  for (let to = lines.indexOf(lineFeed); to !== -1; to = lines.indexOf(lineFeed, from)) {
    found.push(lines.subarray(from, to));
    from = to + 1;
  }
  return found;
}

function readLine<T>(line: Buffer, place: () => string, { schema, rename, surelyFits }: Form<T>): T {
  const hint = 'The file was changed or damaged after it was written. Remove that line to read the others.';
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.toString('utf8'));
  } catch (cause) {
    throw new Failure('usage', `${place()} is not JSON: ${messageOf(cause)}`, { hint, cause });
  }
  if (isDeeperThan(mostLevels, parsed)) {
    throw new Failure('usage', `${place()} is nested more than ${mostLevels} levels deep`, { hint });
  }
  const document = rename(parsed);
  if (surelyFits(document)) return document as T;
  const checked = schema.safeParse(document);
  if (checked.success) return checked.data;
  throw new Failure('usage', `${place()}: ${firstIssue(checked.error)}`, { hint, cause: checked.error });
}

/** Where and how a document departs from its schema: `latency.mean_us: expected number`. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it does not fit its schema';
  const where = issue.path.map((key) => snakeCase(String(key))).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}

function truncatedLine(name: string, line: number, bytes: number): Warning {
  return {
    code: 'truncated-line',
    message: `${name} ends in the middle of line ${line}: its ${bytes} bytes are ignored`,
    hint: 'bench was killed while it wrote that line. All lines before it are valid.',
  };
}
