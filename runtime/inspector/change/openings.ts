import { Failure } from '../../../bench/model/failure.ts';
import { type Remark, readRemark } from '../../labels.ts';
import type { RunCommand } from '../commander.ts';
import type { Door } from '../contract.ts';
import type { Files } from '../files.ts';
import { type InputChain, mayDrop, readFirewall } from '../read/firewall.ts';

/**
 * A rule that lets packets of a run through the host's firewall. Its comment tells any process whose rule it
 * is.
 */
interface Opening extends Remark {
  /** The command that made the rule, to be shown to people. */
  readonly command: string;
}

/** Rules that one inspector inserts. The inspector remembers them and removes them when it exits. */
export interface Openings {
  /**
   * Inserts one rule for each door, limited to it, at the head of each chain on the input hook that may drop.
   * A packet has to pass all of these chains (nft(8), "base chains"). Inserts none where no chain drops.
   */
  open(doors: readonly Door[], remark: string): Promise<readonly Opening[]>;
  /** All rules of this kind on the host, whichever inspector made them. */
  list(): Promise<readonly Opening[]>;
  /** Removes the rules of a run. @throws {Failure} unfit: one of them still exists afterwards. */
  close(runId: string): Promise<readonly Opening[]>;
  removeAll(): Promise<void>;
}

/**
 * How long iptables may wait for the lock of its tables, in seconds. Other programs hold it for moments
 * (iptables(8), -w).
 */
const tablesSeconds = '10';

interface Found extends Opening {
  readonly remove: readonly [string, ...string[]];
}

export function hostOpenings(files: Files, run: RunCommand): Openings {
  const opened = new Set<string>();
  const chains = async () => (await readFirewall(files, run)).inputChains;

  async function find(): Promise<readonly Found[]> {
    const found = await Promise.all((await chains()).map((chain) => findIn(chain, run)));
    return found.flat();
  }

  async function close(runId: string): Promise<readonly Opening[]> {
    const ofRun = async () => (await find()).filter((rule) => rule.runId === runId);
    const own = await ofRun();
    for (const { remove } of own) {
      const [command, ...args] = remove;
      await run(command, args);
    }
    const [left] = own.length === 0 ? [] : await ofRun();
    if (left !== undefined) throw stillThere(left);
    opened.delete(runId);
    return own;
  }

  return {
    async open(doors, remark) {
      const whose = readRemark(remark);
      if (whose === undefined)
        throw new Failure('internal', `the remark of the rule names no run: ${remark}`);
      const made: Opening[] = [];
      opened.add(whose.runId);
      for (const chain of (await chains()).filter(mayDrop)) {
        for (const door of doors.filter(({ source }) => source === undefined || chain.family !== 'ipv6')) {
          const [command, ...args] = insertion(chain, door, remark);
          await run(command, args);
          made.push({ ...whose, command: [command, ...args].map(quoted).join(' ') });
        }
      }
      return made;
    },
    list: find,
    close,
    async removeAll() {
      for (const runId of [...opened]) await close(runId);
    },
  };
}

/** The rule that lets a door's packets through a chain, in the syntax of the chain's tool. */
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
    tablesSeconds,
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

async function findIn(chain: InputChain, run: RunCommand): Promise<readonly Found[]> {
  if (chain.backend === 'nftables') return findNft(chain, run);
  const { stdout } = await run(`${chain.backend}-save`, ['-t', 'filter']);
  return stdout.split('\n').flatMap((line) => {
    const whose = readRemark(line);
    if (whose === undefined || !line.startsWith(`-A ${chain.chain} `)) return [];
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
    return [
      {
        ...whose,
        command: `${chain.backend} ${line}`,
        remove: [chain.backend, '-w', tablesSeconds, '-D', ...words.slice(1)] as const,
      },
    ];
  });
}

/** The part of `nft -j list chain` that is used. */
interface ListedChain {
  readonly nftables: readonly { readonly rule?: { readonly handle: number; readonly comment?: string } }[];
}

async function findNft({ table, chain }: InputChain, run: RunCommand): Promise<readonly Found[]> {
  const place = [...table.split(' '), chain];
  const { stdout } = await run('nft', ['-j', 'list', 'chain', ...place]);
  const { nftables }: ListedChain = JSON.parse(stdout);
  return nftables.flatMap(({ rule }) => {
    const whose = readRemark(rule?.comment ?? '');
    if (rule === undefined || whose === undefined) return [];
    return [
      {
        ...whose,
        command: `nft rule ${place.join(' ')}: ${rule.comment}`,
        remove: ['nft', 'delete', 'rule', ...place, 'handle', String(rule.handle)] as const,
      },
    ];
  });
}

function stillThere({ command }: Opening): Failure {
  return new Failure('unfit', `a firewall rule still exists after its removal: ${command}`, {
    hint: 'Another program changes the firewall at the same time. Try again: bench clean',
  });
}

function quoted(word: string): string {
  return word.includes(' ') && !word.includes('"') ? `"${word}"` : word;
}
