import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { slicesOnDisk } from './bench-process.fixture.ts';
import { plugInNeighbor } from './neighbor.fixture.ts';
import { throwAwayMachine } from './throw-away-machine.fixture.ts';
import { directory } from './users-machine.fixture.ts';
import { usersService } from './users-service.fixture.ts';

const runDirectory = process.env['BENCH_RUN_DIR'] || '/run/bench';

test('no neighbor of the machine reaches anything of a lab, and reaches what the user publishes', async () => {
  const cwd = await directory();
  await using machine = await throwAwayMachine({ dataRoot: join(cwd, 'users-engine') });
  const { address } = await usersService(machine, 8081);
  const neighbor = await plugInNeighbor(machine);
  const paths = ['host/external', 'bridge/external/published', 'user-bridge/external/published/ipv6'];
  const bench = machine.start(
    [
      ...['run', '--lab', '--server', 'nginx', '--profile', 'latency', '--rounds', '1', '--blocks', '500'],
      ...paths.flatMap((path) => ['--path', path]),
    ],
    cwd,
  );
  await slicesOnDisk(bench, cwd, 1);
  const { pid } = JSON.parse(await readFile(join(runDirectory, 'process.json'), 'utf8')) as { pid: number };
  const inLab = (...command: readonly string[]) => machineOf(pid, machine.run, command);

  const listening = await inLab('ss', '-Hltn');
  const sockets = [...listening.matchAll(/\s(\S+):(\d+)\s+\S+:\*/g)];
  const addresses = [...(await inLab('ip', '-o', 'address')).matchAll(/ inet6? ([0-9a-f.:]+)\//g)].map(
    ([, it = '']) => it,
  );
  const ports = [...new Set(sockets.map(([, , port = '']) => port)), '8080'];
  // Bridges have .1; their containers come right after it.
  const containers = [2, 3, 4, 5, 6, 7].map((host) => `172.17.0.${host}`).filter((it) => it !== address);
  const theirs = [...new Set([...addresses, ...containers])].filter(
    (it) => it !== '127.0.0.1' && it !== '::1',
  );
  expect(theirs.some((it) => it.startsWith('198.18.'))).toBe(true);
  expect(ports.length).toBeGreaterThan(2);

  const targets = [...theirs, '10.99.0.1', 'fd99::1'].flatMap((it) => ports.map((port) => `${it} ${port}`));
  const answered = await neighbor.reached([...targets, '10.99.0.1 8081']);
  bench.kill('SIGINT');
  expect([...answered]).toEqual(['10.99.0.1 8081']);
  expect((await bench.ended).exitCode).toBe(130);
});

/** Runs a command in the network namespace of a lab, by its outermost process's first child. */
async function machineOf(
  outer: number,
  run: (program: string, ...args: readonly string[]) => Promise<string>,
  command: readonly string[],
): Promise<string> {
  const script =
    'for s in /proc/[0-9]*/stat; do [ "$(sed "s/.*) //" "$s" 2>/dev/null | cut -d" " -f2)" = "$1" ] && first=$(dirname "$s"); done; shift; exec nsenter --net="$first/ns/net" "$@"';
  return run('sh', '-c', script, 'sh', String(outer), ...command);
}
