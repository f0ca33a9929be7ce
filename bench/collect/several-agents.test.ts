import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import type { TurnsOrder } from '../model/load-agent.ts';
import type { Slice } from '../model/slice.ts';
import { collecting } from './collecting.fixture.ts';

test('two agents share the load of a slice, and together they are counted as one', async () => {
  const orders: TurnsOrder[] = [];
  const alone = await collecting();
  const { collected, slices } = await collecting({
    stage: { agentsEach: 2 },
    onTurns: (order) => void orders.push(order),
  });
  expect(collected.state).toBe('complete');
  expect(slices.map(({ status }) => status)).toEqual(slices.map(() => 'completed'));
  const shared = orders.filter(({ appointments }) => appointments !== undefined);
  expect(new Set(shared.flatMap((order) => order.slices.map((it) => it.connections)))).toEqual(new Set([16]));
  for (const [at, slice] of slices.entries()) {
    const { profile } = slice;
    const ofOne = requestsOf(slice) / requestsOf(alone.slices[at]);
    // A closed loop of as many connections answers as much; each agent offers half of a rate.
    expect(ofOne, profile).toBeGreaterThan(0.95);
    expect(ofOne, profile).toBeLessThan(1.05);
    expect(slice).toHaveProperty('connections', profile === 'latency' ? 1 : 32);
    expect('windowsShared' in slice, profile).toBe(profile !== 'latency');
  }
});

test('agents that did not measure at the same time: the block does not count, and the share is told', async () => {
  let calls = 0;
  const { slices } = await collecting({
    stage: {
      agentsEach: 2,
      windowsOf: ({ appointments }) => {
        const late = calls++ % 2 === 0 ? 0 : 0.05;
        if (appointments === undefined) return {};
        const { windows, windowSeconds } = appointments;
        return {
          windows: windows.map((at) => ({ openedAt: at + late, closedAt: at + late + windowSeconds })),
        };
      },
    },
  });
  const shared = slices.filter(({ profile }) => profile !== 'latency');
  expect(shared.length).toBeGreaterThan(0);
  for (const slice of shared) {
    if (slice.status !== 'invalid') throw new Error(`${slice.status}: expected an invalid slice`);
    expect(slice.reasons).toEqual([
      {
        rule: 'windows_apart',
        message: expect.stringMatching(
          /^all load agents measured in .* % of the windows' time: the limit is 90 %$/,
        ),
      },
    ]);
  }
});

test('an agent that dies in the middle of a slice: that slice failed, the run ends, and what was measured is kept', async () => {
  const gone = new Failure('partial', 'lost contact with the load agent', { hint: 'Run `bench doctor`.' });
  const whole = await collecting({ stage: { agentsEach: 2 } });
  const slicesOfAgents = whole.stage.journal.filter((line) => line.startsWith('slice')).length;
  const { collected, slices } = await collecting({
    stage: { agentsEach: 2, agentFails: { nth: slicesOfAgents - 20, error: gone } },
  });
  expect(collected).toMatchObject({ state: 'partial', reason: gone.message });
  const failed = slices.filter(({ status }) => status === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  expect(collected.failedSlices).toBe(failed.length);
  for (const slice of failed) {
    expect(slice).toHaveProperty('error.message', expect.stringMatching(/^load agent \d of 2 was lost/));
  }
  expect(slices.some(({ status }) => status === 'completed')).toBe(true);
});

function requestsOf(slice: Slice | undefined): number {
  if (slice === undefined || slice.status === 'failed') throw new Error('a slice was expected');
  return slice.requests;
}
