import { Frame } from './frame.ts';
import { type ResponseParser, strictParser } from './strict-parser.ts';

/**
 * How many bytes of an answer may come in a row without a byte of its body: the limit that http-parser-js sets for one
 * head. It covers heads, interim answers, chunk sizes and trailers, because the parser keeps each of them until it ends.
 */
export const mostHeadBytes = 80 * 1024;

export function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status <= 299;
}

/**
 * Reads answers of one connection with autocannon's parser, where comparison with a frame does not recognise
 * them.
 *
 * - Bodies are counted, not collected.
 * - Endless parts are cut off: a body as soon as it is longer than expected, and everything else of an answer
 *   at `mostHeadBytes`. So a connection keeps no more than that and one read of the socket.
 */
export class AnswerReader {
  /** Status of the answer that is being read or was read last. */
  status: number | undefined;
  bodyBytes = 0;
  bytes = 0;
  /**
   * Bytes follow a complete answer. One request is on its way at a time, so these bytes were not requested.
   */
  surplus = false;
  /** How the next answer can be recognised, if this one has a length, its head came in one read, and it is right. */
  frame: Frame | undefined;

  readonly #parser: ResponseParser;
  readonly #expectedBodyBytes: number;
  #chunk: Buffer | undefined;
  #headBytes = 0;
  #whole = false;

  constructor(parser: ResponseParser, expectedBodyBytes: number) {
    this.#parser = parser;
    this.#expectedBodyBytes = expectedBodyBytes;
    strictParser(parser);
  }

  /** Forgets the answer of an earlier connection. */
  begin(): void {
    const parser = this.#parser;
    const { kOnHeadersComplete, kOnBody, kOnMessageComplete } = parser.constructor;
    parser.reinitialize(parser.type);
    // Autocannon's own callbacks would collect the body, and are set after `setupClient`.
    parser[kOnHeadersComplete] = () => this.#headRead();
    parser[kOnBody] = (_: Buffer, __: number, bytes: number) => {
      this.bodyBytes += bytes;
      this.#headBytes = 0;
    };
    parser[kOnMessageComplete] = () => this.#wholeRead();
    this.#whole = true;
  }

  /** @returns whether the answer is whole, needs more bytes, or cannot become what was asked for. */
  read(chunk: Buffer): 'whole' | 'more' | 'broken' {
    if (this.#whole) this.#beginAnswer();
    this.#chunk = this.bytes === 0 ? chunk : undefined;
    this.bytes += chunk.length;
    this.#headBytes += chunk.length;
    const outcome = this.#parser.execute(chunk);
    if (this.#whole) return 'whole';
    this.status = this.#parser.info.statusCode;
    if (typeof outcome !== 'number' || this.#headBytes > mostHeadBytes) {
      this.status = undefined;
      return 'broken';
    }
    return this.bodyBytes > this.#expectedBodyBytes ? 'broken' : 'more';
  }

  #beginAnswer(): void {
    this.#whole = false;
    this.surplus = false;
    this.frame = undefined;
    this.bodyBytes = 0;
    this.bytes = 0;
    this.#headBytes = 0;
  }

  #headRead(): void {
    const { info, body_bytes: announced, offset } = this.#parser;
    // After an interim answer, or in a later read, the head is not the whole beginning of the answer.
    if (this.#chunk !== undefined && announced === this.#expectedBodyBytes && isSuccess(info.statusCode)) {
      this.frame = new Frame(Buffer.from(this.#chunk.subarray(0, offset)), announced);
    }
    this.#chunk = undefined;
  }

  #wholeRead(): void {
    const parser = this.#parser;
    this.status = parser.info.statusCode;
    this.surplus = parser.offset < parser.end;
    if (this.surplus) this.frame = undefined;
    // The parser stops here. Otherwise it would read on, as if a second answer had been requested.
    parser.offset = parser.end;
    this.#whole = true;
  }
}
