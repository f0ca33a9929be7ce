import { present } from '../../../bench/model/present.ts';
import type { RunCommand } from '../commander.ts';
import type { Snapshot, SnapshotOrder } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';
import { readCgroup } from './cgroup.ts';
import { type MonotonicClock, readCpu, readMemoryStall } from './cpu.ts';
import { dnatReader } from './dnat.ts';
import { readHostTraffic, readStackTraffic } from './interfaces.ts';
import { supportReader } from './own-processes.ts';
import { readTreeCpuSeconds } from './process-time.ts';
import { proxyReader } from './proxies.ts';

/**
 * Reader of the counters around a slice:
 *
 *   before: firewall, proxies, interfaces, cgroups, own, [clock + /proc/stat] ── slice ──
 *   after:  ── slice ── [clock + /proc/stat], own, cgroups, interfaces, proxies, firewall
 *
 * The machine's CPU time between the two readings is therefore the slice's and not the inspector's. The run's
 * own needs are read for just that time.
 * @param cgroupRoot where the host's cgroup file system is mounted.
 * @param spentSeconds CPU time of the inspector's process so far.
 */
export function snapshotReader(
  files: Files,
  run: RunCommand,
  clock: MonotonicClock,
  cgroupRoot: string,
  spentSeconds: () => number,
): (order: SnapshotOrder) => Promise<Snapshot> {
  const readDnat = dnatReader(files, run);
  const readProxies = proxyReader(files);
  const readSupport = supportReader(files);

  function readOwn({ daemon, containers, idle }: SnapshotOrder): number {
    const waiting = idle.filter((pid) => readIfPresent(files, `/proc/${pid}/cgroup`) !== undefined);
    return waiting.reduce(
      (sum, pid) => sum + readCgroup(files, cgroupRoot, pid, 'a load agent').cpuSeconds,
      readSupport({ ...present({ daemon }), containers }),
    );
  }

  /**
   * /proc/stat and the inspector's own time are read next to the load. So the inspector's work for a snapshot
   * is in neither difference.
   */
  function readMachine(order: SnapshotOrder) {
    if (order.edge === 'before') {
      const support = readOwn(order);
      const ownSeconds = support + spentSeconds();
      return { ...readCpu(files, clock), ownSeconds };
    }
    const cpu = readCpu(files, clock);
    const spent = spentSeconds();
    return { ...cpu, ownSeconds: spent + readOwn(order) };
  }

  function readNear(order: SnapshotOrder) {
    const cgroups = {
      ...mapValues(order.cgroups, (pid, key) => readCgroup(files, cgroupRoot, pid, key)),
      ...mapValues(order.processes ?? {}, (pid) => ({ cpuSeconds: readTreeCpuSeconds(files, pid) })),
    };
    const stacks = mapValues(order.stacks, (pid, key) => readStackTraffic(files, pid, key));
    const memoryStallSeconds = readMemoryStall(files);
    return {
      cgroups,
      stacks,
      hostInterfaces: readHostTraffic(files, order.hostInterfaces),
      ...present({ memoryStallSeconds }),
    };
  }
  async function readFar(order: SnapshotOrder) {
    const dnat = await readDnat(order.ports);
    return { dnat, proxies: readProxies(order.ports) };
  }

  return async (order) => {
    if (order.edge === 'before') {
      const far = await readFar(order);
      const near = readNear(order);
      return { ...far, ...near, ...readMachine(order) };
    }
    const cpu = readMachine(order);
    const near = readNear(order);
    return { ...cpu, ...near, ...(await readFar(order)) };
  };
}

function mapValues<V, W>(
  record: Readonly<Record<string, V>>,
  f: (value: V, key: string) => W,
): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]));
}
