import { expect, test } from 'vitest';
import { unlessLate } from './unless-late.ts';

const never = new Promise<string>(() => {});

test('work that ends gives its result, or its error, interrupted or not', async () => {
  for (const signal of [new AbortController().signal, AbortSignal.abort()]) {
    expect(await unlessLate(Promise.resolve('done'), signal, 60)).toBe('done');
    await expect(unlessLate(Promise.reject(new Error('failed')), signal, 60)).rejects.toThrow('failed');
  }
});

test('work that does not end is left some time after the interruption', async () => {
  const interruption = new AbortController();
  const left = unlessLate(never, interruption.signal, 0.01);
  interruption.abort();
  expect(await left).toBeUndefined();
  expect(await unlessLate(never, AbortSignal.abort(), 0.01)).toBeUndefined();
});

test('what becomes of work that was left is heard by nobody', async () => {
  let fail = (_: Error) => {};
  const work = new Promise<string>((_, reject) => {
    fail = reject;
  });
  expect(await unlessLate(work, AbortSignal.abort(), 0.01)).toBeUndefined();
  fail(new Error('unheard')); // an unhandled rejection would fail this file
  await new Promise(setImmediate);
});
