import { gunzipSync } from 'node:zlib';
import type { Environment } from '../../../bench/model/environment.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';

/**
 * The configuration that the running kernel was built with. It is the kernel's own copy, or the file that
 * distributions keep beside the kernel. The file is read through process 1, because our own root is the lab
 * image. `undefined` where there is none.
 */
function readKernelConfig(files: Files, release: string): string | undefined {
  const own = ifPresent(() => files.bytes('/proc/config.gz'));
  if (own !== undefined) return gunzipSync(own).toString('utf8');
  return [`/boot/config-${release}`, `/lib/modules/${release}/config`].flatMap(
    (path) => readIfPresent(files, `/proc/1/root${path}`) ?? [],
  )[0];
}

/**
 * The settings of the kernel's configuration that decide how CPU time is counted. Empty where it cannot be
 * read.
 */
export function readTimeAccounting(
  files: Files,
  release: string,
): Pick<Environment, 'irqTimeAccounting' | 'timerHz'> {
  const config = readKernelConfig(files, release);
  if (config === undefined) return {};
  const hz = /^CONFIG_HZ=(\d+)$/m.exec(config)?.[1];
  // Built-in accounting can be switched off (Documentation/admin-guide/kernel-parameters.txt, tsc=noirqtime).
  // A kernel that counts all its time at each entry, on architectures other than x86 and Arm, counts
  // interrupts separately as well.
  const off = /(^|\s)tsc=noirqtime(\s|$)/.test(readIfPresent(files, '/proc/cmdline') ?? '');
  const built = /^CONFIG_IRQ_TIME_ACCOUNTING=y$/m.test(config) && !off;
  return {
    irqTimeAccounting: built || /^CONFIG_VIRT_CPU_ACCOUNTING_NATIVE=y$/m.test(config),
    ...(hz === undefined ? {} : { timerHz: Number(hz) }),
  };
}
