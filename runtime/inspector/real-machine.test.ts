import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { cpus, platform } from 'node:os';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { machineFiles } from './files.ts';
import { monotonicClock, readCpu } from './read/cpu.ts';
import { parseTraffic } from './read/interfaces.ts';
import { readKernelCounters } from './read/kernel-counters.ts';
import { readListeners } from './read/listeners.ts';
import { parseCpuModel, parseMemoryBytes } from './read/machine.ts';
import { parseSchedstatSeconds, parseStatSeconds } from './read/process-time.ts';
import { pathSysctls, readSysctls } from './read/sysctls.ts';

/*
 * The same readers on the /proc of whatever machine this is, without root. The inspector's container is
 * always Linux; a developer's laptop may not be.
 */
const onLinux = test.skipIf(platform() !== 'linux');

onLinux('the machine is at most as busy as it has CPUs, and at least as busy as this process', () => {
  const before = readCpu(machineFiles, monotonicClock);
  const ownBefore = process.cpuUsage();
  while (process.cpuUsage(ownBefore).user < 100_000);
  const own = process.cpuUsage(ownBefore);
  const after = readCpu(machineFiles, monotonicClock);
  const wall = after.atSeconds - before.atSeconds;
  const busy = after.cpu.busySeconds - before.cpu.busySeconds;
  // Idle, iowait and steal are each printed in whole ticks of 10 ms.
  const resolution = 0.03;
  expect(busy).toBeLessThanOrEqual(cpus().length * wall + resolution);
  // A hypervisor's steal may count as a process's run time, and never counts as the machine's busy time.
  expect(busy).toBeGreaterThan(((own.user + own.system) / 1e6) * 0.5 - resolution);
});

onLinux('a listener that this process opens is found, with this process as its owner', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const listeners = readListeners(machineFiles, process.pid);
  await new Promise((resolve) => server.close(resolve));
  expect(listeners).toContainEqual({
    protocol: 'tcp',
    address: '127.0.0.1',
    port,
    pid: process.pid,
    command: readFileSync('/proc/self/comm', 'utf8').trim(),
  });
  const stillThere = readListeners(machineFiles, process.pid).filter((listener) => listener.port === port);
  expect(stillThere.filter(({ pid }) => pid === process.pid)).toEqual([]);
});

onLinux('loopback is among the interfaces, and its counters grow by what is sent over it', async () => {
  const loopback = () => parseTraffic(machineFiles.read('/proc/net/dev')).get('lo');
  const before = loopback();
  const server = createServer((socket) => socket.end('x'.repeat(10_000)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const received = await text(connect((server.address() as AddressInfo).port, '127.0.0.1'));
  await new Promise((resolve) => server.close(resolve));
  expect(received).toHaveLength(10_000);
  const after = loopback();
  expect((after?.rxBytes ?? 0) - (before?.rxBytes ?? 0)).toBeGreaterThan(10_000);
  // Loopback receives exactly what it sends.
  expect(after?.rxBytes).toBe(after?.txBytes);
});

onLinux('the counters of this process grow when it waits, and the stack has its own', async () => {
  const before = readKernelCounters(machineFiles, { server: process.pid, agent: process.pid });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  const after = readKernelCounters(machineFiles, { server: process.pid, agent: process.pid });
  expect(after.voluntary_switches).toBeGreaterThan(before.voluntary_switches ?? Number.NaN);
  expect(after.tcp_retransmits).toBeGreaterThanOrEqual(before.tcp_retransmits ?? Number.NaN);
  expect(after.listen_drops).toBeGreaterThanOrEqual(before.listen_drops ?? Number.NaN);
  expect(after.softnet_squeezed).toBeGreaterThanOrEqual(before.softnet_squeezed ?? Number.NaN);
});

onLinux("both accounts of a process's CPU time agree with what it says of itself", () => {
  const spent = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const before = spent();
  const ticks = parseStatSeconds(machineFiles.read('/proc/self/stat'));
  const threads = machineFiles
    .list('/proc/self/task')
    .map((thread) => parseSchedstatSeconds(machineFiles.read(`/proc/self/task/${thread}/schedstat`)));
  const after = spent();
  // User and system time are each cut to 10 ms.
  expect(ticks).toBeGreaterThan(before - 0.03);
  expect(ticks).toBeLessThan(after + 0.03);
  // The time of threads that have ended is missing here.
  expect(threads.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(after + 0.03);
  expect(Math.max(...threads)).toBeGreaterThan(0);
});

onLinux('CPU, memory and the settings on the path are there', () => {
  expect(parseCpuModel(machineFiles.read('/proc/cpuinfo'))).not.toBe('');
  expect(parseMemoryBytes(machineFiles.read('/proc/meminfo'))).toBeGreaterThan(2 ** 26);
  const sysctls = readSysctls(machineFiles);
  expect(sysctls['net.ipv4.ip_local_port_range']).toMatch(/^\d+ \d+$/);
  expect(pathSysctls).toEqual(expect.arrayContaining(Object.keys(sysctls)));
});
