import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readTimeAccounting } from './kernel-config.ts';
import { type RecordedTree, recordedFiles } from './recorded-machine.fixture.ts';

/** Debian's, as far as it is read. */
const debian = `# CONFIG_TICK_CPU_ACCOUNTING is not set
CONFIG_VIRT_CPU_ACCOUNTING_GEN=y
CONFIG_IRQ_TIME_ACCOUNTING=y
CONFIG_HZ_250=y
CONFIG_HZ=250
`;
/** A small kernel of a cloud. */
const plain = `CONFIG_TICK_CPU_ACCOUNTING=y
# CONFIG_IRQ_TIME_ACCOUNTING is not set
CONFIG_HZ=1000
CONFIG_HAVE_IRQ_TIME_ACCOUNTING=y
`;
const read = (tree: RecordedTree) => readTimeAccounting(recordedFiles(tree), '6.1.0-32-amd64');

test.each<[string, RecordedTree]>([
  ["the kernel's own copy", { '/proc/config.gz': { bytes: gzipSync(debian) } }],
  ['the file in /boot of the host', { '/proc/1/root/boot/config-6.1.0-32-amd64': debian }],
  ['the file beside its modules', { '/proc/1/root/lib/modules/6.1.0-32-amd64/config': debian }],
])('how the kernel counts time is read from %s', (_, tree) => {
  expect(read(tree)).toEqual({ irqTimeAccounting: true, timerHz: 250 });
});

test('a kernel without IRQ-time accounting is told from one that is not known', () => {
  expect(read({ '/proc/config.gz': { bytes: gzipSync(plain) } })).toEqual({
    irqTimeAccounting: false,
    timerHz: 1000,
  });
  expect(read({})).toEqual({});
  // The lab image's own files say nothing of the host's kernel, and another kernel's nothing of this one.
  expect(read({ '/boot/config-6.1.0-32-amd64': debian })).toEqual({});
  expect(read({ '/proc/1/root/boot/config-6.1.0-31-amd64': debian })).toEqual({});
});

test('what is built in and switched off when the machine starts is off', () => {
  const booted = (cmdline: string) => ({
    '/proc/1/root/boot/config-6.1.0-32-amd64': debian,
    '/proc/cmdline': cmdline,
  });
  expect(read(booted('quiet tsc=noirqtime\n')).irqTimeAccounting).toBe(false);
  expect(read(booted('quiet tsc=reliable\n')).irqTimeAccounting).toBe(true);
});

test('a kernel that counts at every entry has interrupts apart', () => {
  const native = 'CONFIG_VIRT_CPU_ACCOUNTING_NATIVE=y\nCONFIG_HZ=100\n';
  expect(read({ '/proc/1/root/boot/config-6.1.0-32-amd64': native })).toEqual({
    irqTimeAccounting: true,
    timerHz: 100,
  });
});
