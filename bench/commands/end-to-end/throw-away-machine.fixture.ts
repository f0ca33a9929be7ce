import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import { runLabel } from '../../../runtime/labels.ts';
import { type CommandResult, machineCommander } from '../../../runtime/machine/command.ts';
import { type BenchProcess, type Ended, startProgram } from './bench-process.fixture.ts';

/** How long a machine's dockerd may take to answer and to stop, in seconds. A bound, not a wait. */
const patienceSeconds = 30;
const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'bench', 'main.js');

export interface ThrowAwayOptions {
  /** Flags of the user's dockerd, beside its places. */
  readonly dockerd?: readonly string[];
  /** What stands in /etc/docker/daemon.json of that machine. */
  readonly daemonJson?: unknown;
  /** Shell lines that run in the machine, as root, before dockerd starts: sysctls, routes, mounts. */
  readonly prepare?: string;
  /** Where images lie: the lab's own data root, which has the lab image, when absent. No lab may run meanwhile. */
  readonly dataRoot?: string;
}

/**
 * A machine of a user's with an engine of the user's, to be thrown away: network, mount and pid namespaces of its own, in
 * which its dockerd, the CLI under test and the test's own commands all live. Firewall rules, routes, sysctls of the
 * network and mounts that a test makes there go with it, and never reach the machine that runs the tests.
 */
export interface ThrowAwayMachine extends AsyncDisposable {
  /** The engine's address, as DOCKER_HOST has it; the same inside the machine and outside of it. */
  readonly address: string;
  /** Starts the built CLI in the machine, as root of it, with DOCKER_HOST set. */
  start(argv: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): BenchProcess;
  /** The same, and waits for its end. */
  bench(argv: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Starts any command in the machine. */
  startCommand(program: string, argv: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): BenchProcess;
  /** Sends a signal to its dockerd, which is its first process and hears none from inside. */
  signalEngine(signal: NodeJS.Signals): void;
  /** Runs a command of the machine. Rejects where it fails. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Runs a command of the machine, whatever comes of it. */
  tried(program: string, ...args: readonly string[]): Promise<CommandResult>;
}

export async function throwAwayMachine(options: ThrowAwayOptions = {}): Promise<ThrowAwayMachine> {
  const run = await mkdtemp(join(tmpdir(), 'users-')); // short: sockets live there
  const dataRoot = options.dataRoot ?? join(process.env['BENCH_STATE_DIR'] || '/var/lib/bench', 'engine');
  await mkdir(dataRoot, { recursive: true });
  const { daemonJson } = options;
  if (daemonJson !== undefined) await writeFile(join(run, 'daemon.json'), JSON.stringify(daemonJson));
  const script = `
    mount -t proc proc /proc
    ip link set lo up
    for directory in /run/containerd /run/docker /etc/docker; do
      mkdir -p "$directory" && mount -t tmpfs tmpfs "$directory"
    done
    [ ! -e "$RUN/daemon.json" ] || cp "$RUN/daemon.json" /etc/docker/daemon.json
    # Where it is off, paths over a bridge with IPv6 are not offered.
    [ ! -e /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
    ${options.prepare ?? ''}
    exec dockerd --data-root "$DATA" --exec-root "$RUN/exec" --pidfile "$RUN/pid" -H "unix://$RUN/docker.sock" "$@"`;
  const log = await open(join(run, 'log'), 'a');
  const outer = spawn(
    'unshare',
    [
      '--net',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      'sh',
      '-ec',
      script,
      'sh',
      ...(options.dockerd ?? []),
    ],
    { env: { ...process.env, RUN: run, DATA: dataRoot }, stdio: ['ignore', log.fd, log.fd], detached: true },
  );
  await log.close();
  const gone = once(outer, 'exit');
  const address = `unix://${join(run, 'docker.sock')}`;

  async function stop(): Promise<void> {
    const first = await childOf(outer.pid);
    if (first !== undefined) process.kill(first, 'SIGTERM');
    await Promise.race([gone, pause(patienceSeconds * 1000, undefined, { ref: false })]);
    if (outer.exitCode === null && outer.signalCode === null) outer.kill('SIGKILL');
    await gone;
    await rm(run, { recursive: true, force: true });
  }

  try {
    const first = await answering(outer, run);
    await removeDead(address);
    const inside = ['-t', String(first), '--net', '--mount', '--pid'];
    const env = (more: NodeJS.ProcessEnv) => ({ DOCKER_HOST: address, ...more });
    const startCommand: ThrowAwayMachine['startCommand'] = (program, argv, cwd, more = {}) => {
      const entered = startProgram(
        'nsenter',
        [...inside, `--wd=${cwd}`, '--', program, ...argv],
        cwd,
        env(more),
      );
      // nsenter waits for what it started, and passes no signal on. It stops with it, and has to go on by itself.
      const kill = (signal: NodeJS.Signals) =>
        void childOf(entered.pid).then((pid) => {
          if (pid !== undefined) process.kill(pid, signal);
          if (signal !== 'SIGSTOP') entered.kill('SIGCONT');
        });
      return { ...entered, kill };
    };
    const start: ThrowAwayMachine['start'] = (argv, cwd, more) =>
      startCommand(process.execPath, [main, ...argv], cwd, more);
    const tried: ThrowAwayMachine['tried'] = (program, ...args) =>
      machineCommander.run('nsenter', [...inside, '--', program, ...args], { env: { DOCKER_HOST: address } });
    return {
      address,
      start,
      startCommand,
      bench: (argv, cwd, more) => start(argv, cwd, more).ended,
      signalEngine: (signal) => void process.kill(first, signal),
      tried,
      async run(program, ...args) {
        const { exitCode, stdout, stderr } = await tried(program, ...args);
        if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${exitCode}: ${stderr}`);
        return stdout;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves to the pid of the machine's first process, its dockerd, once that answers. */
async function answering(outer: ReturnType<typeof spawn>, run: string): Promise<number> {
  const deadline = performance.now() + patienceSeconds * 1000;
  for (;;) {
    const endpoint = { found: 'DOCKER_HOST', url: `unix://${join(run, 'docker.sock')}` } as const;
    const answers = await connectDockerode(endpoint).then(
      () => true,
      () => false,
    );
    const first = await childOf(outer.pid);
    if (answers && first !== undefined) return first;
    if (outer.exitCode !== null || performance.now() > deadline) {
      const log = await readFile(join(run, 'log'), 'utf8');
      throw new Error(`the machine's dockerd does not answer:\n${log.split('\n').slice(-8).join('\n')}`);
    }
    await pause(50);
  }
}

/** What an earlier machine with the same images left: the processes of all of it went with that machine. */
async function removeDead(address: string): Promise<void> {
  const engine = await connectDockerode({ found: 'DOCKER_HOST', url: address });
  for (const { id } of await engine.containers()) await engine.remove(id);
  for (const { id } of await engine.networks(runLabel)) await engine.removeNetwork(id);
}

/** The first child of a process. */
async function childOf(parent: number | undefined): Promise<number | undefined> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    if (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(parent)) return Number(entry);
  }
  return undefined;
}
