import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../bench/model/failure.ts';
import { serveArguments, serverCapabilities, serverPlaces, serverPowers } from '../../powers.ts';
import type { NativeOrder } from '../contract.ts';

/** Number of characters of a server's output that a message quotes. */
const outputKept = 2_000;
/** How long a server may take to end when asked to, in milliseconds. */
const patienceMs = 2_000;

/** Servers that run as plain processes. The inspector remembers them and ends them when it exits. */
export interface Natives {
  /** Resolves to the server's pid. The started process becomes the server by way of exec. */
  start(order: NativeOrder): Promise<{ readonly pid: number }>;
  state(pid: number): Promise<{ readonly running: boolean; readonly lastLines: string }>;
  stop(pid: number): Promise<void>;
  stopAll(): Promise<void>;
}

/**
 * Makes a process of the lab image's own file system a server outside every container. It is a child of the
 * inspector, which is in the host's network and pid namespaces. Each server gets a mount namespace of its
 * own, so that its body and configuration are at the paths that its configuration names. Both are in memory,
 * as in a container.
 */
const ownPlaces = [
  'set -e',
  'for place in "$1" "$2"; do mount -t tmpfs -o "mode=755,size=$3" tmpfs "$place"; done',
  'shift 3',
  'exec "$@"',
].join('\n');

/**
 * A server has the capabilities that it would have in its container and none of the inspector's. It cannot
 * gain more.
 */
const leastPower = [
  'setpriv',
  `--bounding-set=-all,${serverCapabilities.map((name) => `+${name.toLowerCase()}`).join(',')}`,
  '--inh-caps=-all',
  '--no-new-privs',
] as const;

export function nativeCommand(order: NativeOrder): readonly [string, ...string[]] {
  const { cpus } = order;
  const { writable } = serverPowers(order);
  const { settings, body } = serverPlaces;
  const size = String(writable[body]);
  const pinned = cpus === undefined ? [] : ['taskset', '-c', cpus];
  return [
    'unshare',
    '--mount',
    'sh',
    '-c',
    ownPlaces,
    'sh',
    settings,
    body,
    size,
    ...leastPower,
    ...pinned,
    ...serveArguments(order),
  ];
}

interface Native {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown>;
  readonly output: string;
}

/** @param outputs directory for the output of each server: a file, because Apache opens its output by name. */
export function hostNatives(environment: NodeJS.ProcessEnv, outputs = tmpdir()): Natives {
  const started = new Map<number, Native>();
  let count = 0;

  async function stop(pid: number): Promise<void> {
    const native = started.get(pid);
    if (native === undefined) return;
    const { exit, output } = native;
    signalAll(pid, 'SIGTERM');
    const timer = setTimeout(() => signalAll(pid, 'SIGKILL'), patienceMs);
    await exit;
    clearTimeout(timer);
    signalAll(pid, 'SIGKILL');
    started.delete(pid);
    await rm(output, { force: true });
  }

  return {
    async start(order) {
      const [command, ...args] = nativeCommand(order);
      count += 1;
      const output = join(outputs, `bench-native-${process.pid}-${count}`);
      const file = await open(output, 'ax', 0o600);
      try {
        const child = spawn(command, args, {
          env: { ...environment, BENCH_PADDING: 'x'.repeat(order.paddingBytes) },
          detached: true,
          stdio: ['ignore', file.fd, file.fd],
        });
        const exit = once(child, 'exit');
        await once(child, 'spawn').catch((error: unknown) => {
          throw new Failure(
            'casesFailed',
            `${order.server} could not be started as a plain process: ${error}`,
          );
        });
        if (child.pid === undefined) throw new Error('a process that was started has a pid');
        started.set(child.pid, { child, exit, output });
        return { pid: child.pid };
      } finally {
        await file.close();
      }
    },
    async state(pid) {
      const native = started.get(pid);
      if (native === undefined) return { running: false, lastLines: '' };
      const running = native.child.exitCode === null && native.child.signalCode === null;
      const said = await readFile(native.output, 'utf8').catch(() => '');
      return { running, lastLines: said.slice(-outputKept).trim() };
    },
    stop,
    async stopAll() {
      await Promise.all([...started.keys()].map(stop));
    },
  };
}

/**
 * Signals a server's whole process group. The server may not signal its workers, which run as another user.
 */
function signalAll(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // All of them have ended.
  }
}
