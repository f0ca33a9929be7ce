import { expect, test } from 'vitest';
import { fakeEngine } from '../engine/engine.fake.ts';
import type { ContainerSpec, ContainerState } from '../engine/engine.ts';
import { runningContainer } from './running-container.ts';

const spec: ContainerSpec = {
  name: 'web',
  image: 'my/app:1',
  command: ['serve'],
  labels: {},
  attachment: { kind: 'bridge' },
  publish: [{ containerPort: 8080, hostPort: 80, hostAddresses: ['0.0.0.0'] }],
};

/** An engine with that container, which describes its state with these changes. */
async function engineWith(changes: Partial<ContainerState> = {}) {
  const engine = fakeEngine({ images: ['my/app:1'] });
  await (await engine.create(spec)).start();
  return {
    ...engine,
    async inspect(id: string) {
      const state = await engine.inspect(id);
      return state && { ...state, ...changes };
    },
  };
}

test('a running container is described by its network and its ports, and only looked at', async () => {
  const engine = await engineWith();
  const before = engine.journal.length;
  expect(await runningContainer(engine, 'web')).toEqual({
    container: 'web',
    image: 'my/app:1',
    mode: 'bridge',
    ports: [8080],
    published: [{ containerPort: 8080, hostAddress: '0.0.0.0', hostPort: 80 }],
  });
  expect(engine.journal).toHaveLength(before);
});

test('ports that are published by IPv6 alone are not dialled, and an empty address is every one', async () => {
  const published = ['', '::', '192.0.2.7'].map((hostAddress) => ({
    ...{ containerPort: 8080, hostPort: 80, hostAddress },
  }));
  const found = await runningContainer(await engineWith({ published }), 'web');
  expect(found.published.map(({ hostAddress }) => hostAddress)).toEqual(['0.0.0.0', '192.0.2.7']);
});

test.each([
  ['default', 'bridge'],
  ['bridge', 'bridge'],
  ['shop_default', 'user-bridge'],
  ['host', 'host'],
])('the network mode %s is %s', async (networkMode, mode) => {
  expect(await runningContainer(await engineWith({ networkMode }), 'web')).toMatchObject({ mode });
});

test.each([
  ['there is none', {}, 'other', 'there is no container other to measure'],
  ['it has stopped', { running: false }, 'web', 'the container web does not run'],
  ['it has no address', { address: undefined }, 'web', 'the container web has no IPv4 address of its own'],
  ['it has no network', { networkMode: 'none' }, 'web', 'the container web is on no network'],
  ['it uses that of another', { networkMode: 'container:db' }, 'web', 'uses the network of the container db'],
] as const)('refused, with what to do: %s', async (_, changes, name, message) => {
  const refused = await runningContainer(await engineWith(changes), name).catch((error: unknown) => error);
  expect(refused).toMatchObject({ kind: 'unfit', message: expect.stringContaining(message) });
  expect(refused).toHaveProperty(
    'hint',
    expect.stringMatching(/docker (ps|start web)|--container (web|db) /),
  );
});
