/** What an export is, and what its reader must know that has no place in it. */
export interface Rendered {
  readonly text: string;
  /** Sentences for stderr, without a full stop. */
  readonly notes: readonly string[];
}
