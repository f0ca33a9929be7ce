import { expect, test } from 'vitest';
import { caseSummary } from './case-summaries.ts';
import { baselineCase, completedSlice, groupOf, invalid } from './recorded-case.fixture.ts';

const nginx = { ...baselineCase, profile: 'throughput' as const };

/** Rounds of one block of a second, with so many requests a second and so much CPU time. */
function summaryOf(rounds: readonly (readonly [number, number, number?])[], extra: readonly number[] = []) {
  const slices = rounds.map(([requests, serverSeconds, proxySeconds], index) => {
    const slice = completedSlice(nginx, {
      ...{ round: index + 1, block: 1, requests, wallSeconds: 1 },
      cpu: {
        serverSeconds,
        ...(proxySeconds === undefined ? {} : { proxySeconds }),
        agentSeconds: 0.2,
        softirqSeconds: 0.1,
        serverCpuBusySeconds: 0.96,
        agentCpuBusySeconds: 0.3,
      },
    });
    return extra.includes(index + 1) ? invalid(slice, 'faults', '2 timeouts') : slice;
  });
  return caseSummary(groupOf(slices).baseline);
}

test('values are medians over rounds; CPU a request is split from totals over all rounds', () => {
  const summary = summaryOf([
    [10_000, 0.4],
    [20_000, 0.4],
    [30_000, 0.7],
  ]);
  expect(summary).toMatchObject({ ...nginx, rounds: 3, requests: 60_000 });
  expect(summary.values.throughput_rps).toBe(20_000);
  // 40, 20 and 23.3 µs: their median is 23.3; all CPU time over all requests is 25 µs.
  expect(summary.values.cpu_server_us).toBeCloseTo(70 / 3, 9);
  expect(summary.cpu).toEqual({
    serverUs: expect.closeTo(25, 9),
    agentUs: expect.closeTo(10, 9),
    softirqUs: expect.closeTo(5, 9),
  });
});

test('docker-proxy is told apart from the server, and both are the server’s side', () => {
  const summary = summaryOf([[10_000, 0.3, 0.5]]);
  expect(summary.cpu).toMatchObject({ serverUs: expect.closeTo(30, 9), proxyUs: expect.closeTo(50, 9) });
  expect(summary.values.cpu_server_us).toBeCloseTo(80, 9);
  expect(summary.limit).toBe('proxy');
});

test('it says how busy both CPUs were and whose was the limit', () => {
  expect(summaryOf([[10_000, 0.4]])).toMatchObject({ serverBusy: 0.96, agentBusy: 0.3, limit: 'server' });
});

test('a round with a fault is in no figure, but its slices are counted', () => {
  const rounds = [
    [10_000, 0.4],
    [90_000, 0.4],
  ] as const;
  expect(summaryOf(rounds, [2])).toMatchObject({
    slices: { completed: 1, invalid: 1, failed: 0 },
    rounds: 1,
    missedRounds: 1,
    requests: 10_000,
    values: { throughput_rps: 10_000 },
  });
});

test('of a case without a round that counts there are no figures at all', () => {
  const summary = summaryOf([[10_000, 0.4]], [1]);
  expect(summary).toEqual({
    ...nginx,
    slices: { completed: 0, invalid: 1, failed: 0 },
    rounds: 0,
    missedRounds: 1,
    requests: 0,
    values: {},
  });
});
