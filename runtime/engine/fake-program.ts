import { once } from 'node:events';
import type { Channel } from '../../bench/model/rpc.ts';

/** A program that the engine runs in a container. Resolves to the exit code when the container has ended. */
export type FakeProgram = (process: FakeProcess) => Promise<number>;

export interface FakeProcess {
  /** The program's end of the streams: it reads `output` and writes to `input`, as `serveRpc` does. */
  readonly channel: Channel;
  /** One line on stderr, kept for `lastLines` and `stderrTail`. */
  say(line: string): void;
  /** Resolves when the container is removed. */
  readonly killed: Promise<void>;
}

/** Runs until it is removed or, where attached, until its input ends. */
export const idleProgram: FakeProgram = async ({ channel, killed }) => {
  channel.output.resume();
  await Promise.race([killed, once(channel.output, 'end')]);
  return 0;
};
