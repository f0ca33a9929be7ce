import { expect, test, vi } from 'vitest';
import { claims } from '../../bench/model/claims.ts';
import { Failure } from '../../bench/model/failure.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { startStage } from './start-stage.ts';
import { broken, only, started } from './started-stage.fixture.ts';

test('one agent for each vantage; only the external one gets a link', async () => {
  const parts = fakeParts();
  await using stage = await startStage({
    ...parts.options,
    needs: { vantages: ['host', 'external'], servers: [], ipv6: false },
  });
  expect(parts.journal.filter((entry) => /agent|link/.test(entry))).toEqual([
    'create bench-k3f9-agent-host',
    'start bench-k3f9-agent-host',
    'create bench-k3f9-agent-external',
    'start bench-k3f9-agent-external',
    'inspector create-link bench-k3f9',
  ]);
  expect(parts.specs.get('bench-k3f9-agent-host')?.attachment).toEqual({ kind: 'host' });
  expect(parts.specs.get('bench-k3f9-agent-external')?.attachment).toEqual({ kind: 'none' });
  const [onHost, outside] = await stage.deploy([
    orderFor('host/host', { hostPort: 20001 }),
    orderFor('host/external', { hostPort: 20002, nameSuffix: 'outside' }),
  ]);
  if (onHost?.ok !== true || outside?.ok !== true) throw new Error('not deployed');
  expect(stage.agent(onHost.deployed)).not.toBe(stage.agent(outside.deployed));
});

test('a run makes the networks that its paths need, and a neighbor stands on all of them', async () => {
  const parts = fakeParts();
  const needs = {
    vantages: ['neighbor'],
    servers: ['user-bridge', 'macvlan', 'native', 'none'],
    ipv6: false,
  } as const;
  const stage = await startStage({ ...parts.options, needs });
  expect(parts.journal.filter((entry) => /network|connect|link|start .*agent/.test(entry))).toEqual([
    'start bench-k3f9-agent-external',
    'inspector create-link bench-k3f9',
    'create-network bench-k3f9-user-bridge',
    'create-network bench-k3f9-macvlan',
    'start bench-k3f9-agent-neighbor',
    'connect bench-k3f9-agent-neighbor to bench-k3f9-user-bridge',
    'connect bench-k3f9-agent-neighbor to bench-k3f9-macvlan',
  ]);
  await stage[Symbol.asyncDispose]();
  expect(parts.journal.slice(-7).filter((entry) => /network|link/.test(entry))).toEqual([
    'remove-network bench-k3f9-macvlan',
    'remove-network bench-k3f9-user-bridge',
    'inspector delete-link bench-k3f9',
  ]);
  expect(parts.engine.names()).toEqual([]);
});

