import { expect, test } from 'vitest';
import type { ProbeOrder } from '../../bench/model/load-agent.ts';
import { plainService } from '../../bench/model/service.fixture.ts';
import type { Service } from '../../bench/model/service.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { type StageOptions, startStage } from './start-stage.ts';
import { endingProgram, errorOf, only, signal, started, threeModes } from './started-stage.fixture.ts';

test('a server that ends right after its start gives its exit code and last lines; the others go on', async () => {
  const { stage } = await started({
    server: ({ name }) =>
      name.endsWith('-bridge') ? endingProgram(['nginx: [emerg] bind() failed']) : undefined,
  });
  const outcomes = await stage.deploy(threeModes);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true]);
  expect(errorOf(outcomes[1])).toMatchObject({
    kind: 'casesFailed',
    message: 'nginx (bridge/external/published) exited with code 3 before it answered',
    hint: 'Its last lines:\nnginx: [emerg] bind() failed',
  });
});

test('a server that ends while it is waited for gives its exit code and last lines', async () => {
  const asked = signal();
  const { stage, engine } = await started({
    server: () => endingProgram(['out of memory'], asked.given),
    async probe() {
      asked.give();
      await expect
        .poll(async () => (await engine.containers()).map(({ running }) => running))
        .toContain(false);
      return { ready: false, lastProblem: 'connection refused' };
    },
  });
  expect(errorOf(only(await stage.deploy([orderFor('host/external')])))).toMatchObject({
    message: 'nginx (host/external) exited with code 3 before it answered',
    hint: 'Its last lines:\nout of memory',
  });
});

test('a server that never answers: where, how long, why, and how to look at it', async () => {
  const { stage } = await started({ probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }) });
  const error = errorOf(only(await stage.deploy([orderFor('host/external')])));
  expect(error.kind).toBe('casesFailed');
  expect(error.message).toBe(
    'nginx (host/external) did not answer at http://198.18.0.1:20001/body within 10 s: no answer in 1 s',
  );
  expect(error.hint).toContain('docker logs bench-k3f9-host');
});

test("where the host's firewall drops, that is what is said, of host mode only", async () => {
  const { stage } = await started({
    machine: { inputPolicy: 'ip filter INPUT: DROP, 3 rules' },
    probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }),
  });
  const [host, bridge] = await stage.deploy(threeModes);
  expect(errorOf(host).message).toBe(
    'nginx (host/external) did not answer at http://198.18.0.1:20001/body within 10 s: ' +
      "the server listens there, but the host's firewall drops the packets (ip filter INPUT: DROP, 3 rules)",
  );
  expect(errorOf(host).hint).toBe(
    'Published ports get a rule from Docker; host mode does not. ' +
      'Allow it with: iptables -I INPUT -i bench-+ -j ACCEPT\n' +
      'Or pass --open-firewall: it adds a rule for the link and each bridge of the run, and removes these rules after the run.',
  );
  expect(errorOf(bridge).message).toContain('no answer in 1 s');
  expect(errorOf(bridge).hint).not.toContain('iptables');
});

/** What is said of a path from a neighbor behind a firewall that drops, with IPv4's rules other than IPv6's. */
async function unreachedFrom(path: string, needs: StageOptions['needs']) {
  const parts = fakeParts({
    machine: {
      inputPolicy: 'ip filter INPUT: DROP, 3 rules',
      inputPolicy6: 'ip6 filter INPUT: DROP, 1 rule',
      daemon: { pid: 1, userlandProxy: true, iptables: true },
    },
    probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }),
  });
  await using stage = await startStage({ ...parts.options, needs });
  return errorOf(only(await stage.deploy([orderFor(path)])));
}

