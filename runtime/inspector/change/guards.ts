import { Failure } from '../../../bench/model/failure.ts';
import { remarkFor } from '../../labels.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { GuardBackend, GuardedPlaces, GuardOrder, NamedGuard } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';
import { guardOf, iptablesChain, nftTable, nothing, withoutChain } from './guard-rules.ts';

/**
 * The guards on a host. A guard stays when its inspector exits, because a killed run may have left servers.
 */
export interface Guards {
  /**
   * Sets up a guard: a table of nftables or, where the kernel has none, a chain in iptables-legacy's table
   * raw.
   * @throws {Failure} neither can be made, with the messages of both tools. Nothing of the guard is left
   *   then.
   */
  raise(order: GuardOrder): Promise<GuardBackend>;
  /** Replaces the places that a guard protects beside its networks. */
  keep(name: string, places: GuardedPlaces): Promise<void>;
  /** All guards on the host, whichever inspector raised them. */
  list(): Promise<readonly NamedGuard[]>;
  /**
   * Removes a guard, whichever inspector raised it. False if it was removed before.
   * @throws {Failure} unfit: the guard still exists afterwards.
   */
  remove(name: string): Promise<boolean>;
}

/** The two programs of iptables-legacy that a guard needs. IPv6's is used only where the kernel has IPv6. */
const legacyFamilies = {
  ipv4: { program: 'iptables-legacy', tables: '/proc/net/ip_tables_names' },
  ipv6: { program: 'ip6tables-legacy', tables: '/proc/net/ip6_tables_names' },
} as const;
type Family = keyof typeof legacyFamilies;

interface Raised {
  readonly order: GuardOrder;
  readonly backend: GuardBackend;
}

export function hostGuards(files: Files, run: RunCommand): Guards {
  const raised = new Map<string, Raised>();

  function families(): readonly Family[] {
    return readIfPresent(files, '/proc/net/if_inet6') === undefined ? ['ipv4'] : ['ipv4', 'ipv6'];
  }

  /** The tool reads the text only from a pipe. It replaces the table in one step. */
  async function restore(family: Family, text: string): Promise<void> {
    const program = `${legacyFamilies[family].program}-restore`;
    await run('sh', ['-c', 'printf %s "$2" | "$1" -w --noflush', 'sh', program, text]);
  }

  async function listNft(): Promise<readonly NamedGuard[]> {
    const listed = await attempt(run, 'nft', ['-j', 'list', 'ruleset']);
    if (listed instanceof Failure) return [];
    const { nftables }: ListedRuleset = JSON.parse(listed.stdout);
    return nftables.flatMap(({ rule }) => {
      const guard = guardOf(rule?.comment ?? '');
      return guard !== undefined && rule?.family === 'inet' && rule.table === guard.name ? [guard] : [];
    });
  }

  /** Asks only about a table that the kernel already has. Asking about another would create it. */
  async function listLegacy(family: Family): Promise<readonly NamedGuard[]> {
    const { program, tables } = legacyFamilies[family];
    if (!(readIfPresent(files, tables) ?? '').split('\n').includes('raw')) return [];
    const { stdout } = await run(`${program}-save`, ['-t', 'raw']);
    const entries = stdout.split('\n').filter((line) => line.startsWith('-A PREROUTING '));
    return entries
      .flatMap((line) => guardOf(line) ?? [])
      .filter(({ name }) => stdout.includes(`\n:${name} `));
  }

  async function removeLegacy(family: Family, name: string): Promise<boolean> {
    const found = (await listLegacy(family)).filter((it) => it.name === name);
    for (const whose of found) await restore(family, withoutChain(name, remarkFor(whose)));
    return found.length > 0;
  }

  async function remove(name: string): Promise<boolean> {
    let removed = false;
    if ((await listNft()).some((it) => it.name === name)) {
      await run('nft', ['delete', 'table', 'inet', name]);
      removed = true;
    }
    for (const family of ['ipv4', 'ipv6'] as const) removed = (await removeLegacy(family, name)) || removed;
    if (removed && (await list()).some((it) => it.name === name)) throw stillThere(name);
    raised.delete(name);
    return removed;
  }

  async function list(): Promise<readonly NamedGuard[]> {
    const jumps = await Promise.all((['ipv4', 'ipv6'] as const).map(listLegacy));
    const all = [...(await listNft()), ...jumps.flat()];
    return [...new Map(all.map((guard) => [guard.name, guard])).values()];
  }

  return {
    async raise(order) {
      const nft = await attempt(run, 'nft', [nftTable(order, nothing, 'new')]);
      if (!(nft instanceof Failure)) {
        raised.set(order.name, { order, backend: 'nftables' });
        return 'nftables';
      }
      try {
        for (const family of families()) await restore(family, iptablesChain(family, order, nothing, 'new'));
      } catch (error) {
        await remove(order.name).catch(() => undefined);
        throw refused(nft, error);
      }
      raised.set(order.name, { order, backend: 'iptables-legacy' });
      return 'iptables-legacy';
    },
    async keep(name, places) {
      const guard = raised.get(name);
      if (guard === undefined) throw new Error(`no guard ${name} was raised`);
      if (guard.backend === 'nftables') {
        await run('nft', [nftTable(guard.order, places, 'kept')]);
        return;
      }
      for (const family of families()) {
        const there = (await listLegacy(family)).some((it) => it.name === name);
        await restore(family, iptablesChain(family, guard.order, places, there ? 'kept' : 'new'));
      }
    },
    list,
    remove,
  };
}

function stillThere(name: string): Failure {
  return new Failure('unfit', `the firewall table ${name} still exists after its removal`, {
    hint: 'Another program changes the firewall at the same time. Try again: bench clean',
  });
}

/** The part of `nft -j list ruleset` that is used (libnftables-json(5)). */
interface ListedRuleset {
  readonly nftables: readonly {
    readonly rule?: { readonly family: string; readonly table: string; readonly comment?: string };
  }[];
}

/** Keeps the answers of the tools and leaves out their long commands. */
function refused(nft: Failure, legacy: unknown): Failure {
  const said = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    return message.slice(message.lastIndexOf('failed: ') + 'failed: '.length).split('\n')[0];
  };
  return new Failure('unfit', `nftables: ${said(nft)}; iptables-legacy: ${said(legacy)}`, { cause: nft });
}
