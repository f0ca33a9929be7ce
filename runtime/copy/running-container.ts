import type { Running } from '../../bench/model/described.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { ContainerState, Engine } from '../engine/engine.ts';

/**
 * Describes a container of the user's that is to be measured as it runs. It is only looked at.
 * @throws {Failure} unfit: there is no such container, it does not run, or it has no network that can be measured.
 */
export async function runningContainer(engine: Engine, wanted: string): Promise<Running> {
  const [state, recipe] = [await engine.inspect(wanted), await engine.recipe(wanted)];
  if (state === undefined || recipe === undefined) {
    throw new Failure('unfit', `there is no container ${wanted} to measure`, {
      hint: 'List the running containers with: docker ps',
    });
  }
  const { name, image, ports } = recipe;
  if (!state.running) {
    throw new Failure('unfit', `the container ${name} does not run, and bench starts no container of yours`, {
      hint: `Start it with: docker start ${name}. Or measure copies of it: --container ${name} --copy.`,
    });
  }
  const mode = modeOf(state, name);
  if (mode !== 'host' && state.address === undefined) {
    throw new Failure('unfit', `the container ${name} has no IPv4 address of its own to compare with`, {
      hint: `Measure copies of it, which bench attaches: --container ${name} --copy.`,
    });
  }
  const published = state.published
    .filter(({ hostAddress }) => !hostAddress.includes(':'))
    .map((it) => ({ ...it, hostAddress: it.hostAddress === '' ? '0.0.0.0' : it.hostAddress }));
  return { container: name, image, mode, ports, published };
}

/** @throws {Failure} unfit: it has no network stack that is its own or the host's, or nothing but lo in it. */
function modeOf({ networkMode, networks }: ContainerState, name: string): Running['mode'] {
  const [, joined] = /^container:(.+)$/.exec(networkMode) ?? [];
  if (joined !== undefined) {
    throw new Failure('unfit', `the container ${name} uses the network of the container ${joined}`, {
      hint: `That one has the address and the published ports: --container ${joined} --port PORT.`,
    });
  }
  if (networkMode === 'none' || (networkMode !== 'host' && networks.length === 0)) {
    throw new Failure('unfit', `the container ${name} is on no network: nothing outside reaches it`, {
      hint: `Measure copies of it, which bench attaches: --container ${name} --copy.`,
    });
  }
  if (networkMode === 'host') return 'host';
  return networkMode === 'default' || networkMode === 'bridge' ? 'bridge' : 'user-bridge';
}
