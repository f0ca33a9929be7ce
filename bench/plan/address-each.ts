import { routeOf } from '../model/network-modes.ts';
import type { Comparison } from '../model/plan.ts';

/** Why a setting does not suit the paths that are measured. */
export interface Misfit {
  /** @param name of the setting, as the user gave it. */
  readonly message: (name: string) => string;
  readonly hint: string;
}

/**
 * With one port for all servers, each server needs separate addresses on the host. bench can add those to its
 * link, and all of 127.0.0.0/8 is loopback already. A bridge's own end has one address, and so has IPv6's
 * loopback.
 * @returns why some paths have no such address.
 */
export function withoutAddressEach(comparisons: readonly Comparison[]): Misfit | undefined {
  for (const id of comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders])) {
    if (routeOf(id).dialled.address !== 'gateway') continue;
    return {
      message: (name) =>
        `${name}: the servers on ${id} cannot share one port: there is one address to dial only`,
      hint: 'Choose paths that dial the external link, loopback, or the container.',
    };
  }
  return undefined;
}