test('on an engine without a default bridge a neighbor stands on the one that the run makes', async () => {
  const parts = fakeParts();
  const engine = { ...parts.engine, defaultBridge: async () => ({ exists: false }) as const };
  const needs = { vantages: ['neighbor'], servers: ['host', 'macvlan'], ipv6: false } as const;
  await using stage = await startStage({ ...parts.options, engine, needs });
  expect(parts.journal.filter((entry) => /network|connect|start .*agent/.test(entry))).toEqual([
    'start bench-k3f9-agent-external',
    'create-network bench-k3f9-user-bridge',
    'create-network bench-k3f9-macvlan',
    'start bench-k3f9-agent-neighbor',
    'connect bench-k3f9-agent-neighbor to bench-k3f9-macvlan',
  ]);
  expect(parts.specs.get('bench-k3f9-agent-neighbor')?.attachment).toMatchObject({ kind: 'network' });
  const outcome = only(await stage.deploy([orderFor('host/neighbor')]));
  expect(outcome.ok && outcome.deployed.url).toMatch(/^http:\/\/198\.18\.\d+\.\d+:20001\//);
});

test('what a run needs is asked for once the engine and its machine are known, before anything is made', async () => {
  const parts = fakeParts({ machine: { sysctls: { 'net.ipv4.ip_forward': '0' } } });
  const refusal = new Failure('unfit', 'not here');
  const fit = vi.fn(() => {
    throw refusal;
  });
  await expect(startStage({ ...parts.options, fit })).rejects.toBe(refusal);
  expect(fit).toHaveBeenCalledExactlyOnceWith({
    defaultBridge: { exists: true, device: 'docker0', icc: true },
    ipForward: false,
    bridgeNetfilter: false,
    ipv6Off: [],
  });
  expect(parts.journal.filter((entry) => /^create/.test(entry))).toEqual(['create bench-k3f9-inspector']);
  expect(parts.engine.names()).toEqual([]);
});

test('an agent inside joins the stack of its own server, and goes with the round', async () => {
  const parts = fakeParts();
  const needs = { vantages: [], servers: ['bridge', 'none'], ipv6: false } as const;
  await using stage = await startStage({ ...parts.options, needs });
  const orders = ['bridge/inside', 'none/inside'].map((path, index) =>
    orderFor(path, { agent: { kind: 'round', key: path }, hostPort: 20001 + index }),
  );
  const outcomes = await stage.deploy(orders);
  const joined = [...parts.specs.values()].filter(({ attachment }) => attachment.kind === 'container');
  expect(joined).toHaveLength(2);
  expect(new Set(joined.map(({ attachment }) => JSON.stringify(attachment))).size).toBe(2);
  expect(broken(outcomes[1])).not.toContain(claims['only-loopback']);
  await stage.clear();
  expect(parts.engine.names()).toEqual(['bench-k3f9-inspector']);
});

test('inside by IPv6: the owner of the stack keeps its ::1, and the server listens there; on no other path', async () => {
  const parts = fakeParts();
  const needs = { vantages: ['host'], servers: ['mapped', 'none'], ipv6: true } as const;
  await using stage = await startStage({ ...parts.options, needs });
  const outcomes = await stage.deploy([
    orderFor('mapped/inside/ipv6', { agent: { kind: 'round', key: 'mapped' }, hostPort: 20001 }),
    orderFor('none/inside/ipv6', { agent: { kind: 'round', key: 'none' }, hostPort: 20002 }),
    orderFor('bridge/host/loopback/ipv6', { hostPort: 20003 }),
  ]);
  expect(outcomes.map((outcome) => outcome.ok && outcome.deployed.url)).toEqual([
    'http://[::1]:8080/body',
    'http://[::1]:8080/body',
    'http://[::1]:20003/body',
  ]);
  const withSysctls = [...parts.specs.values()].filter(({ sysctls }) => sysctls !== undefined);
  expect(withSysctls.map(({ name, sysctls }) => [name, sysctls])).toEqual([
    ['bench-k3f9-mapped-holder', { 'net.ipv6.conf.lo.disable_ipv6': '0' }],
    ['bench-k3f9-none', { 'net.ipv6.conf.lo.disable_ipv6': '0' }],
  ]);
  const listensOn = (name: string) => parts.specs.get(name)?.command.filter((word) => word.includes(':'));
  expect(listensOn('bench-k3f9-mapped')).toEqual(['0.0.0.0:8080', '[::]:8080']);
  expect(listensOn('bench-k3f9-none')).toEqual(['0.0.0.0:8080', '[::]:8080']);
  expect(listensOn('bench-k3f9-bridge')).toEqual(['0.0.0.0:8080']);
});

test("a neighbor dials a plain process at the bridge's own end, and the bridge is read for it", async () => {
  const parts = fakeParts();
  const needs = { vantages: ['neighbor'], servers: ['native'], ipv6: false } as const;
  await using stage = await startStage({ ...parts.options, needs });
  const outcome = only(await stage.deploy([orderFor('native/neighbor')]));
  if (!outcome.ok) throw outcome.error;
  expect(outcome.deployed.url).toBe('http://172.17.0.1:20001/body');
  await stage.read(outcome.deployed, 'before');
  expect(parts.inspector.journal.at(-1)?.input).toMatchObject({ stacks: {}, hostInterfaces: ['docker0'] });
});

test('orders that give the same key share an agent; it is another one in the next round', async () => {
  const parts = fakeParts();
  const needs = { vantages: [], servers: ['bridge', 'host'], ipv6: false } as const;
  await using stage = await startStage({ ...parts.options, needs });
  const agent = { kind: 'round', key: 'shared' } as const;
  const orders = [
    orderFor('host/host', { agent, hostPort: 20001 }),
    orderFor('bridge/host/container', { agent, hostPort: 20002 }),
    orderFor('host/host', { agent: { ...agent, key: 'twin' }, hostPort: 20003, nameSuffix: 'twin' }),
  ];
  const agentNames = () => parts.engine.names().filter((name) => name.includes('-agent-'));
  await stage.deploy(orders);
  const first = agentNames();
  expect(first).toHaveLength(2);
  await stage.clear();
  await stage.deploy(orders);
  expect(agentNames()).toHaveLength(2);
  expect(agentNames().filter((name) => first.includes(name))).toEqual([]);
});

test('the agents of a round move with the others; one that did not start keeps nobody from it', async () => {
  const refused = new Failure('casesFailed', 'no such cpu');
  const parts = fakeParts({ engineFails: [{ call: 'start', name: /-agent-inside-2$/, with: refused }] });
  const needs = { vantages: ['host'], servers: ['bridge', 'none'], ipv6: false } as const;
  await using stage = await startStage({ ...parts.options, needs });
  const orders = ['bridge/inside', 'none/inside'].map((path, index) =>
    orderFor(path, { agent: { kind: 'round', key: path }, hostPort: 20001 + index }),
  );
  const outcomes = await stage.deploy(orders);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false]);
  expect(await stage.exchangeCpus(true)).toBe(true);
  const cpusOf = async (name: string) => (await parts.engine.inspect(`bench-k3f9-${name}`))?.cpus;
  expect(await cpusOf('bridge')).toBe('1');
  for (const name of ['agent-host', 'agent-inside-1']) expect(await cpusOf(name)).toBe('0');
});

