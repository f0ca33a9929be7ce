import { expect, test } from 'vitest';
import { Failure } from '../bench/model/failure.ts';
import { cleaning, ownImages } from './clean.ts';
import { type FakeEngine, fakeEngine } from './engine/engine.fake.ts';
import { bootstrappedBase, registryBase } from './image/base.ts';
import { imageLabel, labelsOf, runLabel } from './labels.ts';
import { foundOn, leftoversIn } from './leftovers.ts';
import { type Owner, thisProcess } from './owner.ts';

const image = 'bench-lab:fake';
const runOf = (end: string) => `20261120T093220Z-${end}`;

async function engineWith(
  containers: Readonly<Record<string, Readonly<Record<string, string>>>>,
  engine = fakeEngine({ images: [image] }),
): Promise<FakeEngine> {
  for (const [name, labels] of Object.entries(containers)) {
    const spec = { name, image, command: [], labels, attachment: { kind: 'bridge' } } as const;
    await (await engine.create(spec)).start();
  }
  return engine;
}

async function owners(): Promise<Readonly<Record<'alive' | 'gone' | 'far', Owner>>> {
  const { machine: _, ...alive } = await thisProcess();
  return {
    alive,
    gone: { ...alive, startTicks: '1' },
    far: { ...alive, boot: '00000000-0000-0000-0000-000000000001' },
  };
}

async function clean(engine: FakeEngine, options: Partial<Parameters<typeof cleaning>[0]> = {}) {
  const work = cleaning({ dryRun: false, ...options });
  await work.step('the engine', () => foundOn(engine));
  return work.cleaned;
}

test("what a dead run left goes; a live run's and the user's own stay, and what nobody can judge is named", async () => {
  const { alive, gone, far } = await owners();
  const engine = await engineWith({
    'bench-dead-inspector': labelsOf(runOf('dead'), gone),
    'bench-dead-web': labelsOf(runOf('dead'), gone),
    'bench-live-web': labelsOf(runOf('live'), alive),
    'bench-far1-web': labelsOf(runOf('far1'), far),
    'users-database': {},
    'bench-users-own': { 'bench.run': 'nightly' },
  });
  expect(await clean(engine)).toEqual({
    removed: ['bench-dead-inspector', 'bench-dead-web'],
    kept: ['bench-live-web', 'bench-far1-web'],
    unjudged: [{ name: 'bench-far1-web', runId: runOf('far1'), reason: expect.stringContaining('boot') }],
    failed: [],
  });
  expect(engine.names()).toEqual(['bench-live-web', 'bench-far1-web', 'users-database', 'bench-users-own']);
});

test("volumes of a dead run's other services go, after the containers that use them", async () => {
  const { alive, gone } = await owners();
  const volumes = [
    { name: 'bench-dead-data', labels: labelsOf(runOf('dead'), gone) },
    { name: 'bench-live-data', labels: labelsOf(runOf('live'), alive) },
    { name: 'users-data', labels: labelsOf(runOf('dead'), gone) },
  ];
  const engine = await engineWith(
    { 'bench-dead-with-db': labelsOf(runOf('dead'), gone) },
    fakeEngine({ images: [image], volumes }),
  );
  expect(await clean(engine)).toMatchObject({
    removed: ['bench-dead-with-db', 'volume bench-dead-data'],
    kept: ['volume bench-live-data'],
  });
  expect((await engine.volumes(runLabel)).map(({ name }) => name)).toEqual(['bench-live-data', 'users-data']);
});

test("what a user made with a server's labels on it is the user's: its name is not one of bench's", async () => {
  const { gone } = await owners();
  const engine = await engineWith({
    keep: labelsOf(runOf('dead'), gone), // docker commit, docker run: labels are inherited
    'bench-nightly-db': labelsOf(runOf('dead'), gone),
    'bench-aaaa-web': labelsOf(runOf('dead'), gone),
  });
  const subnets = [{ subnet: '198.18.1.0/24', gateway: '198.18.1.1' }];
  const kind = { driver: 'bridge', device: 'users' } as const;
  await engine.createNetwork({ name: 'mynet', labels: labelsOf(runOf('dead'), gone), subnets, kind });
  expect(await clean(engine)).toEqual({ removed: [], kept: [], unjudged: [], failed: [] });
  expect(engine.names()).toHaveLength(3);
});

test("a dead run's networks go after its containers; a live run's stay", async () => {
  const { alive, gone } = await owners();
  const engine = await engineWith({});
  for (const [name, owner] of Object.entries({ dead: gone, live: alive })) {
    const labels = labelsOf(runOf(name), owner);
    const subnets = [{ subnet: '198.18.1.0/24', gateway: '198.18.1.1' }];
    const kind = { driver: 'bridge', device: `bench-${name}u` } as const;
    const id = await engine.createNetwork({ name: `bench-${name}-user-bridge`, labels, subnets, kind });
    const spec = { name: `bench-${name}-web`, image, command: [], labels };
    await (await engine.create({ ...spec, attachment: { kind: 'network', id } })).start();
  }
  expect(await clean(engine)).toMatchObject({
    removed: ['bench-dead-web', 'network bench-dead-user-bridge'],
    kept: ['bench-live-web', 'network bench-live-user-bridge'],
  });
  expect(await clean(engine)).toMatchObject({ removed: [], failed: [] });
});

