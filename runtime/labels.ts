import { hostname } from 'node:os';
import { bootId, identify, isAlive } from './machine/process.ts';

/** On all containers that a run creates. Its value is the run's id. */
export const runLabel = 'bench.run';
/** On the lab image. Not `runLabel`: containers inherit the labels of their image, the user's own as well. */
export const imageLabel = 'bench.lab';
const ownerLabel = 'bench.owner';

/** Who made something: enough to tell later, from any process, whether its maker still lives. */
export interface Owner {
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
  readonly startTicks: string;
}

export async function thisProcess(): Promise<Owner> {
  const me = await identify(process.pid);
  return {
    host: hostname(),
    boot: await bootId().catch(() => ''),
    pid: process.pid,
    startTicks: me?.startTicks ?? '',
  };
}

/** Labels of a run's things. */
export function labelsOf(runId: string, owner: Owner): Readonly<Record<string, string>> {
  return { [runLabel]: runId, [ownerLabel]: [owner.host, owner.boot, owner.pid, owner.startTicks].join(' ') };
}

/**
 * Whether the process that made something still runs. `elsewhere`: it was made from another machine
 * (an engine that several use), so that only that machine can tell.
 */
export async function ownerState(
  labels: Readonly<Record<string, string>>,
): Promise<'alive' | 'gone' | 'elsewhere'> {
  const [host, boot, pid, startTicks] = (labels[ownerLabel] ?? '').split(' ');
  if (host === undefined || boot === undefined || pid === undefined || startTicks === undefined)
    return 'gone';
  if (host !== hostname()) return 'elsewhere';
  if (boot !== (await bootId().catch(() => ''))) return 'gone';
  return (await isAlive({ pid: Number(pid), startTicks })) ? 'alive' : 'gone';
}
