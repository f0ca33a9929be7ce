import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type ImageInputs, imageBundles, imageSources } from './inputs.ts';

/** A temporary folder that goes with the test. */
export async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-image-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Inputs of a lab image, each a small file that names itself. */
export async function smallInputs(): Promise<ImageInputs & { readonly directory: string }> {
  const directory = await temporary();
  for (const folder of ['image', 'lab', 'lib']) await mkdir(join(directory, folder));
  const write = async (...words: readonly string[]) => {
    const path = join(directory, ...words);
    await writeFile(path, `this is ${words.at(-1)}\n`);
    return path;
  };
  for (const name of imageSources) await write('image', name);
  for (const name of imageBundles) await write('lab', name);
  return {
    directory,
    sources: join(directory, 'image'),
    bundles: join(directory, 'lab'),
    nodeBinary: await write('node'),
    nodeLibraries: [await write('lib', 'libnode.so.108'), await write('lib', 'ld-linux-x86-64.so.2')],
  };
}
