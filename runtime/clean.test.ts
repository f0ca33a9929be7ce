import { expect, test } from 'vitest';
import { Failure } from '../bench/model/failure.ts';
import { cleanEngine, cleanImages, cleanLinks } from './clean.ts';
import { type FakeEngine, fakeEngine } from './engine/fake.ts';
import { bootstrappedBase, registryBase } from './image/base.ts';
import { imageLabel, labelsOf, type Owner, thisProcess } from './labels.ts';
import { fakeCommander } from './machine/fake-commander.fixture.ts';

const image = 'bench-lab:fake';

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

async function owners(): Promise<Readonly<Record<'alive' | 'gone' | 'elsewhere', Owner>>> {
  const alive = await thisProcess();
  return { alive, gone: { ...alive, startTicks: '1' }, elsewhere: { ...alive, host: 'another-machine' } };
}

test("what a dead run left goes; a live run's, another machine's and the user's own stay", async () => {
  const { alive, gone, elsewhere } = await owners();
  const engine = await engineWith({
    'bench-dead-inspector': labelsOf('20261120T093220Z-dead', gone),
    'bench-dead-web': labelsOf('20261120T093220Z-dead', gone),
    'bench-live-web': labelsOf('20261120T093220Z-live', alive),
    'bench-far1-web': labelsOf('20261120T093220Z-far1', elsewhere),
    'users-database': {},
    'bench-users-own': { 'some.label': 'value' },
  });
  expect(await cleanEngine(engine)).toEqual({
    removed: ['bench-dead-inspector', 'bench-dead-web'],
    kept: ['bench-live-web', 'bench-far1-web'],
  });
  expect(engine.names()).toEqual(['bench-live-web', 'bench-far1-web', 'users-database', 'bench-users-own']);
});

test("a dead run's networks go after its containers; a live run's stay", async () => {
  const { alive, gone } = await owners();
  const engine = await engineWith({});
  for (const [name, owner] of Object.entries({ dead: gone, live: alive })) {
    const labels = labelsOf(`20261120T093220Z-${name}`, owner);
    const subnets = [{ subnet: '198.18.1.0/24', gateway: '198.18.1.1' }];
    const kind = { driver: 'bridge', device: `bench-${name}u` } as const;
    const id = await engine.createNetwork({ name: `bench-${name}-user-bridge`, labels, subnets, kind });
    const spec = { name: `bench-${name}-web`, image, command: [], labels };
    await (await engine.create({ ...spec, attachment: { kind: 'network', id } })).start();
  }
  expect(await cleanEngine(engine)).toEqual({
    removed: ['bench-dead-web', 'network bench-dead-user-bridge'],
    kept: ['bench-live-web', 'network bench-live-user-bridge'],
  });
  expect((await engine.networks('bench.run')).map(({ name }) => name)).toEqual(['bench-live-user-bridge']);
});

test('a second time there is nothing to do', async () => {
  const { gone } = await owners();
  const engine = await engineWith({ 'bench-dead-web': labelsOf('20261120T093220Z-dead', gone) });
  await cleanEngine(engine);
  expect(await cleanEngine(engine)).toEqual({ removed: [], kept: [] });
});

test('a removal that fails is told', async () => {
  const { gone } = await owners();
  const stuck = new Failure('casesFailed', 'device or resource busy');
  const engine = await engineWith(
    { 'bench-dead-web': labelsOf('20261120T093220Z-dead', gone) },
    fakeEngine({ images: [image], fail: [{ call: 'remove', with: stuck }] }),
  );
  await expect(cleanEngine(engine)).rejects.toBe(stuck);
});

test("lab images of every version go; one in use, the registry's base and the user's own stay", async () => {
  const [old, current, users] = ['bench-lab:0000000000000001', 'bench-lab:0000000000000002', 'my-server:1'];
  const engine = fakeEngine({
    images: [old, current, users, registryBase, bootstrappedBase, 'bench-lab:mine'],
    imageLabels: {
      [old]: { 'bench.lab': old },
      [current]: { 'bench.lab': current },
      [users]: { 'bench.lab': old }, // built on the old lab image: labels are inherited
    },
  });
  await engineWith(
    { 'users-own': {} },
    { ...engine, create: (spec) => engine.create({ ...spec, image: old }) },
  );
  expect(await cleanImages(engine)).toEqual({ removed: [current, bootstrappedBase], kept: [old] });
  for (const tag of [old, users, registryBase, 'bench-lab:mine'])
    expect(await engine.imageExists(tag)).toBe(true);
  expect(await cleanImages(engine)).toEqual({ removed: [], kept: [old] });
});

test("what unfinished builds left goes, and an image without a tag that is the user's own stays", async () => {
  const [ours, users] = ['sha256:0001', 'sha256:0002'];
  const imageLabels = {
    [ours]: { [imageLabel]: 'unfinished' },
    [users]: { [imageLabel]: 'bench-lab:0000000000000001' }, // built on a lab image
  };
  const engine = fakeEngine({ images: [ours, users], imageLabels });
  expect(await cleanImages(engine)).toEqual({ removed: [ours], kept: [] });
});

const listing = 'ip -o link show type veth';
/** What it prints, shortened: no bridge, no network card. */
const links = `12: bench-dead@bench-deadp: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state LOWERLAYERDOWN mode DEFAULT
13: bench-away@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default
14: bench-live@bench-livep: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default
15: bench-lan@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default
16: veth1a2b3c4@if15: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state UP
18: mybench-k3f9@if17: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default
`;

test("links of dead runs go; a live run's, one with an end elsewhere and the user's own stay", async () => {
  const commander = fakeCommander((line) => (line === listing ? links : ''));
  expect(await cleanLinks(commander, ['bench-live-inspector', 'bench-live-agent-external'])).toEqual({
    removed: ['link bench-dead'],
    kept: [],
  });
  expect(commander.journal).toEqual([listing, 'ip link delete bench-dead']);
});

test('a link that went by itself meanwhile is not told as removed', async () => {
  const commander = fakeCommander((line) => (line === listing ? links : { exitCode: 1 }));
  expect((await cleanLinks(commander, [])).removed).toEqual([]);
});

test('a link that the user may not remove is told, not passed over', async () => {
  const refused = { exitCode: 2, stderr: 'RTNETLINK answers: Operation not permitted' };
  const commander = fakeCommander((line) => (line === listing ? links : refused));
  await expect(cleanLinks(commander, [])).rejects.toThrow(
    'bench-dead was left behind, and removing it needs root',
  );
});

test('without the tool nothing is removed', async () => {
  expect(
    await cleanLinks(
      fakeCommander(() => undefined),
      [],
    ),
  ).toEqual({ removed: [], kept: [] });
});
