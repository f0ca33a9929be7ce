import { expect, test } from 'vitest';
import { claims } from '../../bench/model/claims.ts';
import { Failure } from '../../bench/model/failure.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { startStage } from './start-stage.ts';
import { broken, errorOf, only, rejection, signal, started, threeModes } from './started-stage.fixture.ts';

test('servers start side by side: the first answer may wait until all of them run', async () => {
  const running = threeModes.map(({ nameSuffix }) => ({ name: `bench-k3f9-${nameSuffix}`, ...signal() }));
  const { stage, journal } = await started({
    server({ name }) {
      running.find((server) => server.name === name)?.give();
      return undefined;
    },
    async probe() {
      await Promise.all(running.map(({ given }) => given));
      return { ready: true, seconds: 0.001 };
    },
  });
  const outcomes = await stage.deploy(threeModes);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(outcomes.map((outcome) => outcome.ok && outcome.deployed.order)).toEqual(threeModes);
  expect(journal.indexOf('create bench-k3f9-bridge')).toBeLessThan(journal.indexOf('start bench-k3f9-host'));
});

test('the holder runs before its mapped server is created', async () => {
  const { stage, journal } = await started();
  const from = journal.length;
  const outcome = only(await stage.deploy([orderFor('mapped/external/published', { hostPort: 20003 })]));
  expect(journal.slice(from)).toEqual([
    'inspector guard-places 198.18.0.1:20003 127.0.0.1:20003',
    'create bench-k3f9-mapped-holder',
    'start bench-k3f9-mapped-holder',
    'inspector guard-places 172.17.0.2 198.18.0.1:20003 127.0.0.1:20003',
    'create bench-k3f9-mapped',
    'start bench-k3f9-mapped',
    'bench-k3f9-agent-external probe http://198.18.0.1:20003/body',
    'inspector pin-proxies 20003 on 0',
  ]);
  expect(outcome.ok).toBe(true);
});

test("a server on the engine's bridge waits until the guard keeps its address; others are kept before they start", async () => {
  const { stage, journal, inspector } = await started();
  const from = journal.length;
  const orders = [orderFor('bridge/external/published'), orderFor('host/external', { hostPort: 20002 })];
  await stage.deploy(orders);
  const seen = journal.slice(from);
  const [sockets = '', own = ''] = seen.filter((line) => line.includes('guard-places'));
  expect(sockets).toBe(
    'inspector guard-places 198.18.0.1:20001 127.0.0.1:20001 198.18.0.1:20002 127.0.0.1:20002',
  );
  expect(own).toMatch(/^inspector guard-places 172\.17\.0\.2 /);
  const at = (part: string) => seen.findIndex((line) => line.includes(part));
  expect(at(sockets)).toBeLessThan(at('create bench-k3f9-host'));
  expect(at('start bench-k3f9-bridge')).toBeLessThan(at(own));
  expect(at(own)).toBeLessThan(at('open-gate'));
  expect(at('open-gate')).toBeLessThan(at('probe http://198.18.0.1:20001/'));
  expect(seen.filter((line) => line.includes('open-gate'))).toHaveLength(1);
  await stage.clear();
  expect(inspector.guards().get('bench-k3f9')).toEqual({ addresses: [], sockets: [], ports: [] });
});

test('each mode stands where its path says, and the findings hold', async () => {
  const { stage } = await started();
  const outcomes = await stage.deploy(threeModes);
  const seen = outcomes.map((outcome) => {
    if (!outcome.ok) throw outcome.error;
    const { url, findings } = outcome.deployed;
    return [url, findings.map(({ holds }) => holds)];
  });
  expect(seen).toEqual([
    ['http://198.18.0.1:20001/body', [true, true, true, true]],
    ['http://198.18.0.1:20002/body', [true, true]],
    ['http://198.18.0.1:20003/body', [true, true, true]],
  ]);
});

test("a container's address is dialled at the port inside, a mapped server's at its holder's", async () => {
  const parts = fakeParts();
  await using stage = await startStage({
    ...parts.options,
    needs: { vantages: ['host'], servers: [], ipv6: false },
  });
  const bridge = only(await stage.deploy([orderFor('bridge/host/container', { hostPort: 20002 })]));
  expect(bridge).toMatchObject({ deployed: { url: 'http://172.17.0.2:8080/body' } });
  const mapped = only(await stage.deploy([orderFor('mapped/host/container', { hostPort: 20003 })]));
  expect(mapped).toMatchObject({ deployed: { url: 'http://172.17.0.3:8080/body' } });
});

test('clear removes the servers of the round, mapped ones before their holders, and nothing else', async () => {
  const { stage, journal, engine } = await started();
  await stage.deploy(threeModes);
  const from = journal.length;
  await stage.clear();
  const removals = journal.slice(from);
  expect(removals.toSorted()).toEqual([
    'inspector guard-places',
    'remove bench-k3f9-bridge',
    'remove bench-k3f9-host',
    'remove bench-k3f9-mapped',
    'remove bench-k3f9-mapped-holder',
  ]);
  // An address is kept for as long as a server of ours may be there.
  expect(removals.at(-1)).toBe('inspector guard-places');
  expect(removals.indexOf('remove bench-k3f9-mapped')).toBeLessThan(
    removals.indexOf('remove bench-k3f9-mapped-holder'),
  );
  expect(engine.names()).toEqual(['bench-k3f9-inspector', 'bench-k3f9-agent-external']);

  await stage.clear();
  expect(journal.length).toBe(from + 5);
  expect((await stage.deploy(threeModes)).map(({ ok }) => ok)).toEqual([true, true, true]);
});

