import { distance } from 'fastest-levenshtein';
import { commandOptions, variablesAlone } from '../command-options.ts';
import { Failure } from '../model/failure.ts';
import { nearest } from '../model/nearest.ts';
import { planOptionKeys, variableOf } from './options.ts';

/** Every variable that bench reads. */
export const variables: readonly string[] = [
  ...planOptionKeys.map(variableOf),
  ...Object.values(commandOptions).flatMap((option) => ('variable' in option ? [option.variable] : [])),
  ...Object.keys(variablesAlone),
];

const prefix = 'BENCH_';

/**
 * A mistyped variable would be ignored silently, and the run would measure something else. Other programs use
 * the prefix as well, so a name that is not near any of ours is not refused.
 *
 * @returns names with our prefix that bench does not know, to be reported.
 * @throws {Failure} usage: a name that is most likely a mistyped one of ours.
 */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const unknown = Object.keys(env).filter(
    (name) => name.toUpperCase().startsWith(prefix) && env[name] !== '' && !variables.includes(name),
  );
  for (const name of unknown) {
    const meant = variables.find((variable) => isNear(suffixOf(name), suffixOf(variable)));
    if (meant === undefined) continue;
    throw new Failure('usage', `unknown variable ${name}`, {
      hint: `did you mean ${meant}? Variables: ${variables.join(', ')}\nIf it belongs to another program: env -u ${name} bench …`,
    });
  }
  return unknown;
}

/** The message about an unknown variable: its name, and the nearest known one. */
export function ignoredWords(name: string): string {
  const word = nearest(
    suffixOf(name),
    variables.map((variable) => suffixOf(variable)),
  );
  return `unknown variable ${name}: ignored${word === undefined ? '' : ` (nearest: ${prefix}${word})`}`;
}

function suffixOf(variable: string): string {
  return variable.toUpperCase().slice(prefix.length);
}

/** Whether at most one letter in three differs, or the letters are the same in another order. */
function isNear(typed: string, word: string): boolean {
  const sorted = (text: string) => [...text].sort().join('');
  const edits = distance(typed, word);
  return edits <= Math.max(1, Math.floor(word.length / 3)) || sorted(typed) === sorted(word);
}
