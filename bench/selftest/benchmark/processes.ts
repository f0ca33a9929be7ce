import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Path of a program on the machine; `undefined` if it is not installed. */
export function whereIs(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

const taskset = whereIs('taskset');

/** Whether the server and the load generators each get a core of their own. */
export function canPin(): boolean {
  return process.platform === 'linux' && availableParallelism() >= 2 && taskset !== undefined;
}

/** The command, on one core where that is possible. */
export function onCpu(cpu: number, command: readonly string[]): readonly string[] {
  return canPin() && taskset !== undefined ? [taskset, '-c', String(cpu), ...command] : command;
}

export function start(cpu: number, command: readonly string[]): Child {
  const [program = process.execPath, ...args] = onCpu(cpu, command);
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** Starts one of our own programs. It ends when its input does, and so with this process. */
export function startOurs(cpu: number, program: string): Child {
  return start(cpu, [process.execPath, new URL(program, import.meta.url).pathname]);
}

/** Lets a program of ours end by itself, and ends any other by a signal. */
export async function end(child: Child, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.stdin.end();
  if (signal !== undefined) child.kill(signal);
  await exited;
}
