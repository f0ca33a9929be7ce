import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outside } from '../outside.ts';

/** Flags as the parser keeps them, and the arguments after them. */
export type Invocation = {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
};

/** A command: resolves to the exit code, or rejects with a `Failure`. */
export type CommandRunner = (invocation: Invocation, outside: Outside) => Promise<number>;

export function versionOf(installation: string): string {
  const { version } = JSON.parse(readFileSync(join(installation, 'package.json'), 'utf8'));
  return version;
}
