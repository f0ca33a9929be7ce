import { expect, test } from 'vitest';
import { Failure } from '../../../bench/model/failure.ts';
import { findCpuUsageFile, parseCgroupPlace, readCgroup } from './cgroup.ts';
import { recordedFiles } from './recorded-machine.fixture.ts';
import { cgroupJoined, cgroupSeparate, cgroupUnified, recordedTree } from './recorded-processes.fixture.ts';

test('version 1: controllers mounted one by one', () => {
  const id = '99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5';
  expect(parseCgroupPlace(cgroupSeparate)).toEqual({
    version: 1,
    cpuacct: `/cpuacct/docker/${id}`,
    cpu: `/cpu/docker/${id}`,
  });
});

test('version 1: both CPU controllers in one mount, next to a version 2 tree that has none', () => {
  const directory = '/cpu,cpuacct/docker/abc';
  expect(parseCgroupPlace(cgroupJoined)).toEqual({ version: 1, cpuacct: directory, cpu: directory });
});

test('version 2', () => {
  expect(parseCgroupPlace(cgroupUnified)).toEqual({
    version: 2,
    unified: '/system.slice/docker-abc.scope',
  });
  expect(parseCgroupPlace('0::/\n')).toEqual({ version: 2, unified: '' });
});

test('reads CPU and throttled time of version 1, which counts in nanoseconds', () => {
  const reading = readCgroup(recordedFiles(recordedTree), '/host/cgroup', 31360, 'server');
  expect(reading).toEqual({ cpuSeconds: 0.042985434, throttledSeconds: 0.25 });
});

test('reads CPU and throttled time of version 2, which counts in microseconds', () => {
  const files = recordedFiles({
    '/proc/7/cgroup': cgroupUnified,
    '/host/cgroup/system.slice/docker-abc.scope/cpu.stat':
      'usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 4\nnr_throttled 1\nthrottled_usec 20000\n',
  });
  expect(readCgroup(files, '/host/cgroup', 7, 'agent')).toEqual({ cpuSeconds: 1.5, throttledSeconds: 0.02 });
});

test('a quota of a group above throttles as well: its time is counted in, in both versions', () => {
  const unified = recordedFiles({
    '/proc/7/cgroup': cgroupUnified,
    '/host/cgroup/system.slice/docker-abc.scope/cpu.stat': 'usage_usec 1500000\nthrottled_usec 0\n',
    '/host/cgroup/system.slice/cpu.stat': 'usage_usec 9000000\nthrottled_usec 30000\n',
    '/host/cgroup/cpu.stat': 'usage_usec 99000000\n',
  });
  expect(readCgroup(unified, '/host/cgroup', 7, 'agent')).toEqual({
    cpuSeconds: 1.5,
    throttledSeconds: 0.03,
  });
  const separate = recordedFiles({
    ...recordedTree,
    '/host/cgroup/cpu/docker/cpu.stat': 'nr_periods 9\nnr_throttled 2\nthrottled_time 500000000\n',
  });
  expect(readCgroup(separate, '/host/cgroup', 31360, 'server').throttledSeconds).toBe(0.75);
});

test('without a CPU controller there is usage but no throttling to report', () => {
  const files = recordedFiles({
    '/proc/7/cgroup': '0::/\n',
    '/host/cgroup/cpu.stat': 'usage_usec 1500000\nuser_usec 1000000\n',
  });
  expect(readCgroup(files, '/host/cgroup', 7, 'agent')).toEqual({ cpuSeconds: 1.5 });
});

test('says whose process has gone', () => {
  expect(() => readCgroup(recordedFiles({}), '/host/cgroup', 7, 'server')).toThrow(
    'server (pid 7) has exited',
  );
});

test('says where it looked when the host does not account CPU time', () => {
  const files = recordedFiles({ '/proc/7/cgroup': cgroupUnified });
  const read = () => readCgroup(files, '/host/cgroup', 7, 'server');
  expect(read).toThrow(Failure);
  expect(read).toThrow('/system.slice/docker-abc.scope');
});

