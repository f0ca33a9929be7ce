import { expect, test } from 'vitest';
import type { Service } from '../../bench/model/service.ts';
import { fakeEngine } from '../engine/engine.fake.ts';
import { compose1, shop } from './compose.fixture.ts';
import { provideComposedImages } from './composed-images.ts';

/** A machine whose engine has some images. A build makes the image of that service, unless it makes another. */
async function machine(images: readonly string[], made = 'shop_web') {
  const engine = fakeEngine({ images: [...images], registry: ['redis', 'postgres:16', made] });
  const commander = compose1(undefined, (line) => (/ build /.test(line) ? '' : undefined));
  const building: typeof commander = {
    ...commander,
    async run(command, args, options) {
      if (args.includes('build')) await engine.pull(made);
      return commander.run(command, args, options);
    },
  };
  const app = await shop(commander);
  const lines: string[] = [];
  const provide = (pull: Service['pull']) =>
    provideComposedImages(app, pull, {
      engine,
      commander: building,
      say: (line) => lines.push(line),
      interrupted: new AbortController().signal,
      credentials: async () => undefined,
    });
  const builds = () => commander.journal.filter((line) => line.includes(' build '));
  return { engine, provide, builds, lines };
}

test('what is missing is pulled, or built where the file has a build; what is there is used as it is', async () => {
  const { engine, provide, builds, lines } = await machine(['redis']);
  expect(await provide('missing')).toBe(await engine.imageId('shop_web'));
  expect(lines).toEqual(['pulling postgres:16', 'building shop_web with docker-compose']);
  expect(builds()).toEqual(['docker-compose -f /home/user/shop/compose.yaml build web']);
  await provide('missing');
  expect(builds()).toHaveLength(1);
  await provide('always');
  expect(builds()).toHaveLength(2);
});

test('a build that makes no such image, and one that is forbidden, are refused', async () => {
  const other = await machine(['redis', 'postgres:16'], 'other');
  await expect(other.provide('missing')).rejects.toMatchObject({
    kind: 'unfit',
    message:
      'the image shop_web of the Compose service web is not on the engine, and the build made no image of that name',
  });
  const { provide, builds } = await machine(['redis', 'postgres:16']);
  await expect(provide('never')).rejects.toMatchObject({ message: /--pull never builds nothing$/ });
  expect(builds()).toEqual([]);
});
