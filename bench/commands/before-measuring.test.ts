import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { asUnfit } from './before-measuring.ts';

test.each(['partial', 'casesFailed'] as const)(
  'before a run, %s means that the machine does not fit',
  async (kind) => {
    const failure = new Failure(kind, 'the engine stopped answering', { hint: 'Start it again.' });
    await expect(asUnfit(() => Promise.reject(failure))).rejects.toMatchObject({
      exitCode: 3,
      message: 'the engine stopped answering',
      hint: 'Start it again.',
      cause: failure,
    });
  },
);

test('any other failure, a defect and a result stay as they are', async () => {
  for (const error of [new Failure('interrupted', 'interrupted'), new Error('a defect')]) {
    await expect(asUnfit(() => Promise.reject(error))).rejects.toBe(error);
  }
  expect(await asUnfit(async () => 'done')).toBe('done');
});
