/** Which CPUs servers and load agents run on. */
type Pinning = DisjointPinning | SharedPinning;

interface SharedPinning {
  readonly kind: 'shared';
  /** The engine's own words, where it discards the CPUs that containers are given. */
  readonly discarded?: string;
}

export interface DisjointPinning {
  readonly kind: 'disjoint';
  readonly serverCpus: string;
  readonly agentCpus: string;
}

/**
 * Servers on one CPU, agents on another. With four or more, CPU 3 is the agents': in both usual numberings of
 * hardware threads (siblings i, i+1 and siblings i, i+n/2) it is on another core than CPU 0. Of six, CPU 3 may be
 * CPU 0's sibling (0 + 6/2): there it is CPU 2.
 * With one CPU there is nothing to separate, and the run says so.
 */
export function choosePinning(cpuCount: number): Pinning {
  if (cpuCount < 2) return { kind: 'shared' };
  const apart = cpuCount === 6 ? '2' : '3';
  return { kind: 'disjoint', serverCpus: '0', agentCpus: cpuCount >= 4 ? apart : '1' };
}

/** Where servers and agents run now: all that are started later, too, start there. */
export interface CpuPlaces {
  now: Pinning;
}

/**
 * Reads what an engine says about a container that it was to keep on some CPUs. One that discards them (a kernel
 * without cpuset, or a cgroup that is not mounted: moby, daemon/daemon_unix.go, verifyPlatformContainerResources) does
 * so for every container: they all share the CPUs from the start, and nothing is moved.
 */
export function hearOfCpus(cpus: CpuPlaces, warnings: readonly string[]): void {
  const discarded = warnings.find((warning) => /cpuset.*discarded/i.test(warning));
  if (discarded !== undefined) cpus.now = { kind: 'shared', discarded };
}

/** The same CPUs, with servers and agents on each other's. */
export function exchanged({ serverCpus, agentCpus }: DisjointPinning): DisjointPinning {
  return { kind: 'disjoint', serverCpus: agentCpus, agentCpus: serverCpus };
}

export function serverCpus(pinning: Pinning): { readonly cpus?: string } {
  return pinning.kind === 'disjoint' ? { cpus: pinning.serverCpus } : {};
}

export function agentCpus(pinning: Pinning): { readonly cpus?: string } {
  return pinning.kind === 'disjoint' ? { cpus: pinning.agentCpus } : {};
}
