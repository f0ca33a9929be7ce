import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../test-engine.fixture.ts';
import { engineContract } from './engine.contract.ts';

let real: TestEngine;
beforeAll(async () => {
  real = await testEngine();
});
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

engineContract('a real engine', async () => ({
  engine: real.engine,
  image: real.image,
  dispose: async () => {},
}));

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-engine-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('a build that fails tells its last lines', async () => {
  const directory = await temporary();
  await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY missing /\n');
  const tag = 'bench-never-built:1';
  const order = { directory, files: ['Dockerfile'], tag, arguments: {}, labels: {} };
  await expect(real.engine.build(order, () => {})).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringMatching(/building bench-never-built:1 failed: .*missing/),
    hint: expect.stringMatching(/Step 1\/2 : FROM scratch[\s\S]*Step 2\/2 : COPY missing/),
  });
  expect(await real.engine.imageExists(tag)).toBe(false);
});

test('an archive that is none is refused', async () => {
  const directory = await temporary();
  const tag = 'bench-never-imported:1';
  const broken = join(directory, 'broken.tar');
  await writeFile(broken, 'this is not a tar archive'.repeat(100));
  await expect(real.engine.importImage(broken, tag)).rejects.toMatchObject({
    message: expect.stringMatching(/import bench-never-imported:1.*tar/),
  });
  expect(await real.engine.imageExists(tag)).toBe(false);
});
