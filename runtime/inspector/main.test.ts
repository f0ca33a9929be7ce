import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

let directory: string;
let program: string;
let imports: readonly string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inspector-'));
  program = join(directory, 'inspector.mjs');
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    metafile: true,
  });
  imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

function start() {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
  return { child, left: once(child, 'exit'), output: text(child.stdout), errors: text(child.stderr) };
}

test('needs nothing but Node', () => {
  const allowed = new Set(builtinModules.map((name) => `node:${name}`));
  expect(imports.filter((path) => !allowed.has(path))).toEqual([]);
});

test('answers what it was asked before its input ended, then leaves', async () => {
  const { child, left, output } = start();
  child.stdin.end('{"id":1,"call":"delete-link","input":{"name":"bench-none"}}\n');
  expect(JSON.parse(await output)).toEqual({ id: 1, output: { existed: false } });
  expect(await left).toEqual([0, null]);
});

test('leaves in order when it is told to', async () => {
  const { child, left } = start();
  child.stdin.write('{"id":1,"call":"links","input":{"prefix":"no-such-link"}}\n');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await left).toEqual([0, null]);
});

test('says what is wrong with a line that is not a request', async () => {
  const { child, left, errors } = start();
  child.stdin.write('hello\n');
  expect(await left).toEqual([1, null]);
  expect(await errors).toContain('hello');
});
