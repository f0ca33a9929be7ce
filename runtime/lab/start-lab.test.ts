import { expect, onTestFinished, test } from 'vitest';
import { claims } from '../../bench/model/claims.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { DeployOutcome, Lab } from '../../bench/model/lab.ts';
import type { FakeProgram } from '../engine/fake.ts';
import { type FakeLab, type FakeLabScript, fakeLab, orderFor } from './fake-lab.fixture.ts';
import { startLab } from './start-lab.ts';

const threeModes = [
  orderFor('host/external', { hostPort: 20001 }),
  orderFor('bridge/external/published', { hostPort: 20002 }),
  orderFor('mapped/external/published', { hostPort: 20003 }),
];

async function started(script: FakeLabScript = {}): Promise<FakeLab & { readonly lab: Lab }> {
  const parts = fakeLab(script);
  const lab = await startLab(parts.options);
  onTestFinished(async () => {
    await lab[Symbol.asyncDispose]();
  });
  return { ...parts, lab };
}

function only(outcomes: readonly DeployOutcome[]): DeployOutcome {
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length !== 1) throw new Error(`${outcomes.length} outcomes, not one`);
  return outcome;
}

function errorOf(outcome: DeployOutcome | undefined): Failure {
  if (outcome === undefined || outcome.ok) throw new Error('a failed deployment was expected');
  return outcome.error;
}

async function rejection(call: PromiseLike<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error('a rejection was expected');
    },
    (error: unknown) => error,
  );
}

/** Says its last lines and ends with code 3. */
function endingProgram(lines: readonly string[], when: Promise<unknown> = Promise.resolve()): FakeProgram {
  return async ({ say }) => {
    await when;
    for (const line of lines) say(line);
    return 3;
  };
}

function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

test('inspector first, then the agent, then its link', async () => {
  const { journal, inspector } = await started();
  expect(journal).toEqual([
    'create bench-k3f9-inspector',
    'start bench-k3f9-inspector',
    'create bench-k3f9-agent-external',
    'start bench-k3f9-agent-external',
    'inspector create-link bench-k3f9',
  ]);
  expect(inspector.journal.at(-1)?.input).toMatchObject({
    hostAddress: '198.18.0.1',
    peerAddress: '198.18.0.2',
    pid: 1002,
  });
});

