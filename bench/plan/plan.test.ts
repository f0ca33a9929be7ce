import { expect, test } from 'vitest';
import { caseId, deploymentId } from '../model/case.ts';
import { planCases, planDeployments } from './cases.ts';
import { containersOf, planDuration, probeSeconds, probesEach } from './plan-duration.ts';
import { planWarnings } from './plan-warnings.ts';
import { resolvePlan } from './resolve-plan.ts';

const plan = (flags: Readonly<Record<string, unknown>> = {}) => resolvePlan({ flags, env: {} }, () => 0);

test('each server is deployed once a path and role, with a twin of every baseline', () => {
  const flags = { server: 'nginx,apache', mode: 'bridge', path: 'bridge/host/container' };
  expect(planDeployments(plan(flags)).map(deploymentId)).toEqual(
    ['nginx', 'apache'].flatMap((server) => [
      `${server} host/external`,
      `${server} host/external (twin)`,
      `${server} bridge/external/published`,
      `${server} host/host`,
      `${server} host/host (twin)`,
      `${server} bridge/host/container`,
    ]),
  );
});

test('a deployment serves all profiles: the default plan has 8 deployments and 24 cases', () => {
  expect(planDeployments(plan())).toHaveLength(8);
  const cases = planCases(plan()).map(caseId);
  expect(new Set(cases).size).toBe(24);
  expect(cases).toContain('apache host/external (twin) throughput');
});

test('with one port for two addresses, the comparison with the twin is the one that was asked for', () => {
  expect(planWarnings(plan({ plan: 'two-addresses' })).map(({ code }) => code)).not.toContain('no-contender');
  expect(planWarnings(plan({ mode: 'host' })).map(({ code }) => code)).toContain('no-contender');
});

test('the duration is what the slices take, and what deployments and gaps cost', () => {
  const small = plan({
    server: 'nginx',
    mode: 'mapped',
    rounds: '10',
    blocks: '3',
    sliceSeconds: '0.4',
    turnSeconds: '0',
    rampSeconds: '0.1',
    warmupSeconds: '0.2',
    rate: '1000',
  });
  // 3 deployments × 3 profiles = 9 cases; host, its twin, and a mapped server with its holder: 4 containers.
  const estimates = { startSeconds: 7, containerSeconds: 0.5, gapSeconds: 0.01, turnGapSeconds: 0.002 };
  // 1 and 32 connections to each, until each of them had 230 answers. At 20 000 answers/s: 0.0115 s for one connection, and no longer than the plan allows for 32.
  const warmup = 3 * (230 / 20_000 + 0.2);
  const { slicesSeconds, totalSeconds } = planDuration(small, estimates);
  // Slices of 0.4, 0.8 (steady) and 0.4 s, after ramps of 0.1, 0.1 and 0.4 s (throughput).
  const slices = 3 * 3 * (1.6 + 6 * 0.1);
  expect(slicesSeconds).toBeCloseTo(10 * (slices + warmup), 6);
  expect(totalSeconds - slicesSeconds).toBeCloseTo(7 + 10 * 4 * 0.5 + 10 * (9 * 3 + 6) * 0.01, 6);

  // 40 turns of 0.01 s make up a slice of 0.4 s, 80 one of 0.8 s.
  expect(planDuration({ ...small, turnSeconds: 0.01 }, estimates).slicesSeconds).toBeCloseTo(
    10 * (slices + 3 * 3 * 160 * 0.002 + warmup),
    6,
  );

  const cold = { ...small, warmupSeconds: 0 };
  expect(planDuration(cold, estimates).slicesSeconds).toBeCloseTo(10 * slices, 6);
  expect(containersOf({ path: 'bridge/external/published' }, {})).toBe(1);
});

test('a rate that is to be found costs a look at each path of its server, once', () => {
  const flags = { mode: 'bridge', rounds: '10' };
  const slicesOf = (more: Readonly<Record<string, unknown>>) =>
    planDuration(plan({ ...flags, ...more })).slicesSeconds;
  // Two servers with three deployments each.
  expect(slicesOf({}) - slicesOf({ rate: '1000' })).toBeCloseTo(6 * probesEach * probeSeconds, 6);
  expect(slicesOf({}) - slicesOf({ rate: 'nginx=1000' })).toBeCloseTo(3 * probesEach * probeSeconds, 6);
  const closed = { profile: 'latency,throughput' };
  expect(slicesOf(closed)).toBe(slicesOf({ ...closed, rate: '1000' }));
});

