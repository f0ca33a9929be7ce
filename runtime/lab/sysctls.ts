import { readFile } from 'node:fs/promises';

/**
 * The settings that a lab's stack takes over from the machine's. A new network namespace inherits only some
 * settings. It depends on the kernel which ones.
 */
const takenOver = [
  'net/ipv4/tcp_congestion_control',
  'net/ipv4/tcp_rmem',
  'net/ipv4/tcp_wmem',
  'net/ipv4/tcp_max_syn_backlog',
  'net/ipv4/tcp_tw_reuse',
  'net/ipv4/tcp_timestamps',
  'net/ipv4/tcp_sack',
  'net/ipv4/tcp_window_scaling',
  'net/ipv4/ip_local_port_range',
  'net/ipv4/conf/all/rp_filter',
  'net/ipv4/conf/default/rp_filter',
  'net/core/somaxconn',
] as const;

/**
 * The settings of every lab, whatever the machine's are: packets are forwarded, and IPv6 is on if the kernel
 * has it.
 */
const ofEveryLab = {
  'net/ipv4/ip_forward': '1',
  'net/ipv6/conf/all/disable_ipv6': '0',
  'net/ipv6/conf/default/disable_ipv6': '0',
  'net/ipv6/conf/lo/disable_ipv6': '0',
  'net/ipv6/conf/all/forwarding': '1',
  'net/ipv6/conf/default/forwarding': '1',
} as const;

/**
 * The settings that a lab starts with, by their path below /proc/sys. The lab itself writes them before
 * dockerd starts.
 * @param read reads a file of /proc/sys of this machine.
 */
export async function labSysctls(
  read: (path: string) => Promise<string> = (path) => readFile(path, 'utf8'),
): Promise<Readonly<Record<string, string>>> {
  const rows = await Promise.all(
    takenOver.map(async (name) => {
      // Absent: this kernel does not have it, or it belongs to a module that is not loaded.
      const value = await read(`/proc/sys/${name}`).catch(() => undefined);
      return value === undefined ? [] : [[name, value.trim().replace(/\s+/g, ' ')] as const];
    }),
  );
  return { ...Object.fromEntries(rows.flat()), ...ofEveryLab };
}
