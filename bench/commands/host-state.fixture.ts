import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Engine } from '../../runtime/engine/engine.ts';
import { machineCommander } from '../../runtime/machine/command.ts';

/** What a run must leave as it found it. */
export interface HostSeen {
  readonly containers: readonly string[];
  readonly links: readonly string[];
  readonly rules: readonly string[];
  readonly processes: readonly string[];
}

/** Programs that bench starts, on the host or in containers. */
const ours = /^(dockerd|containerd|containerd-shim\S*|docker-proxy|nginx|apache2)$|\/opt\/bench\//;

export async function hostSeen(engine: Engine | undefined): Promise<HostSeen> {
  const found = engine === undefined ? [] : await engine.containers();
  return {
    containers: found
      .map(({ name, id, running }) => `${name} ${id} ${running ? 'running' : 'stopped'}`)
      .sort(),
    links: await linkNames(),
    rules: [...(await rules('iptables-save')), ...(await rules('ip6tables-save'))],
    processes: await processNames(),
  };
}

async function linkNames(): Promise<readonly string[]> {
  const { stdout } = await machineCommander.run('ip', ['-o', 'link', 'show']);
  return [...stdout.matchAll(/^\d+: ([^:@]+)/gm)].map((match) => match[1] ?? '').sort();
}

/** Rules and policies without their counters. Empty tables are no rules. */
async function rules(program: string): Promise<readonly string[]> {
  const { stdout } = await machineCommander.run(program, []);
  return stdout
    .split('\n')
    .filter((line) => /^-A |^:\S+ DROP|^:(DOCKER)/.test(line))
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
}

async function processNames(): Promise<readonly string[]> {
  const names: string[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const comm = (await readFile(`/proc/${entry}/comm`, 'utf8').catch(() => '')).trim();
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command === '') continue; // has ended; only its parent has not asked for its exit code yet
    if ((ours.test(comm) || ours.test(command)) && (await descendsFromHere(entry))) names.push(comm);
  }
  return names.sort();
}

/**
 * Whether a process, or one that it descends from, is in this network stack: an engine that somebody else runs in a
 * network namespace of its own is none of ours.
 */
async function descendsFromHere(pid: string): Promise<boolean> {
  const here = await readlink('/proc/self/ns/net');
  for (let at = pid; at !== '' && at !== '0'; at = await parentOf(at)) {
    if ((await readlink(`/proc/${at}/ns/net`).catch(() => '')) === here) return true;
  }
  return false;
}

async function parentOf(pid: string): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
}
