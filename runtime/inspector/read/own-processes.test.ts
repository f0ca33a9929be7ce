import { expect, test } from 'vitest';
import { engineReader, shimsOf, supportReader } from './own-processes.ts';
import { type RecordedTree, recordedFiles } from './recorded-machine.fixture.ts';

/** A process as /proc shows it: `/proc/PID/{stat,comm}` and its only thread's nanoseconds on a CPU. */
function process_(pid: number, name: string, parent: number, nanoseconds = 0): RecordedTree {
  return {
    [`/proc/${pid}/comm`]: `${name}\n`,
    [`/proc/${pid}/stat`]: `${pid} (${name}) S ${parent} 1 1 0 -1 4194560 263 0 1 0 0 0 0 0 20 0 6 0 155727 1108484096 794\n`,
    [`/proc/${pid}/task/${pid}/schedstat`]: `${nanoseconds} 0 1\n`,
  };
}

/** Docker of a distribution: containerd is a service of its own, shims belong to process 1. */
const distribution: RecordedTree = {
  ...process_(1, 'systemd', 0, 9e9),
  ...process_(500, 'containerd', 1, 2e9),
  ...process_(600, 'dockerd', 1, 3e9),
  ...process_(700, 'containerd-shim', 1, 0.25e9),
  ...process_(701, 'nginx', 700, 50e9),
  ...process_(710, 'containerd-shim', 1, 0.5e9),
  ...process_(711, 'node', 710, 40e9),
  ...process_(720, 'containerd-shim', 1, 0.125e9),
  ...process_(process.pid, 'node', 720, 77e9),
  // The user's own container, and an engine of somebody else's with a containerd of its own.
  ...process_(800, 'containerd-shim', 1, 1e9),
  ...process_(801, 'postgres', 800, 1e9),
  ...process_(900, 'dockerd', 1, 1e9),
  ...process_(901, 'containerd', 900, 1e9),
};

test("what a run needs is the engine's daemons and the shims of its own containers, to the nanosecond", () => {
  const read = supportReader(recordedFiles(distribution));
  expect(read({ daemon: 600, containers: [701, 711] })).toBe(2 + 3 + 0.25 + 0.5 + 0.125);
  // A container that is asked for twice has one shim.
  expect(read({ daemon: 600, containers: [701, 701] })).toBe(2 + 3 + 0.25 + 0.125);
});

test('without a daemon in sight there are the shims', () => {
  const read = supportReader(recordedFiles(distribution));
  expect(read({ containers: [] })).toBe(0.125);
});

test('an engine that has started a containerd of its own uses that one', () => {
  const engine = engineReader(recordedFiles(distribution));
  expect(engine(600)).toEqual([600, 500]);
  expect(engineReader(recordedFiles(distribution))(900)).toEqual([900, 901]);
  // A lab, where dockerd's parent is the first process.
  const lab = { ...process_(1, 'sh', 0), ...process_(8, 'dockerd', 1), ...process_(20, 'containerd', 8) };
  expect(engineReader(recordedFiles(lab))(8)).toEqual([8, 20]);
});

test('the daemons are looked for once, and again when containerd was started anew', () => {
  const tree = { ...distribution };
  const journal: string[] = [];
  const engine = engineReader(recordedFiles(tree, journal));
  engine(600);
  expect(journal).toContain('/proc/801/comm');
  journal.length = 0;
  engine(600);
  expect(journal).toEqual(['/proc/500/comm']);
  for (const path of Object.keys(tree)) if (path.startsWith('/proc/500/')) delete tree[path];
  Object.assign(tree, process_(510, 'containerd', 1));
  expect(engine(600)).toEqual([600, 510]);
});

test('a container whose parent is process 1, or out of sight, has no shim', () => {
  const files = recordedFiles({ ...process_(30, 'nginx', 1), ...process_(31, 'nginx', 0) });
  expect(shimsOf(files, [30, 31, 32])).toEqual([]);
});
