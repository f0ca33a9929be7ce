import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { type RpcClient, rpcClient } from '../model/rpc.ts';
import type { Contender, ContenderContract } from './contender.ts';

type Child = ChildProcessByStdio<Writable, Readable, null>;

const taskset = '/usr/bin/taskset';

/** Whether the server and the load generators get a core each. */
export function canPin(): boolean {
  return process.platform === 'linux' && availableParallelism() >= 2 && existsSync(taskset);
}

/** Starts one of our own programs; it ends when its input does, and so with this process. */
function start(program: string, cpu: number): Child {
  const file = new URL(program, import.meta.url).pathname;
  const command = canPin() ? [taskset, '-c', String(cpu), process.execPath, file] : [process.execPath, file];
  const [executable = process.execPath, ...args] = command;
  return spawn(executable, args, { stdio: ['pipe', 'pipe', 'inherit'] });
}

export interface Arena extends AsyncDisposable {
  readonly url: string;
  readonly contenders: Readonly<Record<Contender, RpcClient<ContenderContract>>>;
}

/** The server, and each contender in a process of its own: neither sees code that the other made hot. */
export async function startArena(): Promise<Arena> {
  const server = start('server.js', 0);
  const agent = start('contender.js', 1);
  const autocannon = start('contender.js', 1);
  const children = [server, agent, autocannon];
  const [line] = await once(server.stdout.setEncoding('utf8'), 'data');
  const clientOf = (child: Child, name: string) =>
    rpcClient<ContenderContract>({ input: child.stdin, output: child.stdout }, name);
  return {
    url: String(line).trim(),
    contenders: { agent: clientOf(agent, 'the agent'), autocannon: clientOf(autocannon, 'autocannon') },
    async [Symbol.asyncDispose]() {
      const exits = children.map((child) => once(child, 'exit'));
      for (const child of children) child.stdin.end();
      await Promise.all(exits);
    },
  };
}
