import { oneLine } from '../../../bench/model/printable.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';

/** Beginnings of DMI's fields in a virtual machine, as systemd-detect-virt (src/basic/virt.c) lists them. */
const byFirmware: readonly (readonly [string, string])[] = [
  ['KVM', 'KVM'],
  ['OpenStack', 'KVM'],
  ['KubeVirt', 'KVM'],
  ['Google Compute Engine', 'KVM'],
  ['Amazon EC2', 'Amazon EC2'],
  ['QEMU', 'QEMU'],
  ['VMware', 'VMware'],
  ['VMW', 'VMware'],
  ['innotek GmbH', 'VirtualBox'],
  ['VirtualBox', 'VirtualBox'],
  ['Xen', 'Xen'],
  ['Bochs', 'Bochs'],
  ['Parallels', 'Parallels'],
  ['BHYVE', 'bhyve'],
  ['Apple Virtualization', 'Apple Virtualization'],
  ['Hyper-V', 'Hyper-V'],
];

/** A clock that the kernel offers only where it has detected that hypervisor. */
const byClock: readonly (readonly [string, string])[] = [
  ['kvm-clock', 'KVM'],
  ['hyperv_clocksource', 'Hyper-V'],
  ['xen', 'Xen'],
];

/**
 * Whether the CPU reports that a hypervisor runs this machine: x86 only. `undefined`: this CPU reports
 * nothing.
 */
export function hypervisorFlag(files: Files): boolean | undefined {
  const flags = /^flags\s*:(.*)$/m.exec(readIfPresent(files, '/proc/cpuinfo') ?? '')?.[1];
  return flags === undefined ? undefined : /\bhypervisor\b/.test(flags);
}

/**
 * Name of the hypervisor that runs this machine, "none" on bare metal, "unknown" where no source names it:
 *
 *   the CPU's flag → the kernel's own finding (/sys/hypervisor, clocks, device tree) → the firmware's words
 *
 * `undefined` where CPU, kernel and firmware report nothing, as on most Arm machines of bare metal. A rented
 * bare-metal machine has the firmware's words as well, so the CPU's "no" is believed.
 */
export function readHypervisor(files: Files): string | undefined {
  const flag = hypervisorFlag(files);
  if (flag === false && readType(files) === undefined) return 'none';
  return byKernel(files) ?? namedByFirmware(files) ?? (flag === true ? 'unknown' : undefined);
}

/** A Xen guest without hardware virtualization has no flag. */
function readType(files: Files): string | undefined {
  const type = readIfPresent(files, '/sys/hypervisor/type')?.trim();
  return type === 'xen' ? 'Xen' : type === undefined || type === '' ? undefined : oneLine(type);
}

function byKernel(files: Files): string | undefined {
  const clocks =
    readIfPresent(files, '/sys/devices/system/clocksource/clocksource0/available_clocksource') ?? '';
  const clock = byClock.find(([start]) => clocks.split(/\s+/).some((name) => name.startsWith(start)));
  const tree = readIfPresent(files, '/proc/device-tree/hypervisor/compatible') ?? '';
  const inTree = (
    [
      ['kvm', 'KVM'],
      ['xen', 'Xen'],
      ['vmware', 'VMware'],
    ] as const
  ).find(([word]) => tree.includes(word));
  return readType(files) ?? clock?.[1] ?? inTree?.[1] ?? (tree === '' ? undefined : 'unknown');
}

function namedByFirmware(files: Files): string | undefined {
  for (const field of ['product_name', 'sys_vendor', 'board_vendor', 'bios_vendor', 'product_version']) {
    const text = ifPresent(() => files.read(`/sys/class/dmi/id/${field}`))?.trim() ?? '';
    const [, name] = byFirmware.find(([start]) => text.startsWith(start)) ?? [];
    if (name === 'Amazon EC2' && isMetal(files)) return 'none';
    if (name !== undefined) return name;
  }
  return undefined;
}

/**
 * Amazon's bare-metal machines have the same vendor as its virtual ones. Their type tells them apart, e.g.
 * "c6g.metal".
 */
function isMetal(files: Files): boolean {
  return /\.metal(-|$)/.test(readIfPresent(files, '/sys/class/dmi/id/product_name')?.trim() ?? '');
}
