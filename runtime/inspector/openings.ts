import type { Commander } from './commander.ts';
import type { Door } from './contract.ts';
import type { Files } from './files.ts';
import { type InputChain, mayDrop, readFirewall } from './firewall.ts';

/** A rule that lets packets of a run through the host's firewall. It is known by its comment, from any process. */
export interface Opening {
  /** The run's link: the name tells which run's, and the run's bridges are opened with it. */
  readonly link: string;
  /** The command that made it, for people. */
  readonly command: string;
}

/** Rules that one inspector inserts. It knows them, so that it can remove them when it leaves. */
export interface Openings {
  /**
   * Inserts one rule a door, limited to it, at the head of each chain on the input hook that may drop: a packet has to
   * pass all of them (nft(8), "base chains"). None where nothing drops.
   */
  open(link: string, doors: readonly Door[], runId: string): Promise<readonly Opening[]>;
  /** All rules of this kind that are there, whoever made them. */
  list(): Promise<readonly Opening[]>;
  /** Removes the rules for a link. */
  close(link: string): Promise<readonly Opening[]>;
  removeAll(): Promise<void>;
}

/** Its first words in every such rule's comment; the run's id follows. */
const mark = 'bench run';
/** The link is named after the end of its run's id. */
const comment = new RegExp(`${mark} \\d{8}T\\d{6}Z-([0-9a-z]{4})`);

interface Found extends Opening {
  readonly remove: readonly [string, ...string[]];
}

export function hostOpenings(files: Files, run: Commander): Openings {
  const opened = new Set<string>();
  const chains = async () => (await readFirewall(files, run)).inputChains;

  async function find(): Promise<readonly Found[]> {
    const found = await Promise.all((await chains()).map((chain) => findIn(chain, run)));
    return found.flat();
  }

  async function close(link: string): Promise<readonly Opening[]> {
    opened.delete(link);
    const own = (await find()).filter((rule) => rule.link === link);
    for (const { remove } of own) {
      const [command, ...args] = remove;
      await run(command, args);
    }
    return own.map(({ link, command }) => ({ link, command }));
  }

  return {
    async open(link, doors, runId) {
      const made: Opening[] = [];
      opened.add(link);
      for (const chain of (await chains()).filter(mayDrop)) {
        for (const door of doors.filter(({ source }) => source === undefined || chain.family !== 'ipv6')) {
          const [command, ...args] = insertion(chain, door, `${mark} ${runId}`);
          await run(command, args);
          made.push({ link, command: [command, ...args].map(quoted).join(' ') });
        }
      }
      return made;
    },
    list: async () => (await find()).map(({ link, command }) => ({ link, command })),
    close,
    async removeAll() {
      for (const link of [...opened]) await close(link);
    },
  };
}

/** What allows a door's packets through a chain, in the words of the tool that the chain belongs to. */
export function insertion(
  { backend, table, chain }: InputChain,
  { device, source }: Door,
  note: string,
): readonly [string, ...string[]] {
  if (backend === 'nftables') {
    const from = source === undefined ? [] : ['ip', 'saddr', source];
    const rule = ['iifname', `"${device}"`, ...from, 'accept', 'comment', `"${note}"`];
    return ['nft', 'insert', 'rule', ...table.split(' '), chain, ...rule];
  }
  const from = source === undefined ? [] : ['-s', source];
  return [
    backend,
    '-w',
    '-I',
    chain,
    ...from,
    '-i',
    device,
    '-m',
    'comment',
    '--comment',
    note,
    '-j',
    'ACCEPT',
  ];
}

async function findIn(chain: InputChain, run: Commander): Promise<readonly Found[]> {
  if (chain.backend === 'nftables') return findNft(chain, run);
  const { stdout } = await run(`${chain.backend}-save`, ['-t', 'filter']);
  return stdout.split('\n').flatMap((line) => {
    const end = comment.exec(line)?.[1];
    if (end === undefined || !line.startsWith(`-A ${chain.chain} `)) return [];
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
    return [
      {
        link: `bench-${end}`,
        command: `${chain.backend} ${line}`,
        remove: [chain.backend, '-w', '-D', ...words.slice(1)] as const,
      },
    ];
  });
}

/** The part of `nft -j list chain` that is used. */
interface ListedChain {
  readonly nftables: readonly { readonly rule?: { readonly handle: number; readonly comment?: string } }[];
}

async function findNft({ table, chain }: InputChain, run: Commander): Promise<readonly Found[]> {
  const place = [...table.split(' '), chain];
  const { stdout } = await run('nft', ['-j', 'list', 'chain', ...place]);
  const { nftables }: ListedChain = JSON.parse(stdout);
  return nftables.flatMap(({ rule }) => {
    const end = comment.exec(rule?.comment ?? '')?.[1];
    if (rule === undefined || end === undefined) return [];
    return [
      {
        link: `bench-${end}`,
        command: `nft rule ${place.join(' ')}: ${rule.comment}`,
        remove: ['nft', 'delete', 'rule', ...place, 'handle', String(rule.handle)] as const,
      },
    ];
  });
}

function quoted(word: string): string {
  return word.includes(' ') && !word.includes('"') ? `"${word}"` : word;
}
