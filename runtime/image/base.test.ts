import { readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { type FakeEngine, fakeEngine } from '../engine/engine.fake.ts';
import { imageLabel } from '../labels.ts';
import { type Answer, fakeCommander, programs } from '../machine/commander.fake.ts';
import type { Packages } from '../machine/packages.ts';
import { bootstrappedBase, obtainBase, registryBase } from './base.ts';
import { temporary } from './inputs.fixture.ts';

const registryProblem = 'lookup of the registry: no such host\nmore of it';

interface Situation {
  readonly engine: FakeEngine;
  /** mmdebstrap's answer; there is none installed if left out. */
  readonly mmdebstrap?: Answer;
  readonly packages?: Packages;
}

async function obtain({ engine, mmdebstrap, packages }: Situation) {
  const scratch = await temporary();
  const said: string[] = [];
  let installed = mmdebstrap !== undefined;
  const commander = fakeCommander((line) => {
    if (line.startsWith('mmdebstrap ')) return mmdebstrap ?? '';
    return installed ? programs('mmdebstrap')(line) : programs()(line);
  });
  const outcome = await obtainBase({
    engine,
    commander: {
      ...commander,
      async run(command, args, options) {
        // The archive is there whether mmdebstrap ended well or half-way.
        if (command === 'mmdebstrap') await writeFile(args.at(-1) ?? '', 'archive');
        return commander.run(command, args, options);
      },
    },
    scratch,
    ...(packages === undefined
      ? {}
      : {
          packages: {
            async install(names) {
              installed = true;
              await packages.install(names);
            },
          },
        }),
    say: (line) => said.push(line),
    interrupted: new AbortController().signal,
  }).catch((error: unknown) => error);
  expect(await readdir(scratch)).toEqual([]);
  return { outcome, said, commands: commander.journal };
}

test.each([registryBase, bootstrappedBase])('%s is there already: nothing is fetched', async (tag) => {
  const engine = fakeEngine({ images: [tag] });
  expect(await obtain({ engine })).toEqual({ outcome: tag, said: [], commands: [] });
  expect(engine.journal).toEqual([]);
});

test('from the registry, where that answers', async () => {
  const engine = fakeEngine({ registry: [registryBase] });
  const { outcome, commands } = await obtain({ engine, mmdebstrap: '' });
  expect(outcome).toBe(registryBase);
  expect(engine.journal).toEqual([`pull ${registryBase}`]);
  expect(commands).toEqual([]);
});

test("from the distribution's packages, where the registry does not answer", async () => {
  const engine = fakeEngine({ registryProblem });
  const { outcome, said, commands } = await obtain({ engine, mmdebstrap: '' });
  expect(outcome).toBe(bootstrappedBase);
  expect(engine.journal).toEqual([`pull ${registryBase}`, `import ${bootstrappedBase}`]);
  const labels = { [imageLabel]: bootstrappedBase };
  expect(await engine.images(imageLabel)).toEqual([{ tag: bootstrappedBase, labels }]);
  expect(commands.at(-1)).toMatch(/^mmdebstrap --variant=minbase trixie .*base\.tar$/);
  expect(said.at(-1)).toContain('lookup of the registry: no such host');
});

test('mmdebstrap is installed first, where the user allowed it', async () => {
  const installed: string[] = [];
  const packages = {
    async install(names: readonly string[]) {
      installed.push(...names);
    },
  };
  const { outcome } = await obtain({ engine: fakeEngine(), packages });
  expect(installed).toEqual(['mmdebstrap']);
  expect(outcome).toBe(bootstrappedBase);
});

test('without mmdebstrap and without leave to install it: the registry is named, and the command', async () => {
  const { outcome } = await obtain({ engine: fakeEngine({ registryProblem }) });
  expect(outcome).toBeInstanceOf(Failure);
  expect(outcome).toMatchObject({
    kind: 'unfit',
    message: `no base for the lab image: the registry could not be reached for ${registryBase}: lookup of the registry: no such host`,
    hint: expect.stringContaining('bench setup --yes'),
  });
});

test('both fail: both are named, each with its own reason', async () => {
  const engine = fakeEngine({ registryProblem });
  const stderr =
    'I: running apt-get update\nE: Failed to fetch InRelease: cannot resolve the mirror\nE: mmdebstrap failed to run\n';
  const { outcome } = await obtain({ engine, mmdebstrap: { exitCode: 25, stderr } });
  expect(outcome).toMatchObject({
    kind: 'unfit',
    message:
      `no base for the lab image: the registry could not be reached for ${registryBase}: ` +
      'lookup of the registry: no such host. The package mirror failed too: ' +
      'E: Failed to fetch InRelease: cannot resolve the mirror',
    hint: expect.stringContaining('mmdebstrap --variant=minbase trixie /dev/null'),
  });
  expect(engine.journal).toEqual([`pull ${registryBase}`]);
});

test.each([
  ['the registry is asked', []],
  ['a base is bootstrapped', ['mmdebstrap']],
])('an interruption while %s ends it there: nothing else is tried', async (_, expected) => {
  const interruption = new AbortController();
  const engine = fakeEngine();
  const bootstrapping = expected.length > 0;
  const commands: string[] = [];
  const interrupted = obtainBase({
    engine: {
      ...engine,
      async pull(reference, options) {
        if (!bootstrapping) interruption.abort();
        return engine.pull(reference, options);
      },
    },
    commander: {
      ...fakeCommander(programs('mmdebstrap')),
      async run(command, _args, { signal } = {}) {
        if (command === 'sh') return { exitCode: 0, stdout: '', stderr: '' };
        commands.push(command);
        expect(signal).toBe(interruption.signal);
        interruption.abort();
        return { exitCode: 25, stdout: '', stderr: 'E: mmdebstrap received a signal' };
      },
    },
    scratch: await temporary(),
    say: () => {},
    interrupted: interruption.signal,
  });
  await expect(interrupted).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
  expect(commands).toEqual(expected);
  expect(engine.journal.filter((call) => call.startsWith('import'))).toEqual([]);
});

test('an archive that the engine refuses is removed as well', async () => {
  const refused = new Failure('casesFailed', 'no space left on device');
  const engine = fakeEngine({ fail: [{ call: 'import', with: refused }] });
  expect((await obtain({ engine, mmdebstrap: '' })).outcome).toBe(refused);
});
