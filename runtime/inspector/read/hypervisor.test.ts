import { expect, test } from 'vitest';
import { readHypervisor } from './hypervisor.ts';
import { type RecordedTree, recordedFiles } from './recorded-machine.fixture.ts';

const guest = { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n' };
const metal = { '/proc/cpuinfo': 'processor\t: 0\nflags\t\t: fpu vme lahf_lm\n' };
const arm = { '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\n' };
const clocks = (names: string) => ({
  '/sys/devices/system/clocksource/clocksource0/available_clocksource': `${names} \n`,
});
const dmi = (fields: Readonly<Record<string, string>>): RecordedTree =>
  Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [`/sys/class/dmi/id/${name}`, `${text}\n`]),
  );

test.each<[string, RecordedTree, string | undefined]>([
  ['a small guest of KVM without firmware tables', { ...guest, ...clocks('tsc kvm-clock') }, 'KVM'],
  [
    'a guest of KVM whose firmware is QEMU’s',
    {
      ...guest,
      ...clocks('kvm-clock tsc'),
      ...dmi({ sys_vendor: 'QEMU', product_name: 'Standard PC (Q35)' }),
    },
    'KVM',
  ],
  ['QEMU without KVM', { ...guest, ...clocks('tsc hpet'), ...dmi({ sys_vendor: 'QEMU' }) }, 'QEMU'],
  [
    'VMware, which the product names before the vendor',
    { ...guest, ...clocks('tsc'), ...dmi({ sys_vendor: 'VMware, Inc.', product_name: 'VMware7,1' }) },
    'VMware',
  ],
  [
    'Hyper-V',
    {
      ...guest,
      ...clocks('hyperv_clocksource_tsc_page tsc'),
      ...dmi({ sys_vendor: 'Microsoft Corporation', product_name: 'Virtual Machine' }),
    },
    'Hyper-V',
  ],
  ['a guest of Xen', { ...guest, '/sys/hypervisor/type': 'xen\n', ...clocks('xen tsc') }, 'Xen'],
  ['a guest of Xen that the CPU does not flag', { ...metal, '/sys/hypervisor/type': 'xen\n' }, 'Xen'],
  ['a guest of somebody unknown', { ...guest, ...clocks('tsc') }, 'unknown'],
  ['bare metal', { ...metal, ...clocks('tsc hpet'), ...dmi({ sys_vendor: 'Dell Inc.' }) }, 'none'],
  [
    'bare metal that one rents whole',
    { ...metal, ...dmi({ sys_vendor: 'Amazon EC2', product_name: 'c5.metal' }) },
    'none',
  ],
  ['the same on Arm', { ...arm, ...dmi({ sys_vendor: 'Amazon EC2', product_name: 'c6g.metal' }) }, 'none'],
  ['a guest on Arm', { ...arm, '/proc/device-tree/hypervisor/compatible': 'linux,kvm\0' }, 'KVM'],
  ['an Arm machine that tells nothing', arm, undefined],
])('%s', (_, tree, expected) => {
  expect(readHypervisor(recordedFiles(tree))).toBe(expected);
});