test('a bridge has IPv6 only where a path over it needs it: the engine changes the whole machine for that', async () => {
  const needs = { vantages: ['external'], servers: ['user-bridge'], ipv6: true, bridgeIpv6: false } as const;
  const parts = fakeParts();
  await using stage = await startStage({ ...parts.options, needs });
  expect(stage.environment.guard).toEqual({ backend: 'nftables' });
  const link = parts.inspector.journal.find(({ call }) => call === 'create-link');
  expect(link?.input).toMatchObject({ hostAddress6: 'fdbe:6e63:c612:1::1' });
  expect(parts.inspector.journal.filter(({ call }) => call === 'certain-address')).toEqual([]);
});

test("an agent gets the host's count of each CPU as one file to be read, where the host has one; the servers do not", async () => {
  const cpuUsageFile = '/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage_percpu';
  const { stage, specs } = await started({ machine: { cpuUsageFile } });
  await stage.deploy([
    orderFor('bridge/external/published'),
    orderFor('none/inside', { agent: { kind: 'round', key: 'a' } }),
  ]);
  const bindsOf = (name: string) =>
    [...specs.values()].filter((spec) => spec.name.includes(name)).map(({ binds }) => binds);
  const binds = [`${cpuUsageFile}:/host/cpuacct.usage_percpu:ro`];
  expect(bindsOf('-agent-')).toEqual([binds, binds]);
  expect([...bindsOf('-bridge'), ...bindsOf('-none')]).toEqual([undefined, undefined]);

  const without = await started();
  expect(without.specs.get('bench-k3f9-agent-external')).not.toHaveProperty('binds');
});
