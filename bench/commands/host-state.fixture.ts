import { readdir, readFile } from 'node:fs/promises';
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
    if (ours.test(comm) || ours.test(command)) names.push(comm);
  }
  return names.sort();
}
