import { expect, test } from 'vitest';
import type { Running } from '../model/described.ts';
import type { SliceOrder } from '../model/load-agent.ts';
import { announcedLoad } from '../plan/announced-load.ts';
import { collecting } from './collecting.fixture.ts';
import { surveyService } from './survey-service.ts';

const web: Running = {
  container: 'web',
  image: 'my/app:1.2',
  mode: 'bridge',
  ports: [8080],
  published: [{ containerPort: 8080, hostAddress: '0.0.0.0', hostPort: 80 }],
};

async function measured() {
  const orders: SliceOrder[] = [];
  const run = await collecting({
    running: web,
    flags: { rate: '50' },
    stage: { onSlice: (_, order) => orders.push(order) },
  });
  return { ...run, orders };
}

test('a running container is sent what was announced, at no other rate, and is not surveyed', async () => {
  const { plan, orders, rates, stage } = await measured();
  expect(new Set(orders.map((it) => it.ratePerSecond))).toEqual(new Set([50]));
  const offered = orders.reduce((sum, it) => sum + 50 * (it.rampSeconds + it.sliceSeconds), 0);
  expect(offered).toBeCloseTo(announcedLoad(plan)?.requests ?? 0, 6);
  expect(rates).toEqual([{ web: 50 }]);
  const before = stage.journal.length;
  expect(await surveyService(plan, stage, async () => {})).toEqual([]);
  expect(stage.journal.slice(before).map((it) => it.split(' ')[0])).toEqual([
    'deploy',
    'read',
    'read',
    'clear',
  ]);
  expect(stage.journal.filter((it) => /deploy|survey|exchange|nothing|beside/.test(it))).toEqual([
    'deploy 5 one by one',
    'deploy 5 one by one',
    'deploy 1',
  ]);
});

test('each case has the container to itself, because its CPU time does not tell one from the other', async () => {
  const { slices, stage } = await measured();
  expect(slices).toHaveLength(20);
  const loads = stage.journal.filter((it) => /^(read|slice)/.test(it)).map((it) => it.split(' ')[0]);
  expect(loads).toEqual(slices.flatMap(() => ['read', 'slice', 'read']));
});

test('the second measurement of a path has connections of its own', async () => {
  const { orders } = await measured();
  const sets = orders.map(({ url, connectionSet }) => `${new URL(url).hostname} ${connectionSet}`);
  expect(new Set(sets)).toEqual(
    new Set([
      ...['172.17.0.2 baseline', '172.17.0.2 twin', '172.17.0.1 contender'],
      ...['198.18.0.1 baseline', '198.18.0.1 twin'],
    ]),
  );
});

test('what the container does for its other clients is told before round 1, as CPU time of a request', async () => {
  const { plan, stage } = await measured();
  const waited: number[] = [];
  const told = async (cpuSecondsASecond: number) => {
    let atSeconds = 0;
    return surveyService(
      plan,
      {
        ...stage,
        read: async (deployed, edge) => ({
          ...(await stage.read(deployed, edge)),
          ...{ atSeconds, server: { cpuSeconds: atSeconds * cpuSecondsASecond } },
        }),
      },
      async (seconds) => {
        waited.push(seconds);
        atSeconds += seconds;
      },
    );
  };
  // 6 ms of CPU in each second, at 50 requests/s.
  expect(await told(0.006)).toMatchObject([
    {
      code: 'other-clients',
      message: expect.stringContaining('as much as 120 µs for each request of this run'),
    },
  ]);
  expect(await told(0.00004)).toEqual([]);
  expect(waited).toEqual([1, 1]);
});
