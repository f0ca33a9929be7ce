import { afterAll, beforeAll, expect, test } from 'vitest';
import { slicesOnDisk, temporaryDirectory } from './bench-process.fixture.ts';
import { changes, machineListing } from './machine-listing.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { type ThrowAwayMachine, throwAwayMachine } from './throw-away-machine.fixture.ts';
import { directory } from './users-machine.fixture.ts';

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

let machine: ThrowAwayMachine;

beforeAll(async () => {
  machine = await throwAwayMachine();
  await using cwd = await temporaryDirectory();
  expect((await machine.bench(['setup'], cwd.path)).exitCode).toBe(0);
  // The first container in host mode makes an engine pin its host's stack, and the first on docker0 gives that an IPv6
  // address, for good, whoever starts them.
  expect((await machine.bench(['inspect', 'host', 'bridge'], cwd.path)).exitCode).toBe(0);
}, 120_000);

afterAll(() => machine?.[Symbol.asyncDispose]());

const listing = () => machineListing(machine.run);

async function expectAsBefore(before: readonly string[]): Promise<void> {
  await expect.poll(async () => changes(before, await listing()), { timeout: 30_000 }).toEqual([]);
}

test.each([
  ['a run of every kind of path', ['run', ...short, ...everyKind, '--open-firewall']],
  ['inspect', ['inspect']],
  ['doctor', ['doctor']],
  ['plan', ['plan', '--plan', 'paths']],
])('%s leaves the machine as it was', async (_, argv) => {
  const cwd = await directory();
  const before = await listing();
  const ended = await machine.bench(argv, cwd);
  if (argv[0] === 'run') await expectMeasured(ended, cwd);
  else expect(ended.exitCode, ended.stderr).toBe(0);
  await expectAsBefore(before);
});

test('a run that is interrupted, and one that is killed and cleaned up after, leave it as it was', async () => {
  const before = await listing();
  const interrupted = await directory();
  const bench = machine.start(['run', ...short, ...everyKind], interrupted);
  await slicesOnDisk(bench, interrupted, 1);
  bench.kill('SIGINT');
  expect((await bench.ended).exitCode).toBe(130);
  await expectAsBefore(before);

  const killed = await directory();
  const other = machine.start(['run', ...short, ...everyKind, '--open-firewall'], killed);
  await slicesOnDisk(other, killed, 1);
  other.kill('SIGKILL');
  await other.ended;
  const left = changes(before, await listing());
  expect(left.join('\n')).toContain('bench run '); // its rules are there, and marked
  const cleaned = await machine.bench(['clean'], killed);
  expect(cleaned.exitCode, cleaned.stderr).toBe(0);
  await expectAsBefore(before);
});
