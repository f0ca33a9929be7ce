import { counterFindings, splitClaims } from '../model/claims.ts';
import type { Evidence } from '../model/evidence.ts';
import type { KernelGrowth } from '../model/kernel-counters.ts';
import type { Growth } from '../model/observed.ts';
import { present } from '../model/present.ts';
import type { Deployed } from '../model/stage.ts';
import { addGrowth } from './path-counters.ts';

/** Growth of a deployment's counters so far in its round. */
interface GrownSoFar {
  /** Its own counters, over all slices. */
  own: Growth | undefined;
  /** All counters, over the load that it had to itself: in the warm-up, and in slices that take no turns. */
  alone: Growth | undefined;
}

/** Adds the growth of a slice or of a warm-up. */
export function addTo(sum: Growth | undefined, grown: Growth): Growth {
  return sum === undefined ? grown : addGrowth(sum, grown);
}

/** What was read of a deployment in one round beside its slices. */
export interface ReadInRound extends GrownSoFar {
  /** Only where small tasks were timed. */
  probes?: NonNullable<Evidence['probes']>;
  /** Only where more and more connections were loaded. */
  sweep?: NonNullable<Evidence['sweep']>;
  /** Absent where the blocks did not come to their end, or the server had ended. */
  kernel?: KernelGrowth;
}

/**
 * The evidence of one deployment in one round: where it was located, and what its counters grew by. `unread`
 * where no slice ran, so that no counter could grow.
 */
export function roundEvidence(
  round: number,
  deployed: Deployed,
  { own, alone, probes, sweep, kernel }: ReadInRound,
): Evidence {
  const { deployment } = deployed.order;
  const claims = splitClaims(deployed.claims);
  const findings = [
    ...deployed.findings,
    ...(own === undefined ? [] : counterFindings(claims.own, own)),
    ...(alone === undefined ? [] : counterFindings(claims.shared, alone)),
  ];
  const contradicted = findings.some(({ holds }) => !holds);
  const complete = findings.length === deployed.claims.length;
  return {
    round,
    ...deployment,
    url: deployed.url,
    verdict: contradicted ? 'contradicted' : complete ? 'consistent' : 'unread',
    findings,
    raw: {
      ...deployed.raw,
      ...present({ growth: own, growthAlone: alone }),
    },
    start: deployed.start,
    ...present({ probes, sweep, kernel }),
  };
}
