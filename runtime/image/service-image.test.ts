import { expect, test } from 'vitest';
import { fakeEngine } from '../engine/engine.fake.ts';
import { machineCommander } from '../machine/command.ts';
import { provideServiceImage } from './service-image.ts';

function sources(engine = fakeEngine({ images: ['app:1'], registry: ['app:1', 'reg.example/app:2'] })) {
  return {
    engine,
    commander: machineCommander,
    say: () => undefined,
    interrupted: new AbortController().signal,
    credentials: async () => undefined,
  };
}

test('an image that is there is used as it is; one that is missing is pulled; always pulls again', async () => {
  const given = sources();
  expect(await provideServiceImage({ image: 'app:1', pull: 'missing' }, given)).toMatch(/^sha256:/);
  expect(given.engine.journal).toEqual([]);
  await provideServiceImage({ image: 'reg.example/app:2', pull: 'missing' }, given);
  await provideServiceImage({ image: 'app:1', pull: 'always' }, given);
  expect(given.engine.journal).toEqual(['pull reg.example/app:2', 'pull app:1']);
});

test('an image that nobody has is refused with what the registry said, and never pulled where that is forbidden', async () => {
  const given = sources();
  await expect(provideServiceImage({ image: 'gone:1', pull: 'missing' }, given)).rejects.toMatchObject({
    kind: 'unfit',
    message: 'the image gone:1 is not on the engine, and cannot be pulled: connection refused',
    hint: expect.stringContaining('docker login'),
  });
  await expect(provideServiceImage({ image: 'gone:1', pull: 'never' }, given)).rejects.toMatchObject({
    message: 'the image gone:1 is not on the engine, and --pull never forbids to pull it',
  });
  expect(given.engine.journal).toEqual(['pull gone:1']);
});

test('in a lab the user is told that it has no images of the own engine', async () => {
  const engine = fakeEngine({ about: { endpoint: 'lab' } });
  await expect(provideServiceImage({ image: 'app:1', pull: 'never' }, sources(engine))).rejects.toMatchObject(
    {
      hint: expect.stringContaining('the images of your engine are not in it'),
    },
  );
});
