import { type Files, readIfPresent } from '../files.ts';

/**
 * Kernel settings on the path of a packet. They include all that a lab sets (lab-machine/sysctls.ts).
 * Settings that need a module are absent until it is loaded.
 */
export const pathSysctls = [
  'net.ipv4.ip_forward',
  'net.ipv4.ip_local_port_range',
  'net.ipv6.conf.all.forwarding',
  'net.ipv4.tcp_congestion_control',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
  'net.ipv4.tcp_sack',
  'net.ipv4.tcp_timestamps',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_window_scaling',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.default.rp_filter',
  'net.ipv4.conf.all.route_localnet',
  'net.core.somaxconn',
  'net.core.default_qdisc',
  'net.core.netdev_max_backlog',
  'net.core.rps_sock_flow_entries',
  'net.core.busy_poll',
  'net.bridge.bridge-nf-call-iptables',
  'net.netfilter.nf_conntrack_max',
  'net.netfilter.nf_conntrack_buckets',
  'kernel.numa_balancing',
] as const;

/** The settings by name, as the kernel prints them. Tabs between several values become spaces. */
export function readSysctls(files: Files): Record<string, string> {
  const rows = pathSysctls.flatMap((name): [string, string][] => {
    const text = readIfPresent(files, `/proc/sys/${name.replaceAll('.', '/')}`);
    return text === undefined ? [] : [[name, text.trim().replace(/\s+/g, ' ')]];
  });
  return Object.fromEntries(rows);
}

/**
 * The settings that switch IPv6 off for what bench makes and dials, by name: on all interfaces, on new ones,
 * on loopback. `ipv6.disable` where the kernel was booted without IPv6.
 */
export function readIpv6Off(files: Files): string[] {
  const value = (name: string) => readIfPresent(files, `/proc/sys/${name.replaceAll('.', '/')}`)?.trim();
  const [all, ...others] = ['all', 'default', 'lo'].map((it) => `net.ipv6.conf.${it}.disable_ipv6`);
  if (all === undefined || value(all) === undefined) return ['ipv6.disable'];
  return [all, ...others].filter((name) => value(name) === '1');
}
