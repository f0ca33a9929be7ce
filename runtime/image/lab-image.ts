import { chmod, copyFile, cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { imageLabel } from '../labels.ts';
import { type BaseSources, bootstrappedBase, obtainBase, withUplink } from './base.ts';
import { type ImageInputs, imageBundles, imageSources, imageTag } from './inputs.ts';
import { isLoader } from './node-libraries.ts';
import { makeScratch, removeScratch } from './scratch.ts';

/** Variables that give apt inside the build its proxy, if one is needed. */
const proxyVariables = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** The label value of the Dockerfile's layers. The finished image gets its tag as the value. */
const unfinished = 'unfinished';

export interface LabImage {
  readonly tag: string;
  readonly built: boolean;
}

/**
 * The lab image: found by its tag, or built.
 *
 *   tag = hash of inputs → there? done : base (cached | registry | bootstrapped) → context → build
 *
 * Throws a `Failure` (`unfit`) that says which of registry and package mirror failed, and how.
 */
export async function provideLabImage(
  inputs: ImageInputs,
  sources: BaseSources & { readonly env: Readonly<Record<string, string | undefined>> },
): Promise<LabImage> {
  const { engine, say } = sources;
  const tag = await imageTag(inputs);
  if (await hasLabImage(engine, tag)) return { tag, built: false };
  const directory = await makeScratch(sources.scratch);
  try {
    const base = await obtainBase({ ...sources, scratch: directory });
    say(`building ${tag} on ${base}`);
    const files = await writeContext(inputs, directory);
    const proxies = proxyVariables.flatMap((name) => {
      const value = sources.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const context = {
      directory,
      files,
      tag,
      arguments: { BASE: base, IMAGE_LABEL: imageLabel, ...Object.fromEntries(proxies) },
      labels: { [imageLabel]: tag },
    };
    const heard = (line: string) => /^Step \d+/.test(line) && say(line);
    await withUplink(sources, () => engine.build(context, heard, { signal: sources.interrupted })).catch(
      (error: unknown) => {
        throw explainBuild(error, base);
      },
    );
    return { tag, built: true };
  } finally {
    await removeScratch(sources.commander, directory);
  }
}

/**
 * Whether an engine has the lab image. An image of that name that bench did not make is not used: a build
 * replaces it.
 */
export async function hasLabImage(engine: Engine, tag: string): Promise<boolean> {
  return (await engine.images(`${imageLabel}=${tag}`)).some((image) => image.tag === tag);
}

/** The remains of unfinished builds: ids of images without a tag, with our label. */
export function unfinishedImages(engine: Engine): Promise<readonly string[]> {
  return engine.untaggedImages(`${imageLabel}=${unfinished}`);
}

async function writeContext(inputs: ImageInputs, directory: string): Promise<readonly string[]> {
  for (const name of imageSources) await copyFile(join(inputs.sources, name), join(directory, name));
  for (const name of imageBundles) await copyFile(join(inputs.bundles, name), join(directory, name));
  const scripts = imageSources.filter((name) => name.endsWith('.sh'));
  for (const script of scripts) await chmod(join(directory, script), 0o755);
  const libraries = join(directory, 'node', 'lib');
  await mkdir(libraries, { recursive: true });
  await copyFile(inputs.nodeBinary, join(directory, 'node', 'node'));
  await chmod(join(directory, 'node', 'node'), 0o755);
  for (const path of inputs.nodeLibraries) {
    await cp(path, join(libraries, isLoader(path) ? 'ld.so' : basename(path)), { dereference: true });
  }
  return [...imageSources, ...imageBundles, 'node'];
}

/** Distinguishes a package mirror that does not answer from any other fault of the build. */
function explainBuild(error: unknown, base: string): unknown {
  if (!(error instanceof Failure) || error.kind === 'interrupted') return error;
  const mirror =
    /(Failed to fetch|Unable to locate package|Temporary failure resolving|Could not resolve|apt-get)/.test(
      `${error.message} ${error.hint ?? ''}`,
    );
  if (!mirror) return error;
  const from = base === bootstrappedBase ? 'bootstrapped base' : 'base from the registry';
  return new Failure(
    'unfit',
    `the package mirror failed while the lab image was built (on a ${from}): ${messageOf(error)}`,
    {
      hint: `Containers must reach Debian's package mirror once, when the image is built.\n${error.hint ?? ''}`,
      cause: error,
    },
  );
}