test('a removal that fails keeps nothing else from going, and is told with its reason', async () => {
  const { gone } = await owners();
  const stuck = new Failure('casesFailed', 'device or resource busy', { hint: 'Look at the log.' });
  const engine = await engineWith(
    { 'bench-dead-a': labelsOf(runOf('dead'), gone), 'bench-dead-b': labelsOf(runOf('dead'), gone) },
    fakeEngine({ images: [image], fail: [{ call: 'remove', name: /dead-a/, with: stuck }] }),
  );
  const work = cleaning({ dryRun: false });
  await work.step('the engine', () => foundOn(engine));
  await work.step('the firewall', () => Promise.reject(new Error('no nf_tables')));
  await work.step('/tmp', async () => [{ name: 'folder', maker: 'gone', remove: async () => true }]);
  expect(work.cleaned).toEqual({
    removed: ['bench-dead-b', 'folder'],
    kept: [],
    unjudged: [],
    failed: [
      { name: 'bench-dead-a', reason: 'device or resource busy', hint: 'Look at the log.' },
      { name: 'the firewall', reason: 'no nf_tables' },
    ],
  });
});

test('what the system refuses to this user is told with the way to do it', async () => {
  const work = cleaning({ dryRun: false });
  const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  await work.step('/tmp', () => Promise.reject(refused));
  expect(work.cleaned.failed).toMatchObject([{ hint: 'Run: sudo npx bench clean' }]);
});

test('a dry run says the same and removes nothing', async () => {
  const { alive, gone } = await owners();
  const engine = await engineWith({
    'bench-dead-web': labelsOf(runOf('dead'), gone),
    'bench-live-web': labelsOf(runOf('live'), alive),
  });
  expect(await clean(engine, { dryRun: true })).toMatchObject({
    removed: ['bench-dead-web'],
    kept: ['bench-live-web'],
  });
  expect(engine.names()).toHaveLength(2);
});

test('what the user names goes, whoever made it; nothing else goes with it', async () => {
  const { alive, far } = await owners();
  const engine = await engineWith({
    'bench-far1-web': labelsOf(runOf('far1'), far),
    'bench-far2-web': labelsOf(runOf('far2'), far),
    'bench-live-web': labelsOf(runOf('live'), alive),
  });
  expect(await clean(engine, { force: runOf('far1') })).toMatchObject({ removed: ['bench-far1-web'] });
  expect(engine.names()).toEqual(['bench-far2-web', 'bench-live-web']);
});

test('a command that meets leftovers names their runs and the remedy, once', async () => {
  const { alive, gone } = await owners();
  const engine = await engineWith({ 'bench-live-web': labelsOf(runOf('live'), alive), mine: {} });
  expect(await leftoversIn(engine)).toBeUndefined();
  await engineWith({ 'bench-dead-a': labelsOf(runOf('dead'), gone) }, engine);
  expect(await leftoversIn(engine)).toBe(
    `1 object of ended runs (${runOf('dead')}) is left on this engine: remove it with: bench clean`,
  );
  await engineWith({ 'bench-dead-b': labelsOf(runOf('dead'), gone) }, engine);
  expect(await leftoversIn(engine)).toContain('2 objects of ended runs');
});

test("images of every version go; one in use, the registry's base and the user's own stay", async () => {
  const [old, current, users] = ['bench-lab:0000000000000001', 'bench-lab:0000000000000002', 'my-server:1'];
  const engine = fakeEngine({
    images: [old, current, users, registryBase, bootstrappedBase, 'bench-lab:mine'],
    imageLabels: {
      [old]: { 'bench.lab': old },
      [current]: { [imageLabel]: current },
      [users]: { [imageLabel]: current }, // built on the lab image: labels are inherited
      'bench-lab:mine': { [imageLabel]: 'bench-lab:mine' },
    },
  });
  await engineWith(
    { 'users-own': {} },
    { ...engine, create: (spec) => engine.create({ ...spec, image: old }) },
  );
  const work = cleaning({ dryRun: false });
  await work.step('images', () => ownImages(engine));
  expect(work.cleaned).toMatchObject({ removed: [current, bootstrappedBase], kept: [old] });
  for (const tag of [old, users, registryBase, 'bench-lab:mine'])
    expect(await engine.imageExists(tag)).toBe(true);
});

test("what unfinished builds left goes, and an image without a tag that is the user's own stays", async () => {
  const [ours, users] = ['sha256:0001', 'sha256:0002'];
  const imageLabels = {
    [ours]: { [imageLabel]: 'unfinished' },
    [users]: { [imageLabel]: 'bench-lab:0000000000000001' }, // built on a lab image
  };
  const engine = fakeEngine({ images: [ours, users], imageLabels });
  const work = cleaning({ dryRun: false });
  await work.step('images', () => ownImages(engine));
  expect(work.cleaned).toMatchObject({ removed: [ours], kept: [] });
});
