import { expect } from 'vitest';
import { caseId } from '../model/case.ts';
import { exitCodes } from '../model/failure.ts';
import type { Slice } from '../model/slice.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import type { Ended } from './bench-process.fixture.ts';

/**
 * A run that did what it should: every case was measured. Where the hypervisor took the CPU time of all slices of a case
 * it rightly was not, which bench must then have said by exit code 4; nothing else may have cost that case its slices.
 */
export async function expectMeasured({ exitCode, stderr }: Ended, folder: string): Promise<void> {
  const { slices } = await readRunFolder(folder);
  const measured = new Set(slices.filter(({ status }) => status === 'completed').map(caseId));
  const lost = slices.filter((slice) => !measured.has(caseId(slice)));
  const expected = lost.length === 0 ? exitCodes.ok : exitCodes.casesFailed;
  expect({ exitCode, stderr: exitCode === expected ? '' : stderr }).toEqual({
    exitCode: expected,
    stderr: '',
  });
  expect(lost.filter((slice) => !wasStolen(slice))).toEqual([]);
}

function wasStolen(slice: Slice): boolean {
  return slice.status === 'invalid' && slice.reasons.some(({ rule }) => rule === 'cpu-steal');
}