test('a refused start costs one server its round, and what was made of it is cleared', async () => {
  const taken = new Failure('casesFailed', 'port is already allocated');
  const { stage, engine } = await started({
    engineFails: [{ call: 'start', name: /-mapped-holder$/, with: taken }],
  });
  const outcomes = await stage.deploy(threeModes);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
  expect(errorOf(outcomes[2])).toBe(taken);
  await stage.clear();
  expect(engine.names()).toEqual(['bench-k3f9-inspector', 'bench-k3f9-agent-external']);
});

test('a server that dies after it answered costs itself its round, no other', async () => {
  const gone = new Failure('casesFailed', 'the server (pid 1004) has exited');
  const { stage } = await started({
    inspectorFails: ({ call, input }) =>
      call === 'stack' && 'pid' in input && input.pid === 1004 ? gone : undefined,
  });
  const outcomes = await stage.deploy(threeModes);
  expect(outcomes.filter(({ ok }) => !ok).map(errorOf)).toMatchObject([{ message: gone.message }]);
});

test('an engine that goes away in mid-deployment ends the run as partial', async () => {
  const { stage } = await started({
    async probe(_, { engine }) {
      engine.unplug();
      return { ready: true, seconds: 0.001 };
    },
  });
  expect(await rejection(stage.deploy(threeModes))).toMatchObject({ kind: 'partial' });
  expect(await rejection(stage[Symbol.asyncDispose]())).toBeInstanceOf(AggregateError);
});

test('an agent that goes away ends the run as partial, and the rest can be removed', async () => {
  const { stage, engine } = await started({
    async probe(_, { engine }) {
      const agent = (await engine.containers()).find(({ name }) => name.includes('-agent-'));
      await engine.remove(agent?.id ?? '');
      return { ready: true, seconds: 0.001 };
    },
  });
  expect(await rejection(stage.deploy(threeModes))).toMatchObject({
    kind: 'partial',
    message: expect.stringContaining('lost contact with the load agent'),
  });
  await stage[Symbol.asyncDispose]();
  expect(engine.names()).toEqual([]);
});

test('a port that somebody holds: the server is refused before it starts, naming who; the others go on', async () => {
  const { stage, journal } = await started();
  const first = only(await stage.deploy([orderFor('host/external')]));
  expect(first.ok).toBe(true);
  const from = journal.length;
  const [second, bridge] = await stage.deploy([
    orderFor('host/external', { nameSuffix: 'second' }),
    orderFor('bridge/external/published', { hostPort: 20002 }),
  ]);
  expect(errorOf(second).message).toMatch(
    /^nginx \(host\/external\) was not started: nginx \(pid \d+, container bench-k3f9-host\) already listens on 198\.18\.0\.1:20001$/,
  );
  expect(bridge?.ok).toBe(true);
  expect(journal.slice(from)).not.toContain('create bench-k3f9-second');
});

test('a native server is no container: the inspector starts it, and ends it with the round', async () => {
  const parts = fakeParts();
  await using stage = await startStage(parts.options);
  const outcome = only(await stage.deploy([orderFor('native/external')]));
  expect(parts.engine.names()).toEqual(['bench-k3f9-inspector', 'bench-k3f9-agent-external']);
  expect(outcome.ok && outcome.deployed.claims).toContain('no-container');
  expect(broken(outcome)).not.toContain(claims['no-container']);
  await stage.clear();
  expect(parts.journal.filter((entry) => entry.includes('native'))).toEqual([
    'inspector start-native nginx',
    'inspector stop-native 5001',
  ]);
});

test('servers that share a port: each listens on addresses of its own, which the link has been given', async () => {
  const parts = fakeParts();
  const needs = { ...parts.options.needs, linkAddresses: 3 };
  await using stage = await startStage({ ...parts.options, needs });
  const links = parts.inspector.journal.filter(({ call }) => call === 'create-link');
  expect(links).toMatchObject([{ input: { furtherAddresses: ['198.18.0.3', '198.18.0.4'] } }]);
  const outcomes = await stage.deploy(
    [0, 1, 2].map((addressIndex) =>
      orderFor('host/external', { addressIndex, nameSuffix: `s${addressIndex}` }),
    ),
  );
  expect(outcomes.map((outcome) => outcome.ok && outcome.deployed.url)).toEqual([
    'http://198.18.0.1:20001/body',
    'http://198.18.0.3:20001/body',
    'http://198.18.0.4:20001/body',
  ]);
  expect(parts.specs.get('bench-k3f9-s1')?.command.slice(-2)).toEqual([
    '198.18.0.3:20001',
    '127.0.0.2:20001',
  ]);
});
