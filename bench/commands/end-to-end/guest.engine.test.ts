import { expect, test } from 'vitest';
import { slicesOnDisk } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { directory, usersMachine } from './users-machine.fixture.ts';

/* What commands leave on a machine whose engine is the user's: nothing. */

const short = ['--server', 'nginx', '--rounds', '1', '--blocks', '4', '--profile', 'latency'];
const everyKind = [
  'native/external',
  'host/neighbor',
  'mapped/external/published',
  'user-bridge/external/published',
  'macvlan/external/container',
  'bridge/host/loopback',
  'host/external/ipv6',
  'user-bridge/external/published/ipv6',
].flatMap((path) => ['--path', path]);

const machine = usersMachine();

test.each([
  ['a run of every kind of path', ['run', ...short, ...everyKind, '--open-firewall']],
  ['inspect', ['inspect']],
  ['doctor', ['doctor']],
  ['plan', ['plan', '--plan', 'paths']],
])('%s leaves the machine as it was', async (_, argv) => {
  const cwd = await directory();
  const ended = await machine.bench(argv, cwd);
  if (argv[0] === 'run') await expectMeasured(ended, cwd);
  else expect(ended.exitCode, ended.stderr).toBe(0);
  await machine.nothingIsLeft();
});

test('a run that is interrupted, and one that is killed and cleaned up after, leave it as it was', async () => {
  const interrupted = await directory();
  const bench = machine.start(['run', ...short, ...everyKind], interrupted);
  await slicesOnDisk(bench, interrupted, 1);
  bench.kill('SIGINT');
  expect((await bench.ended).exitCode).toBe(130);
  await machine.nothingIsLeft();

  const killed = await directory();
  const other = machine.start(['run', ...short, ...everyKind, '--open-firewall'], killed);
  await slicesOnDisk(other, killed, 1);
  other.kill('SIGKILL');
  await other.ended;
  expect(await machine.run('nft', 'list', 'ruleset')).toContain('bench run '); // its rules are there, and marked
  const cleaned = await machine.bench(['clean'], killed);
  expect(cleaned.exitCode, cleaned.stderr).toBe(0);
  await machine.nothingIsLeft();
});
