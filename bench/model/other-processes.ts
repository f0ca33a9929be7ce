/** A process of the engine's host that has no part in a run, since it started. Times are in steps of 10 ms. */
export interface OtherProcess {
  /** Its pid and its start time: tells it from a later one with the same pid. */
  readonly key: string;
  /** Key of its parent, where that is in sight. */
  readonly parent?: string;
  /** What it calls itself, printable; a thread of the kernel stands in brackets. */
  readonly name: string;
  readonly cpuSeconds: number;
  /** Of its children that have ended and been waited for, and of theirs. */
  readonly endedSeconds: number;
}

/** What processes of one name took between two looks. */
interface OtherUse {
  readonly name: string;
  readonly cpuSeconds: number;
}

/**
 * What other processes took of the CPUs between two looks at them, by name, most first. A process that lived between the
 * looks only, as a compiler's, counts as its parent: there its time goes when it ends (wait(2)). What it had taken before
 * the first look goes there as well, and is taken off.
 */
export function usedBetween(
  before: readonly OtherProcess[],
  after: readonly OtherProcess[],
): readonly OtherUse[] {
  const earlier = new Map(before.map((it) => [it.key, it]));
  const living = new Set(after.map(({ key }) => key));
  /** By process that lives: what those that ended below it had taken before. */
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
