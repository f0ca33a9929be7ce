import { expect, test } from 'vitest';
import type { Running } from '../model/described.ts';
import { planSchema } from '../model/plan.ts';
import { announcedLoad } from './announced-load.ts';
import { planCommand } from './plan-command.ts';
import { planDuration } from './plan-duration.ts';
import { failure, plan } from './planned.fixture.ts';

const web: Running = {
  container: 'web',
  image: 'my/app:1.2',
  mode: 'bridge',
  ports: [8080, 9000],
  published: [{ containerPort: 8080, hostAddress: '0.0.0.0', hostPort: 80 }],
};
const flags = { container: 'web', rate: '50' };
const publishedAt = (...hostAddresses: readonly string[]): Running => ({
  ...web,
  published: hostAddresses.map((hostAddress) => ({ containerPort: 8080, hostAddress, hostPort: 80 })),
});

test('a running container gets the steady load at the given rate, without a warm-up, turns or a change of CPUs', () => {
  const resolved = plan({ flags, running: web });
  expect(planSchema.parse(resolved)).toEqual(resolved);
  expect(resolved).toMatchObject({
    servers: ['web'],
    rates: { web: 50 },
    warmupSeconds: 0,
    profiles: [{ name: 'steady', connections: 5, declaredMetric: 'latency_p50_us' }],
    service: { image: 'my/app:1.2', port: 8080, running: { container: 'web', published: { port: 80 } } },
    request: { method: 'GET', path: '/' },
  });
  expect(resolved).not.toHaveProperty('turnSeconds');
  expect(resolved).not.toHaveProperty('exchangeCpus');
});

test.each([
  [
    'everywhere',
    web,
    [
      { baseline: 'bridge/host/container', contenders: ['bridge/host/published'] },
      { baseline: 'bridge/external/published', contenders: [] },
    ],
  ],
  [
    'at one address',
    publishedAt('127.0.0.1', '192.0.2.7'),
    [{ baseline: 'bridge/host/container', contenders: ['bridge/host/published'] }],
  ],
  [
    'at loopback',
    publishedAt('127.0.0.1'),
    [{ baseline: 'bridge/host/container', contenders: ['bridge/host/loopback'] }],
  ],
  [
    'nowhere',
    { ...web, ports: [8080], published: [] },
    [{ baseline: 'bridge/host/container', contenders: [] }],
  ],
  [
    'on a network of its own',
    { ...web, mode: 'user-bridge' },
    [
      { baseline: 'user-bridge/host/container', contenders: ['user-bridge/host/published'] },
      { baseline: 'user-bridge/external/published', contenders: [] },
    ],
  ],
  [
    'in host mode',
    { ...web, mode: 'host', ports: [8080], published: [] },
    [
      { baseline: 'host/host', contenders: [] },
      { baseline: 'host/external', contenders: [] },
    ],
  ],
] as const)('its paths where its port is published %s', (_, running, comparisons) => {
  expect(plan({ flags, running }).comparisons).toEqual(comparisons);
});

test('a path from the link that its address does not allow is left out with the reason', () => {
  expect(plan({ flags, running: publishedAt('192.0.2.7') })).toMatchObject({
    service: { running: { published: { address: '192.0.2.7', port: 80 } } },
    leftOut: [{ path: 'bridge/external/published', reason: expect.stringContaining('192.0.2.7 alone') }],
  });
});

test('--path chooses among its paths, and the baseline is always added', () => {
  expect(plan({ flags: { ...flags, path: ['bridge/host/loopback'] }, running: web }).comparisons).toEqual([
    { baseline: 'bridge/host/container', contenders: ['bridge/host/loopback'] },
  ]);
  const refused = failure({ flags: { ...flags, path: ['mapped/host/published'] }, running: web });
  expect(refused.message).toBe('--path mapped/host/published: the container web has no such path as it runs');
  expect(refused.hint).toContain('bridge/host/published');
});

