import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { parseCgroupPlace, readCgroup } from './cgroup.ts';
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
  expect(() => readCgroup(recordedFiles({}), '/host/cgroup', 7, 'server')).toThrow('server (pid 7) has gone');
});

test('says where it looked when the host does not account CPU time', () => {
  const files = recordedFiles({ '/proc/7/cgroup': cgroupUnified });
  const read = () => readCgroup(files, '/host/cgroup', 7, 'server');
  expect(read).toThrow(Failure);
  expect(read).toThrow('/system.slice/docker-abc.scope');
});
