import { readdir, readFile, readlink } from 'node:fs/promises';
import { defaultDaemonConfig, flagValues } from './dockerd-flags.ts';

/** A dockerd of this machine's own network stack. */
export interface RunningDaemon {
  readonly pid: number;
  /** The addresses that it listens on, in the format of DOCKER_HOST. */
  readonly addresses: readonly string[];
}

/** The dockerds that use this process's network stack: those of labs and of containers have others. */
export async function runningDaemons(): Promise<readonly RunningDaemon[]> {
  const here = await readlink('/proc/self/ns/net').catch(() => undefined);
  const found: RunningDaemon[] = [];
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const comm = await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '');
    if (comm.trim() !== 'dockerd') continue;
    if ((await readlink(`/proc/${entry}/ns/net`).catch(() => '')) !== here) continue;
    const args = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).split('\0').slice(1, -1);
    const config = flagValues(args, ['--config-file']).at(-1) ?? defaultDaemonConfig;
    const file = await readFile(`/proc/${entry}/root${config}`, 'utf8').catch(() => '');
    found.push({ pid: Number(entry), addresses: daemonAddresses(args, file) });
  }
  return found;
}

/** Addresses that a client can use, from dockerd's arguments and the text of its configuration file. */
export function daemonAddresses(args: readonly string[], configText: string): readonly string[] {
  const flags = flagValues(args, ['-H', '--host']);
  const hosts = flags.length > 0 ? flags : configuredHosts(configText);
  // fd:// is a socket that systemd listens on for it.
  const addresses = hosts.map((host) => (host.startsWith('fd://') ? 'unix:///var/run/docker.sock' : host));
  return addresses.length > 0 ? addresses : ['unix:///var/run/docker.sock'];
}

function configuredHosts(text: string): readonly string[] {
  try {
    const config: unknown = JSON.parse(text);
    const hosts: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'hosts') : [];
    return Array.isArray(hosts) ? hosts.filter((host) => typeof host === 'string') : [];
  } catch {
    return [];
  }
}
