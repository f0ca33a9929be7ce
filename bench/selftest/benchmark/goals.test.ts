import { expect, test } from 'vitest';
import type { Result } from './comparison.ts';
import { goalLines } from './goals.ts';

const agent: Result = {
  ...{ contender: 'agent', connections: 1, round: 0 },
  ...{ requestsPerSecond: 33_000, cpuUsPerRequest: 18, medianUs: 30, garbageShare: 0.001 },
};
const autocannon: Result = { ...agent, contender: 'autocannon', requestsPerSecond: 20_000 };
const wrk: Result = { ...agent, contender: 'wrk', medianUs: 25 };

test('each goal says whether it is met, with the figure and the limit', () => {
  const lines = goalLines([agent, autocannon, wrk]).filter((line) => line.includes(' 1 connection '));
  expect(lines).toEqual([
    "pass   at most 1.2    1.000 [1.000, 1.000]        1 connection : CPU a request, ratio to wrk's",
    "pass   at least 1.6   1.650 [1.650, 1.650]        1 connection : requests/s, ratio to plain autocannon's",
    "short  at most 1.15   1.200 [1.200, 1.200]        1 connection : median latency, ratio to wrk's",
    'pass   at most 0.005  0.0010 [0.0010, 0.0010]     1 connection : share of the time under load in which garbage is collected',
  ]);
});

test('a goal against a contender that is missing is not measured', () => {
  const [first] = goalLines([agent, autocannon]);
  expect(first).toMatch(/^not measured/);
});
