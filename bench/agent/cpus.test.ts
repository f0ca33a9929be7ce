import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CpuReader, CpuSpan, cpuReader } from './cpus.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-cpus-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const stat = `cpu  100 0 50 900 10 0 5 20 0 0
cpu0 60 0 30 400 10 0 5 20 0 0
cpu2 40 0 20 500 0 0 0 0 0 0
intr 12345
`;

test('busy time of each CPU comes in nanoseconds where cgroup v1 has it', async () => {
  const percpu = await file('percpu', '1500000000 250000001 0 \n');
  const reader = cpuReader(percpu, '/proc/stat');
  expect(reader?.clock).toBe('ns');
  expect(reader?.read()).toEqual([1.5, 0.250000001, 0]);
  // The file stays open, and is read anew each time.
  await writeFile(percpu, '1600000000 250000001 7\n');
  expect(reader?.read()).toEqual([1.6, 0.250000001, 7e-9]);
});

test('else it is what is left of the time after idle, iowait and steal, by CPU number', async () => {
  const reader = cpuReader(join(folder, 'missing'), await file('stat', stat));
  expect(reader?.clock).toBe('ticks');
  const before = performance.now() / 1000;
  const [first = Number.NaN, offline, third = Number.NaN] = reader?.read() ?? [];
  const after = performance.now() / 1000;
  expect(first + 4.3).toBeGreaterThanOrEqual(before);
  expect(first + 4.3).toBeLessThanOrEqual(after);
  expect(offline).toBe(0);
  expect(third - first).toBeCloseTo(4.3 - 5, 9);
});

test('a machine that says nothing has no reader, and its count no figure', () => {
  expect(cpuReader(join(folder, 'missing'), join(folder, 'missing'))).toBeUndefined();
  const span = new CpuSpan(undefined);
  span.begin();
  span.end();
  expect(span.total()).toEqual({});
});

test('what passes between pairs of readings adds up, and what passes outside does not', () => {
  const readings = [
    [1, 10],
    [1.25, 10],
    [5, 20],
    [5.5, 20.125],
  ];
  const reader: CpuReader = { clock: 'ns', read: () => readings.shift() ?? [] };
  const span = new CpuSpan(reader);
  for (let turn = 0; turn < 2; turn++) {
    span.begin();
    span.end();
  }
  expect(span.total()).toEqual({ cpuBusySeconds: [0.75, 0.125], cpuClock: 'ns' });
});

test('ticks that lag behind are no negative time', () => {
  const readings = [[1], [0.99]];
  const span = new CpuSpan({ clock: 'ticks', read: () => readings.shift() ?? [] });
  span.begin();
  span.end();
  expect(span.total()).toEqual({ cpuBusySeconds: [0], cpuClock: 'ticks' });
});
