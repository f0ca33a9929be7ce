import { expect, test } from 'vitest';
import type { Service } from '../../bench/model/service.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import { fakeParts, orderFor, type PartsScript } from './parts.fake.ts';
import { startStage } from './start-stage.ts';
import { errorOf, only, rejection } from './started-stage.fixture.ts';

const service: Service = {
  ...{ name: 'web', image: 'bench-lab:fake', port: 8080, environment: [], mounts: [] },
  running: { container: 'users-web', published: { port: 80 } },
  ...{ pull: 'never', readyPath: '/', readySeconds: 10 },
};

const users: ContainerSpec = {
  ...{ name: 'users-web', image: 'bench-lab:fake', command: ['serve'], labels: {} },
  attachment: { kind: 'bridge' },
  publish: [{ containerPort: 8080, hostPort: 80, hostAddresses: ['0.0.0.0'] }],
};

/** A stage beside a running container of the user's, and all that was asked of engine and inspector since. */
async function beside(script: PartsScript = {}, spec = users) {
  const parts = fakeParts(script);
  const container = await parts.engine.create(spec);
  await container.start();
  const { length } = parts.journal;
  const stage = await startStage({
    ...parts.options,
    needs: { vantages: ['host', 'external'], servers: [], ipv6: false },
    existing: 'users-web',
  });
  return { ...parts, container, stage, since: () => parts.journal.slice(length).join('\n') };
}

const paths = ['bridge/host/container', 'bridge/host/published', 'bridge/external/published'];
const orders = (changes: Partial<Service> = {}) =>
  paths.map((path) =>
    orderFor(path, {
      service: { ...service, ...changes },
      request: { method: 'GET', path: '/', headers: {} },
      hostPort: 80,
      deployment: { server: 'web', path, role: 'contender' },
    }),
  );

test("the user's container is dialled at its own address and at its published port, and stays", async () => {
  const { engine, stage, since } = await beside();
  const before = await engine.inspect('users-web');
  const deployed = (await stage.deploy(orders())).flatMap((it) => (it.ok ? [it.deployed] : []));
  expect(deployed.map(({ url }) => url)).toEqual([
    'http://172.17.0.2:8080/',
    'http://172.17.0.1:80/',
    'http://198.18.0.1:80/',
  ]);
  expect(await stage.exchangeCpus(true)).toBe(false);
  await stage.clear();
  await stage[Symbol.asyncDispose]();
  expect(await engine.inspect('users-web')).toEqual(before);
  expect(since()).not.toMatch(/users-web|guard|pin-proxies|open-firewall|\bmove\b/);
});

test('nothing is guarded, and no end has CPUs of its own', async () => {
  const { stage, specs } = await beside();
  await using _ = stage;
  expect(stage.environment).toMatchObject({ pinning: { kind: 'shared', untouched: true } });
  expect(stage.environment).not.toHaveProperty('guard');
  expect([...specs.values()].map(({ cpus }) => cpus)).toEqual([...specs.values()].map(() => undefined));
});

test('an address of the host at which alone its port is published is dialled', async () => {
  const { stage } = await beside();
  await using _ = stage;
  const [, published] = orders({
    running: { container: 'users-web', published: { address: '192.0.2.7', port: 80 } },
  });
  if (published === undefined) throw new Error('no order');
  const outcome = only(await stage.deploy([published]));
  expect(outcome).toMatchObject({ ok: true, deployed: { url: 'http://192.0.2.7:80/' } });
});

test('what its own clients add to is not claimed to stay flat, and who they are is not recorded', async () => {
  const { stage } = await beside();
  await using _ = stage;
  const deployed = (await stage.deploy(orders())).flatMap((it) => (it.ok ? [it.deployed] : []));
  const claims = deployed.flatMap((it) => it.claims);
  expect(claims).toContain('dnat-counter-grows');
  expect(claims).toContain('peer-is-agent');
  expect(claims).not.toContain('no-dnat');
  expect(claims).not.toContain('proxy-flat');
});

test('a container that gives no good answer is asked once', async () => {
  const asked: unknown[] = [];
  const { stage } = await beside({
    probe(order) {
      asked.push(order);
      return { ready: false, lastProblem: 'it answered with status 404, not 2xx' };
    },
  });
  await using _ = stage;
  const failure = errorOf(only(await stage.deploy(orders().slice(0, 1))));
  expect(asked).toMatchObject([{ once: true, withinSeconds: 10 }]);
  expect(failure.message).toBe(
    'the container users-web gave no usable answer at http://172.17.0.2:8080/: it answered with status 404, not 2xx',
  );
  expect(failure.hint).toContain('--request-path');
});

test('a firewall that stops the link is named as a cause, with what to do', async () => {
  const { stage } = await beside({ probe: () => ({ ready: false, lastProblem: 'timed out' }) });
  await using _ = stage;
  const [fromHost, , fromLink] = (await stage.deploy(orders())).map((it) => errorOf(it).hint);
  expect(fromHost).not.toContain('firewall');
  expect(fromLink).toContain('leave out this path, with --path');
});

test('a container that stops in mid-run is not started again', async () => {
  const { engine, container, stage, since } = await beside();
  await using _ = stage;
  await engine.remove(container.id);
  const failure = errorOf(only(await stage.deploy(orders().slice(0, 1))));
  expect(failure).toMatchObject({ kind: 'casesFailed', message: 'the container users-web no longer runs' });
  expect(since()).not.toContain('start users-web');
});

test('a network that is no bridge of this machine is refused, with what to do', async () => {
  const onNone: ContainerSpec = { ...users, attachment: { kind: 'none' } };
  expect(await rejection(beside({}, onNone))).toMatchObject({
    kind: 'unfit',
    message: 'the network of the container users-web (none) is no bridge of this machine',
    hint: expect.stringContaining('--copy'),
  });
});
