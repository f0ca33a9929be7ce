import { expect, test } from 'vitest';
import { fakeEngine } from '../engine/engine.fake.ts';
import { labelsOf } from '../labels.ts';
import type { CommandOptions } from '../machine/command.ts';
import { type Answer, fakeCommander } from '../machine/commander.fake.ts';
import { companionStarter, removeCompanions } from './companions.ts';
import { compose1, compose2, shop } from './compose.fixture.ts';

const runId = '20261120T093220Z-k3f9';
const owner = { boot: '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10', pidNamespace: '1', pid: 7, startTicks: '1' };
const place = {
  prefix: 'bench-k3f9',
  labels: labelsOf(runId, owner),
  image: 'bench-lab:1',
  network: 'bench-k3f9-user-bridge',
};

/** An engine, and a Compose that creates containers on it: `ends` have done their work, with that exit code. */
function machine(ends: Readonly<Record<string, number>> = {}) {
  const engine = fakeEngine({
    images: ['postgres:16'],
    program: (spec) => {
      const service = spec.labels['com.docker.compose.service'] ?? '';
      const exitCode = ends[service];
      return exitCode === undefined ? async ({ killed }) => killed.then(() => 0) : async () => exitCode;
    },
    volumes: [
      { name: 'bench-k3f9-data', labels: place.labels },
      { name: 'users', labels: {} },
    ],
  });
  const inputs: string[] = [];
  async function up(options: CommandOptions): Promise<void> {
    inputs.push(options.input ?? '');
    for (const service of ['db', 'cache', 'migrate', 'bench-ready']) {
      const container = await engine.create({
        name: `bench-k3f9-with-${service}`,
        image: 'postgres:16',
        command: [],
        labels: {
          ...place.labels,
          'com.docker.compose.project': 'bench-k3f9',
          'com.docker.compose.service': service,
        },
        attachment: { kind: 'bridge' },
      });
      await container.start();
    }
  }
  const said = fakeCommander((line): Answer | undefined => (/ up /.test(line) ? '' : undefined));
  const commander: typeof said = {
    ...said,
    async run(command, args, options = {}) {
      if (args.includes('up')) await up(options);
      return said.run(command, args, options);
    },
  };
  return { engine, commander, inputs };
}

const never = new AbortController().signal;

test('Compose starts the others under the name of the run, and they are found with their addresses', async () => {
  const { engine, commander, inputs } = machine({ migrate: 0, 'bench-ready': 0 });
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const start = companionStarter(await shop(compose1()), { engine, commander, interrupted: never, say });
  const companions = await start(place);
  expect(commander.journal).toEqual([
    'docker-compose -p bench-k3f9 -f - --project-directory /home/user/shop up -d --no-build bench-ready',
  ]);
  expect(JSON.parse(inputs[0] ?? '')).toHaveProperty('services.db.image', 'postgres:16');
  expect(lines).toEqual(['starting cache, db, migrate with docker-compose']);
  expect(companions).toEqual([
    {
      service: 'db',
      id: expect.any(String),
      pid: expect.any(Number),
      address: expect.any(String),
      names: ['db', 'mydb', 'database'],
    },
    {
      service: 'cache',
      id: expect.any(String),
      pid: expect.any(Number),
      address: expect.any(String),
      names: ['cache', 'redis'],
    },
  ]);
});

test('Compose 2 is kept from asking a registry: the images are there already', async () => {
  const { engine, commander } = machine({ migrate: 0, 'bench-ready': 0 });
  const start = companionStarter(await shop(compose2()), {
    engine,
    commander,
    interrupted: never,
    say: () => {},
  });
  await start(place);
  expect(commander.journal).toEqual([
    'docker compose -p bench-k3f9 -f - --project-directory /home/user/shop up -d --no-build --pull never bench-ready',
  ]);
});

test('one of the others that ended with an error is named', async () => {
  const { engine, commander } = machine({ migrate: 0, 'bench-ready': 0, cache: 3 });
  const start = companionStarter(await shop(compose1()), {
    engine,
    commander,
    interrupted: never,
    say: () => {},
  });
  await expect(start(place)).rejects.toMatchObject({
    kind: 'unfit',
    message: 'the Compose service cache ended (exit code 3) after it was started',
  });
});

test('a service that does not get ready is named with its last lines', async () => {
  const engine = fakeEngine({
    images: ['postgres:16'],
    program: () => async (process) => {
      process.say('FATAL: no room for shared memory');
      return 1;
    },
  });
  const commander = compose1(undefined, () => ({
    exitCode: 1,
    stderr:
      'Creating bench-k3f9-with-db ... \r\nCreating bench-k3f9-with-db ... done\r\n\nERROR: for bench-ready  Container "000000000001" is unhealthy.',
  }));
  const app = await shop(commander);
  const db = await engine.create({
    name: 'bench-k3f9-with-db',
    image: 'postgres:16',
    command: [],
    labels: {
      ...place.labels,
      'com.docker.compose.project': 'bench-k3f9',
      'com.docker.compose.service': 'db',
    },
    attachment: { kind: 'bridge' },
  });
  await db.start();
  const start = companionStarter(app, { engine, commander, interrupted: never, say: () => {} });
  await expect(start(place)).rejects.toMatchObject({
    kind: 'unfit',
    message: 'docker-compose could not start cache, db, migrate (exit code 1)',
    hint: 'It said:\nERROR: for bench-ready  Container "000000000001" is unhealthy.\nThe last lines of db:\nFATAL: no room for shared memory',
  });
});

test('what the engine still creates for an interrupted Compose is removed as well', async () => {
  const { engine } = machine();
  const make = (name: string) =>
    engine.create({
      name: `bench-k3f9-with-${name}`,
      image: 'postgres:16',
      command: [],
      labels: { ...place.labels, 'com.docker.compose.project': 'bench-k3f9' },
      attachment: { kind: 'bridge' },
    });
  await make('db');
  let late = true;
  await removeCompanions(
    {
      ...engine,
      async remove(id) {
        if (late) await make('cache');
        late = false;
        await engine.remove(id);
      },
    },
    place,
  );
  expect(engine.names()).toEqual([]);
});

test('what Compose made for a run is removed, and nothing else', async () => {
  const { engine, commander } = machine({ migrate: 0, 'bench-ready': 0 });
  const start = companionStarter(await shop(compose1()), {
    engine,
    commander,
    interrupted: never,
    say: () => {},
  });
  await start(place);
  const mine = await engine.create({
    name: 'mydb',
    image: 'postgres:16',
    command: [],
    labels: { 'com.docker.compose.project': 'shop' },
    attachment: { kind: 'bridge' },
  });
  await removeCompanions(engine, place);
  expect(await engine.containers()).toMatchObject([{ id: mine.id }]);
  expect(engine.journal.filter((it) => it.startsWith('remove-volume'))).toEqual([
    'remove-volume bench-k3f9-data',
  ]);
  await removeCompanions(engine, place);
});
