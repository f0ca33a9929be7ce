/** Which CPUs servers and load agents run on. */
type Pinning = DisjointPinning | SharedPinning;

interface SharedPinning {
  readonly kind: 'shared';
  /** The engine's message, if it discards the CPUs requested for containers. */
  readonly discarded?: string;
}

export interface DisjointPinning {
  readonly kind: 'disjoint';
  readonly serverCpus: string;
  readonly agentCpus: string;
}

/**
 * Servers run on one CPU, agents on another. With four or more CPUs, CPU 3 is the agents'. In both usual
 * numberings of hardware threads (siblings i, i+1 and siblings i, i+n/2) it is on another core than CPU 0.
 * With six CPUs, CPU 3 may be CPU 0's sibling (0 + 6/2), so the agents get CPU 2. With one CPU there is
 * nothing to separate, and the run reports that.
 */
export function choosePinning(cpuCount: number): Pinning {
  if (cpuCount < 2) return { kind: 'shared' };
  const apart = cpuCount === 6 ? '2' : '3';
  return { kind: 'disjoint', serverCpus: '0', agentCpus: cpuCount >= 4 ? apart : '1' };
}

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

/** The same CPUs, but those of servers and agents exchanged. */
export function exchanged({ serverCpus, agentCpus }: DisjointPinning): DisjointPinning {
  return { kind: 'disjoint', serverCpus: agentCpus, agentCpus: serverCpus };
}

export function serverCpus(pinning: Pinning): { readonly cpus?: string } {
  return pinning.kind === 'disjoint' ? { cpus: pinning.serverCpus } : {};
}

export function agentCpus(pinning: Pinning): { readonly cpus?: string } {
  return pinning.kind === 'disjoint' ? { cpus: pinning.agentCpus } : {};
}
