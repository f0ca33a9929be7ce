import { Failure } from '../model/failure.ts';
import { routeFor } from '../model/network-modes.ts';
import { parsePathId } from '../model/path.ts';
import type { Comparison } from '../model/plan.ts';

/**
 * With one port for all servers, each needs addresses of its own on the host. bench can add those to its link, and all
 * of 127.0.0.0/8 is loopback already; a bridge's own end has one address, and so has IPv6's loopback.
 * @throws {Failure} usage, naming the path.
 */
export function assertAddressEach(comparisons: readonly Comparison[]): void {
  for (const id of comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders])) {
    const path = parsePathId(id);
    const laid = path === undefined ? undefined : routeFor(path);
    const dialled = laid?.possible === true ? laid.route.dialled.address : undefined;
    if (dialled === 'link' || dialled === 'loopback' || dialled === 'container') continue;
    throw new Failure(
      'usage',
      `the servers on ${id} cannot share one port: there is one address to dial only`,
      {
        hint: 'Leave --shared-port out, or choose paths that dial the external link, loopback, or the container.',
      },
    );
  }
}
