import { expect, test } from 'vitest';
import { doctorDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';
import { directory, usersMachine } from './users-machine.fixture.ts';

const machine = usersMachine();

test('doctor looks at every point of the machine and its engine, and leaves nothing behind', async () => {
  const { exitCode, stdout } = await machine.bench(['doctor', '--json'], await directory());
  expect(exitCode).toBe(0);
  const { findings } = printed(doctorDocumentSchema, stdout);
  expect(findings.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining([
      'engine',
      'cgroup',
      'lab image',
      'other containers',
      'CPUs',
      'busy CPUs',
      'steal',
      'CPU governor',
      'turbo',
      'conntrack',
      'ephemeral ports',
      'MTU',
      'firewall',
      'published ports',
    ]),
  );
  for (const { level, hint } of findings) if (level !== 'ok') expect(hint).toMatch(/\w/);
  expect(findings.find(({ subject }) => subject === 'lab image')?.message).toBe(machine.image);
  await machine.nothingIsLeft();
});
