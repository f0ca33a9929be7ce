import { isExpectedStatus } from '../model/request.ts';
import { Frame } from './frame.ts';
import { type ResponseParser, strictParser } from './strict-parser.ts';

/**
 * How many bytes of an answer may come in a row without a byte of its body: the limit that http-parser-js sets for one
 * head. It covers heads, interim answers, chunk sizes and trailers, because the parser keeps each of them until it ends.
 */
export const mostHeadBytes = 80 * 1024;

/** What an answer must be to be right. */
export interface Expected {
  /** Length of its body. Absent: not fixed, as of a service that makes each answer anew. */
  readonly bodyBytes?: number;
  /** Its status. Absent: 200 to 299. */
  readonly status?: number;
  /** The request was a HEAD: its answer has no body, whatever length its head announces. */
  readonly headOnly?: boolean;
}

/**
 * Reads answers of one connection with autocannon's parser, where comparison with a frame does not recognise
 * them.
 *
 * - Bodies are counted, not collected.
 * - Endless parts are cut off: a body as soon as it is longer than expected, and everything else of an answer
 *   at `mostHeadBytes`. So a connection keeps no more than that and one read of the socket. A body whose length
 *   is not fixed is not cut off here, but by the time that a request may take.
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
  /** The server ends the connection with this answer, and says so. */
  closes = false;
  /**
   * How the next answer can be recognised, if this one has a length, its head came in one read, and it is right.
   * None of an answer that ends the connection.
   */
  frame: Frame | undefined;

  readonly #parser: ResponseParser;
  readonly #expected: Expected;
  readonly #mostBodyBytes: number;
  #chunk: Buffer | undefined;
  #headBytes = 0;
  #whole = false;

  constructor(parser: ResponseParser, expected: Expected) {
    this.#parser = parser;
    this.#expected = expected;
    this.#mostBodyBytes = expected.bodyBytes ?? Number.POSITIVE_INFINITY;
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
    return this.bodyBytes > this.#mostBodyBytes ? 'broken' : 'more';
  }

  /** A part of an answer was read. */
  underWay(): boolean {
    return !this.#whole;
  }

  /**
   * The connection has ended.
   * @returns whether this makes the answer whole: its head gives no length, so the end of the connection ends its body.
   */
  ended(): boolean {
    const whole = !this.#whole && this.#parser.state === 'BODY_RAW';
    if (whole) this.#wholeRead();
    return whole;
  }

  #beginAnswer(): void {
    this.#whole = false;
    this.surplus = false;
    this.closes = false;
    this.frame = undefined;
    this.bodyBytes = 0;
    this.bytes = 0;
    this.#headBytes = 0;
  }

  /** @returns whether no body follows, whatever length the head announces (RFC 9112, section 6.3). */
  #headRead(): boolean {
    const { info, body_bytes: announced, offset } = this.#parser;
    const { statusCode } = info;
    const bodiless = this.#expected.headOnly === true || statusCode === 204 || statusCode === 304;
    const length = bodiless ? 0 : announced;
    this.closes = announcesClose(this.#parser);
    const chunk = this.#chunk;
    this.#chunk = undefined;
    const right =
      length === (this.#expected.bodyBytes ?? length) && isExpectedStatus(statusCode, this.#expected.status);
    // After an interim answer, or in a later read, the head is not the whole beginning of the answer.
    if (chunk === undefined || length === null || this.closes || !right) return bodiless;
    // The parser refuses any other length when it comes to the body.
    if (Number.isSafeInteger(length) && length >= 0) {
      this.frame = new Frame(Buffer.from(chunk.subarray(0, offset)), length);
    }
    return bodiless;
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

/** Whether a head says that its answer is the last on its connection (RFC 9112, section 9.3). */
function announcesClose({ connection, info: { versionMajor, versionMinor } }: ResponseParser): boolean {
  if (connection.includes('close')) return true;
  return versionMajor === 1 && versionMinor === 0 && !connection.includes('keep-alive');
}