test('one agent for each vantage; only the external one gets a link', async () => {
  const parts = fakeLab();
  await using lab = await startLab({
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
  const [onHost, outside] = await lab.deploy([
    orderFor('host/host', { hostPort: 20001 }),
    orderFor('host/external', { hostPort: 20002, nameSuffix: 'outside' }),
  ]);
  if (onHost?.ok !== true || outside?.ok !== true) throw new Error('not deployed');
  expect(lab.agent(onHost.deployed)).not.toBe(lab.agent(outside.deployed));
});

test('the inspector alone is privileged, and nothing listens on all addresses of the host', async () => {
  const { lab, specs } = await started();
  await lab.deploy(threeModes);
  const privileged = [...specs.values()].filter(({ inspecting }) => inspecting).map(({ name }) => name);
  expect(privileged).toEqual(['bench-k3f9-inspector']);
  expect(specs.get('bench-k3f9-host')?.command.slice(-2)).toEqual(['198.18.0.1:20001', '127.0.0.1:20001']);
  for (const name of ['bench-k3f9-bridge', 'bench-k3f9-mapped-holder']) {
    expect(specs.get(name)?.publish?.[0]?.hostAddresses).toEqual(['198.18.0.1', '127.0.0.1']);
  }
  expect(specs.get('bench-k3f9-mapped')?.publish).toBeUndefined();
});

test('servers start side by side: the first answer may wait until all of them run', async () => {
  const running = threeModes.map(({ nameSuffix }) => ({ name: `bench-k3f9-${nameSuffix}`, ...signal() }));
  const { lab, journal } = await started({
    server({ name }) {
      running.find((server) => server.name === name)?.give();
      return undefined;
    },
    async probe() {
      await Promise.all(running.map(({ given }) => given));
      return { ready: true, seconds: 0.001 };
    },
  });
  const outcomes = await lab.deploy(threeModes);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(outcomes.map((outcome) => outcome.ok && outcome.deployed.order)).toEqual(threeModes);
  expect(journal.indexOf('create bench-k3f9-bridge')).toBeLessThan(journal.indexOf('start bench-k3f9-host'));
});

test('the holder runs before its mapped server is created', async () => {
  const { lab, journal } = await started();
  const from = journal.length;
  const outcome = only(await lab.deploy([orderFor('mapped/external/published', { hostPort: 20003 })]));
  expect(journal.slice(from)).toEqual([
    'create bench-k3f9-mapped-holder',
    'start bench-k3f9-mapped-holder',
    'create bench-k3f9-mapped',
    'start bench-k3f9-mapped',
    'bench-k3f9-agent-external probe http://198.18.0.1:20003/body',
  ]);
  expect(outcome.ok).toBe(true);
});

test('each mode stands where its path says, and the findings hold', async () => {
  const { lab } = await started();
  const outcomes = await lab.deploy(threeModes);
  const seen = outcomes.map((outcome) => {
    if (!outcome.ok) throw outcome.error;
    const { url, findings } = outcome.deployed;
    return [url, findings.map(({ holds }) => holds)];
  });
  expect(seen).toEqual([
    ['http://198.18.0.1:20001/body', [true, true, true, true, true]],
    ['http://198.18.0.1:20002/body', [true, true]],
    ['http://198.18.0.1:20003/body', [true, true, true]],
  ]);
});

test("a container's address is dialled at the port inside, a mapped server's at its holder's", async () => {
  const parts = fakeLab();
  await using lab = await startLab({
    ...parts.options,
    needs: { vantages: ['host'], servers: [], ipv6: false },
  });
  const bridge = only(await lab.deploy([orderFor('bridge/host/container', { hostPort: 20002 })]));
  expect(bridge).toMatchObject({ deployed: { url: 'http://172.17.0.2:8080/body' } });
  const mapped = only(await lab.deploy([orderFor('mapped/host/container', { hostPort: 20003 })]));
  expect(mapped).toMatchObject({ deployed: { url: 'http://172.17.0.3:8080/body' } });
});

test('clear removes the servers of the round, mapped ones before their holders, and nothing else', async () => {
  const { lab, journal, engine } = await started();
  await lab.deploy(threeModes);
  const from = journal.length;
  await lab.clear();
  const removals = journal.slice(from);
  expect(removals.toSorted()).toEqual([
    'remove bench-k3f9-bridge',
    'remove bench-k3f9-host',
    'remove bench-k3f9-mapped',
    'remove bench-k3f9-mapped-holder',
  ]);
  expect(removals.indexOf('remove bench-k3f9-mapped')).toBeLessThan(
    removals.indexOf('remove bench-k3f9-mapped-holder'),
  );
  expect(engine.names()).toEqual(['bench-k3f9-inspector', 'bench-k3f9-agent-external']);

  await lab.clear();
  expect(journal.length).toBe(from + 4);
  expect((await lab.deploy(threeModes)).map(({ ok }) => ok)).toEqual([true, true, true]);
});

test('dispose goes backwards: servers, link, agent, inspector', async () => {
  const { lab, journal, engine, inspector } = await started();
  await lab.deploy([orderFor('host/external')]);
  const from = journal.length;
  await lab[Symbol.asyncDispose]();
  expect(journal.slice(from)).toEqual([
    'remove bench-k3f9-host',
    'inspector delete-link bench-k3f9',
    'remove bench-k3f9-agent-external',
    'remove bench-k3f9-inspector',
  ]);
  expect(engine.names()).toEqual([]);
  expect(inspector.links()).toEqual([]);
  await lab[Symbol.asyncDispose]();
  expect(journal.length).toBe(from + 4);
});

test('dispose removes the rest when a removal fails, and tells of it', async () => {
  const stuck = new Failure('casesFailed', 'device or resource busy');
  const { lab, engine } = await started({
    engineFails: [{ call: 'remove', name: /-bridge$/, with: stuck }],
  });
  await lab.deploy(threeModes);
  expect(await rejection(lab[Symbol.asyncDispose]())).toBe(stuck);
  expect(engine.names()).toEqual(['bench-k3f9-bridge']);
});

test.each<[string, FakeLabScript['inspectorFails'], FakeLabScript['engineFails'], string]>([
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
  const { options, engine, inspector } = fakeLab({
    ...(inspectorFails === undefined ? {} : { inspectorFails }),
    ...(engineFails === undefined ? {} : { engineFails }),
  });
  await expect(startLab(options)).rejects.toThrow(reason);
  expect(engine.names()).toEqual([]);
  expect(inspector.links()).toEqual([]);
});

test('an inspector that ends at once tells its last words', async () => {
  const { options, engine } = fakeLab({ inspectorProgram: endingProgram(['node: not found']) });
  await expect(startLab(options)).rejects.toMatchObject({
    kind: 'partial',
    message: 'the inspector went away',
    hint: 'Its last lines:\nnode: not found',
  });
  expect(engine.names()).toEqual([]);
});

test('an agent that ends at once tells which one, and its last words', async () => {
  const { options, engine } = fakeLab({ agentProgram: endingProgram(['SyntaxError: agent.mjs']) });
  await expect(startLab(options)).rejects.toMatchObject({
    message: 'the load agent at external exited before it answered',
    hint: 'Its last lines:\nSyntaxError: agent.mjs',
  });
  expect(engine.names()).toEqual([]);
});

test('the subnet is the one asked for, unless the host routes it already', async () => {
  const parts = fakeLab();
  await using lab = await startLab({ ...parts.options, subnet: '198.19.7.0/24' });
  expect(lab.environment.linkSubnet).toBe('198.19.7.0/24');
  const outcome = only(await lab.deploy([orderFor('host/external')]));
  expect(outcome).toMatchObject({ deployed: { url: 'http://198.19.7.1:20001/body' } });

  const taken = fakeLab({ routes: ['198.18.0.0/15'] });
  const asked = { ...taken.options, subnet: '198.18.3.0/24' };
  await expect(startLab(asked)).rejects.toThrow('198.18.0.0/15');
  expect(taken.engine.names()).toEqual([]);
});

test('a server that ends right after its start gives its exit code and last lines; the others go on', async () => {
  const { lab } = await started({
    server: ({ name }) =>
      name.endsWith('-bridge') ? endingProgram(['nginx: [emerg] bind() failed']) : undefined,
  });
  const outcomes = await lab.deploy(threeModes);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(errorOf(outcomes[1])).toMatchObject({
    kind: 'casesFailed',
    message: 'nginx (bridge/external/published) exited with code 3 before it answered',
    hint: 'Its last lines:\nnginx: [emerg] bind() failed',
  });
});

test('a server that ends while it is waited for gives its exit code and last lines', async () => {
  const asked = signal();
  const { lab, engine } = await started({
    server: () => endingProgram(['out of memory'], asked.given),
    async probe() {
      asked.give();
      await expect
        .poll(async () => (await engine.containers()).map(({ running }) => running))
        .toContain(false);
      return { ready: false, lastProblem: 'connection refused' };
    },
  });
  expect(errorOf(only(await lab.deploy([orderFor('host/external')])))).toMatchObject({
    message: 'nginx (host/external) exited with code 3 before it answered',
    hint: 'Its last lines:\nout of memory',
  });
});

test('a server that never answers: where, how long, why, and how to look at it', async () => {
  const { lab } = await started({ probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }) });
  const error = errorOf(only(await lab.deploy([orderFor('host/external')])));
  expect(error.kind).toBe('casesFailed');
  expect(error.message).toBe(
    'nginx (host/external) did not answer at http://198.18.0.1:20001/body within 10 s: no answer in 1 s',
  );
  expect(error.hint).toContain('docker logs bench-k3f9-host');
});

