import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import type { Role } from '../model/case.ts';
import { planOf } from './plan.fixture.ts';
import { schedule } from './schedule.ts';

/**
 * Why the order is random: the baseline against its twin, which are the same, on a machine that drifts.
 * Each order is tried many times; how often does the signed-rank test find a difference that is not there?
 */
const rounds = 8;
const blocks = 3;
const slices = rounds * blocks * 2;
const trials = 1500;
const plan = planOf({
  server: 'nginx',
  mode: 'host',
  profile: 'latency',
  rounds: String(rounds),
  blocks: String(blocks),
});

/** Who is measured in each slice of a run, by round: two slices a block. */
type Order = readonly (readonly Role[])[];

function normal(seed: number): () => number {
  const random = xoroshiro128plus(seed);
  // Irwin & Hall: twelve uniforms less six have mean 0 and deviation 1.
  return () => Array.from({ length: 12 }, () => uniformFloat64(random)).reduce((a, b) => a + b, -6);
}

const orders = {
  scheduled: (seed: number): Order =>
    schedule({ ...plan, seed }).map((round) => round.blocks.flat().map(({ role }) => role)),
  'ABAB…': (): Order => Array.from({ length: rounds }, () => Array(blocks).fill(['baseline', 'twin']).flat()),
  'A×n, B×n': (): Order => {
    const half = (role: Role) => Array.from({ length: rounds / 2 }, () => Array(blocks * 2).fill(role));
    return [...half('baseline'), ...half('twin')];
  },
} satisfies Record<string, (seed: number) => Order>;

const drifts = {
  /** 20 % from the first slice to the last: a machine that warms up. */
  linear: () => Array.from({ length: slices }, (_, slice) => (0.2 * slice) / slices),
  /** Steps of 1 % a slice: neighbours that come and go. */
  'random walk': (next: () => number) => {
    let level = 0;
    return Array.from({ length: slices }, () => {
      level += 0.01 * next();
      return level;
    });
  },
} satisfies Record<string, (next: () => number) => number[]>;

/** Share of trials in which the test at its exact level of 3.9 % finds a difference. */
function falseAlarms(order: keyof typeof orders, drift: keyof typeof drifts): number {
  const next = normal(1);
  let alarms = 0;
  for (let trial = 0; trial < trials; trial++) {
    const roles = orders[order](trial).flat();
    const values = drifts[drift](next).map((level) => level + 0.01 * next());
    const of = (role: Role) => values.filter((_, slice) => roles[slice] === role);
    // The n-th slice of the one against the n-th of the other; three of them make a round.
    const twin = of('twin');
    const differences = of('baseline').map((value, index) => (twin[index] ?? Number.NaN) - value);
    const means = Array.from({ length: rounds }, (_, round) =>
      differences.slice(round * blocks, (round + 1) * blocks).reduce((a, b) => a + b, 0),
    );
    if (differs(means)) alarms++;
  }
  return alarms / trials;
}

/**
 * Wilcoxon's signed-rank test, two-sided, n = 8: it rejects where either rank sum is at most 3, which has
 * probability 10/2⁸ = 3.9 % (the rank sets {}, {1}, {2}, {3}, {1,2} on either side).
 */
function differs(values: readonly number[]): boolean {
  const positive = [...values]
    .sort((a, b) => Math.abs(a) - Math.abs(b))
    .reduce((sum, value, index) => sum + (value > 0 ? index + 1 : 0), 0);
  return Math.min(positive, 36 - positive) <= 3;
}

const nominal = 10 / 2 ** 8;
const standardError = Math.sqrt((nominal * (1 - nominal)) / trials);

test.each(['linear', 'random walk'] as const)(
  'under %s drift the scheduled order errs as often as the test claims',
  (drift) => {
    expect(Math.abs(falseAlarms('scheduled', drift) - nominal)).toBeLessThan(4 * standardError);
  },
);

test('a fixed ABAB order takes a linear drift for a difference', () => {
  expect(falseAlarms('ABAB…', 'linear')).toBeGreaterThan(4 * nominal);
});

test.each(['linear', 'random walk'] as const)(
  'one after the other takes %s drift for a difference',
  (drift) => {
    expect(falseAlarms('A×n, B×n', drift)).toBeGreaterThan(10 * nominal);
  },
);
