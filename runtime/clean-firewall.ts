import type { Cleaned } from './clean.ts';
import type { Engine } from './engine/engine.ts';
import { inspector as connectInspector } from './inspector/client.ts';
import { inspectorSpec } from './lab/containers.ts';
import { startAttached } from './lab/programs.ts';
import { Teardown } from './teardown.ts';

/**
 * Removes the firewall rules that runs left which have gone: what `--open-firewall` inserted, and guards. Call it when their
 * containers are gone, because a guard keeps others from those. They are looked for by an
 * inspector: the firewall is that of the engine's host, and may be read there only with privileges.
 * @param keptContainers of live runs: what their links need is left alone.
 */
export async function cleanFirewall(
  engine: Engine,
  lab: {
    readonly image: string;
    readonly prefix: string;
    readonly labels: Readonly<Record<string, string>>;
  },
  keptContainers: readonly string[],
): Promise<Cleaned> {
  await using owned = new Teardown();
  const { channel } = await startAttached(engine, inspectorSpec(lab), owned);
  const inspector = connectInspector(channel);
  const { links } = await inspector.call('firewall-openings', {});
  const removed: string[] = [];
  for (const link of links) {
    if (keptContainers.some((container) => container.startsWith(`${link}-`))) continue;
    const closed = await inspector.call('close-firewall', { link });
    if (closed.removed.length > 0) removed.push(`firewall rule for ${link}`);
  }
  const guards = await inspector.call('guards', {});
  for (const name of guards.names) {
    if (keptContainers.some((container) => container.startsWith(`${name}-`))) continue;
    const { existed } = await inspector.call('remove-guard', { name });
    if (existed) removed.push(`firewall table ${name}`);
  }
  return { removed, kept: [] };
}
