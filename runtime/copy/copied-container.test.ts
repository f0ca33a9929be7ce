import { expect, test } from 'vitest';
import { fakeEngine } from '../engine/engine.fake.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import type { ContainerRecipe } from '../engine/recipe.ts';
import { copiedContainer } from './copied-container.ts';

const spec: ContainerSpec = {
  name: 'web',
  image: 'my/app:1',
  command: ['serve'],
  environment: { URL: 'postgres://app:secret@db/app' },
  user: '1000',
  labels: {},
  attachment: { kind: 'bridge' },
  publish: [{ containerPort: 8080, hostPort: 80, hostAddresses: ['0.0.0.0'] }],
  binds: ['/home/user/site:/site:ro', 'data:/data:rw'],
  settings: { init: true },
};

/** An engine with that container, which describes it with these changes. */
async function engineWith(changes: Partial<ContainerRecipe> = {}) {
  const engine = fakeEngine({ images: ['my/app:1'] });
  await engine.create(spec);
  return {
    ...engine,
    async recipe(id: string) {
      const recipe = await engine.recipe(id);
      return recipe && { ...recipe, ...changes };
    },
  };
}

test('a container is described as it was made, and only looked at', async () => {
  const engine = await engineWith();
  const before = engine.journal.length;
  expect(await copiedContainer(engine, 'web')).toEqual({
    container: 'web',
    image: 'my/app:1',
    ports: [8080],
    environment: { URL: 'postgres://app:secret@db/app' },
    mounts: [
      { source: '/home/user/site', target: '/site', writable: false },
      { source: 'data', target: '/data', writable: true },
    ],
    command: ['serve'],
    user: '1000',
    settings: { init: true },
    differences: ['without its name, host name, labels, restart policy and limits of CPU time'],
  });
  expect(engine.journal).toHaveLength(before);
});

test('its image is the one that it runs, whatever the tag names by now', async () => {
  const engine = await engineWith({ imageId: 'sha256:older' });
  expect(await copiedContainer(engine, 'web')).toMatchObject({ image: 'sha256:older' });
});

test('a network of its own is said: the copies are not on it', async () => {
  const engine = await engineWith({ networks: ['bridge', 'shop_default'] });
  expect((await copiedContainer(engine, 'web')).differences.at(-1)).toBe(
    'not on its network shop_default: names there are not found',
  );
});

test('no such container, and one that no copy can be like, are refused', async () => {
  await expect(copiedContainer(await engineWith(), 'wbe')).rejects.toMatchObject({
    kind: 'unfit',
    message: 'there is no container wbe to copy',
  });
  await expect(
    copiedContainer(await engineWith({ beyond: ['Privileged', 'Devices'] }), 'web'),
  ).rejects.toMatchObject({
    kind: 'usage',
    message: 'the container web has Privileged, Devices, which bench gives to no copy',
  });
});
