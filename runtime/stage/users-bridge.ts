import { Failure } from '../../bench/model/failure.ts';
import type { Making, RunNetworks } from './run-networks.ts';

/**
 * The bridge of the user's running container: the interface of the host that has the address by which the container
 * leaves its network.
 * @returns undefined where the container is in the host's stack.
 * @throws {Failure} unfit: it is on a network that is no bridge of this machine.
 */
export async function usersBridgeOf(
  container: string,
  { engine, inspector }: Pick<Making, 'engine' | 'inspector'>,
): Promise<RunNetworks['usersBridge']> {
  const state = await engine.inspect(container);
  if (state === undefined || state.networkMode === 'host') return undefined;
  const { interfaces } = await inspector.call('stack', { pid: 'host' });
  const startedOn = state.networkMode === 'default' ? 'bridge' : state.networkMode;
  const isFirst = ({ name }: { readonly name: string }) => Number(name === startedOn);
  for (const { gateway } of state.networks.toSorted((a, b) => isFirst(b) - isFirst(a))) {
    const own = gateway && interfaces.find(({ addresses }) => addresses.includes(gateway));
    if (gateway !== undefined && own) return { device: own.name, gateway };
  }
  const names = state.networks.map(({ name }) => name).join(', ');
  throw new Failure(
    'unfit',
    `the network of the container ${container} (${names}) is no bridge of this machine`,
    {
      hint: `bench measures running containers on bridges and in host mode. Measure copies of it: --container ${container} --copy.`,
    },
  );
}
