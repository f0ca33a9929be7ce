import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import type { SliceOrder } from '../model/load-agent.ts';
import { probeSeconds, probesEach } from '../plan/plan-duration.ts';
import { type Collecting, collecting } from './collecting.fixture.ts';

/** All orders of turns: what is recorded. */
async function ordered(options: Collecting = {}) {
  const orders: SliceOrder[] = [];
  const run = await collecting({ ...options, onTurns: ({ slices }) => orders.push(...slices) });
  const perProfile = (connections: number, paced: boolean) =>
    orders.filter((it) => it.connections === connections && (it.ratePerSecond !== undefined) === paced);
  return { ...run, orders, perProfile };
}

test('the rate is half of what the slowest path carries, with two digits, on all paths, and noted once', async () => {
  // 32 connections at 100 and 120 µs; the mean of these lognormal latencies is 2 % above their median.
  const slowest = 32 / (120e-6 * 1.02);
  const { rates, perProfile } = await ordered();
  expect(rates).toHaveLength(1);
  const { nginx = Number.NaN } = rates[0] ?? {};
  expect(Math.abs(nginx / (slowest / 2) - 1)).toBeLessThan(0.05);
  expect(Number(nginx.toPrecision(2))).toBe(nginx);
  // Two rounds of two blocks of three paths.
  expect(perProfile(32, true).map((it) => it.ratePerSecond)).toEqual(Array(12).fill(nginx));
});

test('a moment in which the machine is slow does not set the rate', async () => {
  let nth = 0;
  // After the warm-up of six deployments, the first probe of each of three paths meets a machine ten times as slow.
  const slow = () => ++nth > 6 && nth <= 9;
  const { rates } = await ordered({
    stage: { medianSeconds: () => (slow() ? 1000e-6 : 100e-6) },
  });
  const { nginx = Number.NaN } = rates[0] ?? {};
  expect(Math.abs(nginx / (32 / (100e-6 * 1.02) / 2) - 1)).toBeLessThan(0.05);
});

test('only paced load has a rate: closed loops have none, and neither has the warm-up', async () => {
  const { perProfile, orders, stage } = await ordered();
  expect(perProfile(1, false)).toHaveLength(12);
  expect(perProfile(32, false)).toHaveLength(12);
  expect(orders).toHaveLength(36);
  // Six to warm up each round, and three times three to find the rate in the first.
  expect(stage.journal.filter((it) => it.startsWith('slice'))).toHaveLength(36 + 2 * 6 + 3 * probesEach);
});

test('a rate that was asked for is not looked for, and noted as well', async () => {
  const { rates, perProfile, collected, plan } = await ordered({ flags: { rate: '1234.5' } });
  expect(rates).toEqual([{ nginx: 1234.5 }]);
  expect(new Set(perProfile(32, true).map((it) => it.ratePerSecond))).toEqual(new Set([1234.5]));
  const { slicesSeconds } = (await ordered()).collected;
  expect(slicesSeconds - collected.slicesSeconds).toBeCloseTo(3 * probesEach * probeSeconds, 6);
  expect(plan.rates).toEqual({ nginx: 1234.5 });
});

test('each server has a rate of its own, found or asked for', async () => {
  const flags = { server: ['nginx', 'apache'], rate: 'apache=500', rounds: '1', blocks: '1' };
  const { rates, perProfile } = await ordered({ flags });
  expect(rates).toEqual([{ nginx: expect.any(Number), apache: 500 }]);
  const used = perProfile(32, true).map((it) => it.ratePerSecond);
  expect(used.toSorted()).toEqual([...Array(3).fill(rates[0]?.nginx), 500, 500, 500].toSorted());
});

test('without a paced profile nothing is looked for or noted', async () => {
  const { rates, stage } = await ordered({ flags: { profile: ['latency'], rounds: '1', blocks: '1' } });
  expect(rates).toEqual([]);
  expect(stage.journal.filter((it) => it.startsWith('slice'))).toHaveLength(3 + 3);
});

const silent = new Failure('casesFailed', 'nginx exited with code 1', {
  hint: 'Its last lines: bind() failed',
});

test.each(['throughput', 'churn', 'bulk'])(
  '%s has no rate: none is looked for, noted or told',
  async (profile) => {
    const { rates, pacedRates, events } = await collecting({ flags: { profile, rounds: '1' } });
    expect({ rates, pacedRates }).toEqual({ rates: [], pacedRates: [] });
    expect(events.map((event) => (event === 'read' ? event : event.kind))).not.toContain('paced-rates');
  },
);

test('a path that does not answer has no say in the rate', async () => {
  const { rates } = await ordered({
    stage: { refuse: ({ route }) => (route.server.kind === 'bridge' ? silent : undefined) },
  });
  // The slowest of those that answer is at 100 µs.
  const { nginx = Number.NaN } = rates[0] ?? {};
  expect(Math.abs(nginx / (32 / (100e-6 * 1.02) / 2) - 1)).toBeLessThan(0.05);
});

test('a server that answers from a later round on has its rate from there, and the others keep theirs', async () => {
  let apaches = 0;
  const { rates, slices } = await ordered({
    flags: { server: ['nginx', 'apache'] },
    stage: {
      refuse: ({ deployment }) => (deployment.server === 'apache' && ++apaches <= 3 ? silent : undefined),
    },
  });
  const [first, both] = rates;
  expect(rates).toHaveLength(2);
  expect(Object.keys(first ?? {})).toEqual(['nginx']);
  expect(both).toEqual({ ...first, apache: expect.any(Number) });
  const ofApache = (round: number) =>
    slices.filter((it) => it.server === 'apache' && it.profile === 'steady' && it.round === round);
  expect(new Set(ofApache(1).map(({ status }) => status))).toEqual(new Set(['failed']));
  expect(new Set(ofApache(2).map(({ status }) => status))).toEqual(new Set(['completed']));
});

test('without a rate a paced slice fails, and says what to do; the others are measured', async () => {
  // A server that answers nothing while its capacity is looked for, and everything afterwards.
  let nth = 0;
  const { rates, slices, collected } = await ordered({
    flags: { rounds: '1', blocks: '1' },
    stage: {
      medianSeconds: () => 100e-6,
      onSlice: () => {
        nth += 1;
        if (nth > 6 && nth <= 6 + 3 * probesEach) throw silent;
      },
    },
  });
  expect(rates).toEqual([]);
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 3 });
  const failed = slices.filter((slice) => slice.status === 'failed');
  expect(new Set(failed.map(({ profile }) => profile))).toEqual(new Set(['steady']));
  expect(failed[0]?.error).toEqual({
    message: 'there is no rate for nginx: none of its paths answered in the warm-up',
    hint: 'Find out why no path answered, or set a rate with --rate.',
  });
  expect(slices.filter(({ status }) => status === 'completed')).toHaveLength(6);
});

test('an interrupt while the rate is looked for ends the run with nothing noted', async () => {
  const controller = new AbortController();
  const { rates, collected, slices } = await ordered({
    controller,
    stage: { medianSeconds: () => 100e-6, onSlice: (nth) => nth === 7 && controller.abort() },
  });
  expect(collected.state).toBe('partial');
  expect([rates, slices]).toEqual([[], []]);
});
