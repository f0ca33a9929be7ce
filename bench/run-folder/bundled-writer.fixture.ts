import { join } from 'node:path';
import { build } from 'esbuild';

/** Bundles the endless writer into a program that plain Node runs, and gives its path. */
export async function bundledWriter(directory: string): Promise<string> {
  const outfile = join(directory, 'writer.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'endless-writer.fixture.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Dependencies in the older module format ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
