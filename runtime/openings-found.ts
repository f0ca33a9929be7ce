import type { Inspector } from './inspector/client.ts';
import { stateOfMaker } from './labels.ts';
import type { Found } from './leftovers.ts';

/**
 * The firewall rules that `--open-firewall` inserted, as an inspector sees them. Each is judged by the owner in its own
 * comment: a run may be on another engine of the same machine.
 */
export async function openingsFound(inspector: Inspector): Promise<readonly Found[]> {
  const { openings } = await inspector.call('firewall-openings', {});
  return Promise.all(
    openings.map(async ({ runId, owner }) => ({
      name: `firewall rule of ${runId}`,
      runId,
      maker: await stateOfMaker(owner),
      remove: async () => (await inspector.call('close-firewall', { runId })).removed.length > 0,
    })),
  );
}

/**
 * The tables that keep others from a run's servers. Call this only after the run's containers are removed:
 * until then the table still protects them.
 */
export async function guardsFound(inspector: Inspector): Promise<readonly Found[]> {
  const { guards } = await inspector.call('guards', {});
  return Promise.all(
    guards.map(async ({ name, runId, owner }) => ({
      name: `firewall table ${name}`,
      runId,
      maker: await stateOfMaker(owner),
      remove: async () => (await inspector.call('remove-guard', { name })).existed,
    })),
  );
}
