import type { GateCheck, GateResult } from '../../bench/model/gate.ts';
import { oneLine } from '../../bench/model/printable.ts';

/**
 * What `bench gate` prints: a line for each check that does not hold, and the verdict line. A gate in which all hold is
 * one line.
 * @param all whether checks that hold have a line as well.
 */
export function gateText({ checks, verdict }: GateResult, all: boolean): string {
  const shown = checks.filter(({ outcome }) => all || outcome !== 'passed');
  return [...shown.map(line), verdict].map((it) => `${it}\n`).join('');
}

function line({ outcome, level, sentence }: GateCheck): string {
  const word = outcome === 'failed' && level === 'warn' ? 'warning' : outcome;
  // A reason of several lines must not look like further checks, or like the verdict.
  return `${word}: ${oneLine(sentence)}`;
}
