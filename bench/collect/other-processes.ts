import { type OtherProcess, usedBetween } from '../model/other-processes.ts';
import type { Run } from '../model/run.ts';
import type { Stage } from '../model/stage.ts';

/** This many processes are named. They are those that took most of the machine. */
const mostNamed = 5;

/** Sums, over the rounds of a run, what other processes of the machine used of its CPUs. */
export class OtherProcesses {
  readonly #byName = new Map<string, number>();
  #before: readonly OtherProcess[] = [];
  #wallSeconds = 0;
  #seen = false;

  async begin(stage: Pick<Stage, 'otherProcesses'>): Promise<void> {
    this.#before = await stage.otherProcesses();
  }

  /** @param wallSeconds since `begin`. */
  async end(stage: Pick<Stage, 'otherProcesses'>, wallSeconds: number): Promise<void> {
    const after = await stage.otherProcesses();
    this.#seen ||= after.length > 0;
    this.#wallSeconds += wallSeconds;
    for (const { name, cpuSeconds } of usedBetween(this.#before, after)) {
      this.#byName.set(name, (this.#byName.get(name) ?? 0) + cpuSeconds);
    }
  }

  /** `undefined` where none can be seen. */
  largest(): Run['foreign'] {
    if (!this.#seen || this.#wallSeconds === 0) return undefined;
    const processes = [...this.#byName]
      .map(([name, cpuSeconds]) => ({ name, cpuSeconds }))
      .filter(({ cpuSeconds }) => cpuSeconds > 0)
      .toSorted((a, b) => b.cpuSeconds - a.cpuSeconds)
      .slice(0, mostNamed);
    return { wallSeconds: this.#wallSeconds, processes };
  }
}
