import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { fakeParts, orderFor, type PartsScript } from './parts.fake.ts';
import { startStage } from './start-stage.ts';
import { endingProgram, only, rejection, started, threeModes } from './started-stage.fixture.ts';

test('inspector first, then the agent, then its link, then what keeps others out', async () => {
  const { journal, inspector } = await started();
  expect(journal).toEqual([
    'create bench-k3f9-inspector',
    'start bench-k3f9-inspector',
    'create bench-k3f9-agent-external',
    'start bench-k3f9-agent-external',
    'inspector create-link bench-k3f9',
    'inspector raise-guard bench-k3f9',
  ]);
  expect(inspector.journal.find(({ call }) => call === 'raise-guard')?.input).toEqual({
    name: 'bench-k3f9',
    remark: expect.stringMatching(/^bench run 20261120T093220Z-k3f9 \S+$/),
    near: ['lo', 'bench-k3f9', 'docker0'],
    networks: ['198.18.0.0/25', 'fdbe:6e63:c612:1::/64'],
  });
  expect(inspector.journal.find(({ call }) => call === 'create-link')?.input).toMatchObject({
    hostAddress: '198.18.0.1',
    peerAddress: '198.18.0.2',
    pid: 1002,
  });
});

test('the inspector alone is privileged, and nothing listens on all addresses of the host', async () => {
  const { stage, specs } = await started();
  await stage.deploy(threeModes);
  const privileged = [...specs.values()].filter(({ inspecting }) => inspecting).map(({ name }) => name);
  expect(privileged).toEqual(['bench-k3f9-inspector']);
  expect(specs.get('bench-k3f9-host')?.command.slice(-2)).toEqual(['198.18.0.1:20001', '127.0.0.1:20001']);
  for (const name of ['bench-k3f9-bridge', 'bench-k3f9-mapped-holder']) {
    expect(specs.get(name)?.publish?.[0]?.hostAddresses).toEqual(['198.18.0.1', '127.0.0.1']);
  }
  expect(specs.get('bench-k3f9-mapped')?.publish).toBeUndefined();
});

test('dispose goes backwards: servers, guard, link, agent, inspector', async () => {
  const { stage, journal, engine, inspector } = await started();
  await stage.deploy([orderFor('host/external')]);
  const from = journal.length;
  await stage[Symbol.asyncDispose]();
  expect(journal.slice(from)).toEqual([
    'remove bench-k3f9-host',
    'inspector guard-places',
    'inspector remove-guard bench-k3f9',
    'inspector delete-link bench-k3f9',
    'remove bench-k3f9-agent-external',
    'remove bench-k3f9-inspector',
  ]);
  expect(engine.names()).toEqual([]);
  expect(inspector.links()).toEqual([]);
  await stage[Symbol.asyncDispose]();
  expect(journal.length).toBe(from + 6);
});

