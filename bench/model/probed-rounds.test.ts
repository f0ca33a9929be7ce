import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProbed, probedRounds } from './probed-rounds.ts';

function probedOf(plan: Parameters<typeof isProbed>[0]): readonly number[] {
  return Array.from({ length: plan.rounds }, (_, index) => index + 1).filter((it) => isProbed(plan, it));
}

test('small tasks are timed in every round of a short run, and in ten of a long one, evenly spread', () => {
  const rounds = fc.integer({ min: 1, max: 400 });
  fc.assert(
    fc.property(rounds, (rounds) => {
      const probed = probedOf({ probes: true, rounds });
      expect(probed).toHaveLength(Math.min(rounds, 10));
      expect(probedRounds({ probes: true }, rounds)).toBe(probed.length);
      const steps = probed.slice(1).map((it, index) => it - (probed[index] ?? 0));
      if (steps.length > 0) expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
      expect(probedOf({ rounds })).toEqual([]);
    }),
  );
});

test('a run that may stop at any round times them in its first rounds', () => {
  expect(probedOf({ probes: true, rounds: 400, stopping: { seconds: 600 } })).toEqual(
    Array.from({ length: 10 }, (_, index) => index + 1),
  );
});
