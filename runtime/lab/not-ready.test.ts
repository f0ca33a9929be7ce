import { expect, test } from 'vitest';
import { fakeLab, orderFor } from './fake-lab.fixture.ts';
import { startLab } from './start-lab.ts';
import { endingProgram, errorOf, only, signal, started, threeModes } from './started-lab.fixture.ts';

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