test.each<[string, RegExp, RegExp]>([
  [
    'host/neighbor',
    /the server listens there, but the host's firewall drops packets from docker0 \(ip filter INPUT: DROP, 3 rules\)$/,
    /^A neighbor dials the host's own address over the bridge.*Allow it with: iptables -I INPUT -i docker0 -j ACCEPT/,
  ],
  [
    'bridge/neighbor/published',
    /the host's firewall may drop packets from docker0 \(ip filter INPUT: DROP, 3 rules\): no answer in 1 s$/,
    /^docker-proxy accepts this connection on the host.*Allow it with: iptables -I INPUT -i docker0 -j ACCEPT/,
  ],
  [
    'native/neighbor',
    /the host's firewall may drop packets from docker0/,
    /iptables -I INPUT -i docker0 -j ACCEPT/,
  ],
])(
  '%s: the firewall keeps it from coming in by the bridge, and the rule for it is told',
  async (path, message, hint) => {
    const server = path.startsWith('bridge') ? 'bridge' : path.startsWith('host') ? 'host' : 'native';
    const error = await unreachedFrom(path, { vantages: ['neighbor'], servers: [server], ipv6: false });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  },
);

test("of an IPv6 path it is IPv6's rules that are told, and their own tool", async () => {
  const needs = { vantages: ['neighbor'], servers: ['user-bridge'], ipv6: true } as const;
  const error = await unreachedFrom('user-bridge/neighbor/published/ipv6', needs);
  expect(error.message).toContain('(ip6 filter INPUT: DROP, 1 rule)');
  expect(error.hint).toContain('ip6tables -I INPUT -i bench-+ -j ACCEPT');
});

test('a path that does not come in to the host is not blamed on its firewall', async () => {
  const needs = { vantages: ['neighbor'], servers: ['bridge'], ipv6: false } as const;
  expect((await unreachedFrom('bridge/neighbor/container', needs)).message).toMatch(/: no answer in 1 s$/);
});

test.each<[string, string, string, RegExp]>([
  [
    'rules may drop it',
    'ip filter INPUT: ACCEPT, 1 rule',
    'no answer in 1 s',
    /firewall may drop the packets/,
  ],
  ['nothing drops', 'ACCEPT, no rules', 'no answer in 1 s', /: no answer in 1 s$/],
  ['a refusal is no drop', 'ip filter INPUT: DROP, 1 rule', 'connection refused', /: connection refused$/],
])('what is not certain is not said: %s', async (_, inputPolicy, lastProblem, message) => {
  const { stage } = await started({
    machine: { inputPolicy },
    probe: () => ({ ready: false, lastProblem }),
  });
  expect(errorOf(only(await stage.deploy([orderFor('host/external')]))).message).toMatch(message);
});

test("a chain of nftables' own is opened in its own words", async () => {
  const { stage } = await started({
    machine: { inputPolicy: 'ip filter INPUT: ACCEPT, no rules; inet filter input: DROP, 2 rules' },
    probe: () => ({ ready: false, lastProblem: 'no answer in 1 s' }),
  });
  expect(errorOf(only(await stage.deploy([orderFor('host/external')]))).hint).toContain(
    'nft insert rule inet filter input',
  );
});

test('with --open-firewall the link is let in before a server starts, and shut out again at the end', async () => {
  const parts = fakeParts({ machine: { inputPolicy: 'ip filter INPUT: DROP, 3 rules' } });
  const stage = await startStage({ ...parts.options, openFirewall: true });
  expect(parts.inspector.openings()).toEqual(['20261120T093220Z-k3f9']);
  expect(stage.environment.firewallOpened).toHaveLength(1);
  await stage[Symbol.asyncDispose]();
  const calls = parts.journal.filter((line) => line.startsWith('inspector '));
  expect(calls).toEqual([
    'inspector create-link bench-k3f9',
    'inspector raise-guard bench-k3f9',
    'inspector open-firewall bench-k3f9',
    'inspector close-firewall 20261120T093220Z-k3f9',
    'inspector remove-guard bench-k3f9',
    'inspector delete-link bench-k3f9',
  ]);
});

