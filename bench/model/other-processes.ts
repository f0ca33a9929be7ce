/**
 * A process of the engine's host that has no part in a run. Times count from its start, in steps of 10 ms.
 */
export interface OtherProcess {
  /** Its pid and its start time. They distinguish it from a later process with the same pid. */
  readonly key: string;
  /** Key of its parent, where the parent is visible. */
  readonly parent?: string;
  /** The name that it reports, printable. The name of a kernel thread is in brackets. */
  readonly name: string;
  readonly cpuSeconds: number;
  /** CPU time of its children that have ended and been waited for, and of their children. */
  readonly endedSeconds: number;
}

/** CPU time that the processes of one name took between two looks. */
interface OtherUse {
  readonly name: string;
  readonly cpuSeconds: number;
}

/**
 * CPU time that other processes took between two looks, by name, most first. A process that lived only
 * between the looks, such as a compiler's, counts as its parent, which receives its time when it ends
 * (wait(2)). The parent also receives what the process took before the first look. That part is subtracted.
 */
export function usedBetween(
  before: readonly OtherProcess[],
  after: readonly OtherProcess[],
): readonly OtherUse[] {
  const earlier = new Map(before.map((it) => [it.key, it]));
  const living = new Set(after.map(({ key }) => key));
  /** By living process: the time that its ended descendants had taken before. */
  const old = new Map<string, number>();
  for (const gone of before) {
    if (living.has(gone.key)) continue;
    let heir = gone.parent;
    while (heir !== undefined && !living.has(heir)) heir = earlier.get(heir)?.parent;
    if (heir !== undefined) old.set(heir, (old.get(heir) ?? 0) + gone.cpuSeconds + gone.endedSeconds);
  }
  const byName = new Map<string, number>();
  for (const { key, name, cpuSeconds, endedSeconds } of after) {
    const from = earlier.get(key);
    const own = cpuSeconds - (from?.cpuSeconds ?? 0);
    const ended = endedSeconds - (from?.endedSeconds ?? 0) - (old.get(key) ?? 0);
    byName.set(name, (byName.get(name) ?? 0) + own + Math.max(0, ended));
  }
  return [...byName]
    .map(([name, seconds]) => ({ name, cpuSeconds: seconds }))
    .filter(({ cpuSeconds }) => cpuSeconds > 0)
    .sort((a, b) => b.cpuSeconds - a.cpuSeconds);
}