test("where the host's firewall drops, that is what is said, of host mode only", async () => {
  const { lab } = await started({
    machine: { inputPolicy: 'ip filter INPUT: DROP, 3 rules' },
    probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }),
  });
  const [host, bridge] = await lab.deploy(threeModes);
  expect(errorOf(host).message).toBe(
    'nginx (host/external) did not answer at http://198.18.0.1:20001/body within 10 s: ' +
      "it listens there, and the host's firewall drops it (ip filter INPUT: DROP, 3 rules)",
  );
  expect(errorOf(host).hint).toBe(
    'Published ports get a rule from Docker; host mode does not. ' +
      'Allow it with: iptables -I INPUT -i bench-+ -j ACCEPT\n' +
      'Or pass --open-firewall: one rule, limited to the link of the run and removed after it.',
  );
  expect(errorOf(bridge).message).toContain('no answer in 1 s');
  expect(errorOf(bridge).hint).not.toContain('iptables');
});

test.each<[string, string, string, RegExp]>([
  ['rules may drop it', 'ip filter INPUT: ACCEPT, 1 rule', 'no answer in 1 s', /firewall may drop it/],
  ['nothing drops', 'ACCEPT, no rules', 'no answer in 1 s', /: no answer in 1 s$/],
  ['a refusal is no drop', 'ip filter INPUT: DROP, 1 rule', 'connection refused', /: connection refused$/],
])('what is not certain is not said: %s', async (_, inputPolicy, lastProblem, message) => {
  const { lab } = await started({ machine: { inputPolicy }, probe: () => ({ ready: false, lastProblem }) });
  expect(errorOf(only(await lab.deploy([orderFor('host/external')]))).message).toMatch(message);
});

