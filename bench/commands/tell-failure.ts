import type { Failure } from '../model/failure.ts';
import type { Outside } from '../outside.ts';

/** An error on stderr, with what to do, where it does not end the command. */
export function tellFailure({ message, hint }: Failure, { errors }: Pick<Outside, 'errors'>): void {
  errors.write(`bench: ${message}\n`);
  if (hint !== undefined) errors.write(`${hint.replace(/^/gm, '  ')}\n`);
}
