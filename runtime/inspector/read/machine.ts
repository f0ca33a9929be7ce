import { Failure } from '../../../bench/model/failure.ts';
import { present } from '../../../bench/model/present.ts';
import { oneLine } from '../../../bench/model/printable.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { Machine } from '../contract.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';
import { findCpuUsageFile } from './cgroup.ts';
import { readDaemon } from './daemon.ts';
import { readDockerRules } from './docker-rules.ts';
import { describeInput, describeNat, readFirewall } from './firewall.ts';
import { readHostNetwork } from './host-network.ts';
import { readHypervisor } from './hypervisor.ts';
import { readTimeAccounting } from './kernel-config.ts';
import { readIpv6Off, readSysctls } from './sysctls.ts';

/** PRETTY_NAME of os-release(5), without its quotes. */
function parseOperatingSystem(osRelease: string): string | undefined {
  return /^PRETTY_NAME=["']?(.*?)["']?$/m.exec(osRelease)?.[1];
}

/** Reads /proc/cpuinfo: a name on x86, the implementer's and part's numbers on Arm, which prints no name. */
export function parseCpuModel(cpuinfo: string): string {
  const value = (key: string) => new RegExp(`^${key}\\s*: (.+)$`, 'm').exec(cpuinfo)?.[1]?.trim();
  const [implementer, part] = [value('CPU implementer'), value('CPU part')];
  const arm = implementer === undefined ? undefined : `implementer ${implementer} part ${part ?? 'unknown'}`;
  return value('model name') ?? value('cpu model') ?? arm ?? 'unknown';
}

/** MemTotal of /proc/meminfo, which counts in units of 1024 bytes. */
export function parseMemoryBytes(meminfo: string): number {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  if (kibibytes === undefined) throw new Error('/proc/meminfo has no MemTotal');
  return Number(kibibytes) * 1024;
}

/** `nginx version: nginx/1.26.3` or `Server version: Apache/2.4.65 (Debian)` → what follows the colon. */
export function parseServerVersion(text: string): string | undefined {
  return /version:\s*(.+)$/m.exec(text)?.[1]?.trim();
}

const serverPrograms = { nginx: 'nginx', apache: 'apache2' } as const;

/**
 * Facts about the machine. The operating system is read through process 1, because ours is the lab image's.
 */
export async function readMachine(
  files: Files,
  run: RunCommand,
  { dataRoot, cgroupRoot }: { readonly dataRoot?: string | undefined; readonly cgroupRoot: string },
): Promise<Machine> {
  const firewall = await readFirewall(files, run);
  const daemon = readDaemon(files, dataRoot, await readDockerRules(run, firewall));
  const cpuGovernor = readIfPresent(files, '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim();
  const osRelease = ['etc', 'usr/lib'].flatMap(
    (directory) => readIfPresent(files, `/proc/1/root/${directory}/os-release`) ?? [],
  )[0];
  const kernel = files.read('/proc/sys/kernel/osrelease').trim();
  const pidNamespace = ifPresent(() => files.link('/proc/self/ns/pid'));
  const cpuUsageFile = findCpuUsageFile(files, cgroupRoot);
  const hypervisor = readHypervisor(files);
  const mitigations = readMitigations(files);
  return {
    boot: readIfPresent(files, '/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    ...present({ pidNamespace }),
    kernel,
    ...readTimeAccounting(files, kernel),
    ...present({ hypervisor, mitigations, cpuUsageFile }),
    operatingSystem: parseOperatingSystem(osRelease ?? '') ?? 'Linux',
    cpuModel: parseCpuModel(files.read('/proc/cpuinfo')),
    cpuCount: files.read('/proc/stat').match(/^cpu\d+ /gm)?.length ?? 1,
    memoryBytes: parseMemoryBytes(files.read('/proc/meminfo')),
    ...present({ cpuGovernor }),
    firewall: describeNat(firewall),
    inputPolicy: describeInput(firewall),
    inputPolicy6: describeInput(firewall, 'ipv6'),
    network: await readHostNetwork(files, run, firewall),
    ...present({ daemon }),
    ...(firewall.unread === undefined ? { dockerIpv6: firewall.dockerIpv6 } : {}),
    ipv6Off: readIpv6Off(files),
    sysctls: readSysctls(files),
    serverVersions: await readServerVersions(run),
  };
}

/**
 * The kernel's mitigations of CPU faults, by the names of the faults; `undefined` where it does not report
 * them.
 */
function readMitigations(files: Files): Record<string, string> | undefined {
  const directory = '/sys/devices/system/cpu/vulnerabilities';
  const names = ifPresent(() => files.list(directory));
  const told = names?.toSorted().flatMap((name): [string, string][] => {
    const text = readIfPresent(files, `${directory}/${name}`)?.trim();
    return text === undefined ? [] : [[name, oneLine(text)]];
  });
  return told === undefined ? undefined : Object.fromEntries(told);
}

/** A server that is not installed is absent: the inspector's image is the servers' image. */
async function readServerVersions(run: RunCommand): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const [server, program] of Object.entries(serverPrograms)) {
    const output = await attempt(run, program, ['-v']);
    // nginx answers on stderr.
    const version = output instanceof Failure ? undefined : parseServerVersion(output.stdout + output.stderr);
    if (version !== undefined) versions[server] = version;
  }
  return versions;
}