test("a chain of nftables' own is opened in its own words", async () => {
  const { lab } = await started({
    machine: { inputPolicy: 'ip filter INPUT: ACCEPT, no rules; inet filter input: DROP, 2 rules' },
    probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }),
  });
  expect(errorOf(only(await lab.deploy([orderFor('host/external')]))).hint).toContain(
    'nft insert rule inet filter input',
  );
});

test('with --open-firewall the link is let in before a server starts, and shut out again at the end', async () => {
  const parts = fakeLab({ machine: { inputPolicy: 'ip filter INPUT: DROP, 3 rules' } });
  const lab = await startLab({ ...parts.options, openFirewall: true });
  expect(parts.inspector.openings()).toEqual(['bench-k3f9']);
  expect(lab.environment.firewallOpened).toHaveLength(1);
  await lab[Symbol.asyncDispose]();
  const calls = parts.journal.filter((line) => line.startsWith('inspector '));
  expect(calls).toEqual([
    'inspector create-link bench-k3f9',
    'inspector open-firewall bench-k3f9',
    'inspector close-firewall bench-k3f9',
    'inspector delete-link bench-k3f9',
  ]);
});

test('a refused start costs one server its round, and what was made of it is cleared', async () => {
  const taken = new Failure('casesFailed', 'port is already allocated');
  const { lab, engine } = await started({
    engineFails: [{ call: 'start', name: /-mapped-holder$/, with: taken }],
  });
  const outcomes = await lab.deploy(threeModes);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, false]);
  expect(errorOf(outcomes[2])).toBe(taken);
  await lab.clear();
  expect(engine.names()).toEqual(['bench-k3f9-inspector', 'bench-k3f9-agent-external']);
});

test('a server that dies after it answered costs itself its round, no other', async () => {
  const gone = new Failure('casesFailed', 'the server (pid 1004) has gone');
  const { lab } = await started({
    inspectorFails: ({ call, input }) =>
      call === 'stack' && 'pid' in input && input.pid === 1004 ? gone : undefined,
  });
  const outcomes = await lab.deploy(threeModes);
  expect(outcomes.filter(({ ok }) => !ok).map(errorOf)).toMatchObject([{ message: gone.message }]);
});

test('an engine that goes away in mid-deployment ends the run as partial', async () => {
  const { lab } = await started({
    async probe(_, { engine }) {
      engine.unplug();
      return { ready: true, seconds: 0.001 };
    },
  });
  expect(await rejection(lab.deploy(threeModes))).toMatchObject({ kind: 'partial' });
  expect(await rejection(lab[Symbol.asyncDispose]())).toBeInstanceOf(AggregateError);
});

