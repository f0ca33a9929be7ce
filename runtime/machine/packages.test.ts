import { expect, test } from 'vitest';
import type { Failure } from '../../bench/model/failure.ts';
import { type FakeCommander, fakeCommander, programs } from './commander.fake.ts';
import { aptPackages, enginePackages, installCommand } from './packages.ts';

/** The command that installs, wherever apt-get stands in it. */
function isInstall(line: string): boolean {
  return line.includes('apt-get install -y');
}

const asRoot = 0;
const asUser = 1000;
const quiet = new AbortController().signal;

async function failureOf(commander: FakeCommander, uid: number): Promise<Failure> {
  return aptPackages(commander, () => {}, quiet, uid)
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
  await aptPackages(commander, (line) => said.push(line), quiet, asRoot).install(enginePackages);
  const [update, install] = commander.journal.filter((line) => line.includes('apt-get')).slice(1);
  expect(update).toBe('apt-get update -qq');
  expect(install).toMatch(
    / install -y -qq --no-install-recommends docker\.io iptables iproute2 slirp4netns ca-certificates$/,
  );
  expect(said).toEqual([
    'installing docker.io, iptables, iproute2, slirp4netns, ca-certificates from the distribution',
  ]);
});

/** A machine whose package enables its services, as Debian's docker.io does. */
function withServices(before: readonly string[]) {
  let installed = false;
  return fakeCommander((line) => {
    const asked = /^systemctl is-enabled --quiet (\S+)$/.exec(line)?.[1];
    if (asked !== undefined) return { exitCode: installed || before.includes(asked) ? 0 : 1 };
    if (isInstall(line)) installed = true;
    return programs('apt-get')(line) ?? '';
  });
}

test('a service that the packages enable is disabled again, and the user is told how to have it', async () => {
  const commander = withServices([]);
  const said: string[] = [];
  await aptPackages(commander, (line) => said.push(line), quiet, asRoot).install(enginePackages);
  expect(commander.journal.at(-1)).toBe('systemctl disable docker.service docker.socket containerd.service');
  expect(said.at(-1)).toContain('systemctl enable --now docker.service');
});

test('a service that was enabled before stays so', async () => {
  const commander = withServices(['docker.service', 'docker.socket', 'containerd.service']);
  await aptPackages(commander, () => {}, quiet, asRoot).install(['mmdebstrap']);
  expect(commander.journal.some((line) => line.startsWith('systemctl disable'))).toBe(false);
});

test('packages are installed where systemd is out of sight: none starts its service', async () => {
  const commander = withServices([]);
  await aptPackages(commander, () => {}, quiet, asRoot).install(enginePackages);
  const install = commander.journal.find(isInstall) ?? '';
  expect(install).toMatch(/^unshare --mount sh -c \[ ! -d \/run\/systemd\/system \] \|\| mount -t tmpfs /);
});

test('nothing is asked on the terminal', async () => {
  const environments: unknown[] = [];
  const commander = fakeCommander((line, { env }) => {
    if (/apt-get (update|install)/.test(line)) environments.push(env);
    return programs('apt-get')(line) ?? '';
  });
  await aptPackages(commander, () => {}, quiet, asRoot).install(['mmdebstrap']);
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
    isInstall(line) ? { exitCode: 100, stderr } : (programs('apt-get')(line) ?? ''),
  );
  const failure = await failureOf(commander, asRoot);
  expect(failure).toMatchObject({
    kind: 'unfit',
    message: `the package mirror did not deliver docker.io, iptables: ${told}`,
    hint: `Try it yourself: ${installCommand(['docker.io', 'iptables'])}`,
  });
});

test('lists that cannot be renewed matter only if the installation fails', async () => {
  const stale = { exitCode: 100, stderr: 'E: Failed to fetch InRelease  Could not resolve the mirror' };
  const cached = fakeCommander((line) =>
    line.startsWith('apt-get update') ? stale : (programs('apt-get')(line) ?? ''),
  );
  await aptPackages(cached, () => {}, quiet, asRoot).install(['mmdebstrap']);

  const neither = fakeCommander((line) => {
    if (line.startsWith('apt-get update')) return stale;
    if (isInstall(line)) return { exitCode: 100 };
    return programs('apt-get')(line);
  });
  expect((await failureOf(neither, asRoot)).message).toContain('Failed to fetch InRelease');
});

test('an interruption leaves apt at work, says so, and begins no further command', async () => {
  const interruption = new AbortController();
  const commander = fakeCommander((line, { undisturbed, signal }) => {
    if (!line.startsWith('apt-get')) return programs('apt-get')(line);
    expect({ undisturbed, signal }).toEqual({ undisturbed: true, signal: interruption.signal });
    interruption.abort();
    return { exitCode: 124, stderr: 'apt-get (pid 42) is still running' };
  });
  const said: string[] = [];
  const packages = aptPackages(commander, (line) => said.push(line), interruption.signal, asRoot);
  await expect(packages.install(['mmdebstrap'])).rejects.toMatchObject({ exitCode: 130 });
  expect(said.at(-1)).toBe('apt-get (pid 42) is still running');
  expect(commander.journal.filter((line) => line.startsWith('apt-get'))).toEqual(['apt-get update -qq']);
});
