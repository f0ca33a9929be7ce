import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The inputs of the lab image. */
export interface ImageInputs {
  /** Folder with Dockerfile, configurations and scripts. */
  readonly sources: string;
  /** Folder with agent.mjs and inspector.mjs. */
  readonly bundles: string;
  /** The Node that runs the CLI. */
  readonly nodeBinary: string;
  /** Shared libraries that this Node needs beyond those of every Debian base; usually none. */
  readonly nodeLibraries: readonly string[];
}

export const imageSources = [
  'Dockerfile',
  'serve.sh',
  'held.sh',
  'node.sh',
  'nginx.conf',
  'apache.conf',
] as const;
export const imageBundles = ['agent.mjs', 'inspector.mjs'] as const;

/** The Debian release of a base, from the registry or bootstrapped. */
export const debianRelease = 'trixie';

/**
 * Tag of the image that these inputs make: the same inputs always give the same tag. The tag does not cover
 * what the base and the package mirror gave on the day of the build. A run records the versions of its
 * servers.
 */
export async function imageTag(inputs: ImageInputs): Promise<string> {
  const hash = createHash('sha256').update(debianRelease);
  for (const name of imageSources) hash.update(name).update(await readFile(join(inputs.sources, name)));
  for (const name of imageBundles) hash.update(name).update(await readFile(join(inputs.bundles, name)));
  for (const path of [inputs.nodeBinary, ...inputs.nodeLibraries]) {
    await pipeline(createReadStream(path), hash, { end: false });
  }
  return `bench-lab:${hash.digest('hex').slice(0, 16)}`;
}
