import { Failure } from '../../bench/model/failure.ts';
import type { Agents } from './agents.ts';
import { type CpuPlaces, type DisjointPinning, hearOfCpus } from './pinning.ts';
import type { Servers } from './servers.ts';

/**
 * Moves all servers and agents to their CPUs of a pinning, unless they are already there. An engine that
 * discards CPUs leaves them where they are, and its message is recorded.
 * @throws {Failure} the engine moves no container. The hint names the option that leaves them where they are.
 */
export async function moveToCpus(
  to: DisjointPinning,
  cpus: CpuPlaces,
  { servers, agents }: { readonly servers: Servers; readonly agents: Agents },
): Promise<void> {
  if (cpus.now.kind === 'disjoint' && cpus.now.serverCpus === to.serverCpus) return;
  cpus.now = to;
  try {
    const moves = [servers.moveToCpus(to.serverCpus), agents.moveToCpus(to)];
    hearOfCpus(cpus, (await Promise.all(moves)).flat());
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'partial') throw error;
    throw new Failure(error.kind, error.message, {
      hint: 'Keep servers and load agent on their CPUs: --exchange-cpus false.',
      cause: error,
    });
  }
}
