import { Failure } from '../model/failure.ts';
import { type KernelGrowth, type KernelReading, kernelCounterNames } from '../model/kernel-counters.ts';
import type { Deployed, Stage } from '../model/stage.ts';
import type { Tally } from './bout.ts';

type Standings = ReadonlyMap<string, Tally>;

/** The counters of every deployment before the blocks of a round, with the requests that it had answered. */
type KernelBefore = ReadonlyMap<Tally, { readonly reading: KernelReading; readonly requests: number }>;

/** Reads the kernel's counters before the blocks of a round. */
export async function readKernelBefore(
  { stage }: { readonly stage: Stage },
  standings: Standings,
): Promise<KernelBefore> {
  const before = new Map<Tally, { reading: KernelReading; requests: number }>();
  for (const [standing, deployed] of running(standings)) {
    const reading = await readOne(stage, deployed);
    if (reading !== undefined) before.set(standing, { reading, requests: standing.own?.requests ?? 0 });
  }
  return before;
}

/** Reads them again after the blocks, and notes what has grown. */
export async function readKernelAfter(
  { stage }: { readonly stage: Stage },
  standings: Standings,
  before: KernelBefore,
): Promise<void> {
  for (const [standing, deployed] of running(standings)) {
    const from = before.get(standing);
    const to = from === undefined ? undefined : await readOne(stage, deployed);
    if (from === undefined || to === undefined) continue;
    standing.kernel = {
      requests: (standing.own?.requests ?? 0) - from.requests,
      counts: grown(from.reading, to),
    };
  }
}

/** A counter that went back belongs to something that was made anew: its growth is unknown. */
function grown(from: KernelReading, to: KernelReading): KernelGrowth['counts'] {
  return Object.fromEntries(
    kernelCounterNames.flatMap((name) => {
      const [earlier, later] = [from[name], to[name]];
      return earlier === undefined || later === undefined || later < earlier ? [] : [[name, later - earlier]];
    }),
  );
}

function running(standings: Standings): readonly (readonly [Tally, Deployed])[] {
  return [...standings.values()].flatMap((it) => (it.outcome.ok ? [[it, it.outcome.deployed] as const] : []));
}

/** A server that has ended has no counters. Rejects only when the inspector or the engine is lost. */
async function readOne(stage: Stage, deployed: Deployed): Promise<KernelReading | undefined> {
  try {
    return await stage.readKernel(deployed);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'partial') throw error;
    return undefined;
  }
}