test("a mapped server that joins the user's container has no holder to wait for", () => {
  expect(containersOf({ path: 'mapped/external/published' }, {})).toBe(2);
  expect(containersOf({ path: 'mapped/external/published' }, { mapTo: 'web' })).toBe(1);
  const estimates = { startSeconds: 0, containerSeconds: 1, gapSeconds: 0, turnGapSeconds: 0 };
  const flags = { server: 'nginx', mode: 'mapped', rounds: '10' };
  const [own, users] = [plan(flags), plan({ ...flags, mapTo: 'web' })].map((it) =>
    planDuration(it, estimates),
  );
  expect((own?.totalSeconds ?? 0) - (users?.totalSeconds ?? 0)).toBeCloseTo(10, 6);
});

test('most of the default plan is predicted to be measuring', () => {
  const { slicesSeconds, totalSeconds } = planDuration(plan());
  expect(slicesSeconds / totalSeconds).toBeGreaterThan(0.75);
});

test('the default plan has nothing to warn about', () => {
  expect(planWarnings(plan())).toEqual([]);
});

test('what a plan allows but should be known is said', () => {
  expect(planWarnings(plan({ rounds: '5', mode: 'host', sliceSeconds: '2' }))).toEqual([
    {
      code: 'few-rounds',
      message: '5 rounds cannot give a 95 % interval: it needs at least 6',
      hint: 'Pass --rounds 6 or more; with fewer, nothing is shown to differ.',
    },
    {
      code: 'no-contender',
      message: 'host/external is compared with nothing but a second copy of itself',
      hint: 'Add a network mode (--mode bridge) or a path (--path), unless that noise check is what you want.',
    },
    {
      code: 'slice-length',
      message: 'slices of 2 s are outside the range that the method was checked for',
      hint: 'Pass --slice-seconds between 0.04 and 1.',
    },
  ]);
});

const large = { profile: 'throughput', bodyBytes: '10485760' };

test('bodies that take longer than a slice are warned of, with flags under which they do not', () => {
  expect(planWarnings(plan(large))).toEqual([
    {
      code: 'large-bodies',
      message:
        '32 bodies at a time of 10485760 bytes may take 1.3 s, and a slice lasts 0.18 s: answers that it cuts off count as timeouts',
      hint: 'Pass --slice-seconds 7 --ramp-seconds 3 --turn-seconds 0; or --body-bytes 703000 or less; or measure them as --profile bulk --bulk-bytes 10485760.',
    },
  ]);
  expect(planWarnings(plan({ ...large, sliceSeconds: '7', rampSeconds: '3', turnSeconds: '0' }))).toEqual([]);
  expect(planWarnings(plan({ ...large, bodyBytes: '703000' }))).toEqual([]);
  expect(planWarnings(plan({ ...large, profile: 'latency' }))).toEqual([]);
});

test('bodies for which no slice is long enough: smaller ones, or fewer connections', () => {
  const [warning, ...others] = planWarnings(plan({ ...large, bodyBytes: '1073741824' }));
  expect(others).toEqual([]);
  expect(warning?.hint).toBe('Pass --body-bytes 703000 or less, or --profile latency.');
});

test('one round is told of as one', () => {
  expect(planWarnings(plan({ rounds: '1' })).map(({ message }) => message)).toEqual([
    '1 round cannot give a 95 % interval: it needs at least 6',
  ]);
});

test('rounds that give an interval but no difference after the correction for all declared comparisons are warned of', () => {
  expect(planWarnings(plan({ rounds: '6' }))).toEqual([
    {
      code: 'few-rounds',
      message:
        '6 rounds cannot show a difference in 12 main results: corrected together they need at least 9',
      hint: 'Pass --rounds 9 or more, or compare fewer paths.',
    },
  ]);
  expect(planWarnings(plan({ rounds: '6', server: 'nginx', profile: 'latency', mode: 'bridge' }))).toEqual(
    [],
  );
  expect(planWarnings(plan({ rounds: '9' }))).toEqual([]);
});

