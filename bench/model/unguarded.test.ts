import { expect, test } from 'vitest';
import { unguardedIn } from './unguarded.ts';

test('a run with a guard, or of a version before there was one, has nothing to warn of', () => {
  expect(unguardedIn({ guard: { backend: 'nftables' } })).toEqual([]);
  expect(unguardedIn({})).toEqual([]);
});

test('a run without one says why there was none', () => {
  const why = 'nftables: Operation not permitted; iptables-legacy: Permission denied';
  expect(unguardedIn({ guard: { refused: why } })).toMatchObject([
    { code: 'unguarded', message: expect.stringContaining(why) },
  ]);
});
