import { expect, onTestFinished, test } from 'vitest';
import type { Service } from '../../bench/model/service.ts';
import type { StartCompanions } from '../compose/companions.ts';
import { fakeParts, orderFor, type PartsScript } from './parts.fake.ts';
import { startStage } from './start-stage.ts';

/* A run with the other services of a Compose file: where they stand, who finds them, and how they go. */

const web: Service = {
  name: 'web',
  image: 'bench-lab:fake',
  port: 8080,
  environment: ['LOG=warn'],
  mounts: [{ source: 'uploads', target: '/srv', writable: true, ofRun: true }],
  pull: 'missing',
  readyPath: '/',
  readySeconds: 5,
  settings: { hosts: ['a:1.2.3.4'], init: true },
  compose: {
    file: 'compose.yaml',
    service: 'web',
    variables: ['URL', 'LOG'],
    others: ['db'],
    differences: [],
  },
};

/** A stage with one other service, which runs in a container of the fake engine. */
async function staged(script: PartsScript = {}) {
  const parts = fakeParts(script);
  const { engine, options } = parts;
  const places: unknown[] = [];
  const companions: StartCompanions = async (place) => {
    places.push(place);
    const container = await engine.create({
      name: `${place.prefix}-with-db`,
      image: place.image,
      command: [],
      labels: { ...place.labels, 'com.docker.compose.project': place.prefix },
      attachment: { kind: 'bridge' },
    });
    await container.start();
    const { pid = 0 } = (await engine.inspect(container.id)) ?? {};
    return [{ service: 'db', id: container.id, pid, address: '198.18.0.130', names: ['db', 'database'] }];
  };
  const stage = await startStage({
    ...options,
    needs: { ...options.needs, servers: ['host', 'user-bridge'], companions: true },
    companions,
    caller: {
      env: {},
      directory: '/home/user',
      described: { URL: 'postgres://app:secret@db/app', LOG: 'debug' },
    },
  });
  onTestFinished(async () => {
    await stage[Symbol.asyncDispose]();
  });
  return { ...parts, stage, places };
}

const orders = (['host/external', 'user-bridge/external/published'] as const).map((path, at) =>
  orderFor(path, { service: web, hostPort: 8080 + at }),
);

test('the others stand on the bridge of the run, on the CPUs of the servers, before any server starts', async () => {
  const { journal, places } = await staged();
  expect(places).toMatchObject([
    { prefix: 'bench-k3f9', network: 'bench-k3f9-user-bridge', image: 'bench-lab:fake' },
  ]);
  const at = (line: string) => journal.findIndex((it) => it.startsWith(line));
  expect(at('create-network bench-k3f9-user-bridge')).toBeLessThan(at('inspector raise-guard'));
  expect(at('inspector raise-guard')).toBeLessThan(at('start bench-k3f9-with-db'));
  expect(journal.at(-1)).toMatch(/^move \S+/);
});

test('in host mode a server finds them by /etc/hosts, on the bridge by the name server; their variables come along', async () => {
  const { stage, specs } = await staged();
  await stage.deploy(orders);
  const host = specs.get('bench-k3f9-host');
  const bridge = specs.get('bench-k3f9-user-bridge');
  expect(host?.settings).toEqual({
    hosts: ['a:1.2.3.4', 'db:198.18.0.130', 'database:198.18.0.130'],
    init: true,
  });
  expect(bridge?.settings).toEqual({ hosts: ['a:1.2.3.4'], init: true });
  for (const spec of [host, bridge]) {
    expect(spec?.environment).toEqual({ URL: 'postgres://app:secret@db/app', LOG: 'warn' });
    expect(spec?.binds).toEqual(['bench-k3f9-uploads:/srv:rw']);
  }
});

test('CPUs are exchanged for them too, and what they use is the run’s own CPU time', async () => {
  const { stage, engine, inspector } = await staged();
  await stage.deploy(orders);
  await stage.exchangeCpus(true);
  const [db] = (await engine.containers()).filter(({ name }) => name === 'bench-k3f9-with-db');
  expect(await engine.inspect(db?.id ?? '')).toMatchObject({ cpus: '1' });
  await stage.exchangeCpus(false);
  expect(await engine.inspect(db?.id ?? '')).toMatchObject({ cpus: '0' });
  const [outcome] = await stage.deploy([
    orderFor('user-bridge/external/published', { nameSuffix: 'x', hostPort: 8090 }),
  ]);
  if (outcome?.ok !== true) throw outcome?.error ?? new Error('not deployed');
  await stage.read(outcome.deployed, 'before');
  const { pid } = (await engine.inspect(db?.id ?? '')) ?? {};
  const order = inspector.journal.findLast(({ call }) => call === 'snapshot')?.input;
  expect(order).toMatchObject({ idle: [pid], containers: expect.arrayContaining([pid]) });
});

test('one that ends during the run ends the run, with its name and its last lines', async () => {
  const { stage, engine } = await staged();
  await stage.deploy(orders);
  await stage.clear();
  const [db] = (await engine.containers()).filter(({ name }) => name === 'bench-k3f9-with-db');
  await engine.remove(db?.id ?? '');
  await expect(stage.deploy(orders)).rejects.toMatchObject({
    kind: 'partial',
    message: 'the Compose service db ended during the run (its container was removed)',
  });
});

test('they stay over the rounds, and go with the run: before its network', async () => {
  const { stage, engine, journal } = await staged();
  await stage.deploy(orders);
  await stage.clear();
  expect(engine.names()).toContain('bench-k3f9-with-db');
  const from = journal.length;
  await stage[Symbol.asyncDispose]();
  expect(engine.names()).toEqual([]);
  const gone = journal.slice(from);
  expect(gone.indexOf('remove bench-k3f9-with-db')).toBeGreaterThanOrEqual(0);
  expect(gone.indexOf('remove bench-k3f9-with-db')).toBeLessThan(
    gone.indexOf('remove-network bench-k3f9-user-bridge'),
  );
});

test('what was started before a failure goes too', async () => {
  const { engine, options } = fakeParts();
  const labels = options.labels;
  const failing: StartCompanions = async ({ prefix, image }) => {
    await engine.create({
      name: `${prefix}-with-db`,
      image,
      command: [],
      labels: { ...labels, 'com.docker.compose.project': prefix },
      attachment: { kind: 'bridge' },
    });
    throw new Error('db is unhealthy');
  };
  const needs = { ...options.needs, companions: true };
  await expect(startStage({ ...options, needs, companions: failing })).rejects.toThrow('db is unhealthy');
  expect(engine.names()).toEqual([]);
});