test('where the host lets nobody make a guard, or the user forbids it, the run goes on and says so', async () => {
  const why = 'nftables: not permitted; iptables-legacy: not permitted';
  const { stage } = await started({
    inspectorFails: ({ call }) => (call === 'raise-guard' ? new Failure('unfit', why) : undefined),
  });
  expect((await stage.deploy(threeModes)).map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(stage.environment.guard).toEqual({ refused: why });

  const parts = fakeParts();
  await using forbidden = await startStage({ ...parts.options, guard: false });
  await forbidden.deploy(threeModes);
  expect(forbidden.environment.guard).toEqual({ refused: '--no-guard' });
  expect(parts.journal.filter((line) => line.includes('guard'))).toEqual([]);
});

test('dispose removes the rest when a removal fails, and tells of it', async () => {
  const stuck = new Failure('casesFailed', 'device or resource busy');
  const { stage, engine } = await started({
    engineFails: [{ call: 'remove', name: /-bridge$/, with: stuck }],
  });
  await stage.deploy(threeModes);
  expect(await rejection(stage[Symbol.asyncDispose]())).toBe(stuck);
  expect(engine.names()).toEqual(['bench-k3f9-bridge']);
});

test.each<[string, PartsScript['inspectorFails'], PartsScript['engineFails'], string]>([
  [
    'the link cannot be made',
    ({ call }) => (call === 'create-link' ? new Failure('unfit', 'no veth in this kernel') : undefined),
    undefined,
    'no veth in this kernel',
  ],
  [
    'the agent does not start',
    undefined,
    [{ call: 'start', name: /-agent-/, with: new Failure('casesFailed', 'no such cpu') }],
    'no such cpu',
  ],
  [
    'the inspector does not start',
    undefined,
    [{ call: 'start', name: /-inspector$/, with: new Failure('casesFailed', 'not allowed') }],
    'not allowed',
  ],
  [
    'the inspector refuses to look',
    ({ call }) => (call === 'machine' ? new Failure('unfit', 'no /proc') : undefined),
    undefined,
    'no /proc',
  ],
])('%s: what was started is removed, and the reason told', async (_, inspectorFails, engineFails, reason) => {
  const { options, engine, inspector } = fakeParts({
    ...(inspectorFails === undefined ? {} : { inspectorFails }),
    ...(engineFails === undefined ? {} : { engineFails }),
  });
  await expect(startStage(options)).rejects.toThrow(reason);
  expect(engine.names()).toEqual([]);
  expect(inspector.links()).toEqual([]);
});

test('an inspector that ends at once tells its last words', async () => {
  const { options, engine } = fakeParts({ inspectorProgram: endingProgram(['node: not found']) });
  await expect(startStage(options)).rejects.toMatchObject({
    kind: 'partial',
    message: 'lost contact with the inspector',
    hint: 'Its last lines:\nnode: not found',
  });
  expect(engine.names()).toEqual([]);
});

test('an agent that ends at once tells which one, and its last words', async () => {
  const { options, engine } = fakeParts({ agentProgram: endingProgram(['SyntaxError: agent.mjs']) });
  await expect(startStage(options)).rejects.toMatchObject({
    message: 'the load agent at external exited before it answered',
    hint: 'Its last lines:\nSyntaxError: agent.mjs',
  });
  expect(engine.names()).toEqual([]);
});

test('the subnet is the one asked for, unless the host routes it already', async () => {
  const parts = fakeParts();
  await using stage = await startStage({ ...parts.options, subnet: '198.19.7.0/24' });
  expect(stage.environment.linkSubnet).toBe('198.19.7.0/24');
  const outcome = only(await stage.deploy([orderFor('host/external')]));
  expect(outcome).toMatchObject({ deployed: { url: 'http://198.19.7.1:20001/body' } });

  const taken = fakeParts({ routes: ['198.18.0.0/15'] });
  const asked = { ...taken.options, subnet: '198.18.3.0/24' };
  await expect(startStage(asked)).rejects.toThrow('198.18.0.0/15');
  expect(taken.engine.names()).toEqual([]);
});

test('one CPU: servers and agents share it, and the environment says so', async () => {
  const shared = await started({ cpuCount: 1 });
  expect(shared.stage.environment.pinning).toEqual({ kind: 'shared' });
  expect(shared.specs.get('bench-k3f9-agent-external')).not.toHaveProperty('cpus');
  const pinned = await started({ cpuCount: 2 });
  await pinned.stage.deploy(threeModes);
  expect(pinned.specs.get('bench-k3f9-agent-external')?.cpus).toBe('1');
  expect(pinned.specs.get('bench-k3f9-mapped')?.cpus).toBe('0');
});

test('exchanged, servers and agents move to the CPUs of each other; what starts later starts there', async () => {
  const { stage, engine, journal, specs } = await started({ cpuCount: 2 });
  const cpusOf = async (name: string) => (await engine.inspect(`bench-k3f9-${name}`))?.cpus;
  await stage.deploy(threeModes);
  expect(await stage.exchangeCpus(true)).toBe(true);
  for (const name of ['host', 'bridge', 'mapped']) expect(await cpusOf(name)).toBe('1');
  expect(await cpusOf('agent-external')).toBe('0');
  const from = journal.length;
  expect(await stage.exchangeCpus(true)).toBe(true);
  expect(journal.slice(from)).toEqual([]);

  await stage.clear();
  await stage.deploy([orderFor('host/external')]);
  expect(specs.get('bench-k3f9-host')?.cpus).toBe('1');
  expect(await stage.exchangeCpus(false)).toBe(false);
  expect([await cpusOf('host'), await cpusOf('agent-external')]).toEqual(['0', '1']);
  expect(stage.environment.pinning).toEqual({ kind: 'disjoint', serverCpus: '0', agentCpus: '1' });
});

test('an engine that discards CPU sets: all share the CPUs, its words are kept, and nothing is moved', async () => {
  const { stage, engine, journal, specs } = await started({ cpuCount: 2, cpuSets: false });
  expect(stage.environment.pinning).toEqual({
    kind: 'shared',
    discarded: expect.stringMatching(/^Your kernel does not support cpuset .*discarded\.$/),
  });
  await stage.deploy(threeModes);
  expect(specs.get('bench-k3f9-host')).not.toHaveProperty('cpus');
  expect((await engine.inspect('bench-k3f9-host'))?.cpus).toBeUndefined();
  const from = journal.length;
  expect(await stage.exchangeCpus(true)).toBe(false);
  expect(journal.slice(from)).toEqual([]);
});

test('an engine that says so only when it is to move them: nothing counts as exchanged', async () => {
  const { stage, engine } = await started({ cpuCount: 2 });
  await stage.deploy(threeModes);
  engine.loseCpuSets();
  expect(await stage.exchangeCpus(true)).toBe(false);
  expect(stage.environment.pinning).toMatchObject({ kind: 'shared' });
});

test('one CPU: there is nothing to exchange, and nothing is moved', async () => {
  const { stage, journal } = await started({ cpuCount: 1 });
  await stage.deploy(threeModes);
  const from = journal.length;
  expect(await stage.exchangeCpus(true)).toBe(false);
  expect(journal.slice(from)).toEqual([]);
});

test('an engine that refuses to move a container: what to do is told', async () => {
  const refused = new Failure('casesFailed', 'the engine refused to move it: cpuset is not available');
  const { stage } = await started({ engineFails: [{ call: 'move', name: /-bridge$/, with: refused }] });
  await stage.deploy(threeModes);
  expect(await rejection(stage.exchangeCpus(true))).toMatchObject({
    kind: 'casesFailed',
    message: refused.message,
    hint: expect.stringContaining('--exchange-cpus false'),
  });
});

test('the environment tells how the kernel counts time and what runs the machine; what was not read is absent', async () => {
  const read = {
    hypervisor: 'KVM',
    irqTimeAccounting: false,
    timerHz: 250,
    mitigations: { meltdown: 'Not affected' },
  };
  expect((await started({ machine: read })).stage.environment).toMatchObject(read);
  const unread = (await started()).stage.environment;
  for (const name of Object.keys(read)) expect(unread).not.toHaveProperty(name);
});