test('with --open-firewall, of a bridge that others are on only what the own neighbor sends is let in', async () => {
  const parts = fakeParts({ machine: { inputPolicy: 'ip filter INPUT: DROP, 3 rules' } });
  const needs = { vantages: ['neighbor'], servers: ['bridge', 'user-bridge'], ipv6: false } as const;
  const stage = await startStage({ ...parts.options, needs, openFirewall: true });
  const [order] = parts.inspector.journal.flatMap((it) => (it.call === 'open-firewall' ? [it.input] : []));
  expect(order?.doors).toEqual([
    { device: 'docker0', source: expect.stringMatching(/^172\.17\.0\.\d+$/) },
    { device: 'bench-k3f9u' },
  ]);
  await stage[Symbol.asyncDispose]();
  expect(parts.inspector.openings()).toEqual([]);
});

const service: Service = { ...plainService, image: 'bench-lab:fake', readyPath: '/ready' };
const serviceOn = (path: string) =>
  orderFor(path, { service, deployment: { server: 'app', path, role: 'contender' } });

/** For how long the agent asks in vain, each time. */
async function askedInVain(paths: readonly string[]): Promise<readonly number[]> {
  const asked: number[] = [];
  const { stage } = await started({
    probe({ withinSeconds }) {
      asked.push(withinSeconds);
      return { ready: false, lastProblem: 'connection refused' };
    },
  });
  await stage.deploy(paths.map(serviceOn));
  return asked;
}

test('a service that never answers is asked for longer each time, until its time is up', async () => {
  expect(await askedInVain(['bridge/external/published'])).toEqual([1, 2, 4, 8, 8, 8, 8, 8, 8, 5]);
});

test('services that one agent asks by turns have their time together, not one after the other', async () => {
  const asked = await askedInVain(['bridge/external/published', 'mapped/external/published']);
  const seconds = asked.reduce((sum, it) => sum + it, 0);
  expect(seconds).toBeGreaterThanOrEqual(60);
  expect(seconds).toBeLessThan(60 + 2 * 8);
});

test('a service that has ended is asked no more', async () => {
  const asked = signal();
  const orders: ProbeOrder[] = [];
  const { stage } = await started({
    server: () => endingProgram(['no configuration'], asked.given),
    async probe(order, { engine }) {
      orders.push(order);
      asked.give();
      await expect
        .poll(async () => (await engine.containers()).map(({ running }) => running))
        .toContain(false);
      return { ready: false, lastProblem: 'connection refused' };
    },
  });
  expect(errorOf(only(await stage.deploy([serviceOn('bridge/external/published')]))).message).toBe(
    'app (bridge/external/published) exited with code 3 before it answered',
  );
  expect(orders.map(({ withinSeconds }) => withinSeconds)).toEqual([1]);
});

test('a service that listens elsewhere: where, and the flag for it', async () => {
  const { stage } = await started({
    listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 3000, pid: 7, command: 'node' }],
    probe: () => ({ ready: false, lastProblem: 'connection refused' }),
  });
  const error = errorOf(only(await stage.deploy([serviceOn('bridge/external/published')])));
  expect(error.message).toBe('app (bridge/external/published) listens on port 3000, and not on port 8080');
  expect(error.hint).toMatch(/^If that is where it answers: --port 3000\. Its last lines:\n/);
});

test.each([
  ['host/external', 80, true],
  ['host/external', 8080, false],
  ['bridge/external/published', 80, false],
])('a service on %s that may not listen on port %s is told why: %s', async (path, port, told) => {
  const { stage } = await started({ server: () => endingProgram(['listen EACCES: permission denied']) });
  const order = { ...serviceOn(path), hostPort: port };
  const { hint } = errorOf(only(await stage.deploy([order])));
  expect(hint).toContain('Its last lines:\nlisten EACCES');
  expect(
    hint?.startsWith('In host mode only root may listen on port 80. Tell the service another port'),
  ).toBe(told);
});
