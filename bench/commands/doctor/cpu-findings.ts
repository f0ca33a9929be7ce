import { formatWholePercent } from '../../model/format.ts';
import type { CpuTicks, HostHealth } from '../../model/host-health.ts';
import { validityLimits } from '../../model/validity-rules.ts';
import { concern, type DoctorFinding, fine } from './finding.ts';

/** A CPU that is this busy without bench is loaded by other work, which would be measured as well. */
const busyShare = 0.2;

const cpus = { subject: 'CPUs', why: 'servers and load agents on one CPU slow each other down' };
const busy = {
  subject: 'busy CPUs',
  why: 'other work competes with the measured servers: some latencies rise, and intervals widen',
};
const steal = {
  subject: 'steal',
  why: `what the hypervisor takes away is missing in a slice; above ${formatWholePercent(validityLimits.cpuSteal)} the slice does not count`,
};
const governor = {
  subject: 'CPU governor',
  why: 'if the clock follows the load, a mode that works harder runs on a faster CPU, which hides its cost',
};
const turbo = {
  subject: 'turbo',
  why: 'above its nominal rate the clock depends on temperature and on the other cores, so it drifts during a run',
};

/**
 * Findings about the CPUs, from two looks at a machine. bench leaves the machine alone between them.
 * @param cpuSets whether the engine keeps containers on the CPUs that they are given.
 */
export function cpuFindings(before: HostHealth, after: HostHealth, cpuSets = true): readonly DoctorFinding[] {
  const shares = after.cpus.flatMap((cpu) => shareBetween(before.cpus, cpu) ?? []);
  const loaded = shares.filter((it) => it.busy > busyShare);
  const stolen = Math.max(0, ...shares.map((it) => it.steal));
  return [
    cpusFinding(after.cpus.length, cpuSets),
    loaded.length === 0
      ? fine(
          busy,
          `none: at most ${formatWholePercent(Math.max(0, ...shares.map((it) => it.busy)))} just now`,
        )
      : concern(
          busy,
          `${loaded.map((it) => `${it.name} ${formatWholePercent(it.busy)}`).join(', ')} now, before bench measures`,
          'Find the busy programs, and stop those that you can spare: top -o %CPU',
        ),
    stolen <= validityLimits.cpuSteal
      ? fine(steal, `${formatWholePercent(stolen)} now`)
      : concern(
          steal,
          `${formatWholePercent(stolen)} just now: the host of this virtual machine gives its CPUs to others`,
          'Measure when the host is quiet, or on a machine with dedicated CPUs. Watch it with: vmstat 1',
        ),
    governorFinding(after),
    turboFinding(after),
  ];
}

function cpusFinding(count: number, cpuSets: boolean): DoctorFinding {
  if (count < 2) {
    return concern(cpus, 'only one: server and load agent share it', 'Use a machine with two CPUs or more.');
  }
  if (cpuSets) return fine(cpus, `${count}: servers and load agents run on different CPUs`);
  return concern(
    cpus,
    `${count}, and the engine discards CPU sets: server and load agent share them`,
    'Mount the cgroup controller cpuset, and restart the engine.',
  );
}

function governorFinding({ governors, virtual }: HostHealth): DoctorFinding {
  if (governors.length === 0) {
    return fine(governor, `not reported by this machine${virtual ? ' (virtual: its host decides)' : ''}`);
  }
  if (governors.every((it) => it === 'performance')) return fine(governor, 'performance');
  return concern(
    governor,
    `${governors.join(', ')}: the clock follows the load`,
    'Set a fixed clock while measuring: cpupower frequency-set -g performance',
  );
}

function turboFinding({ turbo: on, virtual }: HostHealth): DoctorFinding {
  if (on === undefined) {
    return fine(turbo, `not reported by this machine${virtual ? ' (virtual: its host decides)' : ''}`);
  }
  if (!on) return fine(turbo, 'off');
  return concern(
    turbo,
    'on: the clock may rise and fall during a run',
    'Switch it off while measuring: echo 1 > /sys/devices/system/cpu/intel_pstate/no_turbo, or, without that file: echo 0 > /sys/devices/system/cpu/cpufreq/boost',
  );
}

interface Shares {
  readonly name: string;
  readonly busy: number;
  readonly steal: number;
}

function shareBetween(before: readonly CpuTicks[], after: CpuTicks): Shares | undefined {
  const from = before.find(({ name }) => name === after.name);
  const total = from === undefined ? 0 : after.total - from.total;
  if (from === undefined || total <= 0) return undefined;
  return {
    name: after.name,
    busy: Math.max(0, after.busy - from.busy) / total,
    steal: Math.max(0, after.steal - from.steal) / total,
  };
}
