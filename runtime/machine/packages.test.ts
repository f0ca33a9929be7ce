import { expect, test } from 'vitest';
import type { Failure } from '../../bench/model/failure.ts';
import { type FakeCommander, fakeCommander, programs } from './fake-commander.fixture.ts';
import { aptPackages, enginePackages, installCommand } from './packages.ts';

const asRoot = 0;
const asUser = 1000;

async function failureOf(commander: FakeCommander, uid: number): Promise<Failure> {
  return aptPackages(commander, () => {}, uid)
    .install(['docker.io', 'iptables'])
    .then(
      () => {
        throw new Error('a failure was expected');
      },
      (error: Failure) => error,
    );
}

test('the lists are renewed, then the packages installed, and the user is told', async () => {
  const commander = fakeCommander((line) => programs('apt-get')(line) ?? '');
  const said: string[] = [];
  await aptPackages(commander, (line) => said.push(line), asRoot).install(enginePackages);
  expect(commander.journal.slice(1)).toEqual([
    'apt-get update -qq',
    'apt-get install -y -qq --no-install-recommends docker.io iptables iproute2 ca-certificates',
  ]);
  expect(said).toEqual(['installing docker.io, iptables, iproute2, ca-certificates from the distribution']);
});

test('nothing is asked on the terminal', async () => {
  const environments: unknown[] = [];
  const commander = fakeCommander((line, { env }) => {
    if (line.startsWith('apt-get')) environments.push(env);
    return programs('apt-get')(line) ?? '';
  });
  await aptPackages(commander, () => {}, asRoot).install(['mmdebstrap']);
  expect(environments).toEqual([
    { DEBIAN_FRONTEND: 'noninteractive' },
    { DEBIAN_FRONTEND: 'noninteractive' },
  ]);
});

test('without apt-get: says which packages to install by other means', async () => {
  const commander = fakeCommander(programs());
  const failure = await failureOf(commander, asRoot);
  expect(failure).toMatchObject({ kind: 'unfit', message: expect.stringContaining('no apt-get here') });
  expect(failure.hint).toContain('docker.io iptables');
  expect(commander.journal.some((line) => line.startsWith('apt-get'))).toBe(false);
});

test('not root: the exact command to run, and nothing is touched', async () => {
  const commander = fakeCommander((line) => programs('apt-get')(line) ?? '');
  const failure = await failureOf(commander, asUser);
  expect(failure).toMatchObject({ kind: 'unfit', message: 'installing docker.io, iptables needs root' });
  expect(failure.hint).toBe(`Run: sudo sh -c '${installCommand(['docker.io', 'iptables'])}'`);
  expect(commander.journal.some((line) => line.startsWith('apt-get'))).toBe(false);
});

test.each([
  [
    'a mirror that cannot be resolved',
    'W: Some index files failed to download.\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
    'E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
  ],
  ['a fault without the mark of apt', 'dpkg was interrupted\n', 'dpkg was interrupted'],
])('%s: its last error is told, and the command to try by hand', async (_, stderr, told) => {
  const commander = fakeCommander((line) =>
    line.startsWith('apt-get install') ? { exitCode: 100, stderr } : (programs('apt-get')(line) ?? ''),
  );
  const failure = await failureOf(commander, asRoot);
  expect(failure).toMatchObject({
    kind: 'unfit',
    message: `the package mirror did not give docker.io, iptables: ${told}`,
    hint: `Try by hand: ${installCommand(['docker.io', 'iptables'])}`,
  });
});

test('lists that cannot be renewed matter only if the installation fails', async () => {
  const stale = { exitCode: 100, stderr: 'E: Failed to fetch InRelease  Could not resolve the mirror' };
  const cached = fakeCommander((line) =>
    line.startsWith('apt-get update') ? stale : (programs('apt-get')(line) ?? ''),
  );
  await aptPackages(cached, () => {}, asRoot).install(['mmdebstrap']);

  const neither = fakeCommander((line) => {
    if (line.startsWith('apt-get update')) return stale;
    if (line.startsWith('apt-get install')) return { exitCode: 100 };
    return programs('apt-get')(line);
  });
  expect((await failureOf(neither, asRoot)).message).toContain('Failed to fetch InRelease');
});
