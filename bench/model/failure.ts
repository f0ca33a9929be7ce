/** Exit codes of the command line: part of its contract, so that scripts can branch on them. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  unfit: 3,
  casesFailed: 4,
  partial: 5,
  regression: 10,
  inconclusive: 11,
  interrupted: 130,
} as const;

export type FailureKind = Exclude<keyof typeof exitCodes, 'ok'>;

interface FailureDetails {
  /** What the user can do next, as a sentence or a command. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * An error that a user can act on: what happened (with the values), what to do next, and the exit code.
 * Anything else that reaches the top of the program is a defect of ours and exits with 1.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly hint: string | undefined;

  constructor(kind: FailureKind, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}

/** The message of anything that was thrown, for use inside another message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
