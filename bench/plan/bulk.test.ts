import { expect, test } from 'vitest';
import { loadSeconds } from '../model/load-time.ts';
import { rampSecondsOf, sliceSecondsOf } from '../model/profile.ts';
import type { Warning } from '../model/warning.ts';
import { planCommand } from './plan-command.ts';
import { planDuration } from './plan-duration.ts';
import { planWarnings } from './plan-warnings.ts';
import { resolvePlan } from './resolve-plan.ts';

function plan(flags: Readonly<Record<string, unknown>>, notes: Warning[] = []) {
  const note = (it: Warning) => notes.push(it);
  return resolvePlan({ flags: { profile: 'bulk', ...flags }, env: {}, note }, () => 0);
}

/** Seconds of slice and ramp of the plan's bulk profile. */
function lengths(flags: Readonly<Record<string, unknown>>) {
  const resolved = plan(flags);
  const bulk = resolved.profiles.find(({ name }) => name === 'bulk');
  if (bulk === undefined) throw new Error('the plan has no bulk profile');
  return { slice: sliceSecondsOf(resolved, bulk), ramp: rampSecondsOf(resolved, bulk), bulk };
}

test.each(['64KiB', '1MiB', '10MiB'])('slices for bodies of %s hold five of each connection', (bulkBytes) => {
  const { slice, ramp, bulk } = lengths({ bulkBytes });
  const each = loadSeconds(32, bulk.bulk?.bytes ?? Number.NaN);
  expect(slice).toBeGreaterThanOrEqual(5 * each);
  expect(ramp).toBeGreaterThanOrEqual(2 * each);
  expect(planWarnings(plan({ bulkBytes }))).toEqual([]);
});

test('small bodies have the usual slices, and longer ones that are asked for stay', () => {
  expect(lengths({ bulkBytes: '1KiB' }).slice).toBeCloseTo(0.18, 9);
  expect(lengths({ sliceSeconds: '0.9' }).slice).toBeCloseTo(0.9, 9);
  expect(lengths({ rampSeconds: '3' }).ramp).toBeCloseTo(3, 9);
});

test('the prediction knows how long large bodies take', () => {
  const seconds = (bulkBytes: string) => planDuration(plan({ bulkBytes, server: 'nginx' })).slicesSeconds;
  // Ten times the bytes, ten times the time in slices and ramps; the warm-up is no longer than a second.
  expect(seconds('10MiB') / seconds('1MiB')).toBeGreaterThan(4);
});

test('bodies for which no slice is long enough are refused, with the longest that fit', () => {
  expect(() => plan({ bulkBytes: '1GiB' })).toThrow(
    '--bulk-bytes: 32 bodies of 1073741824 bytes at a time may need slices of 688 s, and no slice is longer than 60 s',
  );
  expect(() => plan({ bulkBytes: '93M' })).not.toThrow();
  expect(() => plan({ bulkBytes: '94M' })).toThrow(
    expect.objectContaining({ hint: 'Give at most 93000000.' }),
  );
});

test('the command that repeats a run has its bodies; a plan without the profile has no use for them', () => {
  const command = planCommand(plan({ bulkBytes: '64KiB', bulkDirection: 'up' }));
  expect(command).toContain('--bulk-bytes 65536 --bulk-direction up');
  const notes: Warning[] = [];
  const other = plan({ profile: 'latency', bulkBytes: '64KiB' }, notes);
  expect(planCommand(other)).not.toContain('bulk');
  expect(notes.map(({ message }) => message)).toEqual([
    '--bulk-bytes is for the bulk profile, which the plan does not have',
  ]);
});

test('the way out for large bodies of other profiles leads to a plan without warnings', () => {
  const [warning] = planWarnings(plan({ profile: 'throughput', bodyBytes: '10MiB' }));
  const [, bulkBytes] = /--profile bulk --bulk-bytes (\d+)/.exec(warning?.hint ?? '') ?? [];
  expect(planWarnings(plan({ bulkBytes }))).toEqual([]);
});

test('beside other profiles the bodies of those stay small', () => {
  const both = plan({ profile: 'latency,bulk' });
  expect(both.bodyBytes).toBe(1024);
  expect(both.profiles.map(({ bulk }) => bulk?.bytes)).toEqual([undefined, 2 ** 20]);
  expect(planWarnings(both)).toEqual([]);
});