test('an agent that goes away ends the run as partial, and the rest can be removed', async () => {
  const { lab, engine } = await started({
    async probe(_, { engine }) {
      const agent = (await engine.containers()).find(({ name }) => name.includes('-agent-'));
      await engine.remove(agent?.id ?? '');
      return { ready: true, seconds: 0.001 };
    },
  });
  expect(await rejection(lab.deploy(threeModes))).toMatchObject({
    kind: 'partial',
    message: expect.stringContaining('the load agent went away'),
  });
  await lab[Symbol.asyncDispose]();
  expect(engine.names()).toEqual([]);
});

test('a reading asks for what the path needs, and keeps what is absent absent', async () => {
  const traffic = { rxPackets: 30, txPackets: 12, rxBytes: 1, txBytes: 1 };
  const { lab, inspector } = await started({
    grow: (_, nth) =>
      nth === 1
        ? // Before the first slice: does this engine run a docker-proxy for a published port?
          { seconds: 0, proxies: { 20002: { cpuSeconds: 0, pids: [77, 78] } } }
        : {
            cgroups: { server: { cpuSeconds: 0.2 }, agent: { cpuSeconds: 0.3, throttledSeconds: 0 } },
            stacks: { server: traffic },
            hostInterfaces: { 'bench-k3f9': traffic, docker0: traffic },
            dnat: { 20002: { packets: 32, target: '172.17.0.2:8080' } },
            proxies: { 20002: { cpuSeconds: 0.01, pids: [77, 78] } },
          },
  });
  expect(lab.environment.engine).not.toHaveProperty('userlandProxy');
  const [host, bridge] = await lab.deploy(threeModes);
  if (host?.ok !== true || bridge?.ok !== true) throw new Error('not deployed');

  expect(await lab.read(bridge.deployed, 'before')).toEqual({
    atSeconds: 1,
    machine: expect.objectContaining({ busySeconds: 0 }),
    memoryStallSeconds: 0,
    server: { cpuSeconds: 0.2 },
    agent: { cpuSeconds: 0.3, throttledSeconds: 0 },
    proxySeconds: 0.01,
    dnatPackets: 32,
    serverStackPackets: 42,
    bridgeDevicePackets: 42,
    linkPackets: 42,
  });
  expect(lab.environment.engine.userlandProxy).toBe(true);
  const hostReading = await lab.read(host.deployed, 'after');
  for (const absent of ['proxySeconds', 'dnatPackets', 'serverStackPackets', 'bridgeDevicePackets']) {
    expect(hostReading).not.toHaveProperty(absent);
  }
  expect(inspector.journal.slice(-2).map(({ input }) => input)).toMatchObject([
    { edge: 'before', ports: [20002], hostInterfaces: ['bench-k3f9', 'docker0'] },
    { edge: 'after', ports: [], stacks: {}, hostInterfaces: ['bench-k3f9'] },
  ]);
});

test('what was cleared is not read', async () => {
  const { lab } = await started();
  const outcome = only(await lab.deploy([orderFor('host/external')]));
  await lab.clear();
  if (!outcome.ok) throw outcome.error;
  await expect(lab.read(outcome.deployed, 'before')).rejects.toThrow('is not deployed');
});

test('one CPU: servers and agents share it, and the environment says so', async () => {
  const shared = await started({ cpuCount: 1 });
  expect(shared.lab.environment.pinning).toEqual({ kind: 'shared' });
  expect(shared.specs.get('bench-k3f9-agent-external')).not.toHaveProperty('cpus');
  const pinned = await started({ cpuCount: 2 });
  await pinned.lab.deploy(threeModes);
  expect(pinned.specs.get('bench-k3f9-agent-external')?.cpus).toBe('1');
  expect(pinned.specs.get('bench-k3f9-mapped')?.cpus).toBe('0');
});

test('a port that somebody holds: the server is refused before it starts, naming who; the others go on', async () => {
  const { lab, journal } = await started();
  const first = only(await lab.deploy([orderFor('host/external')]));
  expect(first.ok).toBe(true);
  const from = journal.length;
  const [second, bridge] = await lab.deploy([
    orderFor('host/external', { nameSuffix: 'second' }),
    orderFor('bridge/external/published', { hostPort: 20002 }),
  ]);
  expect(errorOf(second).message).toMatch(
    /^nginx \(host\/external\) was not started: nginx \(pid \d+, container bench-k3f9-host\) listens on 198\.18\.0\.1:20001 already$/,
  );
  expect(bridge?.ok).toBe(true);
  expect(journal.slice(from)).not.toContain('create bench-k3f9-second');
});

