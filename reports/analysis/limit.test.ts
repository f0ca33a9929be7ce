import { expect, test } from 'vitest';
import type { Cpu } from '../../bench/model/slice.ts';
import { busyOf, isServerSide, limitOfBoth } from './limit.ts';
import { baselineCase, completedSlice, groupOf } from './recorded-case.fixture.ts';

/** One second under load in which the two CPUs were busy for so long. */
function busy(serverCpuBusySeconds: number, agentCpuBusySeconds: number, cpu: Partial<Cpu> = {}) {
  const slice = completedSlice(
    { ...baselineCase, profile: 'throughput' },
    {
      ...{ round: 1, block: 1, wallSeconds: 1 },
      cpu: { loadSeconds: 1, serverCpuBusySeconds, agentCpuBusySeconds, ...cpu },
    },
  );
  return busyOf(groupOf([slice]).baseline);
}

test.each([
  [0.99, 0.6, 'server'],
  [0.79, 0.99, 'agent'],
  [0.97, 0.98, 'agent'],
  [0.95, 0.5, 'server'],
  [0.949, 0.949, 'none'],
] as const)("the server's CPU %f busy, the agent's %f: the limit is %s", (server, agent, limit) => {
  expect(busy(server, agent)).toEqual({ server, agent, limit });
});

test("where docker-proxy used more of the server's side than the server, it is the limit", () => {
  expect(busy(0.99, 0.5, { serverSeconds: 0.4, proxySeconds: 0.5 }).limit).toBe('proxy');
  expect(busy(0.99, 0.5, { serverSeconds: 0.5, proxySeconds: 0.4 }).limit).toBe('server');
});

test('it is told from totals over all rounds', () => {
  const slices = [1, 0.8].map((serverCpuBusySeconds, index) =>
    completedSlice(baselineCase, {
      ...{ round: index + 1, block: 1, wallSeconds: 1 },
      cpu: { loadSeconds: 1, serverCpuBusySeconds, agentCpuBusySeconds: 0.5 },
    }),
  );
  expect(busyOf(groupOf(slices).baseline)).toEqual({ server: 0.9, agent: 0.5, limit: 'none' });
});

test('where one CPU was not read, or nothing counts, nothing is said', () => {
  const slice = completedSlice(baselineCase, { round: 1, block: 1, cpu: { agentCpuBusySeconds: 0.4 } });
  expect(busyOf(groupOf([slice]).baseline)).toEqual({});
  expect(busyOf(groupOf([]).baseline)).toEqual({});
});

test('of a comparison: what spoils it on either side, else the docker-proxy before the server', () => {
  expect(limitOfBoth('server', 'server')).toBe('server');
  expect(limitOfBoth('server', 'proxy')).toBe('proxy');
  expect(limitOfBoth('server', 'none')).toBe('none');
  expect(limitOfBoth('agent', 'none')).toBe('agent');
  expect(limitOfBoth('server', undefined)).toBeUndefined();
  expect((['server', 'proxy', 'agent', 'none', undefined] as const).map(isServerSide)).toEqual([
    ...[true, true, false, false, false],
  ]);
});
