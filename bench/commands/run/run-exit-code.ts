import type { Collected } from '../../collect/collect.ts';
import { exitCodes } from '../../model/failure.ts';
import type { Summary } from '../../model/summary.ts';
import type { Outside } from '../../outside.ts';
import { tellFailure } from '../tell-failure.ts';
import { tellWarnings } from '../tell-warnings.ts';
import { endedEarly } from './measure.ts';

/**
 * A case that has no figure in any round because of its own faults has failed. Slices that a disturbed
 * machine left out are no failure of a case. The report gives them and their number.
 */
export function exitCodeOf(
  directory: string,
  collected: Collected,
  { cases, warnings }: Pick<Summary, 'cases' | 'warnings'>,
  outside: Outside,
): number {
  if (collected.failure !== undefined) {
    tellFailure(endedEarly(collected.failure, directory), outside);
    return exitCodes.partial;
  }
  if (collected.state === 'partial') return exitCodes.interrupted;
  const silent = cases.some(({ rounds, missedRounds }) => rounds === 0 && missedRounds > 0);
  if (!silent && collected.failedSlices === 0) return exitCodes.ok;
  const why = new Set(['failed-slices', 'unmeasured-case', 'evidence-contradicted', 'missed-rounds']);
  tellWarnings(
    warnings.filter(({ code }) => why.has(code)),
    outside.stderr,
  );
  outside.errors.write('bench: some cases could not be measured\n');
  return exitCodes.casesFailed;
}
