import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../bench/model/failure.ts';
import type { NativeOrder } from './contract.ts';

/** Bytes of output that are kept for a message. */
const outputKept = 2_000;
/** How long a server may take to end when asked to, in milliseconds. */
const patienceMs = 2_000;

/** Servers that run as plain processes. The inspector knows them, so that it can end them when it leaves. */
export interface Natives {
  /** Resolves to the server's pid: it is the process that was started, by way of exec. */
  start(order: NativeOrder): Promise<{ readonly pid: number }>;
  state(pid: number): { readonly running: boolean; readonly lastLines: string };
  stop(pid: number): Promise<void>;
  stopAll(): Promise<void>;
}

/**
 * What makes a process of the lab image's own file system a server outside every container: it is a child of the
 * inspector, which is in the host's network and pid namespaces, and gets a mount namespace of its own, so that each server
 * has its own body and configuration at the paths that its configuration names. They lie on the same kind of file
 * system as in a container.
 */
const ownPlaces = [
  'set -e',
  'place=$1; shift',
  'for name in run srv; do',
  '  mkdir -p "$place/$name" "/$name/bench"',
  '  mount --bind "$place/$name" "/$name/bench"',
  'done',
  'exec "$@"',
].join('\n');

export function nativeCommand({ name, command, cpus }: NativeOrder): readonly [string, ...string[]] {
  const pinned = cpus === undefined ? command : ['taskset', '-c', cpus, ...command];
  return ['unshare', '--mount', 'sh', '-c', ownPlaces, 'sh', `/opt/bench/native/${name}`, ...pinned];
}

interface Native {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown>;
  output: string;
}

export function hostNatives(environment: NodeJS.ProcessEnv): Natives {
  const started = new Map<number, Native>();

  async function stop(pid: number): Promise<void> {
    const native = started.get(pid);
    if (native === undefined) return;
    const { child, exit } = native;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    await exit;
    clearTimeout(timer);
    started.delete(pid);
  }

  return {
    async start(order) {
      const [command, ...args] = nativeCommand(order);
      const child = spawn(command, args, {
        env: { ...environment, ...order.environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const native: Native = { child, exit: once(child, 'exit'), output: '' };
      const keep = (chunk: Buffer) => {
        native.output = (native.output + chunk.toString('utf8')).slice(-outputKept);
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const failed = once(child, 'error').then(([error]: unknown[]) => {
        throw new Failure('casesFailed', `${order.name} could not be started as a plain process: ${error}`);
      });
      await Promise.race([once(child, 'spawn'), failed]);
      failed.catch(() => undefined);
      if (child.pid === undefined) throw new Error('a process that was started has a pid');
      started.set(child.pid, native);
      return { pid: child.pid };
    },
    state(pid) {
      const native = started.get(pid);
      if (native === undefined) return { running: false, lastLines: '' };
      const running = native.child.exitCode === null && native.child.signalCode === null;
      return { running, lastLines: native.output.trim() };
    },
    stop,
    async stopAll() {
      await Promise.all([...started.keys()].map(stop));
    },
  };
}
