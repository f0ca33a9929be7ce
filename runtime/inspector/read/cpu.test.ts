import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMachineCpu } from '../../../bench/model/machine-cpu.ts';
import { parseMemoryStall, readMemoryStall } from './cpu.ts';
import { recordedFiles } from './recorded-machine.fixture.ts';
import { memoryPressure, stat } from './recorded-processes.fixture.ts';

test('reads the columns of /proc/stat in seconds, nice with user, interrupts apart', () => {
  expect(parseMachineCpu(stat, 1000)).toMatchObject({
    cpuCount: 2,
    userSeconds: 57.62,
    systemSeconds: 28.82,
    irqSeconds: 0.03,
    softirqSeconds: 0.69,
    stealSeconds: 0.14,
  });
});

test('busy time between two readings is what idle, iowait and steal leave of CPUs × clock', () => {
  const seconds = fc.integer({ min: 0, max: 100_000 });
  fc.assert(
    fc.property(seconds, seconds, seconds, seconds, seconds, (busy, idle, iowait, steal, ticks) => {
      const wall = (busy + idle + iowait + steal) / 2;
      const line = (user: number, a: number, b: number, c: number) =>
        `cpu  ${user} 0 0 ${a * 100} ${b * 100} 0 0 ${c * 100} 0 0\ncpu0 0\ncpu1 0\n`;
      const before = parseMachineCpu(line(0, 7, 8, 9), 50);
      // What the ticks say about user time has no part in it.
      const after = parseMachineCpu(line(ticks, 7 + idle, 8 + iowait, 9 + steal), 50 + wall);
      expect(after.busySeconds - before.busySeconds).toBeCloseTo(busy, 5);
    }),
  );
});

test('refuses a text without the line of all CPUs', () => {
  expect(() => parseMachineCpu('intr 1 2 3\n', 1)).toThrow('/proc/stat has no line "cpu"');
});

test('memory stalls are the total of the line "some", in seconds', () => {
  expect(parseMemoryStall(memoryPressure)).toBe(2.5);
});

test('a kernel without pressure accounting has no memory stalls, rather than none of them', () => {
  expect(readMemoryStall(recordedFiles({}))).toBeUndefined();
  // Booted with psi=0: the file is there and cannot be read.
  const files = recordedFiles({ '/proc/pressure/memory': { error: 'EOPNOTSUPP' } });
  expect(readMemoryStall(files)).toBeUndefined();
});

test('a fault that does not mean absence is thrown on', () => {
  const files = recordedFiles({ '/proc/pressure/memory': { error: 'EMFILE' } });
  expect(() => readMemoryStall(files)).toThrow('EMFILE');
});
