import { expect, test } from 'vitest';
import { recordedFiles } from '../inspector/read/recorded-machine.fixture.ts';
import { benchSeconds, otherProcesses } from './others.ts';
import { orderFor } from './parts.fake.ts';
import { started } from './started-stage.fixture.ts';

const boot = '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10';
const stat = (pid: number, name: string, parent: number) =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 0 0 0 0 0 5 0 0 0 20 0 1 0 ${pid}00 1108484096 794\n`;
const here = {
  files: recordedFiles({
    '/proc/sys/kernel/random/boot_id': `${boot}\n`,
    '/proc/self/ns/pid': { link: 'pid:[4026531836]' },
    '/proc/self/stat': stat(40, 'node', 1),
    '/proc/1/stat': stat(1, 'init', 0),
    '/proc/40/stat': stat(40, 'node', 1),
    '/proc/41/stat': stat(41, 'unshare', 40),
    '/proc/50/stat': stat(50, 'sh', 1),
    '/proc/50/status': 'NSpid:\t50\t1\n',
    '/proc/50/ns/pid': { link: 'pid:[4026539999]' },
    '/proc/51/stat': stat(51, 'dockerd', 50),
    '/proc/60/stat': stat(60, 'chrome', 1),
  }),
  pid: 40,
  spentSeconds: () => 1.5,
};
const ours = { containers: [], ports: [] };
const others = [{ key: '7-1', name: 'postgres', cpuSeconds: 1, endedSeconds: 0 }];

test("from a lab, whose processes are all bench's, this process tells those outside of it", async () => {
  const { inspector } = await started({ others });
  const from = inspector.journal.length;
  const inLab = { boot, pidNamespace: 'pid:[4026539999]' };
  const seen = await otherProcesses(inspector, inLab, ours, here);
  expect(seen.map(({ name }) => name)).toEqual(['init', 'chrome']);
  expect(inspector.journal.slice(from)).toEqual([]);
});

test('on an engine of this pid namespace the inspector tells them, and is told which process bench is', async () => {
  const { inspector } = await started({ others });
  const from = inspector.journal.length;
  const beside = { boot, pidNamespace: 'pid:[4026531836]' };
  expect(await otherProcesses(inspector, beside, ours, here)).toEqual(others);
  const bench = { pid: 40, startTicks: '4000' };
  expect(inspector.journal.slice(from)).toEqual([{ call: 'other-processes', input: { ...ours, bench } }]);
});

test('on another kernel the inspector tells them, and bench takes no time there', async () => {
  const { inspector } = await started({ others });
  const from = inspector.journal.length;
  const far = { boot: '00000000-1111-4b8e-9a55-2f1f0c7b9d10', pidNamespace: 'pid:[4026539999]' };
  expect(await otherProcesses(inspector, far, ours, here)).toEqual(others);
  expect(inspector.journal.slice(from)).toEqual([{ call: 'other-processes', input: ours }]);
  expect([benchSeconds(far, here), benchSeconds({ boot }, here)]).toEqual([0, 1.5]);
});

test("a run tells the inspector which processes are its own: servers, agents and its published ports'", async () => {
  const { stage, inspector, engine } = await started({ machine: { boot: 'elsewhere' } });
  await stage.deploy([orderFor('bridge/external/published', { hostPort: 20002 })]);
  await stage.otherProcesses();
  const pids = await Promise.all(
    ['bridge', 'agent-external'].map(async (name) => (await engine.inspect(`bench-k3f9-${name}`))?.pid),
  );
  expect(inspector.journal.at(-1)).toEqual({
    call: 'other-processes',
    input: { containers: pids, ports: [20002] },
  });
});
