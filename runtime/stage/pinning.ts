/** Which CPUs servers and load agents run on. */
type Pinning = DisjointPinning | SharedPinning;

interface SharedPinning {
  readonly kind: 'shared';
  /** The engine's message, if it discards the CPUs requested for containers. */
  readonly discarded?: string;
  /** The server is the user's running container, which stays on its CPUs. */
  readonly untouched?: true;
}

export interface DisjointPinning {
  readonly kind: 'disjoint';
  readonly serverCpus: string;
  /** One CPU for each agent of a vantage, separated by commas. */
  readonly agentCpus: string;
}

/**
 * Servers run on one CPU, agents on another. With four or more CPUs, CPU 3 is the agents'. In both usual
 * numberings of hardware threads (siblings i, i+1 and siblings i, i+n/2) it is on another core than CPU 0.
 * With six CPUs, CPU 3 may be CPU 0's sibling (0 + 6/2), so the agents get CPU 2. With one CPU there is
 * nothing to separate, and the run reports that.
 *
 * Further agents have the CPUs that are left, those last that may be a sibling of CPU 0. Where there are
 * more agents than CPUs beside CPU 0, all share all CPUs. A run refuses that beforehand.
 * @param agents at one vantage.
 */
export function choosePinning(cpuCount: number, agents = 1): Pinning {
  if (agents > mostAgentsOn(cpuCount)) return { kind: 'shared' };
  const apart = cpuCount === 6 ? 2 : 3;
  const first = cpuCount >= 4 ? apart : 1;
  const siblings = [1, cpuCount / 2];
  const others = Array.from({ length: cpuCount - 1 }, (_, at) => at + 1)
    .filter((cpu) => cpu !== first)
    .toSorted((a, b) => Number(siblings.includes(a)) - Number(siblings.includes(b)));
  return { kind: 'disjoint', serverCpus: '0', agentCpus: [first, ...others].slice(0, agents).join(',') };
}

/** How many agents can have a CPU of their own beside the one of the servers. */
export function mostAgentsOn(cpuCount: number): number {
  return cpuCount - 1;
}

/** A running container of the user's stays where it is. The load generator runs wherever the kernel puts it. */
export const untouched: SharedPinning = { kind: 'shared', untouched: true };

/** The CPUs that servers and agents run on now. Those started later start there too. */
export interface CpuPlaces {
  now: Pinning;
}

/**
 * Reads an engine's warnings about a container that was to stay on some CPUs. An engine that discards CPUs (a
 * kernel without cpuset, or a cgroup that is not mounted: moby, daemon/daemon_unix.go,
 * verifyPlatformContainerResources) does so for every container. All containers then share the CPUs from the
 * start, and none is moved.
 */
export function hearOfCpus(cpus: CpuPlaces, warnings: readonly string[]): void {
  const discarded = warnings.find((warning) => /cpuset.*discarded/i.test(warning));
  if (discarded !== undefined) cpus.now = { kind: 'shared', discarded };
}

/** The same CPUs, but those of servers and the first agent exchanged. Further agents stay. */
export function exchanged({ serverCpus, agentCpus }: DisjointPinning): DisjointPinning {
  const [first = serverCpus, ...others] = agentCpus.split(',');
  return { kind: 'disjoint', serverCpus: first, agentCpus: [serverCpus, ...others].join(',') };
}

export function serverCpus(pinning: Pinning): { readonly cpus?: string } {
  return pinning.kind === 'disjoint' ? { cpus: pinning.serverCpus } : {};
}

/** @param place of the agent among those of its vantage: 0 is the first. */
export function agentCpus(pinning: Pinning, place = 0): { readonly cpus?: string } {
  if (pinning.kind === 'shared') return {};
  const cpus = pinning.agentCpus.split(',');
  return { cpus: cpus[place] ?? pinning.agentCpus };
}
