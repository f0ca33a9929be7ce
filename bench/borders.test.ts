import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

/*
 * The borders inside the code: who may import whom and what. A border that is crossed tells its reason. The code is most
 * likely in the wrong folder then: move it, or give the caller an argument.
 */

const top = join(import.meta.dirname, '..');

/** Packages with exactly one importer. */
const owners: Readonly<Record<string, readonly [owner: string, why: string]>> = {
  dockerode: [
    'runtime/engine/dockerode.ts',
    'everyone else speaks to the Engine port, so that the fake can stand in',
  ],
  autocannon: ['bench/agent/autocannon.ts', 'its traps are handled in one place'],
  vega: ['reports/charts/vega.ts', 'it is bundled to one file, which loads in a quarter of the time'],
  'vega-lite': ['reports/charts/vega.ts', 'it is bundled to one file, which loads in a quarter of the time'],
  '@resvg/resvg-js': ['reports/picture/png.ts', 'it is large, and loaded only for a picture'],
  'csv-stringify': ['reports/csv/csv-table.ts', 'one place knows what a spreadsheet takes for a formula'],
  'csv-stringify/sync': [
    'reports/csv/csv-table.ts',
    'one place knows what a spreadsheet takes for a formula',
  ],
  execa: ['runtime/machine/command.ts', 'commands of the machine are run in one place'],
  tinybench: ['bench/agent/timed-task.ts', 'what it returns becomes a result in one place'],
};

interface Border {
  /** Files that it is about. */
  readonly of: RegExp;
  readonly mayNotImport: RegExp;
  readonly why: string;
}

/** What a folder of bench imports of bench, besides itself and bench/model. */
const ofBench: Readonly<Record<string, readonly string[]>> = {
  agent: [],
  plan: ['command-options.ts'],
  schedule: ['plan/'],
  collect: ['plan/', 'schedule/'],
  'run-folder': ['plan/'],
};

const borders: readonly Border[] = [
  ...Object.entries(ofBench).map(([folder, others]) => ({
    of: new RegExp(`^bench/${folder}/`),
    mayNotImport: new RegExp(`^bench/(?!${['model/', `${folder}/`, ...others].join('|')})`),
    why: `of bench, bench/${folder} imports ${['bench/model', ...others.map((it) => `bench/${it}`)].join(', ')} only`,
  })),
  {
    of: /^bench\/model\//,
    mayNotImport: /^(bench\/(?!model\/)|runtime\/|reports\/)/,
    why: 'bench/model is plain types and pure functions: it imports nothing else of ours',
  },
  {
    of: /^bench\/(?!commands\/|selftest\/)/,
    mayNotImport: /^(runtime|reports)\//,
    why: 'only commands and the self-test import runtime and reports: the rest of bench sees them through the ports in bench/model, so that fakes can stand in',
  },
  {
    of: /^(?!bench\/selftest\/)/,
    mayNotImport: /^bench\/selftest\//,
    why: 'the self-test is for those who develop bench: it is not shipped',
  },
  {
    of: /^runtime\//,
    mayNotImport: /^(reports\/|bench\/(?!model\/))/,
    why: 'runtime touches the world and decides nothing: it imports bench/model only',
  },
  {
    of: /^reports\//,
    mayNotImport: /^(runtime\/|bench\/(?!model\/))/,
    why: "reports is pure and runs again on last month's folder: it imports bench/model only",
  },
  {
    of: /^runtime\/inspector\/read\//,
    mayNotImport: /^runtime\/inspector\/change\//,
    why: 'what only reads the machine cannot change it',
  },
];

interface Source {
  readonly path: string;
  readonly text: string;
  /** Relative imports, as paths below the top. */
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'` and `import('x')`. */
const imports = /(?:\bfrom|\bimport)\s*\(?\s*'([^'\n]+)'/g;

async function sourceOf(path: string): Promise<Source> {
  const text = await readFile(join(top, path), 'utf8');
  const imported = [...text.matchAll(imports)].map(([, name = '']) => name);
  return {
    path,
    text,
    files: imported
      .filter((name) => name.startsWith('.'))
      .map((name) => normalize(join(dirname(path), name))),
    packages: imported.filter((name) => !/^(\.|node:)/.test(name)),
  };
}

const forTests = /\.(test|fixture|contract|fake)\.ts$/;
let sources: readonly Source[];
let shipped: readonly Source[];

beforeAll(async () => {
  const folders = await Promise.all(
    ['bench', 'runtime', 'reports'].map((folder) =>
      readdir(join(top, folder), { recursive: true, withFileTypes: true }),
    ),
  );
  const paths = folders
    .flat()
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)));
  sources = await Promise.all(paths.map(sourceOf));
  shipped = sources.filter(({ path }) => !forTests.test(path));
});

test('no file imports across a border', () => {
  const crossed = shipped.flatMap(({ path, files }) =>
    borders
      .filter(({ of }) => of.test(path))
      .flatMap(({ mayNotImport, why }) =>
        files.filter((file) => mayNotImport.test(file)).map((file) => `${path} imports ${file}: ${why}`),
      ),
  );
  expect(crossed).toEqual([]);
});

test('a package that has an owner is imported by nobody else', () => {
  const strangers = shipped.flatMap(({ path, packages }) =>
    packages.flatMap((name) => {
      const [owner, why] = owners[name] ?? [path, ''];
      return owner === path ? [] : [`${path} imports ${name}, which is for ${owner}: ${why}`];
    }),
  );
  expect(strangers).toEqual([]);
  // An owner that has moved, or lets go of its package, leaves the table.
  const owned = Object.entries(owners).map(([name, [owner]]) => `${owner} imports ${name}`);
  const seen = shipped.flatMap(({ path, packages }) => packages.map((name) => `${path} imports ${name}`));
  expect(owned.filter((it) => !seen.includes(it) && !it.endsWith('csv-stringify'))).toEqual([]);
});

test('no files import each other in a circle, not even types', () => {
  const importsOf = new Map(shipped.map(({ path, files }) => [path, files]));
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(path: string, way: readonly string[]): void {
    const at = way.indexOf(path);
    if (at >= 0) circles.push([...way.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const next of importsOf.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  }
  for (const path of importsOf.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

test('what is exported has a user in another file', () => {
  const users = new Map<string, Source[]>();
  for (const source of sources) {
    for (const file of source.files) users.set(file, [...(users.get(file) ?? []), source]);
  }
  const declared = /^export (?:async )?(?:const|function\*?|interface|type|class) (\w+)/gm;
  const alone = shipped.flatMap(({ path, text }) =>
    [...text.matchAll(declared)].flatMap(([, name = '']) => {
      const used = (users.get(path) ?? []).some((user) => new RegExp(`\\b${name}\\b`).test(user.text));
      return used ? [] : [`${path}: ${name}`];
    }),
  );
  expect(alone).toEqual([]);
});
