import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Failure } from '../../../bench/model/failure.ts';
import { commandsWith, type RunCommand } from '../commander.ts';
import type { Files } from '../files.ts';
import { hostGuards } from './guards.ts';

/* Guards in a real kernel, by both tools, each in a network stack of its own that goes with the test. */

const order = {
  name: 'bench-k3f9',
  remark: 'bench run 20261120T093220Z-k3f9 6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10.4026531836.4242.123456.0',
  near: ['lo', 'docker0', 'bench-k3f9'],
  networks: ['198.18.0.0/24', 'fdbe:6e63:c612:1::/64'],
};
const places = {
  addresses: ['172.17.0.2', 'fd00::2'],
  sockets: [
    { address: '127.0.0.1', port: 20001 },
    { address: '::1', port: 20001 },
  ],
  ports: [8081],
};
const another = {
  ...order,
  name: 'bench-aaaa',
  remark: 'bench run 20261120T093220Z-aaaa 6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10.4026531836.4242.123456.0',
  networks: ['198.18.1.0/24'],
};

const machine = commandsWith(process.env);
let stack: ReturnType<typeof spawn>;
let inside: RunCommand;

beforeEach(async () => {
  stack = spawn('unshare', ['--net', 'sh', '-c', 'echo there; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (stack.stdout !== null) await once(stack.stdout, 'data');
  inside = (command, args) => machine('nsenter', ['-t', String(stack.pid), '-n', command, ...args]);
});

afterEach(() => {
  stack.kill();
});

/** The stack's own list of legacy tables, which only a process inside is shown. */
function filesOf(tables: readonly string[]): Files {
  const gone = () => {
    throw Object.assign(new Error('not there'), { code: 'ENOENT' });
  };
  return {
    read: (path) =>
      path.endsWith('_tables_names') ? tables.join('\n') : path === '/proc/net/if_inet6' ? '' : gone(),
    bytes: gone,
    list: gone,
    link: gone,
    writtenAt: gone,
  };
}

/** A kernel without nf_tables. */
const withoutNft: RunCommand = (command, args) =>
  command === 'nft'
    ? Promise.reject(new Failure('unfit', '`nft` failed: not supported'))
    : inside(command, args);

async function ruleset(): Promise<string> {
  const { stdout } = await inside('nft', ['list', 'ruleset']);
  const saves = await Promise.all(
    ['iptables-legacy-save', 'ip6tables-legacy-save'].map((save) => inside(save, ['-t', 'raw'])),
  );
  const rules = saves.flatMap((save) => save.stdout.split('\n').filter((line) => /^(-A|:bench)/.test(line)));
  // A table that was replaced is listed last.
  return [...stdout.split('\n'), ...rules].sort().join('\n');
}

test.each([
  ['nftables', () => inside, []],
  ['iptables-legacy', () => withoutNft, ['raw']],
] as const)(
  '%s: raised, told places, found by anybody, and gone without a trace',
  async (backend, tool, tables) => {
    const before = await ruleset();
    const guards = hostGuards(filesOf(tables), tool());
    expect(await guards.raise(order)).toBe(backend);
    expect(await guards.raise(another)).toBe(backend);
    const raised = await ruleset();
    expect(raised).toContain('198.18.0.0/24');
    await guards.keep(order.name, places);
    const kept = await ruleset();
    for (const part of ['172.17.0.2', 'fd00::2', '20001', '8081']) expect(kept).toContain(part);
    await guards.keep(order.name, { addresses: [], sockets: [], ports: [] });
    expect(await ruleset()).toBe(raised);

    const others = hostGuards(filesOf(tables), tool());
    const names = async () => (await others.list()).map(({ name }) => name).sort();
    expect(await names()).toEqual(['bench-aaaa', 'bench-k3f9']);
    expect(await others.remove(order.name)).toBe(true);
    expect(await others.remove(order.name)).toBe(false);
    expect(await names()).toEqual(['bench-aaaa']);
    expect(await others.remove(another.name)).toBe(true);
    expect(await ruleset()).toBe(before);
  },
);

test.each([
  ['nftables', () => inside, [], 'nft', ['flush', 'ruleset']],
  ['iptables-legacy', () => withoutNft, ['raw'], 'iptables-legacy', ['-t', 'raw', '-F', 'PREROUTING']],
] as const)(
  '%s: one that somebody flushed is there again with the next places',
  async (_, tool, tables, flush, args) => {
    const guards = hostGuards(filesOf(tables), tool());
    await guards.raise(order);
    await guards.keep(order.name, places);
    const kept = await ruleset();
    await inside(flush, args);
    expect(await ruleset()).not.toBe(kept);
    await guards.keep(order.name, places);
    expect(await ruleset()).toBe(kept);
  },
);

test('a table of that name that is there already is not taken over', async () => {
  await inside('nft', ['add table inet bench-k3f9; add chain inet bench-k3f9 users']);
  const onlyNft: RunCommand = (command, args) =>
    command === 'nft'
      ? inside(command, args)
      : Promise.reject(new Failure('unfit', '`sh` failed: no raw table'));
  const guards = hostGuards(filesOf([]), onlyNft);
  await expect(guards.raise(order)).rejects.toThrow(/^nftables: .*; iptables-legacy: no raw table$/);
  expect(await guards.list()).toEqual([]);
  expect((await inside('nft', ['list', 'ruleset'])).stdout).toContain('chain users');
});
