import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallInputs, temporary } from './inputs.fixture.ts';
import { imageBundles, imageSources, imageTag } from './inputs.ts';

test('the same inputs give the same tag, wherever they are', async () => {
  const inputs = await smallInputs();
  const tag = await imageTag(inputs);
  expect(tag).toMatch(/^bench-lab:[0-9a-f]{16}$/);
  expect(await imageTag(inputs)).toBe(tag);

  const elsewhere = join(await temporary(), 'copy');
  await cp(inputs.directory, elsewhere, { recursive: true });
  const moved = (path: string) => path.replace(inputs.directory, elsewhere);
  expect(
    await imageTag({
      sources: moved(inputs.sources),
      bundles: moved(inputs.bundles),
      nodeBinary: moved(inputs.nodeBinary),
      nodeLibraries: inputs.nodeLibraries.map(moved),
    }),
  ).toBe(tag);
});

test.each([
  ...imageSources.map((name) => `image/${name}`),
  ...imageBundles.map((name) => `lab/${name}`),
  'node',
  'lib/libnode.so.108',
  'lib/ld-linux-x86-64.so.2',
])('one byte more in %s gives another tag', async (name) => {
  const inputs = await smallInputs();
  const tag = await imageTag(inputs);
  await appendFile(join(inputs.directory, name), ' ');
  expect(await imageTag(inputs)).not.toBe(tag);
});

test('a Node that needs no libraries of its own gives another tag', async () => {
  const inputs = await smallInputs();
  expect(await imageTag({ ...inputs, nodeLibraries: [] })).not.toBe(await imageTag(inputs));
});

test('an input that is missing is told by its path', async () => {
  const inputs = await smallInputs();
  await expect(imageTag({ ...inputs, nodeBinary: '/nowhere/node' })).rejects.toThrow('/nowhere/node');
});
