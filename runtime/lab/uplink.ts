import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../../bench/model/failure.ts';
import { type Commander, hasProgram } from '../machine/command.ts';
import { firstProcess } from './lab-machine.ts';
import type { Layout } from './layout.ts';

export const uplinkProgram = 'slirp4netns';

/** How long the uplink may take to start and to end, in milliseconds. */
const patienceMs = 10_000;

/**
 * Connects a lab to the machine's network for the length of a pull or a build. slirp4netns(1) carries its
 * connections by ordinary sockets in the machine's network stack, so that no route, rule or link of the
 * machine is needed. The lab cannot reach the machine's loopback over the uplink. The uplink watches a pipe
 * and ends when this process ends, however it ends.
 * @throws {Failure} unfit: the uplink cannot be started.
 */
export async function openUplink(commander: Commander, at: Layout): Promise<AsyncDisposable> {
  if (!(await hasProgram(commander, uplinkProgram))) {
    throw new Failure('unfit', `the lab cannot reach the network: ${uplinkProgram} is not on the PATH`, {
      hint: `Pulls and builds in a lab need it: apt-get install ${uplinkProgram}, or bench setup --yes`,
    });
  }
  const pid = await firstProcess(at);
  if (pid === undefined)
    throw new Failure('unfit', 'the lab has stopped', { hint: 'Run the command again.' });
  const args = ['--configure', '--mtu=1500', '--disable-host-loopback', '--ready-fd=3', '--exit-fd=4'];
  const child = spawn(uplinkProgram, [...args, String(pid), 'tap0'], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    detached: true, // a terminal's Ctrl-C must reach bench only, which stops the uplink when it is done
  });
  let lines = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines = `${lines}${text}`.slice(-2000);
  });
  const ended = once(child, 'exit').then(
    () => 'ended' as const,
    () => 'ended' as const,
  );
  const close = async () => {
    child.stdio[4]?.destroy();
    const patience = AbortSignal.timeout(patienceMs);
    const killed = once(patience, 'abort').then(() => child.kill('SIGKILL'));
    await Promise.race([ended, killed]);
    await ended;
  };
  const ready = await Promise.race([ended, readable(child), late()]);
  if (ready === 'ready') return { [Symbol.asyncDispose]: close };
  await close();
  throw new Failure('unfit', `the lab's uplink could not be started: ${uplinkProgram} ${ready}`, {
    hint: `Its last lines:\n${lines.trim() || '(none)'}`,
  });
}

async function readable(child: ChildProcess): Promise<'ready' | 'ended'> {
  const pipe = child.stdio[3];
  if (pipe === null || pipe === undefined) return 'ended';
  return Promise.race([
    once(pipe, 'data').then(() => 'ready' as const),
    once(pipe, 'close').then(() => 'ended' as const),
  ]);
}

async function late(): Promise<'was not ready in time'> {
  await once(AbortSignal.timeout(patienceMs), 'abort');
  return 'was not ready in time';
}
