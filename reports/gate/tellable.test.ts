import { expect, test } from 'vitest';
import type { GateLimit } from '../../bench/model/gate.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { recordOf } from '../across/recorded-runs.fixture.ts';
import { bridgePath } from '../synthetic-run.fixture.ts';
import { assertedOn, place } from './asserted.fixture.ts';
import { assertTellable } from './tellable.ts';

const noisy = { servers: ['nginx'], profiles: ['latency'], deploymentNoise: 0.03 } as const;
/** Whether a limit on the bridge's latency is refused. */
function told(limit: GateLimit, record: RunRecord, earlier: readonly RunRecord[] = []) {
  const { asserted, judging } = assertedOn(record, limit, { earlier });
  assertTellable(asserted, judging);
}

const run = recordOf(20, noisy);

test.each([
  [{ kind: 'maxOverhead', value: 0.01 }, 'maxOverhead', '1 %'],
  [{ kind: 'maxRegression', value: 0.02 }, 'maxRegression', '2 %'],
  [{ kind: 'maxOverheadUs', value: 1 }, 'maxOverheadUs', '1 µs'],
] as const)(
  '%j is tighter than the first run can tell: refused, with the rounds that it takes',
  (limit, kind, words) => {
    const refused = expect.objectContaining({
      kind: 'usage',
      message: expect.stringMatching(
        new RegExp(
          `^${place}: ${kind} of latency_p50_us ${bridgePath} \\(nginx, latency\\): ${words} is tighter than what can be told: ` +
            `±[\\d.]+ (%|µs) with 10 rounds in run ${run.run.runId}$`,
        ),
      ),
      hint: expect.stringMatching(
        /^It would take about \d+ rounds: bench run --rounds \d+\. Or raise the limit to \d+%? or more\.$/,
      ),
    });
    expect(() => told(limit, run)).toThrow(refused);
  },
);

test('the rounds that it takes grow with the square of how much narrower the interval must be', () => {
  const rounds = (value: number) => {
    try {
      told({ kind: 'maxOverhead', value }, run);
    } catch (error) {
      return Number(/--rounds (\d+)/.exec(String((error as { hint?: string }).hint))?.[1]);
    }
    return undefined;
  };
  const [wide = 0, narrow = 0] = [rounds(0.02), rounds(0.01)];
  // Both are rounded up.
  expect(narrow).toBeLessThanOrEqual(4 * wide);
  expect(narrow).toBeGreaterThan(4 * (wide - 1));
});

test('a limit that no run can tell says so', () => {
  expect(() => told({ kind: 'maxOverhead', value: 0.001 }, run)).toThrow(
    expect.objectContaining({
      hint: expect.stringMatching(/^No run can have the rounds .* Raise the limit to \d+% or more\.$/),
    }),
  );
});

test('a limit as wide as the interval is not refused; those without an interval never are', () => {
  expect(() => told({ kind: 'maxOverhead', value: 0.1 }, run)).not.toThrow();
  expect(() => told({ kind: 'maxRegression', value: 0.15 }, run)).not.toThrow();
  expect(() => told({ kind: 'minRounds', value: 400 }, run)).not.toThrow();
  expect(() => told({ kind: 'noUntrusted' }, run)).not.toThrow();
});

test('a noisy night is no error of usage where an earlier run could tell; a limit far too tight stays one', () => {
  const tight = { kind: 'maxOverhead', value: 0.03 } as const;
  expect(() => told(tight, run)).toThrow();
  expect(() => told(tight, run, [recordOf(1, noisy)])).not.toThrow();
  expect(() => told({ kind: 'maxOverhead', value: 0.01 }, run, [recordOf(1, noisy)])).toThrow();
  const otherLoad = recordOf(1, { ...noisy, plan: { bodyBytes: 64_000 } });
  expect(() => told(tight, run, [otherLoad])).toThrow();
});

test('an untrusted run refuses no limit', () => {
  const disturbed = recordOf(20, { ...noisy, foreign: { share: 0.3 } });
  expect(() => told({ kind: 'maxOverhead', value: 0.01 }, disturbed)).not.toThrow();
});

test('a plan with too few rounds for any interval is refused with the rounds that it takes', () => {
  const short = recordOf(20, { ...noisy, rounds: 4 });
  expect(() => told({ kind: 'maxOverhead', value: 0.5 }, short)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('has too few rounds for a 95 % interval: 4'),
      hint: 'It takes at least 6 rounds: bench run --rounds 6',
    }),
  );
});
