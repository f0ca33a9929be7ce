import { Failure } from '../../../bench/model/failure.ts';
import { present } from '../../../bench/model/present.ts';
import type { CgroupReading } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';

/** Directories of a process's CPU accounting, below the cgroup file system's root. */
type CgroupPlace =
  | { readonly version: 1; readonly cpuacct: string; readonly cpu?: string }
  | { readonly version: 2; readonly unified: string };

/**
 * Reads /proc/PID/cgroup (cgroups(7)). Where both versions are mounted, the one that has the CPU controller
 * counts: a line such as `4:cpu,cpuacct:/docker/…` means version 1.
 */
export function parseCgroupPlace(text: string): CgroupPlace | undefined {
  const lines = text.split('\n').flatMap((line) => {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [{ names: match[1], path: match[2] }];
  });
  const directory = (controller: string) => {
    const line = lines.find(({ names }) => names.split(',').includes(controller));
    return line === undefined ? undefined : join(line.names, line.path);
  };
  const cpuacct = directory('cpuacct');
  const cpu = directory('cpu');
  if (cpuacct !== undefined) return { version: 1, cpuacct, ...present({ cpu }) };
  const unified = lines.find(({ names }) => names === '');
  return unified === undefined ? undefined : { version: 2, unified: join('', unified.path) };
}

/**
 * CPU time of the cgroup that `pid` is in, and how long it and the groups above it were throttled.
 * @param root where the host's cgroup file system is mounted.
 * @param owner whose process it is, in words, for the error.
 */
export function readCgroup(files: Files, root: string, pid: number, owner: string): CgroupReading {
  const membership = readIfPresent(files, `/proc/${pid}/cgroup`);
  if (membership === undefined) throw processGone(pid, owner);
  const place = parseCgroupPlace(membership);
  let reading: CgroupReading | undefined;
  for (const seen of place === undefined ? [] : seenAs(place)) reading ??= readPlace(files, root, seen);
  if (reading === undefined) {
    throw new Failure(
      'unfit',
      `no CPU accounting for ${owner} (pid ${pid}) below ${root}: ${membership.trim()}`,
      {
        hint: 'The engine host must have the cgroup controller cpuacct (version 1) or cpu (version 2) mounted at /sys/fs/cgroup.',
      },
    );
  }
  return reading;
}

/**
 * The file in which an engine's host counts the nanoseconds of each CPU, for all processes:
 * `cpuacct.usage_percpu` of version 1's root (Documentation/admin-guide/cgroup-v1/cpuacct.rst), as a path of
 * that host. A group below the root counts its own processes only. A machine in a container shows such a
 * group as its root. Such a group has no `release_agent`: only the root of a hierarchy has one
 * (cgroup-v1/cgroups.rst).
 * @param root where the host's cgroup file system is mounted here; on the host that is at /sys/fs/cgroup.
 */
export function findCpuUsageFile(files: Files, root: string): string | undefined {
  const directory = ['cpuacct', 'cpu,cpuacct'].find(
    (name) =>
      readIfPresent(files, `${root}/${name}/cpuacct.usage_percpu`) !== undefined &&
      readIfPresent(files, `${root}/${name}/release_agent`) !== undefined,
  );
  return directory === undefined ? undefined : `/sys/fs/cgroup/${directory}/cpuacct.usage_percpu`;
}

export function processGone(pid: number, owner: string): Failure {
  return new Failure('casesFailed', `${owner} (pid ${pid}) has exited`, {
    hint: 'Its container stopped. Read why with: docker logs CONTAINER',
  });
}

/**
 * The places where a cgroup may be found. The first is its own place. Where the engine's machine is a
 * container itself, only its own part of the hierarchy is mounted: the place then lacks the groups above that
 * part. The last name, the container's, stays.
 */
function seenAs(place: CgroupPlace): readonly CgroupPlace[] {
  if (place.version === 2) return shorter(place.unified, 0).map((unified) => ({ version: 2, unified }));
  const cpus = place.cpu === undefined ? [] : shorter(place.cpu, 1);
  return shorter(place.cpuacct, 1).map((cpuacct, index) => {
    const cpu = cpus[index];
    return { version: 1, cpuacct, ...present({ cpu }) };
  });
}

/**
 * The directory, then the directory without its first name, and so on to the last name.
 * @param kept number of leading names that always stay: the mount's.
 */
function shorter(directory: string, kept: number): readonly string[] {
  const names = directory.split('/').slice(1);
  const [mount, groups] = [names.slice(0, kept), names.slice(kept)];
  const above = groups.map((_, index) => groups.slice(index + 1)).slice(0, -1);
  return [directory, ...above.map((rest) => `/${[...mount, ...rest].join('/')}`)];
}

function readPlace(files: Files, root: string, place: CgroupPlace): CgroupReading | undefined {
  if (place.version === 2) {
    const stat = readIfPresent(files, `${root}${place.unified}/cpu.stat`);
    const usage = stat === undefined ? undefined : field(stat, 'usage_usec');
    if (usage === undefined) return undefined;
    return { cpuSeconds: usage / 1e6, ...throttledIn(files, root, place.unified, 'throttled_usec', 1e6) };
  }
  const usage = readIfPresent(files, `${root}${place.cpuacct}/cpuacct.usage`);
  if (usage === undefined) return undefined;
  return {
    cpuSeconds: Number(usage) / 1e9,
    ...(place.cpu === undefined ? {} : throttledIn(files, root, place.cpu, 'throttled_time', 1e9)),
  };
}

/**
 * Time that a cgroup and those above it were throttled. A group counts only its own quota, and bench gives
 * its containers none. The quota of a group above stops them, e.g. of the machine's container or a systemd
 * slice (throttle_cfs_rq in kernel/sched/fair.c). Absent where none of them can have a quota.
 */
function throttledIn(
  files: Files,
  root: string,
  directory: string,
  name: string,
  perSecond: number,
): Pick<CgroupReading, 'throttledSeconds'> {
  const throttled: number[] = [];
  for (let place = directory; ; place = place.slice(0, place.lastIndexOf('/'))) {
    const stat = readIfPresent(files, `${root}${place}/cpu.stat`);
    const value = stat === undefined ? undefined : field(stat, name);
    if (value !== undefined) throttled.push(value);
    if (!place.includes('/')) break;
  }
  if (throttled.length === 0) return {};
  return { throttledSeconds: throttled.reduce((sum, value) => sum + value, 0) / perSecond };
}

function field(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

/** `/cpu,cpuacct` + `/docker/…`, without a slash at the end. */
function join(names: string, path: string): string {
  return `${names === '' ? '' : `/${names}`}${path === '/' ? '' : path}`;
}
