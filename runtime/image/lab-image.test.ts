import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { type FakeFault, fakeEngine } from '../engine/engine.fake.ts';
import type { BuildContext, Engine } from '../engine/engine.ts';
import { imageLabel, runLabel } from '../labels.ts';
import { fakeCommander, programs } from '../machine/commander.fake.ts';
import { bootstrappedBase, registryBase } from './base.ts';
import { smallInputs, temporary } from './inputs.fixture.ts';
import { imageTag } from './inputs.ts';
import { hasLabImage, provideLabImage } from './lab-image.ts';

async function workshop(engine: Engine, env: Readonly<Record<string, string | undefined>> = {}) {
  const inputs = await smallInputs();
  const scratch = await temporary();
  const said: string[] = [];
  const commander = fakeCommander(programs());
  const provide = () =>
    provideLabImage(inputs, {
      engine,
      commander,
      scratch,
      say: (line) => said.push(line),
      interrupted: new AbortController().signal,
      env,
    });
  return { inputs, scratch, said, provide };
}

/** Looks at the context while it is built from: afterwards it is gone. */
function watching(engine: Engine, look: (context: BuildContext) => Promise<void>): Engine {
  return {
    ...engine,
    async build(context, onLine, options) {
      await look(context);
      await engine.build(context, onLine, options);
    },
  };
}

test('built once: a second time it is found by its tag, and nothing is touched', async () => {
  const engine = fakeEngine({ images: [registryBase] });
  const { inputs, provide, said } = await workshop(engine);
  const tag = await imageTag(inputs);
  expect(await provide()).toEqual({ tag, built: true });
  expect(engine.journal).toEqual([`build ${tag}`]);
  expect(said).toEqual([`building ${tag} on ${registryBase}`, 'Step 1/1 : FROM scratch']);

  expect(await provide()).toEqual({ tag, built: false });
  expect(engine.journal).toEqual([`build ${tag}`]);
});

test('the context holds all inputs: sources, bundles, Node and its libraries', async () => {
  let seen: Readonly<Record<string, unknown>> = {};
  const engine = watching(fakeEngine({ images: [registryBase] }), async ({ directory, files }) => {
    const executable = async (name: string) => ((await stat(join(directory, name))).mode & 0o111) !== 0;
    seen = {
      files: files.toSorted(),
      libraries: (await readdir(join(directory, 'node', 'lib'))).toSorted(),
      loader: await readFile(join(directory, 'node', 'lib', 'ld.so'), 'utf8'),
      executable: await Promise.all(['serve.sh', 'held.sh', 'node.sh', 'node/node'].map(executable)),
    };
  });
  await (await workshop(engine)).provide();
  expect(seen).toEqual({
    files: [
      'Dockerfile',
      'agent.mjs',
      'apache.conf',
      'held.sh',
      'inspector.mjs',
      'nginx.conf',
      'node',
      'node.sh',
      'serve.sh',
    ].toSorted(),
    libraries: ['ld.so', 'libnode.so.108'],
    loader: 'this is ld-linux-x86-64.so.2\n',
    executable: [true, true, true, true],
  });
});

test('the base and the proxies of the environment are passed on, nothing else of it', async () => {
  let given: BuildContext['arguments'] = {};
  const engine = watching(fakeEngine({ images: [bootstrappedBase] }), async (context) => {
    given = context.arguments;
  });
  const env = {
    https_proxy: 'http://proxy:3128',
    NO_PROXY: 'localhost',
    SECRET: 'word',
    http_proxy: undefined,
  };
  await (await workshop(engine, env)).provide();
  expect(given).toEqual({
    BASE: bootstrappedBase,
    IMAGE_LABEL: imageLabel,
    https_proxy: 'http://proxy:3128',
    NO_PROXY: 'localhost',
  });
});

test.each([
  ['no label', {}],
  ["another image's label", { [imageLabel]: 'bench-lab:0000000000000000' }],
])('an image of that name with %s is not used, but built over', async (_, labels) => {
  const tag = await imageTag(await smallInputs());
  const engine = fakeEngine({ images: [registryBase, tag], imageLabels: { [tag]: labels } });
  const { provide } = await workshop(engine);
  expect(await hasLabImage(engine, tag)).toBe(false);
  expect(await provide()).toEqual({ tag, built: true });
  expect(await hasLabImage(engine, tag)).toBe(true);
});

test('the image is not labelled as a container of a run: containers inherit the labels of their image', async () => {
  let labels: BuildContext['labels'] = {};
  const engine = watching(fakeEngine({ images: [registryBase] }), async (context) => {
    labels = context.labels;
  });
  await (await workshop(engine)).provide();
  expect(labels).not.toHaveProperty([runLabel]);
});

test('an interrupted build is told as such, not as a fault of the mirror, and leaves nothing', async () => {
  const interruption = new AbortController();
  const engine = watching(fakeEngine({ images: [registryBase] }), async () => interruption.abort());
  const inputs = await smallInputs();
  const scratch = await temporary();
  const commander = fakeCommander(programs());
  const sources = { engine, commander, scratch, say: () => {}, env: {}, interrupted: interruption.signal };
  await expect(provideLabImage(inputs, sources)).rejects.toMatchObject({ kind: 'interrupted' });
  expect(await readdir(scratch)).toEqual([]);
  expect(await engine.imageExists(await imageTag(inputs))).toBe(false);
});

function buildFails(hint: string): readonly FakeFault[] {
  return [{ call: 'build', with: new Failure('unfit', 'building failed: exit code 100', { hint }) }];
}

test.each([
  [registryBase, 'base from the registry'],
  [bootstrappedBase, 'bootstrapped base'],
])('a package mirror that does not answer is named as such, on %s', async (base, from) => {
  const hint = 'Its last lines:\nE: Failed to fetch InRelease';
  const engine = fakeEngine({ images: [base], fail: buildFails(hint) });
  const { provide, scratch } = await workshop(engine);
  await expect(provide()).rejects.toMatchObject({
    kind: 'unfit',
    message: `the package mirror failed while the lab image was built (on a ${from}): building failed: exit code 100`,
    hint: expect.stringContaining('E: Failed to fetch InRelease'),
  });
  expect(await readdir(scratch)).toEqual([]);
});

test('any other fault of the build is told as it is, and the context is removed', async () => {
  const fail = buildFails('Its last lines:\nnode.sh: Exec format error');
  const { provide, scratch } = await workshop(fakeEngine({ images: [registryBase], fail }));
  await expect(provide()).rejects.toBe(fail[0]?.with);
  expect(await readdir(scratch)).toEqual([]);
});