test.each([
  [
    { time: '5' },
    /^about 1 round fits into 5 s: too short for any 95 % interval, which needs 6$/,
    /^Pass --time \w+ or more: 6 rounds take about \d+ min/,
  ],
  [
    { precision: '1%', confidence: '0.99', time: '1m' },
    /^about \d rounds fit into 1 min, and the precision is looked at first after 1\d$/,
    /^Pass --time \w+ or more: 1\d rounds take about/,
  ],
])('a time that ends before there can be an interval is warned of: %j', (flags, message, hint) => {
  expect(planWarnings(plan(flags))).toEqual([
    { code: 'few-rounds', message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
  ]);
});

test('a time in which the rounds are too few for all main results is warned of', () => {
  expect(planWarnings(plan({ time: '3m' }))).toEqual([
    {
      code: 'few-rounds',
      message: expect.stringMatching(
        /^about [678] rounds in 3 min cannot show a difference in 12 main results: corrected together they need at least 9$/,
      ),
      hint: 'Give it more time (--time), or compare fewer paths.',
    },
  ]);
});

test('small tasks are timed on request only: without them a plan takes as long as it did', () => {
  const usual = plan({ rounds: '10' });
  expect(usual.probes).toBeUndefined();
  expect(plan({ rounds: '10', probes: 'off' })).toEqual(usual);
  const probing = plan({ rounds: '10', probes: 'on' });
  expect(probing).toEqual({ ...usual, probes: true });
  const [without, longer] = [usual, probing].map((it) => planDuration(it).totalSeconds);
  expect((longer ?? 0) - (without ?? 0)).toBeGreaterThan(10 * 8 * 2 * 0.3);
  expect(planDuration(probing).slicesSeconds).toBe(planDuration(usual).slicesSeconds);
});

test('a service takes longer than bench nginx: its survey, its starts, and a warm-up at its rate', () => {
  const flags = { plan: 'quick', sliceSeconds: '0.18', warmupSeconds: '1' };
  const own = planDuration(plan(flags)).totalSeconds;
  const ofService = planDuration(plan({ ...flags, image: 'app', port: '80' })).totalSeconds;
  // Four services took 69 to 77 s in a lab by this plan, bench's own nginx some 50 s.
  expect(own).toBeGreaterThan(43);
  expect(own).toBeLessThan(52);
  expect(ofService).toBeGreaterThan(66);
  expect(ofService).toBeLessThan(77);
});

test('p99.9 takes the time of its responses at the rate, and the plan says so', () => {
  const flags = { profile: 'paced', server: 'nginx', mode: 'bridge', pacedRate: '5000', seed: '1' };
  const slow = plan({ ...flags, quantile: 'p99.9' });
  const usual = plan({ ...flags, quantile: 'p99' });
  const seconds = (it: typeof slow) => planDuration(it, { ...noTime, turnGapSeconds: 0 }).slicesSeconds;
  // 110,000 responses instead of 11,000, on three paths in each of ten rounds.
  expect(seconds(slow) - seconds(usual)).toBeCloseTo((10 * 3 * (110_000 - 11_000)) / 5_000, 6);
  expect(seconds(plan({ ...flags, quantile: 'p99.9', pacedRate: '10000' }))).toBeCloseTo(
    seconds(slow) - (10 * 3 * 110_000) / 10_000,
    6,
  );
});

const noTime = { startSeconds: 0, containerSeconds: 0, gapSeconds: 0 };

test('a rate at which a quantile has too few responses, even in the longest slices, is told with one that has enough', () => {
  const rare = (flags: Readonly<Record<string, unknown>>) =>
    planWarnings(plan({ profile: 'paced', server: 'nginx', ...flags })).find(
      ({ code }) => code === 'rare-requests',
    );
  const told = rare({ quantile: 'p99.9', pacedRate: '400' });
  expect(told?.message).toBe(
    'at 400 requests/s to nginx a round has about 48,000 responses, and p99.9 latency needs 50,000: it will not be shown',
  );
  const [, rate = '', blocks = ''] =
    /--paced-rate (\d+)\), or .*--blocks (\d+)\)/.exec(told?.hint ?? '') ?? [];
  expect(rare({ quantile: 'p99.9', pacedRate: rate })).toBeUndefined();
  expect(rare({ quantile: 'p99.9', pacedRate: `${Number(rate) - 1}` })).toBeDefined();
  expect(rare({ quantile: 'p99.9', pacedRate: '400', blocks })).toBeUndefined();
  expect(rare({ quantile: 'p99', pacedRate: '400' })).toBeUndefined();
  expect(rare({ quantile: 'p99', pacedRate: '30' })?.hint).not.toContain('--quantile');
  expect(rare({})).toBeUndefined();
});

test('a run of a given time has fewer rounds with small tasks, and still ends in time', () => {
  const flags = { server: 'nginx', seed: '1' };
  for (const [time, seconds] of [
    ['40s', 40],
    ['2m', 120],
    ['10m', 600],
  ] as const) {
    const without = planDuration(plan({ ...flags, time }));
    const probed = planDuration(plan({ ...flags, time, probes: true }));
    expect(probed.rounds).toBeLessThan(without.rounds);
    // Before the first round and for what is timed once there is time besides.
    expect(probed.totalSeconds).toBeLessThanOrEqual(seconds + 15);
  }
});
