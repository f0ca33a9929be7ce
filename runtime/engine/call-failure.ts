import { Failure, messageOf } from '../../bench/model/failure.ts';
import { EngineSilent } from './call-deadline.ts';

/** HTTP status of an engine's refusal; `undefined` where the engine did not answer at all. */
export function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null ? Reflect.get(error, 'statusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}

/**
 * An engine's own words, without docker-modem's prefix: `(HTTP code 500) server error - …`. If the engine
 * says nothing itself (304, "container already started"), the meaning of the code.
 */
export function engineWords(error: unknown): string {
  const text = messageOf(error);
  const [, meaning, words] = /^\(HTTP code \d+\) (.*?) - (.*)$/s.exec(text) ?? [];
  return (words?.trim() || (meaning ?? text)).trim();
}

/**
 * The failure of an engine that answers with an error (`casesFailed`), or that has stopped answering
 * (`partial`).
 * @param what was tried, as the end of "tried to …".
 * @param address of the engine.
 */
export function callFailure(error: unknown, what: string, address: string): Failure {
  if (error instanceof Failure) return error;
  if (statusOf(error) === undefined) {
    const waited = error instanceof EngineSilent ? `: ${error.message}` : '';
    return new Failure('partial', `the engine at ${address} stopped answering (tried to ${what})${waited}`, {
      hint: 'Look at its log (journalctl -u docker), start it again, then run `bench clean` and repeat the run.',
      cause: error,
    });
  }
  const words = engineWords(error);
  const portTaken = /address already in use|port is already allocated/i.test(words);
  return new Failure('casesFailed', `the engine refused to ${what}: ${words}`, {
    hint: portTaken
      ? 'Another program holds that port. See who with: ss -ltnp. Stop it, or choose other ports with another --seed.'
      : 'Run `bench doctor` to see whether this engine fits.',
    cause: error,
  });
}
