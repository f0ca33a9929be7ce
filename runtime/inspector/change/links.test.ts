import { expect, test } from 'vitest';
import { Failure } from '../../../bench/model/failure.ts';
import type { RunCommand } from '../commander.ts';
import { recordedFiles } from '../read/recorded-machine.fixture.ts';
import { hostLinks } from './links.ts';

const remark = 'bench run 20261120T093220Z-k3f9 owner';
const order = { name: 'bench-a', remark, pid: 42, hostAddress: '198.18.0.1', peerAddress: '198.18.0.2' };

/** A kernel that makes and removes links, and fails a command that contains `failing`. */
function kernel(failing = '(never)') {
  const journal: string[] = [];
  const tree = { '/proc/net/dev': '' };
  const interfaces = new Set(['lo', 'eth0']);
  const show = () => {
    tree['/proc/net/dev'] = [...interfaces].map((name) => `  ${name}: 0 0 0 0 0 0 0 0 0 0\n`).join('');
  };
  show();
  const run: RunCommand = async (command, args) => {
    const line = [command, ...args].join(' ');
    journal.push(line);
    if (line.includes(failing)) throw new Failure('unfit', `\`${line}\` failed`);
    const [, add] = / link add name (\S+) /.exec(` ${line}`) ?? [];
    if (add !== undefined) interfaces.add(add);
    const [, gone] = / link delete (\S+)$/.exec(line) ?? [];
    if (gone !== undefined) interfaces.delete(gone);
    show();
    return { stdout: '', stderr: '' };
  };
  return { links: hostLinks(recordedFiles(tree), run), journal, interfaces, show };
}

test('makes the pair, configures both ends, and routes the stack over it', async () => {
  const { links, journal } = kernel();
  await links.create(order);
  expect(journal).toEqual([
    'ip link add name bench-a type veth peer name eth0 netns 42',
    `ip link set dev bench-a alias ${remark}`,
    'ip link set dev bench-a addrgenmode none',
    'ip addr add 198.18.0.1/25 dev bench-a',
    'ip link set dev bench-a up',
    'nsenter -t 42 -n ip link set dev lo up',
    'nsenter -t 42 -n ip link set dev eth0 addrgenmode none',
    'nsenter -t 42 -n ip addr add 198.18.0.2/25 dev eth0',
    'nsenter -t 42 -n ip link set dev eth0 up',
    'nsenter -t 42 -n ip route add default via 198.18.0.1',
  ]);
  expect(links.list('bench-')).toEqual(['bench-a']);
});

test.each(['link add', 'addr add 198.18.0.1', 'nsenter', 'route add'])(
  'leaves nothing when "%s" fails, and says what failed',
  async (failing) => {
    const { links, interfaces } = kernel(failing);
    await expect(links.create(order)).rejects.toThrow(failing);
    expect([...interfaces]).toEqual(['lo', 'eth0']);
  },
);

test('removes a link once, and knows when it had gone by itself', async () => {
  const { links, interfaces, show } = kernel();
  await links.create(order);
  expect(await links.remove('bench-a')).toBe(true);
  expect(await links.remove('bench-a')).toBe(false);
  await links.create(order);
  interfaces.delete('bench-a');
  show();
  expect(await links.remove('bench-a')).toBe(false);
});

test('leaving removes its own links, the one that is being made included, and no other', async () => {
  const { links, interfaces } = kernel();
  await links.create({ ...order, name: 'bench-first' });
  interfaces.add('bench-others');
  const making = links.create(order);
  await links.removeAll();
  await making;
  expect([...interfaces]).toEqual(['lo', 'eth0', 'bench-others']);
});

test('does not touch an interface of that name that is there already', async () => {
  const { links, journal, interfaces, show } = kernel();
  interfaces.add('bench-a');
  show();
  await expect(links.create(order)).rejects.toMatchObject({
    message: 'the host already has an interface bench-a',
    hint: expect.stringContaining('bench clean'),
  });
  await links.removeAll();
  expect(journal).toEqual([]);
  expect([...interfaces]).toContain('bench-a');
});

test('refuses a name that the kernel would cut', async () => {
  const { links, journal } = kernel();
  await expect(links.create({ ...order, name: 'bench-0123456789' })).rejects.toThrow('at most 15');
  expect(journal).toEqual([]);
});
