import { expect, test } from 'vitest';
import { type FakeCommander, fakeCommander } from '../machine/fake-commander.fixture.ts';
import { type HostState, readHostState, restoreHostState, undoRules } from './host-state.ts';
import { afterEngine, beforeEngine, duringEngine } from './recorded-rules.fixture.ts';

/**
 * As much of iptables as an undo needs: deletes a rule that is there, a chain that is empty and not jumped to, and
 * sets a policy. Anything else is an error, as it is on a machine.
 */
function firewall(saved: string) {
  const tables = new Map<string, { chains: Map<string, string>; rules: string[] }>();
  let current = { chains: new Map<string, string>(), rules: [] as string[] };
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) {
      current = { chains: new Map(), rules: [] };
      tables.set(line.slice(1), current);
    }
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) current.chains.set(chain, policy);
    if (line.startsWith('-A ')) current.rules.push(line.slice(3));
  }
  return {
    call(args: readonly string[]): void {
      const [flag, name = '', verb, ...words] = args;
      const table = tables.get(name);
      if (flag !== '-t' || table === undefined) throw new Error(`no such table: ${args.join(' ')}`);
      const [chain = ''] = words;
      if (verb === '-D') {
        const at = table.rules.findIndex((rule) => rule.replaceAll('"', '') === words.join(' '));
        if (at === -1) throw new Error(`Bad rule: ${args.join(' ')}`);
        table.rules.splice(at, 1);
      } else if (verb === '-X') {
        const used = table.rules.some((rule) => rule.startsWith(`${chain} `) || rule.endsWith(`-j ${chain}`));
        if (used || !table.chains.delete(chain))
          throw new Error(`not empty, used or gone: ${args.join(' ')}`);
      } else if (verb === '-P' && words[1] !== undefined) {
        table.chains.set(chain, words[1]);
      } else throw new Error(`not expected: ${args.join(' ')}`);
    },
    text(): string {
      return [...tables]
        .map(([name, { chains, rules }]) =>
          [
            `*${name}`,
            ...[...chains].map(([chain, policy]) => `:${chain} ${policy} [0:0]`),
            ...rules.map((rule) => `-A ${rule}`),
            'COMMIT\n',
          ].join('\n'),
        )
        .join('');
    },
  };
}

function lines(saved: string): readonly string[] {
  return saved.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function undone(before: string, now: string): readonly string[] {
  const tables = firewall(now);
  for (const args of undoRules(lines(before), lines(now))) tables.call(args);
  return lines(tables.text());
}

test('after an engine stopped: the firewall is as before, with what the user did meanwhile', () => {
  expect(undone(beforeEngine, afterEngine)).toEqual(
    lines(
      beforeEngine.replace(
        '--dport 22 -j ACCEPT\n',
        '--dport 22 -j ACCEPT\n-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT\n',
      ),
    ),
  );
});

test("after an engine was killed, its containers' rules go as well", () => {
  expect(undone(beforeEngine, duringEngine)).toEqual(lines(beforeEngine));
});

test('an engine that was there before keeps its rules', () => {
  expect(undoRules(lines(afterEngine), lines(afterEngine))).toEqual([]);
  expect(undone(afterEngine, duringEngine)).toEqual(
    lines(afterEngine).filter((line) => !/--dport 443|DOCKER-USER -s/.test(line)),
  );
});

test('counters are no difference', () => {
  const counted = lines(afterEngine.replaceAll('[0:0]', '[17:2040]'));
  expect(undoRules(lines(afterEngine), counted)).toEqual([]);
});

test('the FORWARD policy is set back if the engine changed it, and only then', () => {
  const policy = ['-t', 'filter', '-P', 'FORWARD', 'ACCEPT'];
  expect(undoRules(lines(beforeEngine), lines(afterEngine))).toContainEqual(policy);
  const dropping = beforeEngine.replace(':FORWARD ACCEPT', ':FORWARD DROP');
  expect(undoRules(lines(dropping), lines(afterEngine))).not.toContainEqual(policy);
});

test('on a machine without any rule, none is left', () => {
  const left = undone('', afterEngine).filter((line) => line.startsWith('-A') || /DOCKER/.test(line));
  expect(left).toEqual(
    lines(beforeEngine)
      .filter((line) => line.startsWith('-A'))
      .toSpliced(1, 0, '-A INPUT -p tcp -m tcp --dport 443 -j ACCEPT'),
  );
});

/** A machine on which an engine ran. */
function machine(changes: { readonly docker0?: boolean; readonly forward?: string } = {}): FakeCommander {
  return fakeCommander((line) => {
    if (line.startsWith('ip -o link')) return changes.docker0 === false ? { exitCode: 1 } : 'docker0';
    if (line === 'iptables-save') return afterEngine;
    if (line === 'cat /proc/sys/net/ipv4/ip_forward') return changes.forward ?? '1\n';
    if (line === 'cat /proc/sys/net/ipv6/conf/all/forwarding') return '0\n';
    return line === 'ip6tables-save' ? { exitCode: 1 } : '';
  });
}

const before: HostState = {
  hadDocker0: false,
  ipForward: '0',
  ip6Forward: '0',
  rules: { iptables: lines(beforeEngine), ip6tables: [] },
};

/** What changes the machine, of all that was run. */
function changesBy(commander: FakeCommander): readonly string[] {
  return commander.journal.filter((line) => !/^(cat|iptables-save|ip6tables-save|ip -o) ?/.test(line));
}

test('what was read is what is there; a tool that is missing gives no rules', async () => {
  expect(await readHostState(machine())).toEqual({
    hadDocker0: true,
    ipForward: '1',
    ip6Forward: '0',
    rules: { iptables: lines(afterEngine), ip6tables: [] },
  });
  expect((await readHostState(machine({ docker0: false }))).hadDocker0).toBe(false);
});

test('rules first, then docker0, then forwarding; only what differs is written', async () => {
  const commander = machine();
  await restoreHostState(commander, before);
  const changes = changesBy(commander);
  const rules = undoRules(lines(beforeEngine), lines(afterEngine)).map(
    (args) => `iptables -w ${args.join(' ')}`,
  );
  expect(changes).toEqual([
    ...rules,
    'ip link delete docker0',
    'sh -c echo "$1" > "$2" sh 0 /proc/sys/net/ipv4/ip_forward',
  ]);
});

test('what was there before an engine stays: docker0, its rules, forwarding', async () => {
  const commander = machine();
  await restoreHostState(commander, await readHostState(machine()));
  expect(changesBy(commander)).toEqual([]);
});
