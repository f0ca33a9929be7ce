/** The parts of autocannon's parser (http-parser-js 0.5) that `strictParser` replaces or reads. */
export interface ResponseParser {
  /** Names of the properties that hold the callbacks for the parts of an answer. */
  readonly constructor: Readonly<Record<(typeof parserEvents)[number], number>>;
  [event: number]: unknown;
  readonly type: string;
  /** The parser's position in the current chunk, and the end of the chunk. */
  offset: number;
  readonly end: number;
  /** The answer that is being read. */
  readonly info: {
    readonly statusCode?: number;
    readonly versionMajor?: number;
    readonly versionMinor?: number;
  };
  /** Values of the answer's Connection headers, in lower case. */
  readonly connection: string;
  /** Bytes that remain of the current body, or of its current chunk. */
  body_bytes: number | null;
  state: string;
  /** Returns a parse error; it does not throw it. */
  execute(chunk: Buffer): number | Error;
  /** Starts afresh, as after an answer. */
  reinitialize(type: string): void;
  /** A line without its end; `undefined` while that has not come. */
  consumeLine(): string | undefined;
  /** Called at the end of each answer. */
  nextRequest(): void;
  BODY_SIZED(): void;
  BODY_CHUNKHEAD(): void;
}

/** Names of the parser's own functions: another release may lack them. */
export const parserFunctions = [
  'execute',
  'reinitialize',
  'consumeLine',
  'nextRequest',
  'BODY_SIZED',
  'BODY_CHUNKHEAD',
] as const satisfies readonly (keyof ResponseParser)[];

/** Names of the constants that say where the parser finds its callbacks. */
export const parserEvents = ['kOnHeadersComplete', 'kOnBody', 'kOnMessageComplete'] as const;

/** RFC 9112, section 7.1: the size is hexadecimal; extensions may follow. */
const chunkHead = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i;

/**
 * Makes the parser stricter where it would otherwise accept something that is not an answer.
 *
 * - An interim answer (100, 103; RFC 9110, section 15.2) is skipped: the answer is still to come. 101 is not skipped,
 *   because what follows it is not HTTP.
 * - A chunk size that is no number is an error. Left alone, the parser reads it as 0: the last chunk.
 * - A Content-Length that is no whole number is an error. Left alone, the parser loses its place in what it reads.
 */
export function strictParser(parser: ResponseParser): void {
  const { nextRequest, BODY_SIZED: readSized } = parser;

  parser.nextRequest = () => {
    const { statusCode = 0 } = parser.info;
    const interim = statusCode >= 100 && statusCode <= 199 && statusCode !== 101;
    if (interim) parser.reinitialize(parser.type);
    else nextRequest.call(parser);
  };

  parser.BODY_SIZED = () => {
    const left = parser.body_bytes;
    if (left === null || !Number.isSafeInteger(left) || left < 0) throw new Error('invalid Content-Length');
    readSized.call(parser);
  };

  parser.BODY_CHUNKHEAD = () => {
    const line = parser.consumeLine();
    if (line === undefined) return;
    const [, size] = chunkHead.exec(line) ?? [];
    if (size === undefined) throw new Error('invalid chunk size');
    parser.body_bytes = Number.parseInt(size, 16);
    parser.state = parser.body_bytes === 0 ? 'BODY_CHUNKTRAILERS' : 'BODY_CHUNK';
  };
}