test('version 2 with the slices of systemd, and one below a machine that is a container itself', () => {
  const scope = '/system.slice/bench.slice/docker-abc.scope';
  const files = recordedFiles({
    '/proc/7/cgroup': `0::${scope}\n`,
    [`/host/cgroup${scope}/cpu.stat`]: 'usage_usec 123456\nuser_usec 100000\nsystem_usec 23456\n',
    '/proc/8/cgroup': '0::/docker/abc\n',
    '/host/cgroup/docker/abc/cpu.stat': 'usage_usec 1\n',
  });
  expect(readCgroup(files, '/host/cgroup', 7, 'server')).toEqual({ cpuSeconds: 0.123456 });
  expect(readCgroup(files, '/host/cgroup', 8, 'agent')).toEqual({ cpuSeconds: 0.000001 });
});

test('both versions mounted: the one that has the CPU controller counts', () => {
  const files = recordedFiles({
    '/proc/7/cgroup': cgroupJoined,
    '/host/cgroup/cpu,cpuacct/docker/abc/cpuacct.usage': '1500000001\n',
    '/host/cgroup/unified/system.slice/containerd.service/cpu.stat': 'usage_usec 99\n',
  });
  expect(readCgroup(files, '/host/cgroup', 7, 'server')).toEqual({ cpuSeconds: 1.500000001 });
});

test('an engine in a container that has only its own part of the hierarchy mounted, in both versions', () => {
  const files = recordedFiles({
    '/proc/7/cgroup': '4:cpu,cpuacct:/docker/outer/docker/abc\n',
    '/host/cgroup/cpu,cpuacct/docker/abc/cpuacct.usage': '1500000001\n',
    '/host/cgroup/cpu,cpuacct/docker/abc/cpu.stat': 'throttled_time 0\n',
    '/host/cgroup/cpu,cpuacct/cpu.stat': 'throttled_time 250000000\n',
    // The machine's own group, which every container is below, is nobody's.
    '/host/cgroup/cpu,cpuacct/cpuacct.usage': '99000000000\n',
    '/proc/8/cgroup': '0::/docker/outer/docker/abc\n',
    '/host/cgroup/docker/abc/cpu.stat': 'usage_usec 1500000\n',
    '/host/cgroup/cpu.stat': 'usage_usec 99000000\n',
    '/proc/9/cgroup': '0::/docker/outer/docker/gone\n',
  });
  expect(readCgroup(files, '/host/cgroup', 7, 'server')).toEqual({
    cpuSeconds: 1.500000001,
    throttledSeconds: 0.25,
  });
  expect(readCgroup(files, '/host/cgroup', 8, 'server')).toEqual({ cpuSeconds: 1.5 });
  expect(() => readCgroup(files, '/host/cgroup', 9, 'server')).toThrow('no CPU accounting for server');
});

test.each(['cpuacct', 'cpu,cpuacct'])(
  "version 1 counts each CPU's nanoseconds in its root, here mounted as %s: told as a path of the host",
  (mount) => {
    const files = recordedFiles({
      [`/host/cgroup/${mount}/cpuacct.usage_percpu`]: '7637844933163 7739549937091 \n',
      [`/host/cgroup/${mount}/release_agent`]: '\n',
    });
    expect(findCpuUsageFile(files, '/host/cgroup')).toBe(`/sys/fs/cgroup/${mount}/cpuacct.usage_percpu`);
  },
);

test('a group that a container shows for its root counts only its own processes, and version 2 counts no CPU apart', () => {
  const below = { '/host/cgroup/cpuacct/cpuacct.usage_percpu': '1 2 \n' };
  expect(findCpuUsageFile(recordedFiles(below), '/host/cgroup')).toBeUndefined();
  const unified = { '/host/cgroup/cpu.stat': 'usage_usec 99\n', '/host/cgroup/cgroup.procs': '' };
  expect(findCpuUsageFile(recordedFiles(unified), '/host/cgroup')).toBeUndefined();
});
