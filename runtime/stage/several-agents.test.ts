import { expect, test } from 'vitest';
import { orderFor } from './parts.fake.ts';
import { only, started, threeModes } from './started-stage.fixture.ts';

test('further agents stand in the stack of the first, each on a CPU of its own', async () => {
  const { stage, specs } = await started({ cpuCount: 4, agentsEach: 3 });
  expect(stage.environment.pinning).toEqual({ kind: 'disjoint', serverCpus: '0', agentCpus: '3,1,2' });
  const first = specs.get('bench-k3f9-agent-external');
  expect(first).toMatchObject({ attachment: { kind: 'none' }, cpus: '3' });
  const others = ['bench-k3f9-agent-external-2', 'bench-k3f9-agent-external-3'].map((name) =>
    specs.get(name),
  );
  expect(others.map((spec) => spec?.cpus)).toEqual(['1', '2']);
  for (const other of others) expect(other?.attachment).toMatchObject({ kind: 'container' });
});

test('CPUs are exchanged with the first agent; the others stay where they are', async () => {
  const { stage, engine } = await started({ cpuCount: 4, agentsEach: 2 });
  await stage.deploy(threeModes);
  const cpusOf = (names: readonly string[]) =>
    Promise.all(names.map(async (name) => (await engine.inspect(`bench-k3f9-${name}`))?.cpus));
  const all = ['host', 'agent-external', 'agent-external-2'];
  expect(await cpusOf(all)).toEqual(['0', '3', '1']);
  expect(await stage.exchangeCpus(true)).toBe(true);
  expect(await cpusOf(all)).toEqual(['3', '0', '1']);
  await stage.exchangeCpus(false);
  expect(await cpusOf(all)).toEqual(['0', '3', '1']);
});

test('the CPU time of all agents is read as that of one, and none of them counts as idle', async () => {
  const { stage, inspector } = await started({
    cpuCount: 4,
    agentsEach: 2,
    grow: () => ({ cgroups: { agent: { cpuSeconds: 0.3 }, agent2: { cpuSeconds: 0.2 } } }),
  });
  const outcome = only(await stage.deploy([orderFor('host/external')]));
  if (!outcome.ok) throw outcome.error;
  const before = await stage.read(outcome.deployed, 'before');
  const after = await stage.read(outcome.deployed, 'after');
  expect((after.agent?.cpuSeconds ?? 0) - (before.agent?.cpuSeconds ?? 0)).toBeCloseTo(0.5, 9);
  const { idle, containers, cgroups } = Object(inspector.journal.at(-1)?.input);
  expect(idle).toEqual([]);
  expect(containers).toEqual(expect.arrayContaining(Object.values(cgroups)));
  expect(Object.keys(cgroups)).toEqual(['server', 'agent', 'agent2']);
});

test('agents that live for a round are as many, all in the server’s stack, and go with it', async () => {
  const { stage, specs, engine } = await started({ cpuCount: 4, agentsEach: 2 });
  const inside = { agent: { kind: 'round', key: 'a' } } as const;
  const outcome = only(await stage.deploy([{ ...orderFor('bridge/inside'), ...inside }]));
  if (!outcome.ok) throw outcome.error;
  const agents = [...specs.values()].filter(({ name }) => name.includes('agent-inside'));
  expect(agents.map(({ cpus }) => cpus)).toEqual(['3', '1']);
  expect(new Set(agents.map(({ attachment }) => JSON.stringify(attachment))).size).toBe(1);
  await stage.clear();
  expect(engine.names().filter((name) => name.includes('agent-inside'))).toEqual([]);
});
