import { expect, test } from 'vitest';
import type { RunCommand } from '../commander.ts';
import { dockerBridgesRuleset, emptyRuleset } from '../read/recorded-firewalls.fixture.ts';
import { recordedFiles } from '../read/recorded-machine.fixture.ts';
import { hostOpenings, insertion } from './openings.ts';

const runId = '20261120T093220Z-k3f9';
const link = [{ device: 'bench-k3f9' }];
const owner = '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10.4026531836.4242.123456.0';
const remark = `bench run ${runId} ${owner}`;

/** iptables-nft with the policy DROP, keeping the rules of INPUT as its tools print and delete them. */
function iptablesNft(rules: string[]) {
  const journal: string[] = [];
  const chain = {
    family: 'ip',
    table: 'filter',
    name: 'INPUT',
    type: 'filter',
    hook: 'input',
    policy: 'drop',
  };
  const run: RunCommand = async (command, args) => {
    const line = [command, ...args].join(' ');
    if (line === 'nft -j list ruleset')
      return { stdout: JSON.stringify({ nftables: [{ chain }] }), stderr: '' };
    if (line === 'iptables-nft-save -t filter')
      return {
        stdout: ['*filter', ':INPUT DROP [0:0]', ...rules, 'COMMIT'].join('\n'),
        stderr: '',
      };
    journal.push(line);
    const [, verb = '', rule = ''] = /^iptables-nft -w 10 -([ID]) (.*)$/.exec(line) ?? [];
    const printed = `-A ${rule.replace(/--comment (.*) -j/, '--comment "$1" -j')}`;
    if (verb === 'I') rules.unshift(printed);
    if (verb === 'D') rules.splice(rules.indexOf(printed), 1);
    return { stdout: '', stderr: '' };
  };
  return { openings: hostOpenings(recordedFiles({}), run), journal, rules };
}

test('one rule, limited to the link, before all others; removed with the link and nothing besides', async () => {
  const users = '-A INPUT -i lo -j ACCEPT';
  const { openings, journal, rules } = iptablesNft([users]);
  const [made, ...others] = await openings.open(link, remark);
  expect(others).toEqual([]);
  expect(made).toEqual({
    runId,
    owner,
    command: `iptables-nft -w 10 -I INPUT -i bench-k3f9 -m comment --comment "${remark}" -j ACCEPT`,
  });
  expect(rules).toEqual([`-A INPUT -i bench-k3f9 -m comment --comment "${remark}" -j ACCEPT`, users]);
  expect(await openings.list()).toMatchObject([{ runId, owner }]);
  expect(await openings.close('20261120T093220Z-aaaa')).toEqual([]);
  expect(await openings.close(runId)).toHaveLength(1);
  expect(rules).toEqual([users]);
  expect(journal).toHaveLength(2);
});

test("leaving removes its own rules and leaves another run's, be its link of the same name", async () => {
  const another = '-A INPUT -i bench-k3f9 -m comment --comment "bench run 20261120T093219Z-k3f9" -j ACCEPT';
  const { openings, rules } = iptablesNft([another]);
  await openings.open(link, remark);
  await openings.removeAll();
  expect(rules).toEqual([another]);
});

test('nothing is inserted where nothing drops', async () => {
  const run: RunCommand = async () => ({ stdout: emptyRuleset, stderr: '' });
  expect(await hostOpenings(recordedFiles({}), run).open(link, remark)).toEqual([]);
});

test("a chain of nftables' own gets its rule from nft, and loses it by its handle", async () => {
  const journal: string[] = [];
  const rule = { family: 'inet', table: 'filter', chain: 'input', handle: 9, comment: remark };
  const users = { family: 'inet', table: 'filter', chain: 'input', handle: 2, comment: 'bench run mine' };
  const run: RunCommand = async (command, args) => {
    const line = [command, ...args].join(' ');
    journal.push(line);
    const removed = journal.includes('nft delete rule inet filter input handle 9');
    const listed = JSON.stringify({ nftables: [{ rule: users }, ...(removed ? [] : [{ rule }])] });
    return {
      stdout: line.endsWith('ruleset') ? dockerBridgesRuleset : line.includes('list chain') ? listed : '',
      stderr: '',
    };
  };
  const openings = hostOpenings(recordedFiles({}), run);
  await openings.open(link, remark);
  expect(journal.at(-1)).toBe(
    `nft insert rule inet filter input iifname "bench-k3f9" accept comment "${remark}"`,
  );
  await openings.close(runId);
  expect(journal.filter((line) => line.includes('delete'))).toEqual([
    'nft delete rule inet filter input handle 9',
  ]);
});

test('a rule that its tool removes and that is there all the same is told', async () => {
  const { openings, rules } = iptablesNft([]);
  await openings.open(link, remark);
  rules.splice = () => [];
  await expect(openings.close(runId)).rejects.toThrow('a firewall rule still exists after its removal');
});

test("each of iptables' backends is asked in its own words", () => {
  const chain = { family: 'ipv4', table: 'filter', chain: 'INPUT', policy: 'DROP', rules: 0 } as const;
  expect(insertion({ ...chain, backend: 'iptables-legacy' }, { device: 'bench-k3f9' }, 'why')[0]).toBe(
    'iptables-legacy',
  );
  expect(insertion({ ...chain, backend: 'iptables-nft' }, { device: 'bench-k3f9' }, 'why')[0]).toBe(
    'iptables-nft',
  );
});

test('a door that others go through as well is opened for one address only', () => {
  const chain = { family: 'ipv4', table: 'filter', chain: 'INPUT', policy: 'DROP', rules: 0 } as const;
  const door = { device: 'docker0', source: '172.17.0.3' };
  expect(insertion({ ...chain, backend: 'iptables-nft' }, door, 'why').join(' ')).toContain(
    '-I INPUT -s 172.17.0.3 -i docker0 ',
  );
  const own = { ...chain, family: 'both', table: 'inet filter', chain: 'input' } as const;
  expect(insertion({ ...own, backend: 'nftables' }, door, 'why').join(' ')).toContain(
    'iifname "docker0" ip saddr 172.17.0.3 accept',
  );
});

test("IPv6's chains are opened as well, but for a door that is open to an IPv4 address only", async () => {
  const journal: string[] = [];
  const chain = { table: 'filter', name: 'INPUT', type: 'filter', hook: 'input', policy: 'drop' };
  const chains = ['ip', 'ip6'].map((family) => ({ chain: { ...chain, family } }));
  const run: RunCommand = async (command, args) => {
    journal.push([command, ...args].join(' '));
    return { stdout: JSON.stringify({ nftables: chains }), stderr: '' };
  };
  const doors = [...link, { device: 'docker0', source: '172.17.0.3' }];
  await hostOpenings(recordedFiles({}), run).open(doors, remark);
  expect(
    journal.filter((line) => line.includes('-I INPUT')).map((line) => line.replace(/ -m .*/, '')),
  ).toEqual([
    'iptables-nft -w 10 -I INPUT -i bench-k3f9',
    'iptables-nft -w 10 -I INPUT -s 172.17.0.3 -i docker0',
    'ip6tables-nft -w 10 -I INPUT -i bench-k3f9',
  ]);
});