/** Claims of a deployment that did not hold. */
function broken(outcome: DeployOutcome | undefined): readonly string[] {
  if (outcome?.ok !== true) throw outcome?.error ?? new Error('not deployed');
  return outcome.deployed.findings.flatMap(({ holds, claim }) => (holds ? [] : [claim]));
}

test('a run makes the networks that its paths need, and a neighbor stands on all of them', async () => {
  const parts = fakeLab();
  const needs = {
    vantages: ['neighbor'],
    servers: ['user-bridge', 'macvlan', 'native', 'none'],
    ipv6: false,
  } as const;
  const lab = await startLab({ ...parts.options, needs });
  expect(parts.journal.filter((entry) => /network|connect|link|start .*agent/.test(entry))).toEqual([
    'start bench-k3f9-agent-external',
    'inspector create-link bench-k3f9',
    'create-network bench-k3f9-user-bridge',
    'create-network bench-k3f9-macvlan',
    'start bench-k3f9-agent-neighbor',
    'connect bench-k3f9-agent-neighbor to bench-k3f9-user-bridge',
    'connect bench-k3f9-agent-neighbor to bench-k3f9-macvlan',
  ]);
  await lab[Symbol.asyncDispose]();
  expect(parts.journal.slice(-7).filter((entry) => /network|link/.test(entry))).toEqual([
    'remove-network bench-k3f9-macvlan',
    'remove-network bench-k3f9-user-bridge',
    'inspector delete-link bench-k3f9',
  ]);
  expect(parts.engine.names()).toEqual([]);
});

test('an agent inside joins the stack of its own server, and goes with the round', async () => {
  const parts = fakeLab();
  const needs = { vantages: [], servers: ['bridge', 'none'], ipv6: false } as const;
  await using lab = await startLab({ ...parts.options, needs });
  const orders = ['bridge/inside', 'none/inside'].map((path, index) =>
    orderFor(path, { agent: { kind: 'round', key: path }, hostPort: 20001 + index }),
  );
  const outcomes = await lab.deploy(orders);
  const joined = [...parts.specs.values()].filter(({ attachment }) => attachment.kind === 'container');
  expect(joined).toHaveLength(2);
  expect(new Set(joined.map(({ attachment }) => JSON.stringify(attachment))).size).toBe(2);
  expect(broken(outcomes[1])).not.toContain(claims['only-loopback']);
  await lab.clear();
  expect(parts.engine.names()).toEqual(['bench-k3f9-inspector']);
});

