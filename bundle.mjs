import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * The two programs that run inside containers, each bundled to one file. Their bytes are an input of the lab
 * image's tag, so the same sources must give the same bytes: paths in the output are relative to this folder.
 *
 * node bundle.mjs [folder for the output]
 */
const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = process.argv[2] ?? 'dist/lab';
const programs = { agent: 'bench/agent/main.ts', inspector: 'runtime/inspector/main.ts' };

for (const [name, entry] of Object.entries(programs)) {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(outdir, `${name}.mjs`),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: false,
    minify: false,
    charset: 'utf8',
    logLevel: 'warning',
    // autocannon is CommonJS and `require`s Node's own modules.
    banner: {
      js: "import { createRequire as createRequireOfNode } from 'node:module';\nconst require = createRequireOfNode(import.meta.url);",
    },
  });
}

// Vega's some 270 files become one, which loads in a quarter of the time. Only the build of the whole asks for it.
if (process.argv[2] === undefined) {
  await build({
    absWorkingDir: root,
    entryPoints: ['reports/charts/vega.ts'],
    outfile: 'dist/reports/charts/vega.js',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    minify: true,
    legalComments: 'eof',
    charset: 'utf8',
    logLevel: 'warning',
  });
}
