import type { CpuTicks, HostHealth } from '../../../bench/model/host-health.ts';
import { present } from '../../../bench/model/present.ts';
import type { RunCommand } from '../commander.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';
import { readConnectionRoom } from './connection-room.ts';
import { hypervisorFlag } from './hypervisor.ts';
import { readInputFilter } from './input-filter.ts';
import { readInterfaces } from './interfaces.ts';
import { readRoutes } from './routes.ts';

const cpuDirectory = '/sys/devices/system/cpu';

/** Each CPU's line of /proc/stat (proc(5)); guest time is part of user time already. */
export function parseCpuTicks(stat: string): readonly CpuTicks[] {
  return stat.split('\n').flatMap((line) => {
    const [name = '', ...columns] = line.split(/\s+/);
    if (!/^cpu\d+$/.test(name)) return [];
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
      columns.map(Number);
    const busy = user + nice + system + irq + softirq;
    return [{ name, busy, steal, total: busy + steal + idle + iowait }];
  });
}

export async function readHealth(files: Files, run: RunCommand): Promise<HostHealth> {
  const turbo = readTurbo(files);
  return {
    cpus: parseCpuTicks(files.read('/proc/stat')),
    governors: readGovernors(files),
    ...present({ turbo }),
    virtual: hypervisorFlag(files) ?? false,
    ...readConnectionRoom(files),
    interfaces: await readInterfaces(run, 'host'),
    routes: readRoutes(files, 'host'),
    input: await readInputFilter(files, run),
  };
}

function readGovernors(files: Files): readonly string[] {
  const cpus = (ifPresent(() => files.list(cpuDirectory)) ?? []).filter((name) => /^cpu\d+$/.test(name));
  const governors = cpus.flatMap(
    (cpu) => readIfPresent(files, `${cpuDirectory}/${cpu}/cpufreq/scaling_governor`)?.trim() ?? [],
  );
  return [...new Set(governors)];
}

/**
 * Intel's driver has a switch that forbids turbo. The generic driver has one that allows it (kernel,
 * cpufreq).
 */
function readTurbo(files: Files): boolean | undefined {
  const forbidden = readIfPresent(files, `${cpuDirectory}/intel_pstate/no_turbo`)?.trim();
  if (forbidden !== undefined) return forbidden === '0';
  const allowed = readIfPresent(files, `${cpuDirectory}/cpufreq/boost`)?.trim();
  return allowed === undefined ? undefined : allowed === '1';
}
