import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { connectDockerode } from '../../../runtime/engine/dockerode.ts';
import type { ThrowAwayMachine } from './throw-away-machine.fixture.ts';

const image = 'users-root:1';

/** A service of the user's in a container with a published port. */
export interface UsersService {
  /** The container's first address. */
  readonly address: string;
  readonly id: string;
}

/**
 * Runs an HTTP server of the user's in a container on the machine's engine. Its image holds nothing but links to the
 * machine's own programs, which are bound into it: no registry and no build are needed.
 */
export async function usersService(machine: ThrowAwayMachine, hostPort: number): Promise<UsersService> {
  const engine = await connectDockerode({ found: 'DOCKER_HOST', url: machine.address });
  const directory = await mkdtemp(join(tmpdir(), 'users-root-'));
  try {
    const archive = join(directory, 'root.tar');
    await machine.run(
      'sh',
      '-c',
      'cd "$1" && mkdir root root/usr root/proc root/node && for name in bin lib lib64; do ln -s usr/$name root/$name; done && tar cf "$2" -C root .',
      'sh',
      directory,
      archive,
    );
    await engine.importImage(archive, image);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const server = "require('http').createServer((_, answer) => answer.end('users')).listen(8000)";
  const container = await engine.create({
    name: 'users-service',
    image,
    command: ['/node/node', '-e', server],
    labels: {},
    attachment: { kind: 'bridge' },
    publish: [{ containerPort: 8000, hostPort, hostAddresses: ['0.0.0.0'] }],
    binds: ['/usr:/usr:ro', `${dirname(process.execPath)}:/node:ro`],
  });
  await container.start();
  // The kernel looks for duplicates of a new IPv6 address before it lists it as ready.
  await expect
    .poll(() => machine.run('ip', '-6', 'address', 'show', 'tentative'), { timeout: 20_000 })
    .toBe('');
  const state = await engine.inspect(container.id);
  return { id: container.id, address: state?.address ?? '' };
}

/** Asks a URL in the machine again and again, with a connection each, until it is ended. */
export function askInLoop(machine: ThrowAwayMachine, url: string) {
  const script = `
    const http = require('http');
    const next = (word) => { console.log(word); setTimeout(ask, 5); };
    const ask = () => http.get(${JSON.stringify(url)}, { agent: false, timeout: 2000 }, (answer) => {
      answer.resume().on('end', () => next('answered'));
    }).on('error', (error) => next('failed: ' + error.message))
      .on('timeout', function () { this.destroy(new Error('no answer within 2 s')); });
    ask();`;
  const asking = machine.startCommand(process.execPath, ['-e', script], tmpdir());
  return {
    /** @returns how many requests were answered, and what became of the others. */
    async end(): Promise<{ readonly answered: number; readonly failed: readonly string[] }> {
      asking.kill('SIGTERM');
      const lines = (await asking.ended).stdout.trimEnd().split('\n');
      return {
        answered: lines.filter((line) => line === 'answered').length,
        failed: lines.filter((line) => line.startsWith('failed')),
      };
    },
  };
}
