import { expect } from 'vitest';
import { caseId } from '../model/case.ts';
import { exitCodes } from '../model/failure.ts';
import type { Slice, ValidityRule } from '../model/slice.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import { type Ended, onlyRun } from './bench-process.fixture.ts';

/**
 * A run that did what it should: every case was measured. Where the hypervisor took the CPU time of all slices of a case
 * it rightly was not, which bench must then have said by exit code 4; nothing else may have cost that case its slices.
 * @param directory below which the run's folder is the only one.
 */
export async function expectMeasured({ exitCode, stderr }: Ended, directory: string): Promise<void> {
  expect([exitCodes.ok, exitCodes.casesFailed], stderr).toContain(exitCode);
  const { slices } = await readRunFolder(await onlyRun(directory));
  const measured = new Set(slices.filter(({ status }) => status === 'completed').map(caseId));
  const lost = slices.filter((slice) => !measured.has(caseId(slice)));
  expect(lost.filter((slice) => !wasStolen(slice))).toEqual([]);
  expect(exitCode, stderr).toBe(lost.length === 0 ? exitCodes.ok : exitCodes.casesFailed);
}

/** What is broken where CPU time was taken: the rule on it, and connections that idled for want of it. */
const stolen: readonly ValidityRule[] = ['cpu-steal', 'littles-law'];

function wasStolen(slice: Slice): boolean {
  if (slice.status !== 'invalid') return false;
  const broken = slice.reasons.map(({ rule }) => rule);
  return broken.includes('cpu-steal') && broken.every((rule) => stolen.includes(rule));
}
