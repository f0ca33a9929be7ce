import { machineCommander } from '../../../runtime/machine/command.ts';

/**
 * All of a machine that bench could change, as lines: firewall, links, addresses, routes, network sysctls, mounts,
 * listening sockets, network namespaces with a name, directories of the system, control groups, and the processes of a
 * lab, which are known by their control group or by the lab's directory. Counters and what counts down or up by itself
 * are left out.
 */
const script = String.raw`
set -u
section() { sed "s/^/$1: /"; }
rules() { grep -v '^#' | sed -E 's/ ?\[[0-9]+:[0-9]+\]//; s/packets [0-9]+ bytes [0-9]+//'; }
iptables-save 2>/dev/null | rules | section iptables
ip6tables-save 2>/dev/null | rules | section ip6tables
nft list ruleset 2>/dev/null | rules | section nft
ip -o link | sed 's/ qlen [0-9]*//' | section link
ip -o addr | sed -E 's/ (valid|preferred)_lft [0-9a-z]+//g' | section address
for family in -4 -6; do
  ip $family route show table all | sed -E 's/ expires [0-9]+sec//' | section route
  ip $family rule | section rule
done
find /proc/sys/net -type f ! -name '*conntrack_count' ! -name 'flush' ! -name 'stable_secret' -exec grep -H '' {} + 2>/dev/null | sort | section sysctl
cut -d' ' -f4-5 /proc/self/mountinfo | sort | section mount
ss -Hltun 2>/dev/null | sed -E 's/ +/ /g' | cut -d' ' -f1,2,5 | sort | section socket
ls -1 /run /var/run/netns /etc/docker /opt /opt/containerd /var/lib 2>/dev/null | section directory
ls -1d /tmp/bench-image-* /tmp/bench-k* 2>/dev/null | section temporary
find /sys/fs/cgroup -maxdepth 2 -type d \( -name 'bench*' -o -name 'docker*' \) 2>/dev/null | sort | section cgroup
for process in /proc/[0-9]*; do
  if grep -q bench-lab- "$process/cgroup" || tr '\0' ' ' <"$process/cmdline" | grep -qF -- "$RUN/"; then
    cat "$process/comm"
  fi
done 2>/dev/null | sort | uniq -c | section processes
`;

/** @param run runs a command of the machine that is looked at, and resolves to what it prints. */
export async function machineListing(
  run: (program: string, ...args: readonly string[]) => Promise<string> = here,
): Promise<readonly string[]> {
  const lab = process.env['BENCH_RUN_DIR'] || '/run/bench';
  const lines = (await run('env', `RUN=${lab}`, 'sh', '-c', script))
    .split('\n')
    .filter((line) => line !== '');
  if (!lines.some((line) => line.startsWith('link: '))) throw new Error('the machine could not be listed');
  return lines;
}

async function here(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await machineCommander.run(program, args);
  return stdout;
}

/** What differs between two listings: `+` is there now and was not before, `-` the other way. */
export function changes(before: readonly string[], now: readonly string[]): readonly string[] {
  const [old, fresh] = [new Set(before), new Set(now)];
  return [
    ...before.filter((line) => !fresh.has(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ];
}
