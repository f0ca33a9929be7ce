import type { Commander } from '../machine/command.ts';

/**
 * What an engine leaves on its host when it stops: docker0, its iptables chains and rules, the FORWARD policy and
 * ip_forward. A private engine takes all of it away again, and touches nothing that was there before it started.
 */
export interface HostState {
  readonly hadDocker0: boolean;
  readonly ipForward: string;
  readonly ip6Forward: string;
  /** `iptables-save` and `ip6tables-save`, one line an entry, counters left out. */
  readonly rules: Readonly<Record<Family, readonly string[]>>;
}

const families = { iptables: 'iptables-save', ip6tables: 'ip6tables-save' } as const;
export type Family = keyof typeof families;
const familyNames = ['iptables', 'ip6tables'] as const satisfies readonly Family[];

export async function readHostState(commander: Commander): Promise<HostState> {
  const [links, ipForward, ip6Forward, v4, v6] = await Promise.all([
    commander.run('ip', ['-o', 'link', 'show', 'docker0']),
    readSysctl(commander, 'net.ipv4.ip_forward'),
    readSysctl(commander, 'net.ipv6.conf.all.forwarding'),
    savedRules(commander, 'iptables'),
    savedRules(commander, 'ip6tables'),
  ]);
  return { hadDocker0: links.exitCode === 0, ipForward, ip6Forward, rules: { iptables: v4, ip6tables: v6 } };
}

/** Takes back what an engine added since `before` was read. Everything else stays as it is now. */
export async function restoreHostState(commander: Commander, before: HostState): Promise<void> {
  for (const family of familyNames) {
    const now = await savedRules(commander, family);
    for (const args of undoRules(before.rules[family], now)) await commander.run(family, ['-w', ...args]);
  }
  if (!before.hadDocker0) await commander.run('ip', ['link', 'delete', 'docker0']);
  await restoreSysctl(commander, 'net.ipv4.ip_forward', before.ipForward);
  await restoreSysctl(commander, 'net.ipv6.conf.all.forwarding', before.ip6Forward);
}

/**
 * The iptables calls that lead from `now` back to `before`, as far as an engine is concerned: rules that name a
 * DOCKER chain or docker0, or hairpin a container, and were not there, then such chains, then a FORWARD policy that
 * has changed.
 */
export function undoRules(before: readonly string[], now: readonly string[]): readonly (readonly string[])[] {
  const known = new Set(inTables(before).map(({ table, line }) => `${table} ${line}`));
  const added = inTables(now).filter(({ table, line }) => !known.has(`${table} ${line}`));
  const deletions: string[][] = [];
  const chains: string[][] = [];
  const policies: string[][] = [];
  for (const { table, line } of added) {
    if (line.startsWith('-A ') && (/DOCKER|docker0/.test(line) || hairpin.test(line))) {
      deletions.push(['-t', table, '-D', ...splitRule(line.slice('-A '.length))]);
    }
    const chain = /^:(DOCKER\S*) /.exec(line)?.[1];
    if (chain !== undefined) chains.push(['-t', table, '-X', chain]);
    if (line.startsWith(':FORWARD DROP')) policies.push(['-t', table, '-P', 'FORWARD', 'ACCEPT']);
  }
  return [...deletions, ...chains, ...policies];
}

/** Made for each published port, for a container that dials itself. A dockerd that is killed leaves it. */
const hairpin = /^-A POSTROUTING -s (\S+) -d \1 .*-j MASQUERADE$/;

/** Each line of an iptables-save text with its table; counters and comments dropped. */
function inTables(lines: readonly string[]): readonly { table: string; line: string }[] {
  let table = '';
  const found: { table: string; line: string }[] = [];
  for (const line of lines) {
    if (line.startsWith('*')) table = line.slice(1);
    else if (line.startsWith('-A ')) found.push({ table, line });
    else if (line.startsWith(':')) found.push({ table, line: line.replace(/ \[\d+:\d+\]$/, '') });
  }
  return found;
}

/** Words of a rule as iptables-save prints it: only comments are quoted. */
function splitRule(rule: string): string[] {
  return [...rule.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

async function savedRules(commander: Commander, family: Family): Promise<readonly string[]> {
  const { exitCode, stdout } = await commander.run(families[family], []);
  return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#')) : [];
}

async function readSysctl(commander: Commander, name: string): Promise<string> {
  const { stdout } = await commander.run('cat', [`/proc/sys/${name.replaceAll('.', '/')}`]);
  return stdout.trim();
}

async function restoreSysctl(commander: Commander, name: string, value: string): Promise<void> {
  if (value === '' || (await readSysctl(commander, name)) === value) return;
  await commander.run('sh', [
    '-c',
    'echo "$1" > "$2"',
    'sh',
    value,
    `/proc/sys/${name.replaceAll('.', '/')}`,
  ]);
}
