import { expect, test } from 'vitest';
import { fakeCommander } from '../machine/commander.fake.ts';
import { compose1, compose2 } from './compose.fixture.ts';
import { findCompose, runCompose } from './compose-program.ts';

test("Docker's plugin is used where there is one, else the program of its own", async () => {
  expect(await findCompose(compose2())).toEqual({
    name: 'docker compose',
    words: ['docker', 'compose'],
    major: 2,
  });
  expect(await findCompose(compose1())).toEqual({
    name: 'docker-compose',
    words: ['docker-compose'],
    major: 1,
  });
  const alone = fakeCommander((line) => (line === 'docker-compose version --short' ? 'v2.20.3' : undefined));
  expect(await findCompose(alone)).toMatchObject({ words: ['docker-compose'], major: 2 });
});

test('without Compose, or with one that is too old, the failure says what to install', async () => {
  await expect(findCompose(fakeCommander(() => undefined))).rejects.toMatchObject({
    kind: 'unfit',
    message: 'neither docker compose nor docker-compose answers on this machine',
    hint: expect.stringContaining('apt-get install docker-compose'),
  });
  const old = fakeCommander((line) => (line === 'docker-compose version --short' ? '1.25.5' : undefined));
  await expect(findCompose(old)).rejects.toMatchObject({
    message: 'docker-compose is 1.25.5, and bench needs 1.27 or later',
  });
});

test('what Compose said is in the failure', async () => {
  const commander = fakeCommander(() => ({
    exitCode: 1,
    stderr: 'ERROR: for db  Container "4f" is unhealthy.',
  }));
  const program = await findCompose(compose1());
  const order = { what: 'start db', args: ['up'], engine: 'unix:///run/x.sock' };
  await expect(runCompose(commander, program, order)).rejects.toMatchObject({
    kind: 'unfit',
    message: 'docker-compose could not start db (exit code 1)',
    hint: 'It said:\nERROR: for db  Container "4f" is unhealthy.',
  });
});

test('an interrupted command is an interrupt, whatever its exit code', async () => {
  const commander = fakeCommander(() => ({ exitCode: 130 }));
  const program = await findCompose(compose1());
  const order = { what: 'start db', args: ['up'], signal: AbortSignal.abort() };
  await expect(runCompose(commander, program, order)).rejects.toMatchObject({ kind: 'interrupted' });
});
