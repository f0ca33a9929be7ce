import { expect, test } from 'vitest';
import { otherProcessesReader, readProcesses } from './other-processes.ts';
import { type RecordedTree, recordedFiles } from './recorded-machine.fixture.ts';
import { proxyCmdline } from './recorded-processes.fixture.ts';

interface Recorded {
  readonly parent: number;
  readonly state?: string;
  readonly flags?: number;
  readonly ticks?: number;
  readonly ended?: number;
  readonly start?: number;
}

function recorded(pid: number, name: string, it: Recorded): RecordedTree {
  const { parent, state = 'S', flags = 4194560, ticks = 0, ended = 0, start = 155727 } = it;
  return {
    [`/proc/${pid}/comm`]: `${name}\n`,
    [`/proc/${pid}/stat`]: `${pid} (${name}) ${state} ${parent} 1 1 0 -1 ${flags} 263 0 1 0 ${ticks} 0 ${ended} 0 20 0 6 0 ${start} 1108484096 794\n`,
  };
}

const self = process.pid;
const machine: RecordedTree = {
  ...recorded(1, 'systemd', { parent: 0, ticks: 300 }),
  ...recorded(2, 'kthreadd', { parent: 0, flags: 2129984 }),
  ...recorded(15, 'ksoftirqd/0', { parent: 2, flags: 0x0420_8040, ticks: 12 }),
  ...recorded(500, 'containerd', { parent: 1 }),
  ...recorded(600, 'dockerd', { parent: 1 }),
  ...recorded(610, 'docker-proxy', { parent: 600 }),
  '/proc/610/cmdline': proxyCmdline,
  ...recorded(611, 'docker-proxy', { parent: 600, ticks: 7 }),
  '/proc/611/cmdline': proxyCmdline.replace('8087', '5432'),
  ...recorded(700, 'containerd-shim', { parent: 1 }),
  ...recorded(701, 'nginx', { parent: 700 }),
  ...recorded(702, 'nginx', { parent: 701 }),
  ...recorded(720, 'containerd-shim', { parent: 1 }),
  ...recorded(self, 'node', { parent: 720 }),
  ...recorded(730, 'apache2', { parent: self }),
  ...recorded(800, 'containerd-shim', { parent: 1, ended: 50 }),
  ...recorded(801, 'postgres', { parent: 800, ticks: 250 }),
  ...recorded(850, 'node', { parent: 1, start: 160000 }),
  '/proc/850/status': 'Name:\tnode\nNSpid:\t850\t9\n',
  ...recorded(851, 'sh', { parent: 850 }),
  ...recorded(900, 'Web Content) S 1', { parent: 1, ticks: 4200, start: 155800 }),
  ...recorded(901, 'gone', { parent: 1, state: 'Z' }),
};
const ours = {
  daemon: 600,
  containers: [701],
  ports: [8087],
  bench: { pid: 9, startTicks: '160000' },
};
const namesOf = (tree: RecordedTree, run = ours) =>
  otherProcessesReader(recordedFiles(tree))(run).map(({ name }) => name);

test("tells everybody but the run: its containers with their shims, its ports' docker-proxy, the engine and bench", () => {
  const parent = '1-155727';
  const endedSeconds = 0;
  expect(otherProcessesReader(recordedFiles(machine))(ours)).toEqual([
    { key: '1-155727', name: 'systemd', cpuSeconds: 3, endedSeconds },
    { key: '2-155727', name: '[kthreadd]', cpuSeconds: 0, endedSeconds },
    { key: '15-155727', parent: '2-155727', name: '[ksoftirqd/0]', cpuSeconds: 0.12, endedSeconds },
    { key: '611-155727', parent: '600-155727', name: 'docker-proxy', cpuSeconds: 0.07, endedSeconds },
    { key: '800-155727', parent, name: 'containerd-shim', cpuSeconds: 0, endedSeconds: 0.5 },
    { key: '801-155727', parent: '800-155727', name: 'postgres', cpuSeconds: 2.5, endedSeconds },
    { key: '900-155800', parent, name: 'Web Content) S 1', cpuSeconds: 42, endedSeconds },
  ]);
});

test("a process that started in the same tick as bench, and has another pid, is somebody else's", () => {
  const { '/proc/850/status': _, ...without } = machine;
  expect(namesOf({ ...without, '/proc/850/status': 'Name:\tnode\nNSpid:\t850\t10\n' })).toContain('sh');
});

test('an engine that is process 1, as in a container, does not make everybody its own', () => {
  const tree = {
    ...recorded(1, 'dockerd', { parent: 0 }),
    ...recorded(20, 'containerd', { parent: 1 }),
    ...recorded(30, 'orphan', { parent: 1 }),
  };
  expect(namesOf(tree, { ...ours, daemon: 1 })).toEqual(['orphan']);
});

test('a name is any 15 bytes: it forges no line and turns no text', () => {
  const tree = recorded(7, 'a\nb\u202ec', { parent: 1 });
  expect([...readProcesses(recordedFiles(tree)).values()].map(({ name }) => name)).toEqual(['a b\\u202ec']);
});

test('where the processes of others are hidden nothing is told, rather than a part', () => {
  const hidden = Object.fromEntries(Object.entries(machine).filter(([path]) => !path.startsWith('/proc/1/')));
  expect(namesOf(hidden)).toEqual([]);
});
