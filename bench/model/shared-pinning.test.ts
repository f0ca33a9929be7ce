import { expect, test } from 'vitest';
import { sharedPinningWarning } from './shared-pinning.ts';

test('CPUs are shared because there is one, or because the engine discards CPU sets: each has its own remedy', () => {
  const one = sharedPinningWarning({ kind: 'shared' });
  expect(one.message).toBe('Server and load generator share their CPUs.');
  expect(one.hint).toContain('at least two CPUs');
  const words = 'Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.';
  const discarded = sharedPinningWarning({ kind: 'shared', discarded: words });
  expect(discarded.message).toBe(`Server and load generator share their CPUs: the engine says "${words}"`);
  expect(discarded.hint).toContain('cpuset');
  expect(discarded.hint).not.toContain('two CPUs');
});
