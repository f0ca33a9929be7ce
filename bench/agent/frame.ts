/**
 * The form of an answer that the parser found right: all bytes of its head, and its length. The next answer
 * is checked by comparison with it, at a small part of what parsing costs.
 */
export class Frame {
  readonly head: Buffer;
  /** Head and body. */
  readonly answerBytes: number;

  constructor(head: Buffer, bodyBytes: number) {
    this.head = head;
    this.answerBytes = head.length + bodyBytes;
  }

  /**
   * Whether `count` bytes of an answer, from its byte `from` on, equal those here. Bodies are not compared.
   */
  fits(bytes: Buffer, from: number, count: number): boolean {
    const { head } = this;
    const end = Math.min(head.length - from, count);
    return end <= 0 || bytes.compare(head, from, from + end, 0, end) === 0;
  }
}