test('--port chooses among several ports', () => {
  const two = {
    ...web,
    published: [...web.published, { containerPort: 9000, hostAddress: '0.0.0.0', hostPort: 81 }],
  };
  expect(failure({ flags, running: two })).toMatchObject({
    message: '--container web: on which port does web answer? It publishes 8080, 9000',
    hint: 'Give the port inside the container, such as --port 8080.',
  });
  expect(plan({ flags: { ...flags, port: '9000' }, running: two }).service).toMatchObject({
    port: 9000,
    running: { published: { port: 81 } },
  });
});

test.each([
  [{ rate: 'auto' }, '--container web: at which rate may bench send requests to it?', '--rate 50'],
  [{ rate: '0.5' }, 'a rate of 0.5 requests/s is not from 1 to 2000', '--rate 1.'],
  [{ rate: '12k' }, 'a rate of 12000 requests/s is not from 1 to 2000', '--rate 2000'],
  [{ profile: ['throughput'] }, '--profile throughput does not suit --container web', '--copy'],
  [{ mode: ['bridge'] }, '--mode does not suit --container web', '--copy'],
  [{ env: ['A=b'] }, '--env does not suit --container web', '--copy'],
  [{ time: '5m' }, '--time does not suit --container web', '--copy'],
  [{ exchangeCpus: 'on' }, '--exchange-cpus does not suit --container web', '--copy'],
  [{ warmupSeconds: '1' }, '--warmup-seconds does not suit --container web', '--copy'],
  [{ probes: 'on' }, '--probes does not suit --container web', '--copy'],
  [{ sweep: 'on' }, '--sweep does not suit --container web', '--copy'],
  [{ plan: 'quick' }, '--plan does not suit --container web', '--copy'],
  [{ image: 'a' }, '--image and --container are both given', 'Leave out one of them'],
])('refused with what to do: %o', (more, message, hint) => {
  const refused = failure({ flags: { ...flags, ...more }, running: web });
  expect(refused.kind).toBe('usage');
  expect(refused.message).toContain(message);
  expect(refused.hint).toContain(hint);
});

test('what a config says of other plans is passed over', () => {
  const config = { image: 'other', modes: ['bridge'], rounds: 7, warmupSeconds: 1 } as const;
  expect(plan({ flags, running: web, config: { ...config, modes: ['bridge'] } })).toMatchObject({
    rounds: 7,
    warmupSeconds: 0,
    service: { running: { container: 'web' } },
  });
});

test('what it gets is announced: rate, time and the number of requests, which the command repeats', () => {
  const resolved = plan({
    flags: { ...flags, rounds: '10', blocks: '2', sliceSeconds: '0.5' },
    running: web,
  });
  // 5 cases × 10 rounds × 2 slices of 1 s, each after 0.2 s.
  expect(announcedLoad(resolved)).toEqual({
    ...{ ratePerSecond: 50, connections: 5, openConnections: 25, requests: 6_000, checks: 102 },
    seconds: expect.closeTo(120),
  });
  expect(planDuration(resolved).slicesSeconds).toBeCloseTo(120);
  const words = planCommand(resolved).split(' ').slice(2);
  const again = Object.fromEntries(
    words.flatMap((word, at) => {
      const [name, value = ''] = [word.slice(2), words[at + 1]];
      const isList = name === 'path' || name === 'profile';
      return word.startsWith('--') ? [[attribute(name), isList ? value.split(',') : value]] : [];
    }),
  );
  const { leftOut: _, ...expected } = resolved;
  expect(plan({ flags: again, running: web })).toEqual(expected);
});

test('at a low rate a slice lasts until it has enough requests', () => {
  const resolved = plan({ flags: { ...flags, rate: '2' }, running: web });
  expect(resolved.profiles).toMatchObject([{ connections: 1, leastSliceSeconds: 10 }]);
});

test('nothing is announced for a service that bench starts', () => {
  expect(announcedLoad(plan({ flags: { image: 'a', port: '80' } }))).toBeUndefined();
});

function attribute(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
