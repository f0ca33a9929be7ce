import { expect } from 'vitest';
import { caseId } from '../../model/case.ts';
import { exitCodes } from '../../model/failure.ts';
import type { Slice } from '../../model/slice.ts';
import { rules } from '../../model/validity-rules.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { type Ended, onlyRun } from './bench-process.fixture.ts';

/**
 * A run that did what it should: every case was measured, or the machine was disturbed each time that it was its turn,
 * which is no fault of the case.
 * @param directory below which the run's folder is the only one.
 */
export async function expectMeasured({ exitCode, stderr }: Ended, directory: string): Promise<void> {
  expect(exitCode, stderr).toBe(exitCodes.ok);
  const { slices } = await readRunFolder(await onlyRun(directory));
  const measured = new Set(slices.filter(({ status }) => status === 'completed').map(caseId));
  const lost = slices.filter((slice) => !measured.has(caseId(slice)));
  expect(lost.filter((slice) => !wasDisturbed(slice))).toEqual([]);
}

function wasDisturbed(slice: Slice): boolean {
  return slice.status === 'invalid' && slice.reasons.some(({ rule }) => rules[rule].leavesOut === 'block');
}