test('inside by IPv6: the owner of the stack keeps its ::1, and the server listens there; on no other path', async () => {
  const parts = fakeLab();
  const needs = { vantages: ['host'], servers: ['mapped', 'none'], ipv6: true } as const;
  await using lab = await startLab({ ...parts.options, needs });
  const outcomes = await lab.deploy([
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
  const listensOn = (name: string) => parts.specs.get(name)?.command.slice(3);
  expect(listensOn('bench-k3f9-mapped')).toEqual(['0.0.0.0:8080', '[::]:8080']);
  expect(listensOn('bench-k3f9-none')).toEqual(['0.0.0.0:8080', '[::]:8080']);
  expect(listensOn('bench-k3f9-bridge')).toEqual(['0.0.0.0:8080']);
});

test("a neighbor dials a plain process at the bridge's own end, and the bridge is read for it", async () => {
  const parts = fakeLab();
  const needs = { vantages: ['neighbor'], servers: ['native'], ipv6: false } as const;
  await using lab = await startLab({ ...parts.options, needs });
  const outcome = only(await lab.deploy([orderFor('native/neighbor')]));
  if (!outcome.ok) throw outcome.error;
  expect(outcome.deployed.url).toBe('http://172.17.0.1:20001/body');
  await lab.read(outcome.deployed, 'before');
  expect(parts.inspector.journal.at(-1)?.input).toMatchObject({ stacks: {}, hostInterfaces: ['docker0'] });
});

test('orders that give the same key share an agent; it is another one in the next round', async () => {
  const parts = fakeLab();
  const needs = { vantages: [], servers: ['bridge', 'host'], ipv6: false } as const;
  await using lab = await startLab({ ...parts.options, needs });
  const agent = { kind: 'round', key: 'shared' } as const;
  const orders = [
    orderFor('host/host', { agent, hostPort: 20001 }),
    orderFor('bridge/host/container', { agent, hostPort: 20002 }),
    orderFor('host/host', { agent: { ...agent, key: 'twin' }, hostPort: 20003, nameSuffix: 'twin' }),
  ];
  const agentNames = () => parts.engine.names().filter((name) => name.includes('-agent-'));
  await lab.deploy(orders);
  const first = agentNames();
  expect(first).toHaveLength(2);
  await lab.clear();
  await lab.deploy(orders);
  expect(agentNames()).toHaveLength(2);
  expect(agentNames().filter((name) => first.includes(name))).toEqual([]);
});

test('a native server is no container: the inspector starts it, and ends it with the round', async () => {
  const parts = fakeLab();
  await using lab = await startLab(parts.options);
  const outcome = only(await lab.deploy([orderFor('native/external')]));
  expect(parts.engine.names()).toEqual(['bench-k3f9-inspector', 'bench-k3f9-agent-external']);
  expect(outcome.ok && outcome.deployed.claims).toContain('no-container');
  expect(broken(outcome)).not.toContain(claims['no-container']);
  await lab.clear();
  expect(parts.journal.filter((entry) => entry.includes('native'))).toEqual([
    'inspector start-native bench-k3f9-native',
    'inspector stop-native 5001',
  ]);
});

test('on an engine without docker-proxy the loopback path is claimed to go by DNAT', async () => {
  const parts = fakeLab();
  const needs = { vantages: ['host'], servers: ['bridge'], ipv6: false } as const;
  await using lab = await startLab({ ...parts.options, needs });
  const outcome = only(await lab.deploy([orderFor('bridge/host/loopback')]));
  if (!outcome.ok) throw outcome.error;
  expect(outcome.deployed.claims).toContain('dnat-counter-grows');
  expect(outcome.deployed.claims.filter((kind) => /proxy/.test(kind))).toEqual([]);
  expect(lab.environment.engine.userlandProxy).toBe(false);
});

test('servers that share a port: each listens on addresses of its own, which the link has been given', async () => {
  const parts = fakeLab();
  const needs = { ...parts.options.needs, linkAddresses: 3 };
  await using lab = await startLab({ ...parts.options, needs });
  const links = parts.inspector.journal.filter(({ call }) => call === 'create-link');
  expect(links).toMatchObject([{ input: { furtherAddresses: ['198.18.0.3', '198.18.0.4'] } }]);
  const outcomes = await lab.deploy(
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

test("a mapped server joins the user's container at the port that it publishes, and clear leaves that alone", async () => {
  const parts = fakeLab();
  const { engine } = parts;
  const publish = [{ containerPort: 8443, hostPort: 443, hostAddresses: ['0.0.0.0'] }];
  const users = await engine.create({
    name: 'users-own',
    image: parts.options.image,
    command: [],
    labels: {},
    attachment: { kind: 'bridge' },
    publish,
  });
  await users.start();
  const order = orderFor('mapped/external/published', { hostPort: 20003 });
  const mapTo = { container: 'users-own', routes: [order.route] };
  await using lab = await startLab({ ...parts.options, mapTo });
  expect(only(await lab.deploy([order]))).toMatchObject({ deployed: { url: 'http://198.18.0.1:443/body' } });
  expect(parts.specs.get('bench-k3f9-mapped')).toMatchObject({
    attachment: { kind: 'container', id: users.id },
    command: expect.arrayContaining(['0.0.0.0:8443']),
  });
  await lab.clear();
  expect(engine.names()).toContain('users-own');
});

test('a container that cannot be joined ends the run before anything is measured, and nothing is left', async () => {
  const parts = fakeLab();
  const { route } = orderFor('mapped/external/published');
  const starting = startLab({ ...parts.options, mapTo: { container: 'nobody', routes: [route] } });
  await expect(starting).rejects.toThrow('there is no container nobody');
  expect(parts.engine.names()).toEqual([]);
});
