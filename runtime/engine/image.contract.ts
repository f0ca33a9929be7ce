import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockImage, lockImageArchive } from '../image/lock-image.ts';
import { imageLabel } from '../labels.ts';
import type { Teardown } from '../teardown.ts';
import { failureOf, type OpenContracted, workshopOf } from './engine-workshop.fixture.ts';

/** How images are made, found and removed. */
export function imageContract(open: OpenContracted): void {
  const workshop = () => workshopOf(open);

  test('an image is imported, found by its tag, and removed', async () => {
    const { engine, image, runId, things } = await workshop();
    expect(await engine.imageExists(image)).toBe(true);
    const tag = `bench-${runId}:1`;
    expect(await engine.imageExists(tag)).toBe(false);
    const directory = await temporary(things);
    const archive = join(directory, 'root.tar');
    await writeFile(archive, Buffer.alloc(1024)); // two empty blocks: a tar archive of nothing
    await engine.importImage(archive, tag);
    expect(await engine.imageExists(tag)).toBe(true);
    expect(await engine.imageId(tag)).toMatch(/^sha256:./);
    await engine.removeImage(tag);
    expect(await engine.imageExists(tag)).toBe(false);
    expect(await engine.imageId(tag)).toBeUndefined();
    expect((await failureOf(engine.removeImage(tag))).message).toMatch(/No such image/);
  });

  test('an image that is loaded twice is one image', async () => {
    const { engine, things } = await workshop();
    const before = await engine.imageExists(lockImage);
    if (!before) things.defer(() => engine.removeImage(lockImage));
    await Promise.all([1, 2].map(() => engine.loadImage(lockImageArchive(), lockImage)));
    expect(await engine.imageExists(lockImage)).toBe(true);
    const loaded = (await engine.images(imageLabel)).filter(({ tag }) => tag === lockImage);
    expect(loaded).toEqual([{ tag: lockImage, labels: { [imageLabel]: lockImage } }]);
  });

  test('an image is built from the files that are named, telling its steps', async () => {
    const { engine, runId, things } = await workshop();
    const tag = `bench-${runId}:built`;
    const directory = await temporary(things);
    await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nLABEL made.by=contract\n');
    const lines: string[] = [];
    await engine.build({ directory, files: ['Dockerfile'], tag, arguments: {}, labels: {} }, (line) =>
      lines.push(line),
    );
    expect(await engine.imageExists(tag)).toBe(true);
    await engine.removeImage(tag);
    expect(lines).toContainEqual(expect.stringMatching(/^Step 1\/\d+ : FROM scratch/));
  });

  test('images are found by their label, and one that a container uses is not removed', async () => {
    const { engine, runId, things, create } = await workshop();
    const tag = `bench-${runId}:used`;
    const label = `bench.contract-${runId}`;
    const directory = await temporary(things);
    await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nCMD ["nothing"]\n');
    expect(await engine.images(label)).toEqual([]);
    const labels = { [label]: 'yes' };
    await engine.build({ directory, files: ['Dockerfile'], tag, arguments: {}, labels }, () => {});
    expect(await engine.images(label)).toEqual([{ tag, labels }]);
    expect(await engine.images(`${label}=no`)).toEqual([]);

    const user = await create('user', { image: tag });
    expect(await engine.removeImage(tag)).toBe(false);
    expect(await engine.imageExists(tag)).toBe(true);
    await engine.remove(user.id);
    expect(await engine.removeImage(tag)).toBe(true);
    expect(await engine.images(label)).toEqual([]);
  });

  test('an imported image has the labels that it was given, and one without a tag is found by its label', async () => {
    const { engine, runId, things } = await workshop();
    const tag = `bench-${runId}:labelled`;
    const label = `bench.labelled-${runId}`;
    const archive = join(await temporary(things), 'root.tar');
    await writeFile(archive, Buffer.alloc(1024));
    await engine.importImage(archive, tag, { labels: { [label]: 'first' } });
    expect(await engine.images(label)).toEqual([{ tag, labels: { [label]: 'first' } }]);
    expect(await engine.untaggedImages(label)).toEqual([]);
    // The tag moves to the second image.
    await engine.importImage(archive, tag, { labels: { [label]: 'second' } });
    const left = await engine.untaggedImages(label);
    expect(left).toHaveLength(1);
    expect(await engine.untaggedImages(`${label}=second`)).toEqual([]);
    for (const image of [...left, tag]) expect(await engine.removeImage(image)).toBe(true);
    expect(await engine.untaggedImages(label)).toEqual([]);
    expect(await engine.images(label)).toEqual([]);
  });

  test('a registry that does not answer: why is told, not thrown', async () => {
    const { engine } = await workshop();
    const pull = await engine.pull('127.0.0.1:1/bench-nothing:1');
    expect(pull).toEqual({ pulled: false, why: expect.stringMatching(/refused/) });
  });
}

async function temporary(things: Teardown): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-contract-'));
  things.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
